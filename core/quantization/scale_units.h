// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/quantization/quantization_scheme.h"
#include "core/tensors/tensor.h"

#include <algorithm>

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
    /// How long every run of a range is; 0 where they differ.
    std::int64_t evenRunOf(ElementRange) const;
    /// Calls `take(unit, elements)` for the runs of a range, in order.
    template <class Take>
    void forEachRun(ElementRange, Take take) const;
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

template <class Take>
void ScaleUnits::forEachRun(ElementRange range, Take take) const
{
    if (range.count == 0)
        return;
    if (hasTiles()) {
        for (std::int64_t at = range.first, stop = range.first + range.count; at < stop;) {
            const auto [unit, end] = runAt(at);
            take(unit, std::min(end, stop) - at);
            at = std::min(end, stop);
        }
        return;
    }
    // Runs follow one another, and so do their units until they begin anew; only a row's end is in the way.
    auto [unit, end] = runAt(range.first);
    const std::int64_t usual = m_kind == Granularity::Kind::Group ? m_group : m_inner;
    const std::int64_t row = m_kind == Granularity::Kind::Group ? m_columns : m_elements;
    std::int64_t rowEnd = (range.first / row + 1) * row;
    for (std::int64_t at = range.first, stop = range.first + range.count; at < stop;) {
        const std::int64_t here = std::min(end, stop);
        take(unit, here - at);
        at = here;
        unit = unit + 1 == m_units ? 0 : unit + 1;
        if (at == rowEnd)
            rowEnd += row;
        end = std::min(at + usual, rowEnd);
    }
}

}  // namespace quantoscope
