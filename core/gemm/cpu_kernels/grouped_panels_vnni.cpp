// SPDX-License-Identifier: Apache-2.0
// What grouped_vnni.cpp does, for a batch: W is packed in panels as in int8_vnni.cpp, so that a group of x,
// broadcast four bytes at a time, adds to the sums of 32 rows of W at once. At the end of each group its exact
// sums are scaled and added to sums in FP32, which stay in registers beside them.
#include "core/gemm/cpu_kernels/grouped_int8.h"

#include "core/gemm/cpu_kernels/grouped_tiles.h"
#include "core/gemm/cpu_kernels/packed_bytes.h"
#include "core/gemm/cpu_kernels/vnni_step.h"

#if defined(__x86_64__)

namespace quantoscope::cpu {
namespace {

#include "core/gemm/cpu_kernels/tile_sums.inl"

constexpr int tileRows = 6;                  // 12 sums of integers, 12 in FP32, and their operands in 32 registers.
constexpr std::int64_t panelColumns = 32;    // Rows of W in a panel.
constexpr std::int64_t chunkColumns = 512;   // Of K: a panel of 16 KiB. A multiple of every group.

/// A panel of W and the scales of its groups, [group][row of W].
struct Panel {
    alignas(64) std::array<std::byte, std::size_t(panelColumns * chunkColumns)> codes;
    alignas(64) std::array<float, std::size_t(panelColumns * chunkColumns / 32)> scales;
};

/// The groups' sums, scaled and added up.
struct Scaled {
    using Sum = __m512;
    static QUANTOSCOPE_INLINE Sum zero() { return _mm512_setzero_ps(); }
};

template <int rows>
QUANTOSCOPE_INLINE void startGroup(TileSums<VnniStep, rows>& sums, const std::int32_t* starts)
{
    if constexpr (rows > 0) {
        sums.left = sums.right = _mm512_set1_epi32(*starts);
        startGroup(sums.below, starts + 1);
    }
}

template <int rows>
QUANTOSCOPE_INLINE void endGroup(const TileSums<VnniStep, rows>& sums, const float* scales, __m512 left, __m512 right, TileSums<Scaled, rows>& totals)
{
    if constexpr (rows > 0) {
        // The product of two scales of 11 bits is exact; one rounding a group.
        const __m512 own = _mm512_set1_ps(*scales);
        totals.left = _mm512_fmadd_ps(_mm512_cvtepi32_ps(sums.left), _mm512_mul_ps(left, own), totals.left);
        totals.right = _mm512_fmadd_ps(_mm512_cvtepi32_ps(sums.right), _mm512_mul_ps(right, own), totals.right);
        endGroup(sums.below, scales + 1, left, right, totals.below);
    }
}

template <int rows>
QUANTOSCOPE_INLINE void addToOutput(const TileSums<Scaled, rows>& totals, float* y, std::int64_t yRow, __mmask16 left, __mmask16 right)
{
    if constexpr (rows > 0) {
        _mm512_mask_storeu_ps(y, left, _mm512_add_ps(_mm512_maskz_loadu_ps(left, y), totals.left));
        _mm512_mask_storeu_ps(y + 16, right, _mm512_add_ps(_mm512_maskz_loadu_ps(right, y + 16), totals.right));
        addToOutput(totals.below, y + yRow, yRow, left, right);
    }
}

/// y[i][0 … place.rows) += x row i · panel, for `rows` rows of a tile of x.
template <int rows>
QUANTOSCOPE_VNNI void addTile(GroupedTiles<tileRows>::Tile x, std::int64_t group, const Panel& panel, const PanelPlace& place, float* y, std::int64_t yRow)
{
    TileSums<Scaled, rows> totals;
    clear(totals);
    auto [codes, starts, scales] = x;
    const std::int64_t columns = place.columns;
    const float* scalesOfW = panel.scales.data();
    const std::byte* codesOfW = panel.codes.data();
    for (std::int64_t k = 0; k < columns; k += group, starts += tileRows, scales += tileRows, scalesOfW += panelColumns) {
        TileSums<VnniStep, rows> sums;
        startGroup(sums, starts);
        addSteps<tileRows>(sums, codes, codesOfW, std::min(group, columns - k) / 4);
        endGroup(sums, scales, _mm512_load_ps(scalesOfW), _mm512_load_ps(scalesOfW + 16), totals);
    }
    addToOutput(totals, y, yRow, maskOf(place.rows), maskOf(place.rows - 16));
}

template <bool isInt4>
void multiplyBlock(const OutputBlock& block, const GroupedTiles<tileRows>& x, const StoredMatrix& w, float* y, const Pulse& pulse)
{
    static constexpr auto tiles = forEachNumberOfRows<tileRows>([](auto rows) { return &addTile<rows>; });
    thread_local Panel panel;
    startBlock(block, y, w.rows, [](std::int64_t) { return 0.0f; });
    const auto pack = [&](const PanelPlace& place) {
        packBytes<panelColumns, isInt4>(w, place, panel.codes.data());
        copyScalesOfPanel(w, place, x.stretchColumns, panelColumns, panel.scales.data());
    };
    forEachPanel(block, x.columns, {panelColumns, chunkColumns, tileRows}, pulse, pack, [&](const PanelPlace& place, std::int64_t i, std::int64_t rows) {
        tiles[std::size_t(rows - 1)](x.tile(i, place.first, place.first / x.stretchColumns), x.stretchColumns, panel, place, y + i * w.rows + place.row, w.rows);
    });
}

}  // namespace

bool multiplyGroupedPanels(const StoredMatrix& stored, const StoredMatrix& w, GemmOutput& y, const Pulse& pulse)
{
    const bool isInt4 = w.storage.element == ElementType::Int4;
    const GroupedTiles x = makeGroupedTiles<tileRows>(stored, w.storage.groupColumns, isInt4 ? 8 : 128);
    return forEachOutputBlock(stored.rows, w.rows, pulse, [&](const OutputBlock& block) {
        (isInt4 ? multiplyBlock<true> : multiplyBlock<false>)(block, x, w, y.as<float>(), pulse);
    }, {.rows = 264, .columns = 64});
}

}  // namespace quantoscope::cpu

#endif
