// SPDX-License-Identifier: Apache-2.0
#include "gpu/worker/devices.h"

#include "gpu/worker/cuda_check.h"

namespace quantoscope::gpu {
namespace {

constexpr int oldestCapability = 75;   // CUDA 13 compiles for Turing and newer.

std::string versionText(int version)
{
    return std::to_string(version / 1000) + "." + std::to_string(version % 1000 / 10);
}

std::string obstacleOf(const cudaDeviceProp& properties)
{
    if (10 * properties.major + properties.minor < oldestCapability)
        return "This GPU has compute capability " + std::to_string(properties.major) + "." + std::to_string(properties.minor)
            + "; CUDA 13 needs 7.5 or newer.";
    return {};
}

}  // namespace

std::vector<DeviceDescription> listDevices()
{
    int driver = 0, count = 0;
    check(cudaDriverGetVersion(&driver), "asking the driver for its version");
    // Without a driver cudaGetDeviceCount complains of an old one; only the version tells them apart.
    if (driver == 0)
        throw CudaFailure(cudaErrorInsufficientDriver, false, "No NVIDIA driver is installed on this machine.");
    if (driver < neededDriverVersion)
        throw CudaFailure(cudaErrorInsufficientDriver, false, "The NVIDIA driver serves CUDA up to " + versionText(driver)
                              + "; this program needs one for CUDA " + versionText(neededDriverVersion) + " or newer.");
    check(cudaGetDeviceCount(&count), "counting the GPUs");
    std::vector<DeviceDescription> devices;
    for (int ordinal = 0; ordinal < count; ++ordinal) {
        cudaDeviceProp properties{};
        check(cudaGetDeviceProperties(&properties, ordinal), "asking a GPU what it is");
        devices.push_back({std::uint32_t(ordinal), properties.name, properties.totalGlobalMem, properties.major, properties.minor,
                           driver, obstacleOf(properties)});
    }
    return devices;
}

}  // namespace quantoscope::gpu
