// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/quantization/quantization_scheme.h"
#include "core/tensors/tensor.h"

namespace quantoscope {

/// Which values of a tensor share a scale, as arithmetic on element numbers in C order. A unit is a
/// tensor, a channel, a group, or a tile of rows and columns; a run is a stretch of neighbours of one unit.
class ScaleUnits {
public:
    ScaleUnits(const Granularity&, const Shape&);

    std::int64_t count() const { return m_units; }
    std::int64_t elements() const { return m_elements; }
    /// Each unit is one run, and runs follow one another.
    bool isContiguous() const { return m_kind == Granularity::Kind::Group || (m_outer == 1 && m_kind != Granularity::Kind::Tile); }
    /// The most elements a unit has.
    std::int64_t largestUnit() const;
    /// The run that holds `element`.
    struct Run { std::int64_t unit, end; };
    Run runAt(std::int64_t element) const;
    /// The elements of a unit, where units are contiguous.
    ElementRange rangeOf(std::int64_t unit) const;

    /// The elements of a tile, for tiles only; every row of it is a run.
    struct Tile { std::int64_t firstElement, rows, columns; };
    Tile tile(std::int64_t unit) const;
    bool hasTiles() const { return m_kind == Granularity::Kind::Tile; }
    std::int64_t columns() const { return m_columns; }
    std::int64_t tilesAcross() const { return m_perRow; }

    /// The tensor cut into chunks of about `wanted` elements that never cut a unit shorter than
    /// `wanted` (if units are contiguous), so that such units can be dealt with in one go.
    std::int64_t chunkCount(std::int64_t wanted) const;
    ElementRange chunk(std::int64_t index, std::int64_t wanted) const;

private:
    /// How one row of groups, or the whole tensor, is cut: `rows` rows at a time, or `piece` elements.
    struct Cut { std::int64_t rows, piece, piecesPerRow; };
    Cut cutFor(std::int64_t wanted) const;

    Granularity::Kind m_kind;
    std::int64_t m_elements = 1;
    std::int64_t m_outer = 1, m_channels = 1, m_inner = 1;   ///< Channel: element = (outer, channel, inner).
    std::int64_t m_columns = 1, m_group = 1, m_perRow = 1;   ///< Group; Tile, whose columns are the group
    std::int64_t m_rows = 1, m_tileRows = 1, m_tilesDown = 1;   ///< Tile
    std::int64_t m_units = 0;
};

}  // namespace quantoscope
