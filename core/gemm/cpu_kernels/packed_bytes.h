// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/gemm/cpu_kernels/panel_tiles.h"
#include "core/gemm/stored_matrix.h"

#if defined(__x86_64__)
#include <emmintrin.h>

#include <algorithm>

namespace quantoscope::cpu {

/// 16 columns of a row of W as unsigned bytes: INT8 + 128, or INT4 + 8.
template <bool isInt4>
inline __m128i unsignedCodes(const std::byte* row, std::int64_t k)
{
    if constexpr (!isInt4)
        return _mm_xor_si128(_mm_loadu_si128(reinterpret_cast<const __m128i*>(row + k)), _mm_set1_epi8(char(0x80)));
    const __m128i nibbles = _mm_xor_si128(_mm_loadl_epi64(reinterpret_cast<const __m128i*>(row + k / 2)), _mm_set1_epi8(char(0x88)));
    const __m128i half = _mm_set1_epi8(15);
    return _mm_unpacklo_epi8(_mm_and_si128(nibbles, half), _mm_and_si128(_mm_srli_epi16(nibbles, 4), half));
}

/// 16 columns of four rows of W, as four times four neighbours from each row; `load(row, k)` reads 16 codes.
template <std::int64_t panelColumns, class Load>
inline void packFourRows(const Load& load, std::int64_t row, std::int64_t k, std::byte* target)
{
    const __m128i a = load(row, k), b = load(row + 1, k), c = load(row + 2, k), d = load(row + 3, k);
    const __m128i ab = _mm_unpacklo_epi32(a, b), cd = _mm_unpacklo_epi32(c, d);
    const __m128i abHigh = _mm_unpackhi_epi32(a, b), cdHigh = _mm_unpackhi_epi32(c, d);
    const auto store = [&](int place, __m128i fours) {
        _mm_storeu_si128(reinterpret_cast<__m128i*>(target + place * panelColumns * 4), fours);
    };
    store(0, _mm_unpacklo_epi64(ab, cd));
    store(1, _mm_unpackhi_epi64(ab, cd));
    store(2, _mm_unpacklo_epi64(abHigh, cdHigh));
    store(3, _mm_unpackhi_epi64(abHigh, cdHigh));
}

/// panel[four columns of K][row of W][column]; `columns` of K is a multiple of 16.
template <std::int64_t panelColumns, class Load>
void packPanel(const PanelPlace& place, const Load& load, std::byte* panel)
{
    for (std::int64_t r = 0; r < panelColumns; r += 4)
        for (std::int64_t k = 0; k < place.columns; k += 16)
            packFourRows<panelColumns>(load, place.row + r, place.first + k, panel + k * panelColumns + 4 * r);
}

/// The same of rows of INT8 or INT4. Rows beyond the last one may hold anything: nobody reads their sums.
template <std::int64_t panelColumns, bool isInt4 = false>
void packBytes(const StoredMatrix& w, const PanelPlace& place, std::byte* panel)
{
    packPanel<panelColumns>(place, [&](std::int64_t row, std::int64_t k) { return unsignedCodes<isInt4>(w.row(std::min(row, w.rows - 1)), k); }, panel);
}

}  // namespace quantoscope::cpu
#endif
