// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/gemm/cpu_kernels/output_blocks.h"

#include <array>
#include <type_traits>
#include <utility>

namespace quantoscope::cpu {

/// The part of W that is packed at a time: some of its rows, which are columns of y, and a chunk of K.
struct PanelPlace {
    std::int64_t row, rows;
    std::int64_t first, columns;
};

struct PanelSize {
    std::int64_t rows;      ///< Of W: the sums a tile has for each row of x.
    std::int64_t columns;   ///< Of K: so many that a panel stays in the first-level cache.
    std::int64_t tileRows;  ///< Of x.
};

/// Computes a block of y: packs one panel of W after the other and multiplies all its tiles of x by it.
/// pack(place), then tile(place, first row of x, rows) for each; the last tile may have fewer rows.
template <class Pack, class Tile>
void forEachPanel(const OutputBlock& block, std::int64_t columnsOfK, const PanelSize& size, const Pulse& pulse, const Pack& pack, const Tile& tile)
{
    const std::int64_t lastRow = block.firstRow + block.rows, lastColumn = block.firstColumn + block.columns;
    for (std::int64_t k = 0; k < columnsOfK && pulse.goesOn(); k += size.columns)
        for (std::int64_t j = block.firstColumn; j < lastColumn; j += size.rows) {
            const PanelPlace place{j, std::min(size.rows, lastColumn - j), k, std::min(size.columns, columnsOfK - k)};
            pack(place);
            for (std::int64_t i = block.firstRow; i < lastRow; i += size.tileRows)
                tile(place, i, std::min(size.tileRows, lastRow - i));
        }
}

/// y[row][column of the block] = start(row), before panels add to it.
template <class Number, class Start>
void startBlock(const OutputBlock& block, Number* y, std::int64_t yRow, const Start& start)
{
    for (std::int64_t i = block.firstRow; i < block.firstRow + block.rows; ++i)
        std::fill_n(y + i * yRow + block.firstColumn, block.columns, start(i));
}

/// y += tile[row][row of the panel], as far as there are rows; integers may wrap on the way, FP64 is rounded first.
template <std::int64_t panelRows, class Sum, class Number>
void addTileToOutput(const Sum* tile, const PanelPlace& place, std::int64_t i, std::int64_t rows, Number* y, std::int64_t yRow)
{
    using Wrapping = std::conditional_t<std::is_integral_v<Number>, std::uint32_t, Number>;
    const auto addRows = [&](auto across) {   // A constant for all panels but a matrix's last one: then it is done by vectors.
        for (std::int64_t r = 0; r < rows; ++r)
            for (std::int64_t c = 0; c < across; ++c) {
                Number& target = y[(i + r) * yRow + place.row + c];
                target = Number(Wrapping(target) + Wrapping(tile[r * panelRows + c]));
            }
    };
    if (place.rows == panelRows)
        addRows(std::integral_constant<std::int64_t, panelRows>());
    else
        addRows(place.rows);
}

/// One function for each number of rows from 1 to `most`, as `of` names them: [rows − 1].
template <int most, class Of>
constexpr auto forEachNumberOfRows(const Of& of)
{
    return [&]<int... less>(std::integer_sequence<int, less...>) {
        return std::array{of(std::integral_constant<int, less + 1>())...};
    }(std::make_integer_sequence<int, most>());
}

}  // namespace quantoscope::cpu
