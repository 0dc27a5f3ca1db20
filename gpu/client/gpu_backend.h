// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/gemm/gemm_backend.h"
#include "gpu/client/worker_process.h"

namespace quantoscope {

/// What gpu_client.h offers, with the worker to use: tests bring one that misbehaves.
Result<std::vector<gpu::DeviceDescription>> describeGpus(const WorkerOptions&);
std::shared_ptr<GemmBackend> makeGpuBackend(const gpu::DeviceDescription&, const WorkerOptions&);
DeviceInfo deviceInfo(const gpu::DeviceDescription&);

}  // namespace quantoscope
