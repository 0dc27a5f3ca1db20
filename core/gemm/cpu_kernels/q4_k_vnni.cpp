// SPDX-License-Identifier: Apache-2.0
// Q4_K weights by x in INT8 with a scale for every 256 (W4A8), by AVX-512 VNNI: vpdpbusd adds products of
// nibbles and bytes within a part of 32, vpdpwssd adds these sums times the parts' six-bit scales, all exact.
// d · Σ − dmin · Σ of a block is taken in FP64, where it is exact as well: the two may nearly cancel.
#include "core/gemm/cpu_kernels/q4_k.h"

#include "core/gemm/cpu_kernels/int8_vnni.h"
#include "core/gemm/cpu_kernels/panel_tiles.h"
#include "core/gemm/cpu_kernels/vnni_step.h"
#include "core/gemm/q4_k_rows.h"

#if defined(__x86_64__)

namespace quantoscope::cpu {
namespace {

/// A vector of 64 bytes of W has parts 4h and 4h + 2 in its low nibbles and 4h + 1 and 4h + 3 in its high ones.
constexpr std::array orderOfParts{0, 2, 1, 3, 4, 6, 5, 7};

/// Lanes 0 to 7: one part, 8 to 15: another.
QUANTOSCOPE_VNNI inline __m512i lanesOf(int first, int second)
{
    return _mm512_inserti64x4(_mm512_set1_epi32(first), _mm256_set1_epi32(second), 1);
}

template <int rows>
QUANTOSCOPE_VNNI void multiplyTile(const Q4kX& x, std::int64_t i, const StoredMatrix& w, std::int64_t j, float* y)
{
    const __m512i half = _mm512_set1_epi8(15);
    const __m512i parts[4] = {lanesOf(0, 2), lanesOf(1, 3), lanesOf(4, 6), lanesOf(5, 7)};
    const std::int64_t blocks = x.blocks, codesARow = x.codesARow;
    const std::byte* block = w.row(j);
    const std::int8_t* codes = x.codesOf(i, 0);
    const std::int16_t* sums = x.sumsOf(i, 0);
    const double* scales = x.scalesOf(i);
    __m512d above[rows];
    __m256d below[rows];
#pragma GCC unroll 8
    for (int r = 0; r < rows; ++r) {
        above[r] = _mm512_setzero_pd();
        below[r] = _mm256_setzero_pd();
    }
    for (std::int64_t b = 0; b < blocks; ++b, block += q4kBytes, codes += 256, sums += 8, ++scales) {
        askForMore<3>(block);
        const Q4kScales own = scalesOfQ4k(block);
        const __m512i bytes = _mm512_castsi256_si512(_mm256_cvtepu8_epi32(_mm_cvtsi64_si128(std::int64_t(own.scales))));
        const __m128i mins = _mm_cvtepu8_epi16(_mm_cvtsi64_si128(std::int64_t(own.mins)));
        const __m512i first = _mm512_loadu_si512(block + 16), second = _mm512_loadu_si512(block + 80);
        const __m512i nibbles[4] = {_mm512_and_si512(first, half), _mm512_and_si512(_mm512_srli_epi16(first, 4), half),
                                    _mm512_and_si512(second, half), _mm512_and_si512(_mm512_srli_epi16(second, 4), half)};
        __m512i factors[4];
#pragma GCC unroll 4
        for (int p = 0; p < 4; ++p)
            factors[p] = _mm512_permutexvar_epi32(parts[p], bytes);
#pragma GCC unroll 8
        for (int r = 0; r < rows; ++r) {
            __m512i sum = _mm512_setzero_si512();
#pragma GCC unroll 4
            for (int p = 0; p < 4; ++p) {
                // At most 4 · 15 · 127 = 7620: the low half of a lane has the sum, and the factor's high half is 0.
                __m512i products = _mm512_setzero_si512();
                addByteProducts(products, nibbles[p], _mm512_load_si512(codes + r * codesARow + 64 * p));
                addPairProducts(sum, products, factors[p]);
            }
            const __m256i folded = _mm256_add_epi32(_mm512_castsi512_si256(sum), _mm512_extracti64x4_epi64(sum, 1));
            const __m128i lowest = _mm_madd_epi16(_mm_load_si128(reinterpret_cast<const __m128i*>(sums + r * 8 * blocks)), mins);
            const double scale = scales[r * blocks];
            above[r] = _mm512_fmadd_pd(_mm512_cvtepi32_pd(folded), _mm512_set1_pd(scale * double(own.d)), above[r]);
            below[r] = _mm256_fmadd_pd(_mm256_cvtepi32_pd(lowest), _mm256_set1_pd(scale * double(own.dmin)), below[r]);
        }
    }
#pragma GCC unroll 8
    for (int r = 0; r < rows; ++r)
        y[r * w.rows] = float(_mm512_reduce_add_pd(_mm512_sub_pd(above[r], _mm512_zextpd256_pd512(below[r]))));
}

}  // namespace

bool multiplyQ4kVnni(const StoredMatrix& stored, const StoredMatrix& w, GemmOutput& y, const Pulse& pulse)
{
    constexpr std::int64_t fewRows = 8;   // So few rows of x do not pay for packing W.
    if (stored.rows > fewRows)
        return multiplyQ4kPanelsVnni(stored, w, y, pulse);
    static constexpr auto tiles = forEachNumberOfRows<fewRows>([](auto rows) -> Q4kTile* { return &multiplyTile<rows>; });
    const Q4kX x = prepareQ4k(stored, orderOfParts, pulse.progress());
    return forEachRowOfW(w.rows, std::int64_t(w.rowBytes), pulse, [&](std::int64_t j) { tiles[std::size_t(x.rows - 1)](x, 0, w, j, y.as<float>() + j); });
}

}  // namespace quantoscope::cpu

#else

namespace quantoscope::cpu {
bool multiplyQ4kVnni(const StoredMatrix& x, const StoredMatrix& w, GemmOutput& y, const Pulse& pulse)
{
    return multiplyQ4kPairs(x, w, y, pulse);
}
}  // namespace quantoscope::cpu

#endif
