// SPDX-License-Identifier: Apache-2.0
// Weight-only products for the few rows of a batch: the weights are most of what is read, so they stay
// in INT8 or INT4 until they are in registers. A warp computes one row of W against up to 8 rows of x;
// each thread reads 16 bytes of weights at a time, past the first-level cache, because no weight is
// needed twice by this block. All sums are FP32.
#include "gpu/kernels/kernels.h"

#include <cuda_fp16.h>

namespace quantoscope::gpu {
namespace {

constexpr int warps = 4, batch = 8;

__device__ uint4 readOnce(const void* place)
{
    uint4 pack;
    asm volatile("ld.global.nc.L1::no_allocate.v4.u32 {%0, %1, %2, %3}, [%4];"
                 : "=r"(pack.x), "=r"(pack.y), "=r"(pack.z), "=r"(pack.w) : "l"(place));
    return pack;
}

/// 16 codes of 8 bits; the scale of the row waits for the finished sum.
struct Int8 {
    static constexpr int codes = 16;
    static constexpr int groupColumns = 0;
    static __device__ void decode(const uint4& pack, float, float (&values)[codes])
    {
        const unsigned words[4] = {pack.x, pack.y, pack.z, pack.w};
#pragma unroll
        for (int i = 0; i < codes; ++i)
            values[i] = float(std::int8_t(words[i / 4] >> (i % 4 * 8)));
    }
};

/// 32 codes of 4 bits, low half of a byte first, times the scale of their group: exact in FP32.
struct Int4 {
    static constexpr int codes = 32;
    static constexpr int groupColumns = 128;
    static __device__ void decode(const uint4& pack, float scale, float (&values)[codes])
    {
        const unsigned words[4] = {pack.x, pack.y, pack.z, pack.w};
#pragma unroll
        for (int i = 0; i < codes; ++i)
            values[i] = scale * float(int((words[i / 8] >> (i % 8 * 4) & 15u) ^ 8u) - 8);
    }
};

template <class Weights>
__global__ void weightOnly(KernelArguments a, std::int64_t firstRow)
{
    const std::int64_t j = std::int64_t(blockIdx.x) * warps + threadIdx.y;
    if (j >= a.n)
        return;
    const char* w = static_cast<const char*>(a.w) + j * a.wRowBytes;
    const std::int64_t rows = a.m - firstRow < batch ? a.m - firstRow : batch;
    const std::int64_t columns = a.xRowBytes / 2;   // With its zero padding: whole packs of 16 and of 32.
    const std::int64_t groups = Weights::groupColumns ? (a.k + Weights::groupColumns - 1) / Weights::groupColumns : 0;
    float sums[batch] = {};
    for (std::int64_t k = threadIdx.x * Weights::codes; k < columns; k += 32 * Weights::codes) {
        float scale = 1;
        if constexpr (Weights::groupColumns > 0)
            scale = a.wScales[j * groups + k / Weights::groupColumns];
        float values[Weights::codes];
        Weights::decode(readOnce(w + k * 16 / Weights::codes), scale, values);
#pragma unroll
        for (int i = 0; i < batch; ++i) {
            if (i >= rows)
                break;
            const auto* x = reinterpret_cast<const __half2*>(static_cast<const char*>(a.x) + (firstRow + i) * a.xRowBytes + 2 * k);
#pragma unroll
            for (int l = 0; l < Weights::codes / 2; ++l) {
                const float2 pair = __half22float2(x[l]);
                sums[i] += values[2 * l] * pair.x;
                sums[i] += values[2 * l + 1] * pair.y;
            }
        }
    }
#pragma unroll
    for (int i = 0; i < batch; ++i) {
        for (int distance = 16; distance > 0; distance /= 2)
            sums[i] += __shfl_down_sync(0xFFFFFFFFu, sums[i], distance);
        if (threadIdx.x == 0 && i < rows)
            a.y[(firstRow + i) * a.n + j] = Weights::groupColumns ? sums[i] : sums[i] * a.wScales[j];
    }
}

template <class Weights>
void launchWeightOnly(const KernelArguments& a, cudaStream_t stream)
{
    for (std::int64_t first = 0; first < a.m; first += batch)
        weightOnly<Weights><<<unsigned((a.n + warps - 1) / warps), dim3(32, warps), 0, stream>>>(a, first);
}

}  // namespace

void launchInt8Weights(const KernelArguments& a, cudaStream_t stream)
{
    launchWeightOnly<Int8>(a, stream);
}

void launchInt4Weights(const KernelArguments& a, cudaStream_t stream)
{
    launchWeightOnly<Int4>(a, stream);
}

}  // namespace quantoscope::gpu
