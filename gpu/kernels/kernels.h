// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "gpu/kernel_table.h"

#include <cuda_runtime_api.h>

namespace quantoscope::gpu {

/// Stored operands in device memory. Rows are padded with zero codes to whole multiples of 64 bytes.
struct KernelArguments {
    const void* x;
    const void* w;
    const float* wScales;   ///< One a row of W, or rows × groups; nullptr where there are none.
    float* y;
    std::int64_t m, n, k;
    std::int64_t xRowBytes, wRowBytes;
};

/// Starts one product and returns; the caller asks CUDA for errors.
using Launch = void(const KernelArguments&, cudaStream_t);

/// Each in a file of its own, whose head says what it does that the one before did not.
Launch launchNaive;           // 1_naive.cu
Launch launchCoalesced;       // 2_coalesced.cu
Launch launchSharedTiles;     // 3_shared_tiles.cu
Launch launchRegisterTiles;   // 4_register_tiles.cu
Launch launchInt8Weights;     // weight_only.cu
Launch launchInt4Weights;

/// The kernel of a row of the table that is not cuBLASLt's; nullptr where there is none.
Launch* findLaunch(std::string_view kernelId);   // kernels.cpp

}  // namespace quantoscope::gpu
