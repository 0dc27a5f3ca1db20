// SPDX-License-Identifier: Apache-2.0
// What grouped_vnni.cpp does, for a batch: W is packed in panels as in int8_vnni.cpp, so that a group of x,
// broadcast four bytes at a time, adds to the sums of 32 rows of W at once. At the end of each group its exact
// sums are scaled and added to sums in FP32, which stay in registers beside them.
#include "core/gemm/cpu_kernels/grouped_int8.h"

#include "core/gemm/cpu_kernels/output_blocks.h"
#include "core/gemm/cpu_kernels/packed_bytes.h"

#if defined(__x86_64__)
// g++ 12 takes the "undefined" vectors of its own header for a mistake (GCC bug 105593).
#pragma GCC diagnostic ignored "-Wuninitialized"
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#include <immintrin.h>

#include <array>

#define QUANTOSCOPE_VNNI __attribute__((target("avx512f,avx512bw,avx512vl,avx512vnni")))
#define QUANTOSCOPE_INLINE QUANTOSCOPE_VNNI __attribute__((always_inline)) inline

namespace quantoscope::cpu {
namespace {

constexpr int tileRows = 6;                  // 12 sums of integers, 12 in FP32, and their operands in 32 registers.
constexpr std::int64_t panelColumns = 32;    // Rows of W in a panel.
constexpr std::int64_t chunkColumns = 512;   // Of K: a panel of 16 KiB. A multiple of every group.

/// Tiles of x: [tile][four columns][row of the tile], and for each group what its sums start with, because W
/// enters 8 or 128 too large, and its scale.
struct TiledX {
    std::int64_t groups = 0, columns = 0;   ///< Columns: up to a multiple of 32.
    std::vector<std::int32_t> codes, starts;
    std::vector<float> scales;

