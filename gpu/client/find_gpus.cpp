// SPDX-License-Identifier: Apache-2.0
#include "gpu/client/driver_probe.h"
#include "gpu/client/gpu_client.h"

namespace quantoscope {

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
        none.status = "This build has no GPU worker (quantoscope-gpu): build it where the CUDA toolkit 13 is installed.";
        return {none};
    }
    none.status = "The GPU worker cannot be asked yet.";
    return {none};
}

Result<std::shared_ptr<GemmBackend>> makeGpuBackend(const std::string& deviceId)
{
    for (const DeviceInfo& device : findGpus())
        if (device.id == deviceId)
            return failure(Error::Kind::Device, device.status);
    return failure(Error::Kind::NotFound, "There is no device " + deviceId + "; see qscope devices.");
}

}  // namespace quantoscope
