// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "gpu/kernels/asynchronous_copy.cuh"

/// The tensor cores' instructions for a warp, one a function (PTX ISA, compute capability 8.0); before that
/// they do nothing, so that the files compile for every target. Who holds what: mma_layout.h. All 32 lanes
/// call together.
namespace quantoscope::gpu {

/// Four matrices of 8 × 8 elements of 16 bits from shared memory: lane l names row l % 8 of matrix l / 8.
__device__ inline void loadMatrices(std::uint32_t (&registers)[4], const char* segment)
{
#if __CUDA_ARCH__ >= 800
    asm volatile("ldmatrix.sync.aligned.m8n8.x4.shared.b16 {%0, %1, %2, %3}, [%4];"
                 : "=r"(registers[0]), "=r"(registers[1]), "=r"(registers[2]), "=r"(registers[3]) : "r"(sharedAddress(segment)) : "memory");
#endif
}

/// c += a · b for 16 × 16 by 16 × 8 numbers of BF16, sums in FP32.
__device__ inline void multiplyBf16(float (&c)[4], const std::uint32_t (&a)[4], std::uint32_t b0, std::uint32_t b1)
{
#if __CUDA_ARCH__ >= 800
    asm volatile("mma.sync.aligned.m16n8k16.row.col.f32.bf16.bf16.f32 {%0, %1, %2, %3}, {%4, %5, %6, %7}, {%8, %9}, {%0, %1, %2, %3};"
                 : "+f"(c[0]), "+f"(c[1]), "+f"(c[2]), "+f"(c[3]) : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "r"(b0), "r"(b1));
#endif
}

/// The same for FP16.
__device__ inline void multiplyFp16(float (&c)[4], const std::uint32_t (&a)[4], std::uint32_t b0, std::uint32_t b1)
{
#if __CUDA_ARCH__ >= 800
    asm volatile("mma.sync.aligned.m16n8k16.row.col.f32.f16.f16.f32 {%0, %1, %2, %3}, {%4, %5, %6, %7}, {%8, %9}, {%0, %1, %2, %3};"
                 : "+f"(c[0]), "+f"(c[1]), "+f"(c[2]), "+f"(c[3]) : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "r"(b0), "r"(b1));
#endif
}

}  // namespace quantoscope::gpu
