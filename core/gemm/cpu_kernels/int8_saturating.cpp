// SPDX-License-Identifier: Apache-2.0
// INT8 as fast libraries multiply it on processors with AVX2 and no VNNI, and wrong: vpmaddubsw adds two
// products of an unsigned and a signed byte in 16 bits and saturates. x enters as x + 128, as in
// int8_vnni.cpp, so that large codes reach 255 · 127 · 2 = 64 770, of which 32 767 is left. Here so that
// it can be seen: 64 products of 127 · 127 come out as 8 160 instead of 1 032 256.
#include "core/gemm/cpu_kernels/cpu_kernel.h"
#include "core/gemm/cpu_kernels/output_blocks.h"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace quantoscope::cpu {
namespace {

constexpr std::int32_t offset = 128;

/// The same arithmetic a pair at a time, where the processor has no AVX2.
std::int32_t dotPortable(const std::int8_t* x, const std::int8_t* w, std::size_t bytes)
{
    std::int32_t sum = 0;
    for (std::size_t k = 0; k < bytes; k += 2) {
        const std::int32_t pair = (x[k] + offset) * w[k] + (x[k + 1] + offset) * w[k + 1];
        sum += std::clamp(pair, -32768, 32767) - offset * (w[k] + w[k + 1]);
    }
    return sum;
}

#if defined(__x86_64__)
__attribute__((target("avx2"))) std::int32_t dotAvx2(const std::int8_t* x, const std::int8_t* w, std::size_t bytes)
{
    const __m256i flip = _mm256_set1_epi8(char(0x80)), ones16 = _mm256_set1_epi16(1), ones8 = _mm256_set1_epi8(1);
    __m256i sum = _mm256_setzero_si256(), sumOfW = _mm256_setzero_si256();
    for (std::size_t k = 0; k < bytes; k += 32) {
        const __m256i a = _mm256_xor_si256(_mm256_loadu_si256(reinterpret_cast<const __m256i*>(x + k)), flip);   // x + 128
        const __m256i b = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(w + k));
        sum = _mm256_add_epi32(sum, _mm256_madd_epi16(_mm256_maddubs_epi16(a, b), ones16));
        sumOfW = _mm256_add_epi32(sumOfW, _mm256_madd_epi16(_mm256_maddubs_epi16(ones8, b), ones16));
    }
    sum = _mm256_sub_epi32(sum, _mm256_slli_epi32(sumOfW, 7));
    alignas(32) std::int32_t lanes[8];
    _mm256_store_si256(reinterpret_cast<__m256i*>(lanes), sum);
    return lanes[0] + lanes[1] + lanes[2] + lanes[3] + lanes[4] + lanes[5] + lanes[6] + lanes[7];
}
#endif

using Dot = std::int32_t(const std::int8_t*, const std::int8_t*, std::size_t);

Dot* chooseDot()
{
#if defined(__x86_64__)
    if (__builtin_cpu_supports("avx2"))
        return dotAvx2;
#endif
    return dotPortable;
}

}  // namespace

bool multiplyInt8Saturating(const StoredMatrix& x, const StoredMatrix& w, GemmOutput& y, const Pulse& pulse)
{
    static Dot* const dot = chooseDot();
    std::int32_t* values = y.as<std::int32_t>();
    return forEachOutputBlock(x.rows, w.rows, pulse, [&](const OutputBlock& block) {
        for (std::int64_t i = block.firstRow; i < block.firstRow + block.rows && pulse.goesOn(); ++i)
            for (std::int64_t j = block.firstColumn; j < block.firstColumn + block.columns; ++j)
                values[i * w.rows + j] = dot(x.rowAs<std::int8_t>(i), w.rowAs<std::int8_t>(j), x.rowBytes);
    });
}

}  // namespace quantoscope::cpu
