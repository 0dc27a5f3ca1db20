// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "gpu/kernels/asynchronous_copy.cuh"

#include <cuda.h>

/// What 7_wgmma_tma.cu needs of Hopper, one instruction a function (PTX ISA 8.0).
namespace quantoscope::gpu {

#if defined(__CUDA_ARCH_FEAT_SM90_ALL)

/// Barriers in shared memory that count arrivals and bytes.
__device__ inline void initBarrier(std::uint64_t& barrier, int arrivals)
{
    asm volatile("mbarrier.init.shared::cta.b64 [%0], %1;" ::"r"(sharedAddress(&barrier)), "r"(arrivals) : "memory");
}

/// Before the copy engine may see what was initialised.
__device__ inline void publishBarriers()
{
    asm volatile("fence.mbarrier_init.release.cluster;" ::: "memory");
    asm volatile("fence.proxy.async.shared::cta;" ::: "memory");
}

__device__ inline void arrive(std::uint64_t& barrier)
{
    asm volatile("mbarrier.arrive.shared::cta.b64 _, [%0];" ::"r"(sharedAddress(&barrier)) : "memory");
}

__device__ inline void arriveExpecting(std::uint64_t& barrier, int bytes)
{
    asm volatile("mbarrier.arrive.expect_tx.shared::cta.b64 _, [%0], %1;" ::"r"(sharedAddress(&barrier)), "r"(bytes) : "memory");
}

/// Until the phase of this parity is complete. What never completes is a mistake of ours: after some
/// seconds the kernel ends with an error instead of holding the GPU for ever.
__device__ inline void wait(std::uint64_t& barrier, std::uint32_t parity)
{
    constexpr long long mostCycles = 1ll << 34;
    const long long start = clock64();
    do {
        std::uint32_t isComplete;
        asm volatile("{ .reg .pred p; mbarrier.try_wait.parity.shared::cta.b64 p, [%1], %2; selp.u32 %0, 1, 0, p; }"
                     : "=r"(isComplete) : "r"(sharedAddress(&barrier)), "r"(parity) : "memory");
        if (isComplete)
            return;
    } while (clock64() - start < mostCycles);
    __trap();
}

/// Starts the copy of one tile; its bytes arrive at the barrier.
__device__ inline void copyTile(void* target, const CUtensorMap& map, int column, int row, std::uint64_t& barrier)
{
    asm volatile("cp.async.bulk.tensor.2d.shared::cluster.global.tile.mbarrier::complete_tx::bytes [%0], [%1, {%3, %4}], [%2];"
                 ::"r"(sharedAddress(target)), "l"(&map), "r"(sharedAddress(&barrier)), "r"(column), "r"(row) : "memory");
}

__device__ inline void beginWarpgroupProducts()
{
    asm volatile("wgmma.fence.sync.aligned;" ::: "memory");
}

__device__ inline void endWarpgroupProducts()
{
    asm volatile("wgmma.commit_group.sync.aligned;" ::: "memory");
}

/// Sums are changed by products that run on after their instruction: without this the compiler might move
/// a register's number to another place in between. No instruction.
template <int count>
__device__ void holdInRegisters(float (&values)[count])
{
#pragma unroll
    for (int i = 0; i < count; ++i)
        asm volatile("" : "+f"(values[i])::"memory");
}

/// Until all but the last `pending` groups are done.
template <int pending>
__device__ void waitForWarpgroupProducts()
{
    asm volatile("wgmma.wait_group.sync.aligned %0;" ::"n"(pending) : "memory");
}

/// c[64 × 128] += A[64 × 16] · B[128 × 16]ᵀ, BF16 from shared memory, sums in FP32 registers.
__device__ inline void multiplyWarpgroup(float (&c)[64], std::uint64_t a, std::uint64_t b)
{
#define QUANTOSCOPE_EIGHT(i) "+f"(c[i]), "+f"(c[i + 1]), "+f"(c[i + 2]), "+f"(c[i + 3]), "+f"(c[i + 4]), "+f"(c[i + 5]), "+f"(c[i + 6]), "+f"(c[i + 7])
    asm volatile("{ .reg .pred p; setp.ne.b32 p, %66, 0; wgmma.mma_async.sync.aligned.m64n128k16.f32.bf16.bf16 "
                 "{%0, %1, %2, %3, %4, %5, %6, %7, %8, %9, %10, %11, %12, %13, %14, %15, "
                 "%16, %17, %18, %19, %20, %21, %22, %23, %24, %25, %26, %27, %28, %29, %30, %31, "
                 "%32, %33, %34, %35, %36, %37, %38, %39, %40, %41, %42, %43, %44, %45, %46, %47, "
                 "%48, %49, %50, %51, %52, %53, %54, %55, %56, %57, %58, %59, %60, %61, %62, %63}, %64, %65, p, 1, 1, 0, 0; }"
                 : QUANTOSCOPE_EIGHT(0), QUANTOSCOPE_EIGHT(8), QUANTOSCOPE_EIGHT(16), QUANTOSCOPE_EIGHT(24), QUANTOSCOPE_EIGHT(32),
                   QUANTOSCOPE_EIGHT(40), QUANTOSCOPE_EIGHT(48), QUANTOSCOPE_EIGHT(56)
                 : "l"(a), "l"(b), "r"(1));   // 1: add to what is there.
#undef QUANTOSCOPE_EIGHT
}

#endif

}  // namespace quantoscope::gpu
