// SPDX-License-Identifier: Apache-2.0
// INT4 weights by INT8 activations for a batch, on processors with AVX2 and no VNNI: W is packed in panels of 16
// rows, as unsigned nibbles a byte each. vpmaddubsw adds two products of a nibble and a byte, at most 2 · 15 · 127
// = 3810, in 16 bits, and eight of these fit: a stretch of 32 columns is added in 16 bits, widened once, and
// scaled into sums in FP32.
#include "core/gemm/cpu_kernels/grouped_int8.h"

#include "core/gemm/cpu_kernels/output_blocks.h"
#include "core/gemm/cpu_kernels/packed_bytes.h"

#if defined(__x86_64__)
#include <immintrin.h>

#include <array>

#define QUANTOSCOPE_AVX2 __attribute__((target("avx2,fma")))
#define QUANTOSCOPE_INLINE QUANTOSCOPE_AVX2 __attribute__((always_inline)) inline

namespace quantoscope::cpu {
namespace {

constexpr int tileRows = 4;
constexpr std::int64_t panelColumns = 16;    // Rows of W in a panel: two vectors of 32-bit sums.
constexpr std::int64_t stretchColumns = 32;  // As many as 16-bit sums hold.
constexpr std::int64_t chunkColumns = 512;   // Of K: a panel of 8 KiB.

/// Tiles of x: [tile][four columns][row of the tile], and for each stretch what its sums start with, because W
/// enters 8 too large, and its scale.
struct TiledX {
    std::int64_t stretches = 0;
    std::vector<std::int32_t> codes, starts;
    std::vector<float> scales;

