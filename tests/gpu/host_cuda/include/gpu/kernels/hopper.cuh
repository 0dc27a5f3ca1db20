// SPDX-License-Identifier: Apache-2.0
// Stands in for gpu/kernels/hopper.cuh when kernels run on the processor.
#pragma once

#include "gpu/kernels/asynchronous_copy.cuh"
#include "tests/gpu/host_cuda/hopper.h"

namespace quantoscope::gpu {

using host_cuda::initBarrier, host_cuda::publishBarriers, host_cuda::arrive, host_cuda::arriveExpecting, host_cuda::copyTile, host_cuda::multiplyWarpgroup;
using host_cuda::beginWarpgroupProducts, host_cuda::endWarpgroupProducts, host_cuda::waitForWarpgroupProducts, host_cuda::holdInRegisters;
/// Named in full, or the C library's wait() would be found beside it.
inline void wait(std::uint64_t& barrier, std::uint32_t parity) { host_cuda::waitForPhase(barrier, parity); }

}  // namespace quantoscope::gpu