    TiledX(const StoredMatrix& x, std::int32_t offset)
        : groups(x.groups()), columns((x.columns + 31) / 32 * 32),
          codes(packTiles<tileRows, std::int32_t>(x.rows, columns / 4, [&](std::int64_t i) { return x.rowAs<std::int32_t>(i); }))
    {
        const std::int64_t tiles = (x.rows + tileRows - 1) / tileRows;
        starts.resize(std::size_t(tiles * tileRows * groups));
        scales.resize(starts.size());
        parallelFor(std::size_t(x.rows), [&](std::size_t row) {
            const auto i = std::int64_t(row);
            const auto* own = x.rowAs<std::int8_t>(i);
            for (std::int64_t g = 0; g < groups; ++g) {
                const std::size_t at = std::size_t((i / tileRows * groups + g) * tileRows + i % tileRows);
                std::int32_t sum = 0;
                for (std::int64_t k = g * x.storage.groupColumns; k < std::min(x.columns, (g + 1) * x.storage.groupColumns); ++k)
                    sum += own[k];
                starts[at] = -offset * sum;
                scales[at] = x.scales[std::size_t(i * groups + g)];
            }
        });
    }
};

/// A panel of W and the scales of its groups, [group][row of W].
struct Panel {
    alignas(64) std::array<std::byte, std::size_t(panelColumns * chunkColumns)> codes;
    alignas(64) std::array<float, std::size_t(panelColumns * chunkColumns / 32)> scales;
};

/// Of one group or several that lie one after the other.
struct Stretch {
    std::int64_t groups, columnsAGroup, columns;   ///< The last group may be shorter.
};

template <int rows>
struct TileSums {
    __m512i left, right;
    __m512 leftTotal, rightTotal;
    TileSums<rows - 1> below;
};
template <>
struct TileSums<0> {};

template <int rows>
QUANTOSCOPE_INLINE void clearTotals(TileSums<rows>& sums)
{
    if constexpr (rows > 0) {
        sums.leftTotal = sums.rightTotal = _mm512_setzero_ps();
        clearTotals(sums.below);
    }
}

template <int rows>
QUANTOSCOPE_INLINE void startGroup(TileSums<rows>& sums, const std::int32_t* starts)
{
    if constexpr (rows > 0) {
        sums.left = sums.right = _mm512_set1_epi32(*starts);
        startGroup(sums.below, starts + 1);
    }
}

template <int rows>
QUANTOSCOPE_INLINE void addColumns(TileSums<rows>& sums, const std::int32_t* x, __m512i left, __m512i right)
{
    if constexpr (rows > 0) {
        const __m512i a = _mm512_set1_epi32(*x);
        // By name, as in int8_vnni.cpp: g++ 12 copies every sum around the intrinsic.
        asm("vpdpbusd %2, %1, %0" : "+v"(sums.left) : "v"(left), "v"(a));
        asm("vpdpbusd %2, %1, %0" : "+v"(sums.right) : "v"(right), "v"(a));
        addColumns(sums.below, x + 1, left, right);
    }
}

template <int rows>
QUANTOSCOPE_INLINE void endGroup(TileSums<rows>& sums, const float* scales, __m512 left, __m512 right)
{
    if constexpr (rows > 0) {
        // The product of two scales of 11 bits is exact; one rounding a group.
        const __m512 own = _mm512_set1_ps(*scales);
        sums.leftTotal = _mm512_fmadd_ps(_mm512_cvtepi32_ps(sums.left), _mm512_mul_ps(left, own), sums.leftTotal);
        sums.rightTotal = _mm512_fmadd_ps(_mm512_cvtepi32_ps(sums.right), _mm512_mul_ps(right, own), sums.rightTotal);
        endGroup(sums.below, scales + 1, left, right);
    }
}

template <int rows>
QUANTOSCOPE_INLINE void addToOutput(const TileSums<rows>& sums, float* y, std::int64_t yRow, __mmask16 left, __mmask16 right)
{
    if constexpr (rows > 0) {
        _mm512_mask_storeu_ps(y, left, _mm512_add_ps(_mm512_maskz_loadu_ps(left, y), sums.leftTotal));
        _mm512_mask_storeu_ps(y + 16, right, _mm512_add_ps(_mm512_maskz_loadu_ps(right, y + 16), sums.rightTotal));
        addToOutput(sums.below, y + yRow, yRow, left, right);
    }
}

/// y[i][0 … across) += x row i · panel, for `rows` rows of a tile of x.
template <int rows>
QUANTOSCOPE_VNNI void addTile(const std::int32_t* codes, const std::int32_t* starts, const float* scales, const Panel& panel,
                              const Stretch& stretch, float* y, std::int64_t yRow, std::int64_t across)
{
    TileSums<rows> sums;
    clearTotals(sums);
    const std::byte* codesOfW = panel.codes.data();
    const float* scalesOfW = panel.scales.data();
    for (std::int64_t g = 0; g < stretch.groups; ++g, starts += tileRows, scales += tileRows, scalesOfW += panelColumns) {
        startGroup(sums, starts);
        const std::int64_t columns = std::min(stretch.columnsAGroup, stretch.columns - g * stretch.columnsAGroup);
        for (std::int64_t k = 0; k < columns; k += 4, codesOfW += 4 * panelColumns, codes += tileRows)
            addColumns(sums, codes, _mm512_load_si512(codesOfW), _mm512_load_si512(codesOfW + 64));
        endGroup(sums, scales, _mm512_load_ps(scalesOfW), _mm512_load_ps(scalesOfW + 16));
    }
    addToOutput(sums, y, yRow, __mmask16((1u << std::min<std::int64_t>(across, 16)) - 1),
                __mmask16((1u << std::max<std::int64_t>(across - 16, 0)) - 1));
}

/// addTile() for a number of rows that is known only now.
template <int rows = tileRows>
auto* tileFor(std::int64_t wanted)
{
    if constexpr (rows > 1)
        if (wanted < rows)
            return tileFor<rows - 1>(wanted);
    return addTile<rows>;
}

template <bool isInt4>
void multiplyBlock(const OutputBlock& block, const TiledX& x, const StoredMatrix& w, float* y, const Pulse& pulse)
{
    thread_local Panel panel;
    const std::int64_t group = w.storage.groupColumns;
    for (std::int64_t i = block.firstRow; i < block.firstRow + block.rows; ++i)
        std::fill_n(y + i * w.rows + block.firstColumn, block.columns, 0.0f);
    for (std::int64_t k = 0; k < x.columns && pulse.goesOn(); k += chunkColumns) {
        const std::int64_t columns = std::min(chunkColumns, x.columns - k), firstGroup = k / group;
        const Stretch stretch{(columns + group - 1) / group, group, columns};
        for (std::int64_t j = block.firstColumn; j < block.firstColumn + block.columns; j += panelColumns) {
            packBytes<panelColumns, isInt4>(w, j, k, columns, panel.codes.data());
            for (std::int64_t g = 0; g < stretch.groups; ++g)
                for (std::int64_t c = 0; c < panelColumns; ++c)
                    panel.scales[std::size_t(g * panelColumns + c)] = w.scales[std::size_t(std::min(j + c, w.rows - 1) * x.groups + firstGroup + g)];
            for (std::int64_t i = block.firstRow; i < block.firstRow + block.rows; i += tileRows) {
                const std::int64_t perGroup = (i / tileRows * x.groups + firstGroup) * tileRows;
                tileFor(std::min<std::int64_t>(tileRows, block.firstRow + block.rows - i))(
                    x.codes.data() + (i * x.columns + k * tileRows) / 4, x.starts.data() + perGroup, x.scales.data() + perGroup, panel, stretch,
                    y + i * w.rows + j, w.rows, std::min(panelColumns, block.firstColumn + block.columns - j));
            }
        }
    }
}

}  // namespace

bool multiplyGroupedPanels(const StoredMatrix& stored, const StoredMatrix& w, GemmOutput& y, const Pulse& pulse)
{
    const bool isInt4 = w.storage.element == ElementType::Int4;
    const TiledX x(stored, isInt4 ? 8 : 128);
    return forEachOutputBlock(stored.rows, w.rows, pulse, [&](const OutputBlock& block) {
        if (isInt4)
            multiplyBlock<true>(block, x, w, y.as<float>(), pulse);
        else
            multiplyBlock<false>(block, x, w, y.as<float>(), pulse);
    }, {.rows = 252, .columns = 64});
}

}  // namespace quantoscope::cpu

#endif
