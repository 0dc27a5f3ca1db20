// SPDX-License-Identifier: Apache-2.0
// Stands in for gpu/kernels/asynchronous_copy.cuh when kernels run on the processor.
#pragma once

#include "tests/gpu/host_cuda/instructions.h"

namespace quantoscope::gpu {

using host_cuda::copyAsynchronously, host_cuda::endStage, host_cuda::waitForStage;
inline std::uint32_t sharedAddress(const void* place) { return host_cuda::sharedAddressOf(place); }

}  // namespace quantoscope::gpu
