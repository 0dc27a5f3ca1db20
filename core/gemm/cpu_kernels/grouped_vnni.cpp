// SPDX-License-Identifier: Apache-2.0
// Both operands in whole numbers with a scale for every few columns (W8A8 and W4A8 by groups): within a group
// sums are exact integers, by AVX-512 VNNI as in int8_vnni.cpp, and only the groups' sums, scaled, are added
// in FP32. Up to eight rows of x read W as it lies in memory, once: the product takes as long as reading W.
// More rows go to grouped_panels_vnni.cpp. Nibbles are split into two vectors, even columns and odd ones, and x lies in that
// order (grouped_int8.h).
#include "core/gemm/cpu_kernels/grouped_int8.h"

#include "core/gemm/cpu_kernels/int8_vnni.h"
#include "core/gemm/cpu_kernels/panel_tiles.h"
#include "core/gemm/cpu_kernels/vnni_step.h"

#if defined(__x86_64__)
#include <bit>

namespace quantoscope::cpu {
namespace {

/// `rows` rows of x against one row of W.
template <bool isInt4, int rows>
QUANTOSCOPE_VNNI void multiplyTile(const GroupedX& x, std::int64_t i, const StoredMatrix& w, std::int64_t j, float* y)
{
    constexpr std::int64_t unitColumns = isInt4 ? 128 : 64, lanes = 16;
    const __m512i half = _mm512_set1_epi8(15), flip = _mm512_set1_epi8(isInt4 ? char(0x88) : char(0x80));
    const __m512i groupOfLane = _mm512_loadu_si512(x.groupOfLane.data());
    const auto all = __mmask16((1u << x.groupsAUnit) - 1), last = __mmask16((1u << x.groupsInLastUnit) - 1);
    const int unitsAGroup = x.unitsAGroup, groupsAUnit = std::countr_zero(std::uint64_t(x.groupsAUnit));
    const std::int64_t units = x.units, groups = x.groups, codesARow = x.codesARow, lanesARow = x.lanesARow;

    // Walked by hand: g++ 12 computes every address anew, which costs more than the arithmetic.
    const std::byte* codesOfW = w.row(j);
    const float* scalesOfW = w.scales.data() + j * groups;
    const std::int8_t* codes = x.codesOf(i, 0);
    const std::int32_t* starts = x.startsOf(i, 0);
    const float* scales = x.scalesOf(i, 0);

    __m512 sums[rows];
#pragma GCC unroll 8
    for (int r = 0; r < rows; ++r)
        sums[r] = _mm512_setzero_ps();
    for (std::int64_t unit = 0; unit < units; ++unit, codesOfW += 64, codes += unitColumns, starts += lanes, scales += lanes) {
        askForMore(codesOfW);
        const float* own = scalesOfW + (unit >> unitsAGroup << groupsAUnit);
        const __m512 scale = _mm512_permutexvar_ps(groupOfLane, _mm512_maskz_loadu_ps(unit + 1 == units ? last : all, own));
        const __m512i shifted = _mm512_xor_si512(_mm512_loadu_si512(codesOfW), flip);   // + 8 or + 128
        const __m512i low = isInt4 ? _mm512_and_si512(shifted, half) : shifted;
        const __m512i high = isInt4 ? _mm512_and_si512(_mm512_srli_epi16(shifted, 4), half) : shifted;
#pragma GCC unroll 8
        for (int r = 0; r < rows; ++r) {
            __m512i sum = _mm512_load_si512(starts + r * lanesARow);
            addByteProducts(sum, low, _mm512_load_si512(codes + r * codesARow));
            if constexpr (isInt4)
                addByteProducts(sum, high, _mm512_load_si512(codes + r * codesARow + 64));
            // The product of two scales of 11 bits is exact; one rounding here.
            sums[r] = _mm512_fmadd_ps(_mm512_cvtepi32_ps(sum), _mm512_mul_ps(scale, _mm512_load_ps(scales + r * lanesARow)), sums[r]);
        }
    }
#pragma GCC unroll 8
    for (int r = 0; r < rows; ++r)
        y[r * w.rows] = _mm512_reduce_add_ps(sums[r]);
}

constexpr std::int64_t fewRows = 8;   // So few rows of x do not pay for packing W.

template <bool isInt4>
bool multiplyFew(const StoredMatrix& stored, const StoredMatrix& w, float* y, const Pulse& pulse)
{
    const GroupedX x = prepareGrouped(stored, w, 64, pulse.progress());
    GroupedTile* const tile = forEachNumberOfRows<fewRows>([](auto rows) { return &multiplyTile<isInt4, rows>; })[std::size_t(x.rows - 1)];
    return forEachRowOfW(w.rows, std::int64_t(w.rowBytes), pulse, [&](std::int64_t j) { tile(x, 0, w, j, y + j); });
}

}  // namespace

bool multiplyGroupedVnni(const StoredMatrix& x, const StoredMatrix& w, GemmOutput& y, const Pulse& pulse)
{
    if (x.rows > fewRows)
        return multiplyGroupedPanels(x, w, y, pulse);
    return w.storage.element == ElementType::Int4 ? multiplyFew<true>(x, w, y.as<float>(), pulse) : multiplyFew<false>(x, w, y.as<float>(), pulse);
}

}  // namespace quantoscope::cpu

#else

namespace quantoscope::cpu {
bool multiplyGroupedVnni(const StoredMatrix& x, const StoredMatrix& w, GemmOutput& y, const Pulse& pulse)
{
    return multiplyGroupedPairs(x, w, y, pulse);
}
}  // namespace quantoscope::cpu

#endif
