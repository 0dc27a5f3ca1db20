// SPDX-License-Identifier: Apache-2.0
// A batch by Q4_K weights, which are packed in panels as unsigned nibbles a byte each. Sums of a part, times its
// scale, and sums of x, times its minimum, are exact integers in a block; d · Σ − dmin · Σ of a block is taken in
// FP64, where it is exact as well: the two may nearly cancel. Included inside the namespace of a kernel, which says
//   tileRows, panelColumns        how large a tile is
//   PartStep, partColumns         how a part, or as much of it as its sums hold, is added
//   MinimumStep                   the same for pairs of 16-bit numbers: sums of x by minima
//   factorOf(scale)               a part's scale as addScaled() takes it
//   addScaled(sums, factors, above)                    above += sums · factors
//   Doubles                       half a vector of sums in FP64

#include "core/gemm/cpu_kernels/tile_sums.inl"

constexpr std::int64_t chunkColumns = 512, chunkBlocks = chunkColumns / q4kColumns;   // Of K.

/// A panel of W: [four columns][row][column], then what its parts and its blocks have, [part or block][row].
struct Q4kPanel {
    alignas(64) std::array<std::byte, std::size_t(panelColumns * chunkColumns)> codes;
    alignas(64) std::array<std::int32_t, std::size_t(panelColumns * chunkColumns / 32)> factors;
    alignas(64) std::array<std::int32_t, std::size_t(panelColumns * chunkColumns / 64)> minima;   ///< Two parts' in 16 bits each.
    alignas(64) std::array<double, std::size_t(panelColumns * chunkBlocks)> d, dmin;
};

inline void packQ4kPanel(const StoredMatrix& w, const PanelPlace& place, Q4kPanel& panel)
{
    const auto blockOf = [&](std::int64_t row, std::int64_t k) { return w.row(std::min(row, w.rows - 1)) + k / q4kColumns * std::int64_t(q4kBytes); };
    packPanel<panelColumns>(place, [&](std::int64_t row, std::int64_t k) { return nibblesOfQ4k(blockOf(row, k), k % q4kColumns); }, panel.codes.data());
    for (std::int64_t c = 0; c < panelColumns; ++c)
        for (std::int64_t b = 0; b * q4kColumns < place.columns; ++b) {
            const Q4kScales own = scalesOfQ4k(blockOf(place.row + c, place.first + b * q4kColumns));
            panel.d[std::size_t(b * panelColumns + c)] = own.d;
            panel.dmin[std::size_t(b * panelColumns + c)] = own.dmin;
            for (std::int64_t part = 0; part < 8; ++part)
                panel.factors[std::size_t((8 * b + part) * panelColumns + c)] = factorOf(own.scale(part));
            for (std::int64_t pair = 0; pair < 4; ++pair)
                panel.minima[std::size_t((4 * b + pair) * panelColumns + c)] = own.min(2 * pair) | own.min(2 * pair + 1) << 16;
        }
}

template <int rows>
QUANTOSCOPE_INLINE void addPart(const TileSums<PartStep, rows>& sums, const PartStep::Codes& left, const PartStep::Codes& right,
                                TileSums<MinimumStep, rows>& above)
{
    if constexpr (rows > 0) {
        addScaled(sums.left, left, above.left);
        addScaled(sums.right, right, above.right);
        addPart(sums.below, left, right, above.below);
    }
}

/// totals += xScale · (d · above − dmin · below), for half of the lanes.
template <int half>
QUANTOSCOPE_INLINE void endHalf(const Doubles::Sum& above, const Doubles::Sum& below, const double* d, const double* dmin, float xScale, double* totals)
{
    constexpr int first = half * Doubles::lanes;
    const Doubles minima = Doubles::widened<half>(below).times(Doubles::load(dmin + first));
    const Doubles both = Doubles::widened<half>(above).timesMinus(Doubles::load(d + first), minima);
    both.timesPlus(Doubles::broadcast(xScale), Doubles::load(totals + first)).store(totals + first);
}

QUANTOSCOPE_INLINE void endBlock(const Doubles::Sum& above, const Doubles::Sum& below, const double* d, const double* dmin, float xScale, double* totals)
{
    endHalf<0>(above, below, d, dmin, xScale, totals);
    endHalf<1>(above, below, d, dmin, xScale, totals);
}

template <int rows>
QUANTOSCOPE_INLINE void endBlocks(const TileSums<MinimumStep, rows>& above, const TileSums<MinimumStep, rows>& below, const double* d, const double* dmin,
                                  const float* xScales, double* totals)
{
    if constexpr (rows > 0) {
        endBlock(above.left, below.left, d, dmin, *xScales, totals);
        endBlock(above.right, below.right, d + panelColumns / 2, dmin + panelColumns / 2, *xScales, totals + panelColumns / 2);
        endBlocks(above.below, below.below, d, dmin, xScales + 1, totals + panelColumns);
    }
}

/// totals[row][row of W] = a tile of x · panel.
template <int rows>
QUANTOSCOPE_KERNEL void multiplyTile(const Q4kTiles<tileRows>& x, std::int64_t i, const PanelPlace& place, const Q4kPanel& panel, double* totals)
{
    const std::byte *codesOfW = panel.codes.data(), *minima = reinterpret_cast<const std::byte*>(panel.minima.data());
    const auto* factors = reinterpret_cast<const std::byte*>(panel.factors.data());
    const double *d = panel.d.data(), *dmin = panel.dmin.data();
    auto [codes, pairs, scales] = x.tile(i, place.first);
    std::fill_n(totals, rows * panelColumns, 0.0);
    for (std::int64_t left = place.columns; left > 0; left -= q4kColumns, scales += tileRows, d += panelColumns, dmin += panelColumns) {
        TileSums<MinimumStep, rows> above, below;
        clear(above);
        for (std::int64_t part = 0; part < std::min<std::int64_t>(8, left / 32); ++part, factors += 4 * panelColumns)
            for (int piece = 0; piece < 32 / partColumns; ++piece) {
                TileSums<PartStep, rows> sums;
                clear(sums);
                addSteps<tileRows>(sums, codes, codesOfW, partColumns / 4);
                addPart(sums, PartStep::load(factors), PartStep::load(factors + 2 * panelColumns), above);
            }
        clear(below);
        addSteps<tileRows>(below, pairs, minima, 4);
        endBlocks(above, below, d, dmin, scales, totals);
    }
}

inline bool multiplyByPanels(const StoredMatrix& stored, const StoredMatrix& w, float* y, const Pulse& pulse, const BlockSize& size)
{
    static constexpr auto tiles = forEachNumberOfRows<tileRows>([](auto rows) { return &multiplyTile<rows>; });
    const Q4kTiles<tileRows> x = makeQ4kTiles<tileRows>(stored);
    return forEachOutputBlock(stored.rows, w.rows, pulse, [&](const OutputBlock& block) {
        thread_local Q4kPanel panel;
        alignas(64) double totals[tileRows * panelColumns];
        startBlock(block, y, w.rows, [](std::int64_t) { return 0.0f; });
        const auto pack = [&](const PanelPlace& place) { packQ4kPanel(w, place, panel); };
        forEachPanel(block, x.columns, {panelColumns, chunkColumns, tileRows}, pulse, pack, [&](const PanelPlace& place, std::int64_t i, std::int64_t rows) {
            tiles[std::size_t(rows - 1)](x, i, place, panel, totals);
            addTileToOutput<panelColumns>(totals, place, i, rows, y, w.rows);
        });
    }, size);
}
