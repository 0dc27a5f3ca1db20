// SPDX-License-Identifier: Apache-2.0
// Rung 1. One thread computes one element of y, as the formula is written. Neighbouring threads take
// neighbouring rows of x and W, so at every step the 32 threads of a warp read places that lie a whole
// row apart: up to 32 transactions of memory where one would do. Everything after this repairs that.
#include "gpu/kernels/kernels.h"

namespace quantoscope::gpu {
namespace {

__global__ void naive(KernelArguments a)
{
    const std::int64_t element = std::int64_t(blockIdx.x) * blockDim.x + threadIdx.x;
    const std::int64_t i = element % a.m, j = element / a.m;
    if (j >= a.n)
        return;
    const float* x = static_cast<const float*>(a.x) + i * (a.xRowBytes / 4);
    const float* w = static_cast<const float*>(a.w) + j * (a.wRowBytes / 4);
    float sum = 0;
    for (std::int64_t k = 0; k < a.k; ++k)
        sum += x[k] * w[k];
    a.y[i * a.n + j] = sum;
}

}  // namespace

void launchNaive(const KernelArguments& a, cudaStream_t stream)
{
    constexpr unsigned threads = 256;
    naive<<<unsigned((a.m * a.n + threads - 1) / threads), threads, 0, stream>>>(a);
}

}  // namespace quantoscope::gpu
