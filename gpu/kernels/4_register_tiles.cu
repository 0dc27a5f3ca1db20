// SPDX-License-Identifier: Apache-2.0
// Rung 4. A block of 256 threads computes 128 × 128 elements of y, each thread 8 × 8 of them: it takes 8
// numbers of x and 8 of W from shared memory into registers and multiplies all pairs, 64 operations for
// 16 reads. The tiles lie transposed in shared memory, so that what a thread needs next is neighbouring.
#include "gpu/kernels/kernels.h"

namespace quantoscope::gpu {
namespace {

constexpr int tile = 128, depth = 8, side = 8, threads = 256;

/// 128 rows by 8 columns: each thread brings four numbers of a column. All four at once would want so many
/// registers for their places that only one block found room on a multiprocessor, and nobody would multiply
/// while that one waits at a barrier.
__device__ void loadTile(float (&target)[depth][tile + 4], const void* matrix, std::int64_t rowBytes, std::int64_t firstRow,
                         std::int64_t rows, std::int64_t firstColumn, std::int64_t columns)
{
    const int column = threadIdx.x % depth;
    const bool isColumn = firstColumn + column < columns;
    const char* place = static_cast<const char*>(matrix) + (firstRow + threadIdx.x / depth) * rowBytes + 4 * (firstColumn + column);
#pragma unroll 2
    for (int row = threadIdx.x / depth; row < tile; row += threads / depth) {
        target[column][row] = isColumn && firstRow + row < rows ? *reinterpret_cast<const float*>(place) : 0.0f;
        place += threads / depth * rowBytes;
    }
}

__global__ void __launch_bounds__(threads, 2) registerTiles(KernelArguments a)
{
    __shared__ float x[depth][tile + 4], w[depth][tile + 4];
    const std::int64_t down = (a.m + tile - 1) / tile;
    const std::int64_t firstRow = std::int64_t(blockIdx.x) % down * tile, firstColumn = std::int64_t(blockIdx.x) / down * tile;
    const int threadRow = threadIdx.x / 16 * side, threadColumn = threadIdx.x % 16 * side;
    float sums[side][side] = {};
    for (std::int64_t k = 0; k < a.k; k += depth) {
        loadTile(x, a.x, a.xRowBytes, firstRow, a.m, k, a.k);
        loadTile(w, a.w, a.wRowBytes, firstColumn, a.n, k, a.k);
        __syncthreads();
#pragma unroll
        for (int l = 0; l < depth; ++l) {
            float left[side], right[side];
#pragma unroll
            for (int i = 0; i < side; ++i) {
                left[i] = x[l][threadRow + i];
                right[i] = w[l][threadColumn + i];
            }
#pragma unroll
            for (int i = 0; i < side; ++i)
#pragma unroll
                for (int j = 0; j < side; ++j)
                    sums[i][j] += left[i] * right[j];
        }
        __syncthreads();
    }
#pragma unroll
    for (int i = 0; i < side; ++i)
#pragma unroll
        for (int j = 0; j < side; ++j) {
            const std::int64_t row = firstRow + threadRow + i, column = firstColumn + threadColumn + j;
            if (row < a.m && column < a.n)
                a.y[row * a.n + column] = sums[i][j];
        }
}

}  // namespace

void launchRegisterTiles(const KernelArguments& a, cudaStream_t stream)
{
    const std::int64_t blocks = (a.m + tile - 1) / tile * ((a.n + tile - 1) / tile);
    registerTiles<<<unsigned(blocks), threads, 0, stream>>>(a);
}

}  // namespace quantoscope::gpu
