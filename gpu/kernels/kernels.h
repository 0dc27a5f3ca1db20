// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "gpu/kernel_table.h"

#include <cuda_runtime_api.h>

namespace quantoscope::gpu {

/// Operands in device memory. Rows of the ladder's kernels are as core/gemm stores them: padded with zero
/// codes to whole multiples of 64 bytes. Those of the weight-only kernels are packed by pack_weights.h.
struct KernelArguments {
    const void* x;
    const void* w;
    const void* xScales;    ///< FP32, one or one a row of x; nullptr where there are none.
    const void* wScales;    ///< FP32, one a row of W, or as pack_weights.h has them; nullptr where there are none.
    float* y;
    std::int64_t m, n, k;
    std::int64_t xRowBytes, wRowBytes;
    void* workspace;        ///< Of workspaceBytesOf().
    int multiprocessors, computeCapability;   ///< Of the device: how widely to cut the work, which path to take.
};

/// Starts one product and returns; the caller asks CUDA for errors.
using Launch = void(const KernelArguments&, cudaStream_t);

/// Each in a file of its own, whose head says what it does that the one before did not.
Launch launchNaive;             // 1_naive.cu
Launch launchCoalesced;         // 2_coalesced.cu
Launch launchSharedTiles;       // 3_shared_tiles.cu
Launch launchRegisterTiles;     // 4_register_tiles.cu
Launch launchVectorLoads;       // 5_vector_loads.cu
Launch launchTensorCores;       // 6_tensor_cores_mma.cu
Launch launchWarpgroups;        // 7_wgmma_tma.cu

/// The kernel of a row of the table that is not cuBLASLt's; nullptr where there is none.
Launch* findLaunch(std::string_view kernelId);       // kernels.cpp
Launch* findWeightOnly(std::string_view kernelId);   // weight_only.cpp

/// Device memory that the kernel of this row needs besides its operands.
std::size_t workspaceBytesOf(const KernelRow&, std::int64_t m, std::int64_t n, std::int64_t k, int multiprocessors);

}  // namespace quantoscope::gpu
