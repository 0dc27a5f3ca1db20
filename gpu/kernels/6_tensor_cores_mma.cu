// SPDX-License-Identifier: Apache-2.0
// Rung 6. The multiplying is no longer done by threads but by tensor cores: one instruction of a warp
// multiplies 16 × 16 by 16 × 8 numbers of BF16 and adds up in FP32, sixteen times what FP32 arithmetic
// does. Now memory is the difficulty: tiles of 128 × 32 come four steps ahead by copies that need no
// thread (cp.async), and ldmatrix spreads them over a warp's registers as the instruction wants them.
// A block of 8 warps computes 128 × 128, each warp 64 × 32.
#include "gpu/kernels/kernels.h"
#include "gpu/kernels/mma_layout.h"
#include "gpu/kernels/tensor_core_instructions.cuh"
#include "gpu/kernels/tensor_core_tiles.h"

namespace quantoscope::gpu {
namespace {

constexpr int tile = 128, depth = 32, threads = 256, stages = 4;
constexpr int operandBytes = tile * depth * 2, stageBytes = 2 * operandBytes;

#if __CUDA_ARCH__ >= 800
constexpr int tilesDown = 4, tilesAcross = 4;   // Of 16 × 8, of one warp

/// Rows beyond the edge are zeros. Along K there is no edge: rows are padded with zeros to 64 bytes.
__device__ void fetch(char* target, const void* matrix, std::int64_t rowBytes, std::int64_t firstRow, std::int64_t rows, std::int64_t step)
{
#pragma unroll
    for (int i = threadIdx.x; i < tile * segmentsARow; i += threads) {
        const int row = i / segmentsARow, segment = i % segmentsARow;
        const bool isThere = firstRow + row < rows;
        const char* source = static_cast<const char*>(matrix) + (isThere ? firstRow + row : 0) * rowBytes + step * 2 * depth + 16 * segment;
        copyAsynchronously(target + 16 * segmentPlace(row, segment), source, isThere);
    }
}
#endif

__global__ void __launch_bounds__(threads) tensorCores(KernelArguments a)
{
#if __CUDA_ARCH__ >= 800
    extern __shared__ __align__(128) char shared[];
    const std::int64_t down = (a.m + tile - 1) / tile;
    const std::int64_t firstRow = std::int64_t(blockIdx.x) % down * tile, firstColumn = std::int64_t(blockIdx.x) / down * tile;
    const int lane = threadIdx.x % 32, warp = threadIdx.x / 32, warpRow = warp % 2 * 64, warpColumn = warp / 2 * 32;
    const std::int64_t steps = (a.k + depth - 1) / depth;
    const auto fetchStep = [&](std::int64_t step) {
        if (step < steps) {
            char* stage = shared + step % stages * stageBytes;
            fetch(stage, a.x, a.xRowBytes, firstRow, a.m, step);
            fetch(stage + operandBytes, a.w, a.wRowBytes, firstColumn, a.n, step);
        }
        endStage();
    };
    for (int ahead = 0; ahead < stages - 1; ++ahead)
        fetchStep(ahead);
    float sums[tilesDown][tilesAcross][4] = {};
    for (std::int64_t step = 0; step < steps; ++step) {
        waitForStage<stages - 2>();
        __syncthreads();   // Everybody's copies have arrived, and everybody has left the stage that is filled next.
        fetchStep(step + stages - 1);
        const char* x = shared + step % stages * stageBytes;
        const char* w = x + operandBytes;
#pragma unroll
        for (int half = 0; half < depth / 16; ++half) {
            std::uint32_t left[tilesDown][4], right[tilesAcross / 2][4];
#pragma unroll
            for (int i = 0; i < tilesDown; ++i)
                loadMatrices(left[i], x + 16 * segmentOfA(lane, warpRow + 16 * i, half));
#pragma unroll
            for (int j = 0; j < tilesAcross / 2; ++j)
                loadMatrices(right[j], w + 16 * segmentOfTwoB(lane, warpColumn + 16 * j, half));
#pragma unroll
            for (int i = 0; i < tilesDown; ++i)
#pragma unroll
                for (int j = 0; j < tilesAcross; ++j)
                    multiplyBf16(sums[i][j], left[i], right[j / 2][j % 2 * 2], right[j / 2][j % 2 * 2 + 1]);
        }
    }
#pragma unroll
    for (int i = 0; i < tilesDown; ++i)
#pragma unroll
        for (int j = 0; j < tilesAcross; ++j)
#pragma unroll
            for (int value = 0; value < 4; ++value) {
                const FragmentPlace place = placeInC(lane, value);
                const std::int64_t row = firstRow + warpRow + 16 * i + place.row, column = firstColumn + warpColumn + 8 * j + place.column;
                if (row < a.m && column < a.n)
                    a.y[row * a.n + column] = sums[i][j][value];
            }
#endif
}

}  // namespace

void launchTensorCores(const KernelArguments& a, cudaStream_t stream)
{
    const std::int64_t blocks = (a.m + tile - 1) / tile * ((a.n + tile - 1) / tile);
    cudaFuncSetAttribute(tensorCores, cudaFuncAttributeMaxDynamicSharedMemorySize, stages * stageBytes);
    tensorCores<<<unsigned(blocks), threads, stages * stageBytes, stream>>>(a);
}

}  // namespace quantoscope::gpu
