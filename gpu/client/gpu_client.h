// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/gemm/gemm_backend.h"

#include <filesystem>

namespace quantoscope {

/// The GPUs of this machine, each with the reason why it cannot be used where it cannot. On a machine
/// without a driver one row that says so. Loads no CUDA library into this process; the first call
/// may take a second: call it in the background.
std::vector<DeviceInfo> findGpus();

/// A GPU behind the worker process `quantoscope-gpu`: started on demand, killed when it does not
/// answer, started again after a fault.
Result<std::shared_ptr<GemmBackend>> makeGpuBackend(const std::string& deviceId);

/// Where the worker lies: beside the executable, else ../libexec/quantoscope. Empty where it is not built.
std::filesystem::path gpuWorkerPath();

}  // namespace quantoscope
