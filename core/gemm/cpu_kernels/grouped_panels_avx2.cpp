// SPDX-License-Identifier: Apache-2.0
// INT4 weights by INT8 activations for a batch, on processors with AVX2 and no VNNI: W is packed in panels of 16
// rows, as unsigned nibbles a byte each. vpmaddubsw adds two products of a nibble and a byte, at most 2 · 15 · 127
// = 3810, in 16 bits, and eight of these fit: a stretch of 32 columns is added in 16 bits, widened once, and
// scaled into sums in FP32.
#include "core/gemm/cpu_kernels/grouped_int8.h"

#include "core/gemm/cpu_kernels/avx2_step.h"
#include "core/gemm/cpu_kernels/grouped_tiles.h"
#include "core/gemm/cpu_kernels/packed_bytes.h"

#if defined(__x86_64__)

namespace quantoscope::cpu {
namespace {

#include "core/gemm/cpu_kernels/tile_sums.inl"

constexpr int tileRows = 4;
constexpr std::int64_t panelColumns = 16;    // Rows of W in a panel: two vectors of 32-bit sums.
constexpr std::int64_t stretchColumns = 32;  // As many as 16-bit sums hold.
constexpr std::int64_t chunkColumns = 512;   // Of K: a panel of 8 KiB.

/// A panel of W and the scales of its stretches, [stretch][row of W].
struct Panel {
    alignas(32) std::array<std::byte, std::size_t(panelColumns * chunkColumns)> codes;
    alignas(32) std::array<float, std::size_t(panelColumns * chunkColumns / stretchColumns)> scales;
};

/// totals += scales · (start + sums)
QUANTOSCOPE_INLINE void addScaled(__m256i sums, __m256i start, __m256 scale, float* totals)
{
    const __m256i exact = _mm256_add_epi32(_mm256_madd_epi16(sums, _mm256_set1_epi16(1)), start);
    _mm256_store_ps(totals, _mm256_fmadd_ps(_mm256_cvtepi32_ps(exact), scale, _mm256_load_ps(totals)));
}

template <int rows>
QUANTOSCOPE_INLINE void endStretch(const TileSums<NibbleStep, rows>& sums, const std::int32_t* starts, const float* scales, __m256 left, __m256 right, float* totals)
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
QUANTOSCOPE_AVX2 __attribute__((noinline)) void multiplyTile(GroupedTiles<tileRows>::Tile x, const Panel& panel, std::int64_t columns, float* totals)
{
    auto [codes, starts, scales] = x;
    const float* scalesOfW = panel.scales.data();
    const std::byte* codesOfW = panel.codes.data();
    for (int lane = 0; lane < tileRows * panelColumns; lane += 8)
        _mm256_store_ps(totals + lane, _mm256_setzero_ps());
    for (std::int64_t left = columns; left > 0; left -= stretchColumns, starts += tileRows, scales += tileRows, scalesOfW += panelColumns) {
        TileSums<NibbleStep, tileRows> sums;
        clear(sums);
        addSteps<tileRows>(sums, codes, codesOfW, stretchColumns / 4);
        endStretch(sums, starts, scales, _mm256_load_ps(scalesOfW), _mm256_load_ps(scalesOfW + 8), totals);
    }
}

void multiplyBlock(const OutputBlock& block, const GroupedTiles<tileRows>& x, const StoredMatrix& w, float* y, const Pulse& pulse)
{
    thread_local Panel panel;
    alignas(32) float totals[tileRows * panelColumns];
    startBlock(block, y, w.rows, [](std::int64_t) { return 0.0f; });
    const auto pack = [&](const PanelPlace& place) {
        packBytes<panelColumns, true>(w, place, panel.codes.data());
        copyScalesOfPanel(w, place, stretchColumns, panelColumns, panel.scales.data());
    };
    forEachPanel(block, x.columns, {panelColumns, chunkColumns, tileRows}, pulse, pack, [&](const PanelPlace& place, std::int64_t i, std::int64_t rows) {
        multiplyTile(x.tile(i, place.first, place.first / stretchColumns), panel, place.columns, totals);
        addTileToOutput<panelColumns>(totals, place, i, rows, y, w.rows);
    });
}

}  // namespace

bool multiplyInt4PanelsAvx2(const StoredMatrix& stored, const StoredMatrix& w, GemmOutput& y, const Pulse& pulse)
{
    const GroupedTiles x = makeGroupedTiles<tileRows>(stored, stretchColumns, 8);
    return forEachOutputBlock(stored.rows, w.rows, pulse, [&](const OutputBlock& block) { multiplyBlock(block, x, w, y.as<float>(), pulse); },
                              {.rows = 256, .columns = 64});
}

}  // namespace quantoscope::cpu

#endif
