// SPDX-License-Identifier: Apache-2.0
#include "gpu/client/driver_probe.h"
#include "gpu/client/gpu_backend.h"
#include "gpu/client/gpu_client.h"

namespace quantoscope {
namespace {

constexpr auto withoutWorker =
    "This build has no GPU worker (quantoscope-gpu): build the program where the CUDA toolkit 13 is installed.";

}  // namespace

std::filesystem::path gpuWorkerPath()
{
    std::error_code error;
    const auto program = std::filesystem::read_symlink("/proc/self/exe", error);
    if (error)
        return {};
    const auto folder = program.parent_path();
    for (const auto& path : {folder / "quantoscope-gpu", folder.parent_path() / "libexec" / "quantoscope" / "quantoscope-gpu"})
        if (std::filesystem::exists(path, error))
            return path;
    return {};
}

std::vector<DeviceInfo> findGpus()
{
    const DriverProbe driver = probeDriver();
    DeviceInfo none{"cuda:0", "gpu", "NVIDIA GPU", 0, {}, driver.version ? "CUDA " + cudaVersionText(driver.version) : std::string(), driver.sentence};
    if (driver.state != DriverProbe::State::Present)
        return {none};
    if (gpuWorkerPath().empty()) {
        none.status = withoutWorker;
        return {none};
    }
    const auto described = describeGpus({gpuWorkerPath(), {}});
    if (!described || described->empty()) {
        none.status = described ? "The driver lists no GPU." : described.error().message;
        return {none};
    }
    std::vector<DeviceInfo> devices;
    for (const gpu::DeviceDescription& device : *described)
        devices.push_back(deviceInfo(device));
    return devices;
}

Result<std::shared_ptr<GemmBackend>> makeGpuBackend(const std::string& deviceId)
{
    const DriverProbe driver = probeDriver();
    if (driver.state != DriverProbe::State::Present)
        return failure(Error::Kind::Device, driver.sentence);
    if (gpuWorkerPath().empty())
        return failure(Error::Kind::Device, withoutWorker);
    const WorkerOptions options{gpuWorkerPath(), {}};
    const auto described = describeGpus(options);
    if (!described)
        return tl::unexpected(described.error());
    for (const gpu::DeviceDescription& device : *described)
        if (deviceInfo(device).id == deviceId) {
            if (!device.obstacle.empty())
                return failure(Error::Kind::Device, device.obstacle);
            return makeGpuBackend(device, options);
        }
    return failure(Error::Kind::NotFound, "There is no device " + deviceId + "; qscope devices lists them.");
}

}  // namespace quantoscope
