// SPDX-License-Identifier: Apache-2.0
// Stands in for gpu/kernels/tensor_core_instructions.cuh when kernels run on the processor.
#pragma once

#include "gpu/kernels/asynchronous_copy.cuh"

namespace quantoscope::gpu {

using host_cuda::loadMatrices, host_cuda::multiplyBf16, host_cuda::multiplyFp16;

}  // namespace quantoscope::gpu
