// SPDX-License-Identifier: Apache-2.0
// Rung 5. The same 8 × 8 elements a thread, but nothing is moved one number at a time any more: 16 bytes
// from global memory, 16 bytes from shared memory. And memory no longer waits for arithmetic nor the other
// way round: while one tile is multiplied, the next is on its way into registers and then into the other
// of two buffers, so that one barrier a step is enough. A thread's 8 rows are two times 4 neighbours, 64
// apart: then the 16-byte reads of a warp fall on different banks.
#include "gpu/kernels/kernels.h"

namespace quantoscope::gpu {
namespace {

constexpr int tile = 128, depth = 8, threads = 256, side = 8, quads = depth / 4;
constexpr int loads = tile * quads / threads;   // Of 16 bytes, a thread's share of one tile

using Tile = float[depth][tile + 4];

/// Rows are padded with zeros to 64 bytes, two times `depth`: along K there is no edge.
__device__ void load(float4 (&staged)[loads], const void* matrix, std::int64_t rowBytes, std::int64_t firstRow, std::int64_t rows, std::int64_t firstColumn)
{
#pragma unroll
    for (int i = 0; i < loads; ++i) {
        const std::int64_t row = firstRow + (threadIdx.x + i * threads) / quads;
        const int column = threadIdx.x % quads * 4;
        staged[i] = row < rows ? *reinterpret_cast<const float4*>(static_cast<const char*>(matrix) + row * rowBytes + 4 * (firstColumn + column))
                               : float4{0, 0, 0, 0};
    }
}

/// Transposed, so that what a thread needs next is neighbouring.
__device__ void store(Tile& target, const float4 (&staged)[loads])
{
#pragma unroll
    for (int i = 0; i < loads; ++i) {
        const int row = (threadIdx.x + i * threads) / quads, column = threadIdx.x % quads * 4;
        target[column][row] = staged[i].x;
        target[column + 1][row] = staged[i].y;
        target[column + 2][row] = staged[i].z;
        target[column + 3][row] = staged[i].w;
    }
}

/// `values` begin at a multiple of 16 bytes.
__device__ void readEight(float (&values)[side], const float* first)
{
    *reinterpret_cast<float4*>(values) = *reinterpret_cast<const float4*>(first);
    *reinterpret_cast<float4*>(values + 4) = *reinterpret_cast<const float4*>(first + tile / 2);
}

/// Of a thread's eight rows or columns.
__device__ int placeOf(int first, int i)
{
    return first + i % 4 + i / 4 * (tile / 2);
}

#if __CUDA_ARCH__ >= 1000
constexpr int blocksAtOnce = 1;   // For two, the compiler would have to spill registers there.
#else
constexpr int blocksAtOnce = 2;
#endif

__global__ void __launch_bounds__(threads, blocksAtOnce) vectorLoads(KernelArguments a)
{
    __shared__ __align__(16) Tile x[2], w[2];
    const std::int64_t down = (a.m + tile - 1) / tile;
    const std::int64_t firstRow = std::int64_t(blockIdx.x) % down * tile, firstColumn = std::int64_t(blockIdx.x) / down * tile;
    const int threadRow = threadIdx.x / 16 * 4, threadColumn = threadIdx.x % 16 * 4;
    const std::int64_t steps = (a.k + depth - 1) / depth;
    float4 nextX[loads], nextW[loads];
    load(nextX, a.x, a.xRowBytes, firstRow, a.m, 0);
    load(nextW, a.w, a.wRowBytes, firstColumn, a.n, 0);
    store(x[0], nextX);
    store(w[0], nextW);
    __syncthreads();
    float sums[side][side] = {};
    for (std::int64_t step = 0; step < steps; ++step) {
        const int now = step % 2;
        const bool hasNext = step + 1 < steps;
        if (hasNext) {
            load(nextX, a.x, a.xRowBytes, firstRow, a.m, (step + 1) * depth);
            load(nextW, a.w, a.wRowBytes, firstColumn, a.n, (step + 1) * depth);
        }
#pragma unroll
        for (int l = 0; l < depth; ++l) {
            __align__(16) float left[side], right[side];
            readEight(left, &x[now][l][threadRow]);
            readEight(right, &w[now][l][threadColumn]);
#pragma unroll
            for (int i = 0; i < side; ++i)
#pragma unroll
                for (int j = 0; j < side; ++j)
                    sums[i][j] += left[i] * right[j];
        }
        if (hasNext) {
            store(x[1 - now], nextX);
            store(w[1 - now], nextW);
        }
        __syncthreads();
    }
#pragma unroll
    for (int i = 0; i < side; ++i)
#pragma unroll
        for (int j = 0; j < side; ++j) {
            const std::int64_t row = firstRow + placeOf(threadRow, i), column = firstColumn + placeOf(threadColumn, j);
            if (row < a.m && column < a.n)
                a.y[row * a.n + column] = sums[i][j];
        }
}

}  // namespace

void launchVectorLoads(const KernelArguments& a, cudaStream_t stream)
{
    const std::int64_t blocks = (a.m + tile - 1) / tile * ((a.n + tile - 1) / tile);
    vectorLoads<<<unsigned(blocks), threads, 0, stream>>>(a);
}

}  // namespace quantoscope::gpu
