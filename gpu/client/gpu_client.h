// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/gemm/gemm_backend.h"

#include <filesystem>
#include <utility>

namespace quantoscope {

/// The GPUs of this machine, each with the reason why it cannot be used where it cannot. On a machine
/// without a driver one row that says so. Loads no CUDA library into this process; the first call
/// may take a second: call it in the background.
std::vector<DeviceInfo> findGpus();

/// A GPU behind the worker process `quantoscope-gpu`: started on demand, killed when it does not
/// answer, started again after a fault.
Result<std::shared_ptr<GemmBackend>> makeGpuBackend(const std::string& deviceId);

/// The kernels that GPUs may have, each with its words; which of them one has, its backend's obstacles tell.
std::vector<GemmKernel> gpuKernels();
/// The compute capability a kernel needs, "8.9", and the newest that has it or ""; "" and "" for no kernel of that name.
std::pair<std::string, std::string> neededCapability(const std::string& kernel);

/// Where the worker lies: beside the executable, else ../libexec/quantoscope. Empty where it is not built.
std::filesystem::path gpuWorkerPath();

}  // namespace quantoscope
