// SPDX-License-Identifier: Apache-2.0
// Rung 2. A warp computes one element of y: its 32 threads read 32 neighbouring numbers of a row, one
// transaction of 128 bytes, and add their shares at the end. Memory is now read at full width, but every
// number is still read once for every element it contributes to.
#include "gpu/kernels/kernels.h"

namespace quantoscope::gpu {
namespace {

constexpr int warps = 8;

__global__ void coalesced(KernelArguments a)
{
    const std::int64_t element = std::int64_t(blockIdx.x) * warps + threadIdx.y;
    const std::int64_t i = element % a.m, j = element / a.m;
    if (j >= a.n)
        return;   // A whole warp leaves together.
    const float* x = static_cast<const float*>(a.x) + i * (a.xRowBytes / 4);
    const float* w = static_cast<const float*>(a.w) + j * (a.wRowBytes / 4);
    float sum = 0;
    for (std::int64_t k = threadIdx.x; k < a.k; k += 32)
        sum += x[k] * w[k];
    for (int distance = 16; distance > 0; distance /= 2)
        sum += __shfl_down_sync(0xFFFFFFFFu, sum, distance);
    if (threadIdx.x == 0)
        a.y[i * a.n + j] = sum;
}

}  // namespace

void launchCoalesced(const KernelArguments& a, cudaStream_t stream)
{
    coalesced<<<unsigned((a.m * a.n + warps - 1) / warps), dim3(32, warps), 0, stream>>>(a);
}

}  // namespace quantoscope::gpu
