// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/gemm/cpu_kernels/panel_tiles.h"

#include <vector>

namespace quantoscope::cpu {

/// x in INT8 with a scale a group, in tiles for panels of W. A stretch is a group, or as much of it as is added
/// before it is scaled.
template <int tileRows>
struct GroupedTiles {
    std::int64_t stretchColumns = 0, stretches = 0, columns = 0;   ///< Columns: of K, up to a multiple of 32.
    Scratch<std::int32_t> codes;        ///< [tile][four columns][row of the tile]
    std::vector<std::int32_t> starts;   ///< [tile][stretch][row]: what sums begin with, because W enters `offset` too large.
    std::vector<float> scales;          ///< [tile][stretch][row]

    /// What a tile multiplies: its row i, column k and the stretch that k is in.
    struct Tile {
        const std::int32_t *codes, *starts;
        const float* scales;
    };
    Tile tile(std::int64_t i, std::int64_t k, std::int64_t stretch) const
    {
        const std::int64_t at = (i / tileRows * stretches + stretch) * tileRows;
        return {codes.data() + (i * columns + k * tileRows) / 4, starts.data() + at, scales.data() + at};
    }
};

template <int tileRows>
GroupedTiles<tileRows> makeGroupedTiles(const StoredMatrix& x, std::int64_t stretchColumns, std::int32_t offset)
{
    GroupedTiles<tileRows> tiles{stretchColumns, (x.columns + stretchColumns - 1) / stretchColumns, (x.columns + 31) / 32 * 32, {}, {}, {}};
    tiles.codes = packTiles<tileRows, std::int32_t>(x.rows, tiles.columns / 4, [&](std::int64_t i) { return x.rowAs<std::int32_t>(i); });
    tiles.starts.resize(std::size_t((x.rows + tileRows - 1) / tileRows * tileRows * tiles.stretches));
    tiles.scales.resize(tiles.starts.size());
    parallelFor(std::size_t(x.rows), [&](std::size_t row) {
        const auto i = std::int64_t(row);
        const auto* own = x.rowAs<std::int8_t>(i);
        for (std::int64_t s = 0; s < tiles.stretches; ++s) {
            const std::int64_t first = s * stretchColumns;
            const std::size_t at = std::size_t((i / tileRows * tiles.stretches + s) * tileRows + i % tileRows);
            std::int32_t sum = 0;
            for (std::int64_t k = first; k < std::min(x.columns, first + stretchColumns); ++k)
                sum += own[k];
            tiles.starts[at] = -offset * sum;
            tiles.scales[at] = x.scales[std::size_t(i * x.groups() + first / x.storage.groupColumns)];
        }
    });
    return tiles;
}

/// The scales of a panel's stretches, [stretch][row of the panel]; rows beyond the last one have the last one's.
inline void copyScalesOfPanel(const StoredMatrix& w, const PanelPlace& place, std::int64_t stretchColumns, std::int64_t panelRows, float* target)
{
    const std::int64_t groups = w.groups();
    for (std::int64_t k = place.first; k < place.first + place.columns; k += stretchColumns)
        for (std::int64_t row = place.row; row < place.row + panelRows; ++row)
            *target++ = w.scales[std::size_t(std::min(row, w.rows - 1) * groups + k / w.storage.groupColumns)];
}

}  // namespace quantoscope::cpu