    explicit TiledX(const StoredMatrix& x)
        : stretches((x.columns + stretchColumns - 1) / stretchColumns),
          codes(packTiles<tileRows, std::int32_t>(x.rows, stretches * stretchColumns / 4, [&](std::int64_t i) { return x.rowAs<std::int32_t>(i); }))
    {
        const std::int64_t tiles = (x.rows + tileRows - 1) / tileRows;
        starts.resize(std::size_t(tiles * tileRows * stretches));
        scales.resize(starts.size());
        parallelFor(std::size_t(x.rows), [&](std::size_t row) {
            const auto i = std::int64_t(row);
            const auto* own = x.rowAs<std::int8_t>(i);
            for (std::int64_t s = 0; s < stretches; ++s) {
                const std::size_t at = std::size_t((i / tileRows * stretches + s) * tileRows + i % tileRows);
                std::int32_t sum = 0;
                for (std::int64_t k = s * stretchColumns; k < std::min(x.columns, (s + 1) * stretchColumns); ++k)
                    sum += own[k];
                starts[at] = -8 * sum;
                scales[at] = x.scales[std::size_t(i * x.groups() + s * stretchColumns / x.storage.groupColumns)];
            }
        });
    }
};

/// A panel of W and the scales of its stretches, [stretch][row of W].
struct Panel {
    alignas(32) std::array<std::byte, std::size_t(panelColumns * chunkColumns)> codes;
    alignas(32) std::array<float, std::size_t(panelColumns * chunkColumns / stretchColumns)> scales;
};

/// 16-bit sums of a tile: a member a vector, because g++ 12 keeps an array of them in memory.
template <int rows>
struct TileSums {
    __m256i left, right;
    TileSums<rows - 1> below;
};
template <>
struct TileSums<0> {};

template <int rows>
QUANTOSCOPE_INLINE void clear(TileSums<rows>& sums)
{
    if constexpr (rows > 0) {
        sums.left = sums.right = _mm256_setzero_si256();
        clear(sums.below);
    }
}

template <int rows>
QUANTOSCOPE_INLINE void addColumns(TileSums<rows>& sums, const std::int32_t* x, __m256i left, __m256i right)
{
    if constexpr (rows > 0) {
        const __m256i a = _mm256_set1_epi32(*x);
        sums.left = _mm256_add_epi16(sums.left, _mm256_maddubs_epi16(left, a));
        sums.right = _mm256_add_epi16(sums.right, _mm256_maddubs_epi16(right, a));
        asm("" : "+x"(sums.left), "+x"(sums.right));   // One register before and after, as in int8_exact.cpp.
        addColumns(sums.below, x + 1, left, right);
    }
}

/// totals += scales · (start + sums)
QUANTOSCOPE_INLINE void addScaled(__m256i sums, __m256i start, __m256 scale, float* totals)
{
    const __m256i exact = _mm256_add_epi32(_mm256_madd_epi16(sums, _mm256_set1_epi16(1)), start);
    _mm256_store_ps(totals, _mm256_fmadd_ps(_mm256_cvtepi32_ps(exact), scale, _mm256_load_ps(totals)));
}

template <int rows>
QUANTOSCOPE_INLINE void endStretch(const TileSums<rows>& sums, const std::int32_t* starts, const float* scales, __m256 left, __m256 right, float* totals)
{
    if constexpr (rows > 0) {
        // The product of two scales of 11 bits is exact; one rounding a stretch.
        const __m256i start = _mm256_set1_epi32(*starts);
        const __m256 own = _mm256_set1_ps(*scales);
        addScaled(sums.left, start, _mm256_mul_ps(left, own), totals);
        addScaled(sums.right, start, _mm256_mul_ps(right, own), totals + 8);
        endStretch(sums.below, starts + 1, scales + 1, left, right, totals + panelColumns);
    }
}

/// totals[row][column] = a tile of x · panel; rows of x beyond the last one are zero.
QUANTOSCOPE_AVX2 __attribute__((noinline)) void multiplyTile(const std::int32_t* codes, const std::int32_t* starts, const float* scales,
                                                            const Panel& panel, std::int64_t stretches, float* totals)
{
    const std::byte* codesOfW = panel.codes.data();
    const float* scalesOfW = panel.scales.data();
    std::fill_n(totals, tileRows * panelColumns, 0.0f);
    for (std::int64_t s = 0; s < stretches; ++s, starts += tileRows, scales += tileRows, scalesOfW += panelColumns) {
        TileSums<tileRows> sums;
        clear(sums);
        for (int k = 0; k < stretchColumns; k += 4, codesOfW += 4 * panelColumns, codes += tileRows)
            addColumns(sums, codes, _mm256_load_si256(reinterpret_cast<const __m256i*>(codesOfW)),
                       _mm256_load_si256(reinterpret_cast<const __m256i*>(codesOfW + 32)));
        endStretch(sums, starts, scales, _mm256_load_ps(scalesOfW), _mm256_load_ps(scalesOfW + 8), totals);
    }
}

void multiplyBlock(const OutputBlock& block, const TiledX& x, const StoredMatrix& w, float* y, const Pulse& pulse)
{
    thread_local Panel panel;
    alignas(32) float totals[tileRows * panelColumns];
    const std::int64_t columns = x.stretches * stretchColumns, groups = w.groups();
    for (std::int64_t k = 0; k < columns && pulse.goesOn(); k += chunkColumns) {
        const std::int64_t stretches = std::min(chunkColumns, columns - k) / stretchColumns;
        for (std::int64_t j = block.firstColumn; j < block.firstColumn + block.columns; j += panelColumns) {
            const std::int64_t across = std::min(panelColumns, block.firstColumn + block.columns - j);
            packBytes<panelColumns, true>(w, j, k, stretches * stretchColumns, panel.codes.data());
            for (std::int64_t s = 0; s < stretches; ++s)
                for (std::int64_t c = 0; c < panelColumns; ++c)
                    panel.scales[std::size_t(s * panelColumns + c)] =
                        w.scales[std::size_t(std::min(j + c, w.rows - 1) * groups + (k + s * stretchColumns) / w.storage.groupColumns)];
            for (std::int64_t i = block.firstRow; i < block.firstRow + block.rows; i += tileRows) {
                const std::int64_t perStretch = (i / tileRows * x.stretches + k / stretchColumns) * tileRows;
                multiplyTile(x.codes.data() + (i * columns + k * tileRows) / 4, x.starts.data() + perStretch, x.scales.data() + perStretch, panel,
                             stretches, totals);
                for (std::int64_t r = 0; r < std::min<std::int64_t>(tileRows, block.firstRow + block.rows - i); ++r)
                    for (std::int64_t c = 0; c < across; ++c) {
                        float& target = y[(i + r) * w.rows + j + c];
                        target = k == 0 ? totals[r * panelColumns + c] : target + totals[r * panelColumns + c];
                    }
            }
        }
    }
}

}  // namespace

bool multiplyInt4PanelsAvx2(const StoredMatrix& stored, const StoredMatrix& w, GemmOutput& y, const Pulse& pulse)
{
    const TiledX x(stored);
    return forEachOutputBlock(stored.rows, w.rows, pulse, [&](const OutputBlock& block) { multiplyBlock(block, x, w, y.as<float>(), pulse); },
                              {.rows = 256, .columns = 64});
}

}  // namespace quantoscope::cpu

#endif
