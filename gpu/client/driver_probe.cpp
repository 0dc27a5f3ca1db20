// SPDX-License-Identifier: Apache-2.0
#include "gpu/client/driver_probe.h"

#include "gpu/protocol.h"

#include <dlfcn.h>

#include <filesystem>
#include <fstream>
#include <memory>

namespace quantoscope {
namespace {

/// Whether the PCI bus lists a display or 3D controller of NVIDIA: then what is missing is the driver.
bool hasNvidiaHardware()
{
    const auto firstWord = [](const std::filesystem::path& path) {
        std::string word;
        std::ifstream(path) >> word;
        return word;
    };
    std::error_code error;
    for (const auto& device : std::filesystem::directory_iterator("/sys/bus/pci/devices", error))
        if (firstWord(device.path() / "vendor") == "0x10de" && firstWord(device.path() / "class").starts_with("0x03"))
            return true;
    return false;
}

std::string missingDriverSentence()
{
    return hasNvidiaHardware()
        ? "There is an NVIDIA GPU in this machine, but its driver is not installed (libcuda.so.1 is missing)."
        : "No NVIDIA driver is installed on this machine (libcuda.so.1 is missing).";
}

}  // namespace

std::string cudaVersionText(int version)
{
    return std::to_string(version / 1000) + "." + std::to_string(version % 1000 / 10);
}

DriverProbe probeDriver(const char* library)
{
    using State = DriverProbe::State;
    const auto close = [](void* handle) { dlclose(handle); };
    const std::unique_ptr<void, decltype(close)> driver(dlopen(library, RTLD_LAZY | RTLD_LOCAL), close);
    if (!driver)
        return {State::Missing, 0, missingDriverSentence()};

    const auto getVersion = reinterpret_cast<int (*)(int*)>(dlsym(driver.get(), "cuDriverGetVersion"));
    if (!getVersion)
        return {State::Damaged, 0, "The NVIDIA driver library libcuda.so.1 is damaged: it cannot tell its version. Install the driver again."};

    int version = 0;
    const int code = getVersion(&version);
    constexpr int stubLibrary = 34;   // CUDA_ERROR_STUB_LIBRARY
    if (code == stubLibrary)
        return {State::Stub, 0, "libcuda.so.1 is the CUDA toolkit's stub for linking, not a driver. Install the NVIDIA driver."};
    if (code != 0)
        return {State::Damaged, 0, "The NVIDIA driver answered with error " + std::to_string(code) + " when asked for its version."};
    if (version < gpu::neededDriverVersion)
        return {State::TooOld, version,
                "The NVIDIA driver serves CUDA up to " + cudaVersionText(version) + "; this program needs one for CUDA "
                    + cudaVersionText(gpu::neededDriverVersion) + " or newer."};
    return {State::Present, version, {}};
}

}  // namespace quantoscope
