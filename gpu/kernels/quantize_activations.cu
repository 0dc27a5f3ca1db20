// SPDX-License-Identifier: Apache-2.0
// Activations are quantized while the model runs, so their rounding belongs into the time of a W8A8
// product. Dynamic: each token's scale is its largest magnitude, which must be known before the first
// element is rounded. Static: the scale was chosen beforehand, on calibration data. One block a row; a
// thread takes 8 elements, 16 bytes, at a time. The codes are bit for bit those of the processor.
#include "gpu/kernels/quantize_activations.h"

#include <cuda_fp16.h>
#include <cuda_fp8.h>

#include <algorithm>

namespace quantoscope::gpu {
namespace {

constexpr int threads = 256;

__device__ float largestOfBlock(float own)
{
    __shared__ float ofWarps[threads / 32];
    for (int distance = 16; distance > 0; distance /= 2)
        own = fmaxf(own, __shfl_xor_sync(0xFFFFFFFFu, own, distance));
    if (threadIdx.x % 32 == 0)
        ofWarps[threadIdx.x / 32] = own;
    __syncthreads();
    float largest = 0;
    for (const float one : ofWarps)
        largest = fmaxf(largest, one);
    return largest;
}

template <ActivationTarget target>
__device__ unsigned codeOf(float x, float scale)
{
    if constexpr (target == ActivationTarget::Int8)
        return unsigned(nearestInt8Code(x, scale)) & 0xFFu;
    else
        return __nv_cvt_float_to_fp8(x / scale, __NV_SATFINITE, __NV_E4M3);
}

template <ActivationTarget target>
__global__ void __launch_bounds__(threads) quantize(ActivationArguments a)
{
    constexpr double largestCode = target == ActivationTarget::Int8 ? 127 : 448;
    const std::int64_t row = blockIdx.x;
    const auto* x = reinterpret_cast<const uint4*>(static_cast<const char*>(a.x) + row * a.rowBytes);
    auto* codes = reinterpret_cast<uint2*>(static_cast<char*>(a.target) + row * a.targetRowBytes);
    const std::int64_t packs = a.rowBytes / 16, targetPacks = a.targetRowBytes / 8;
    float scale;
    if (a.givenScale) {
        scale = *a.givenScale;
    } else {
        float largest = 0;   // The zeros that fill up a row change nothing.
        for (std::int64_t i = threadIdx.x; i < packs; i += threads) {
            const uint4 pack = x[i];
            const auto* halves = reinterpret_cast<const __half*>(&pack);
#pragma unroll
            for (int element = 0; element < 8; ++element)
                largest = fmaxf(largest, fabsf(__half2float(halves[element])));
        }
        largest = largestOfBlock(largest);
        scale = float(largest / largestCode);   // Divided in FP64 and rounded, as core/gemm/element_codec.h does.
        scale = scale != 0 ? scale : 1;
        if (threadIdx.x == 0)
            a.rowScales[row] = scale;
    }
    for (std::int64_t i = threadIdx.x; i < targetPacks; i += threads) {
        const uint4 pack = i < packs ? x[i] : uint4{0, 0, 0, 0};
        const auto* halves = reinterpret_cast<const __half*>(&pack);
        std::uint32_t words[2] = {};
#pragma unroll
        for (int element = 0; element < 8; ++element)
            words[element / 4] |= codeOf<target>(__half2float(halves[element]), scale) << (8 * (element % 4));
        codes[i] = {words[0], words[1]};
    }
}

__global__ void __launch_bounds__(threads) scaleSums(void* y, const float* xScales, bool isOneForAll, const float* wScales, std::int64_t n)
{
    const std::int64_t row = blockIdx.y;
    const float xScale = xScales[isOneForAll ? 0 : row];
    for (std::int64_t j = std::int64_t(blockIdx.x) * threads + threadIdx.x; j < n; j += std::int64_t(gridDim.x) * threads) {
        const int sum = static_cast<const int*>(y)[row * n + j];
        static_cast<float*>(y)[row * n + j] = float(sum) * (xScale * wScales[j]);
    }
}

}  // namespace

void launchQuantizeActivations(ActivationTarget target, const ActivationArguments& a, cudaStream_t stream)
{
    if (target == ActivationTarget::Int8)
        quantize<ActivationTarget::Int8><<<unsigned(a.rows), threads, 0, stream>>>(a);
    else
        quantize<ActivationTarget::E4m3><<<unsigned(a.rows), threads, 0, stream>>>(a);
}

void launchScaleSums(void* y, const float* xScales, bool isOneForAll, const float* wScales, std::int64_t m, std::int64_t n, cudaStream_t stream)
{
    constexpr std::int64_t mostRows = 65535, mostBlocks = 64;   // Of a grid's second side
    const auto blocks = unsigned(std::min<std::int64_t>(mostBlocks, (n + threads - 1) / threads));
    for (std::int64_t first = 0; first < m; first += mostRows)
        scaleSums<<<dim3(blocks, unsigned(std::min(mostRows, m - first))), threads, 0, stream>>>(
            static_cast<float*>(y) + first * n, isOneForAll ? xScales : xScales + first, isOneForAll, wScales, n);
}

}  // namespace quantoscope::gpu
