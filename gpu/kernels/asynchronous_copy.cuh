// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

/// Copies of 16 bytes from global to shared memory that go on while the thread computes (cp.async, compute
/// capability 8.0). Before that they are ordinary copies, so that the files compile for every target.
namespace quantoscope::gpu {

__device__ inline std::uint32_t sharedAddress(const void* place)
{
    return static_cast<std::uint32_t>(__cvta_generic_to_shared(place));
}

/// Zeros where there is nothing to copy; `source` must still be an address of the matrix. The rest of its
/// 128 bytes is fetched into the second-level cache: our tiles are 64 bytes wide, and the next wants it.
__device__ inline void copyAsynchronously(void* target, const void* source, bool isThere)
{
#if __CUDA_ARCH__ >= 800
    const int bytes = isThere ? 16 : 0;
    asm volatile("cp.async.cg.shared.global.L2::128B [%0], [%1], 16, %2;" ::"r"(sharedAddress(target)), "l"(source), "r"(bytes) : "memory");
#else
    *static_cast<uint4*>(target) = isThere ? *static_cast<const uint4*>(source) : uint4{0, 0, 0, 0};
#endif
}

/// Everything started since the last call is one stage.
__device__ inline void endStage()
{
#if __CUDA_ARCH__ >= 800
    asm volatile("cp.async.commit_group;" ::: "memory");
#endif
}

/// Until all but the last `pending` stages have arrived, for this thread.
template <int pending>
__device__ void waitForStage()
{
#if __CUDA_ARCH__ >= 800
    asm volatile("cp.async.wait_group %0;" ::"n"(pending) : "memory");
#endif
}

}  // namespace quantoscope::gpu
