// SPDX-License-Identifier: Apache-2.0
// Rung 3. A block of 32 × 32 threads computes 32 × 32 elements of y and first brings 32 columns of the
// rows it needs into shared memory: each number is read from memory once for 32 elements. The extra
// column of a tile keeps the threads of a warp on different banks.
#include "gpu/kernels/kernels.h"

namespace quantoscope::gpu {
namespace {

constexpr int tile = 32;

/// A number of a matrix, or zero beyond its edge.
__device__ float numberAt(const void* matrix, std::int64_t rowBytes, std::int64_t row, std::int64_t rows,
                          std::int64_t column, std::int64_t columns)
{
    return row < rows && column < columns ? static_cast<const float*>(matrix)[row * (rowBytes / 4) + column] : 0.0f;
}

__global__ void __launch_bounds__(tile * tile) sharedTiles(KernelArguments a)
{
    __shared__ float x[tile][tile + 1], w[tile][tile + 1];
    const std::int64_t down = (a.m + tile - 1) / tile;
    const std::int64_t firstRow = std::int64_t(blockIdx.x) % down * tile, firstColumn = std::int64_t(blockIdx.x) / down * tile;
    float sum = 0;
    for (std::int64_t k = 0; k < a.k; k += tile) {
        x[threadIdx.y][threadIdx.x] = numberAt(a.x, a.xRowBytes, firstRow + threadIdx.y, a.m, k + threadIdx.x, a.k);
        w[threadIdx.y][threadIdx.x] = numberAt(a.w, a.wRowBytes, firstColumn + threadIdx.y, a.n, k + threadIdx.x, a.k);
        __syncthreads();
        for (int l = 0; l < tile; ++l)
            sum += x[threadIdx.y][l] * w[threadIdx.x][l];
        __syncthreads();
    }
    const std::int64_t i = firstRow + threadIdx.y, j = firstColumn + threadIdx.x;
    if (i < a.m && j < a.n)
        a.y[i * a.n + j] = sum;
}

}  // namespace

void launchSharedTiles(const KernelArguments& a, cudaStream_t stream)
{
    const std::int64_t blocks = (a.m + tile - 1) / tile * ((a.n + tile - 1) / tile);
    sharedTiles<<<unsigned(blocks), dim3(tile, tile), 0, stream>>>(a);
}

}  // namespace quantoscope::gpu
