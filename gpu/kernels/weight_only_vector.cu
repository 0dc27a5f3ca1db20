// SPDX-License-Identifier: Apache-2.0
// Weight-only products for one or two rows of x: every weight is read once and used once or twice, so only
// the reading matters. A block computes four rows of W; its four warps share K, each lane reads 16 bytes
// of each row at a time, past the first-level cache because nobody needs them again: four independent
// reads on their way. Codes become FP16 exactly, everything after that is FP32, added up in a fixed order.
#include "gpu/kernels/nf4_table.cuh"
#include "gpu/kernels/streaming_load.cuh"
#include "gpu/kernels/weight_only.h"

#include <cuda_fp16.h>

namespace quantoscope::gpu {
namespace {

constexpr int warps = 4, rowsABlock = 4;

__device__ float2 widen(std::uint32_t pair)
{
    return __half22float2(*reinterpret_cast<const __half2*>(&pair));
}

/// One unit of weights against the same eight columns of x.
__device__ float dotUnit(const std::uint32_t (&weights)[4], const uint4& x)
{
    const std::uint32_t pairs[4] = {x.x, x.y, x.z, x.w};
    float sum = 0;
#pragma unroll
    for (int i = 0; i < 4; ++i) {
        const float2 a = widen(weights[i]), b = widen(pairs[i]);
        sum = fmaf(a.x, b.x, sum);
        sum = fmaf(a.y, b.y, sum);
    }
    return sum;
}

template <class Format, int batch>
__global__ void __launch_bounds__(32 * warps) vectorProduct(KernelArguments a, std::int64_t firstRow)
{
    using Code = typename Format::Code;
    constexpr int unitWords = Code::bits / 4, packUnits = 4 / unitWords;   // A pack: four words
    constexpr int lanes = lanesAChunk(Code::bits), chunksAWarp = 32 / lanes;
    __shared__ float shares[warps][rowsABlock][batch];
    extern __shared__ __align__(16) std::uint32_t table[];
    const int lane = threadIdx.x, warp = threadIdx.y, q = lane % 4;
    if constexpr (Code::usesTable) {
        fillTable(table, warp * 32 + lane, 32 * warps);
        __syncthreads();
    }
    const std::int64_t firstColumn = std::int64_t(blockIdx.x) * rowsABlock, chunks = chunksOf(a.k);
    const char* w[rowsABlock];
    const char* scales[rowsABlock];
#pragma unroll
    for (int r = 0; r < rowsABlock; ++r) {
        const std::int64_t j = min(firstColumn + r, a.n - 1);   // Beyond the last row: the last again, not written.
        w[r] = static_cast<const char*>(a.w) + j * a.wRowBytes + lane % lanes * 16;
        scales[r] = static_cast<const char*>(a.wScales) + j * chunks * Format::groupsAChunk * Format::Scale::bytes;
    }
    float sums[rowsABlock][batch] = {};
    for (std::int64_t chunk = warp * chunksAWarp + lane / lanes; chunk < chunks; chunk += warps * chunksAWarp) {
        uint4 packs[rowsABlock];
#pragma unroll
        for (int r = 0; r < rowsABlock; ++r)
            packs[r] = readOnce(w[r] + chunk * (chunkColumns * Code::bits / 8));
#pragma unroll
        for (int unit = 0; unit < packUnits; ++unit) {
            const int i = unitOfPack(Code::bits, lane, unit);
            uint4 x[batch];
#pragma unroll
            for (int b = 0; b < batch; ++b)
                x[b] = __ldg(reinterpret_cast<const uint4*>(static_cast<const char*>(a.x) + (firstRow + b) * a.xRowBytes
                                                            + 2 * (chunk * chunkColumns + firstColumnOfUnit(i, q))));
#pragma unroll
            for (int r = 0; r < rowsABlock; ++r) {
                const std::uint32_t words[4] = {packs[r].x, packs[r].y, packs[r].z, packs[r].w};
                std::uint32_t pairs[4];
                Code::decode(words + unit * unitWords, table + lane % Nf4Code::copies, pairs);
                float scale = 1;
                if constexpr (Format::groupColumns > 0)
                    scale = Format::scaleAt(scales[r], chunk, i);
#pragma unroll
                for (int b = 0; b < batch; ++b)
                    sums[r][b] = fmaf(scale, dotUnit(pairs, x[b]), sums[r][b]);
            }
        }
    }
#pragma unroll
    for (int r = 0; r < rowsABlock; ++r)
#pragma unroll
        for (int b = 0; b < batch; ++b) {
            for (int distance = 16; distance > 0; distance /= 2)
                sums[r][b] += __shfl_xor_sync(0xFFFFFFFFu, sums[r][b], distance);
            if (lane == 0)
                shares[warp][r][b] = sums[r][b];
        }
    __syncthreads();
    const int own = warp * 32 + lane, r = own / batch, b = own % batch;
    if (r >= rowsABlock || firstColumn + r >= a.n)
        return;
    float sum = 0;
    for (int part = 0; part < warps; ++part)
        sum += shares[part][r][b];
    if constexpr (Format::groupColumns == 0)
        sum *= static_cast<const float*>(a.wScales)[firstColumn + r];
    a.y[(firstRow + b) * a.n + firstColumn + r] = sum;
}

}  // namespace

template <class Format>
void launchVector(const KernelArguments& a, cudaStream_t stream)
{
    const auto blocks = unsigned((a.n + rowsABlock - 1) / rowsABlock);
    const std::size_t tableBytes = Format::Code::usesTable ? 4 * Nf4Code::tableWords : 0;
    std::int64_t row = 0;
    for (; row + 2 <= a.m; row += 2)
        vectorProduct<Format, 2><<<blocks, dim3(32, warps), tableBytes, stream>>>(a, row);
    if (row < a.m)
        vectorProduct<Format, 1><<<blocks, dim3(32, warps), tableBytes, stream>>>(a, row);
}

template void launchVector<Int8Rows>(const KernelArguments&, cudaStream_t);
template void launchVector<Q8Blocks>(const KernelArguments&, cudaStream_t);
template void launchVector<Int4Groups>(const KernelArguments&, cudaStream_t);
template void launchVector<Q4Blocks>(const KernelArguments&, cudaStream_t);
template void launchVector<Nf4Groups>(const KernelArguments&, cudaStream_t);
template void launchVector<Mxfp4Blocks>(const KernelArguments&, cudaStream_t);

}  // namespace quantoscope::gpu
