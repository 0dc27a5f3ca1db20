// SPDX-License-Identifier: Apache-2.0
#include "core/quantization/scale_units.h"

#include <algorithm>

namespace quantoscope {

namespace {

std::int64_t ceilingOf(std::int64_t a, std::int64_t b) { return (a + b - 1) / b; }

}  // namespace

ScaleUnits::ScaleUnits(const Granularity& granularity, const Shape& shape)
    : m_kind(granularity.kind)
{
    for (const std::int64_t extent : shape)
        m_elements *= extent;
    if (m_elements == 0)
        return;
    switch (m_kind) {
    case Granularity::Kind::Tensor:
        m_inner = m_elements;
        m_units = 1;
        break;
    case Granularity::Kind::Channel:
        for (std::size_t axis = 0; axis < shape.size(); ++axis)
            (int(axis) < granularity.axis ? m_outer : int(axis) == granularity.axis ? m_channels : m_inner)
                *= shape[axis];
        m_units = m_channels;
        break;
    case Granularity::Kind::Group:
        m_columns = shape.empty() ? 1 : shape.back();
        m_group = std::min(granularity.group, m_columns);
        m_perRow = ceilingOf(m_columns, m_group);
        m_units = m_elements / m_columns * m_perRow;
        break;
    case Granularity::Kind::Tile:
        m_columns = shape.empty() ? 1 : shape.back();
        m_rows = shape.size() < 2 ? 1 : shape[shape.size() - 2];
        m_group = std::min(granularity.tileColumns, m_columns);
        m_tileRows = std::min(granularity.tileRows, m_rows);
        m_perRow = ceilingOf(m_columns, m_group);
        m_tilesDown = ceilingOf(m_rows, m_tileRows);
        m_units = m_elements / m_columns / m_rows * m_tilesDown * m_perRow;
        break;
    }
}

std::int64_t ScaleUnits::largestUnit() const
{
    if (m_kind == Granularity::Kind::Tile)
        return m_tileRows * m_group;
    return m_kind == Granularity::Kind::Group ? m_group : m_outer * m_inner;
}

ScaleUnits::Run ScaleUnits::runAt(std::int64_t element) const
{
    if (m_kind == Granularity::Kind::Group) {
        const std::int64_t row = element / m_columns, column = element % m_columns;
        const std::int64_t group = column / m_group;
        return {row * m_perRow + group, row * m_columns + std::min(m_columns, (group + 1) * m_group)};
    }
    if (m_kind == Granularity::Kind::Tile) {
        const std::int64_t row = element / m_columns, across = element % m_columns / m_group;
        const std::int64_t down = row / m_rows * m_tilesDown + row % m_rows / m_tileRows;
        return {down * m_perRow + across, row * m_columns + std::min(m_columns, (across + 1) * m_group)};
    }
    const std::int64_t run = element / m_inner;
    return {run % m_channels, (run + 1) * m_inner};
}

ElementRange ScaleUnits::rangeOf(std::int64_t unit) const
{
    if (m_kind == Granularity::Kind::Group) {
        const std::int64_t first = unit / m_perRow * m_columns + unit % m_perRow * m_group;
        return {first, runAt(first).end - first};
    }
    return {unit * m_inner, m_inner};
}

ScaleUnits::Tile ScaleUnits::tile(std::int64_t unit) const
{
    const std::int64_t down = unit / m_perRow, column = unit % m_perRow * m_group;
    const std::int64_t row = down % m_tilesDown * m_tileRows;
    return {(down / m_tilesDown * m_rows + row) * m_columns + column, std::min(m_tileRows, m_rows - row),
            std::min(m_group, m_columns - column)};
}

ScaleUnits::Cut ScaleUnits::cutFor(std::int64_t wanted) const
{
    if (m_kind == Granularity::Kind::Channel && isContiguous() && m_inner <= wanted)
        return {1, wanted / m_inner * m_inner, ceilingOf(m_elements, wanted / m_inner * m_inner)};
    if (m_kind != Granularity::Kind::Group || m_group > wanted)
        return {1, wanted, ceilingOf(m_elements, wanted)};
    if (m_columns <= wanted)
        return {wanted / m_columns, m_columns, 1};
    const std::int64_t piece = wanted / m_group * m_group;
    return {1, piece, ceilingOf(m_columns, piece)};
}

std::int64_t ScaleUnits::chunkCount(std::int64_t wanted) const
{
    if (m_elements == 0)
        return 0;
    const Cut cut = cutFor(wanted);
    const bool byRows = m_kind == Granularity::Kind::Group && m_group <= wanted;
    return byRows ? ceilingOf(m_elements / m_columns, cut.rows) * cut.piecesPerRow : cut.piecesPerRow;
}

ElementRange ScaleUnits::chunk(std::int64_t index, std::int64_t wanted) const
{
    const Cut cut = cutFor(wanted);
    const bool byRows = m_kind == Granularity::Kind::Group && m_group <= wanted;
    if (!byRows)
        return {index * cut.piece, std::min(cut.piece, m_elements - index * cut.piece)};
    if (cut.piecesPerRow == 1) {
        const std::int64_t size = cut.rows * m_columns;
        return {index * size, std::min(size, m_elements - index * size)};
    }
    const std::int64_t first = index % cut.piecesPerRow * cut.piece;
    return {index / cut.piecesPerRow * m_columns + first, std::min(cut.piece, m_columns - first)};
}

std::int64_t ScaleUnits::evenRunOf(ElementRange range) const
{
    const bool isEven = m_kind == Granularity::Kind::Group && m_columns % m_group == 0 && range.first % m_group == 0 && range.count % m_group == 0;
    return isEven ? m_group : 0;
}

}  // namespace quantoscope
