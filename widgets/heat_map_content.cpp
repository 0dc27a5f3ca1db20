// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/heat_map_content.h"

#include "core/parallel_for.h"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <limits>
#include <mutex>
#include <optional>

namespace quantoscope {

namespace {

constexpr std::int64_t chunkValues = std::int64_t{1} << 18;

bool isLarger(const PlacedValue& a, const PlacedValue& b)
{
    const double sizeA = std::abs(a.value), sizeB = std::abs(b.value);
    if (sizeA != sizeB)
        return sizeA > sizeB;
    return a.row != b.row ? a.row < b.row : a.column < b.column;
}

/// The largest few of what it is offered; small until it is full, then most values fail one comparison.
class LargestValues {
public:
    void offer(const PlacedValue& value)
    {
        m_values.push_back(value);
        std::push_heap(m_values.begin(), m_values.end(), isLarger);
        if (m_values.size() <= HeatMapContent::largestKept)
            return;
        std::pop_heap(m_values.begin(), m_values.end(), isLarger);
        m_values.pop_back();
        m_least = float(std::abs(m_values.front().value));
    }
    float least() const { return m_least; }
    std::vector<PlacedValue> take() { return std::move(m_values); }

private:
    std::vector<PlacedValue> m_values;   ///< A heap whose first is the smallest.
    float m_least = -1;
};

/// The rows of one row of cells.
class Band {
public:
    Band(const HeatMapContent& content, int gridRow)
        : m_content(content)
        , m_gridRow(gridRow)
        , m_cells(std::size_t(content.gridColumns), 0.0f)
    {
    }

    /// Values of one row of the tensor from a column on.
    void take(std::int64_t row, std::int64_t column, std::span<const float> values)
    {
        auto cell = int(__int128(column) * m_content.gridColumns / m_content.columns);
        while (cell > 0 && m_content.firstColumnOf(cell) > column)
            --cell;
        while (cell + 1 < m_content.gridColumns && m_content.firstColumnOf(cell + 1) <= column)
            ++cell;
        for (std::size_t at = 0; at < values.size(); ++cell) {
            const std::int64_t end = cell + 1 < m_content.gridColumns ? m_content.firstColumnOf(cell + 1) : m_content.columns;
            const std::size_t stop = std::min(values.size(), std::size_t(end - column));
            float largest = 0;
            for (std::size_t i = at; i < stop; ++i) {
                const float size = std::abs(values[i]);
                // Comparisons with NaN are false; infinities are no weights to be drawn.
                if (size > largest && size <= std::numeric_limits<float>::max())
                    largest = size;
            }
            m_cells[std::size_t(cell)] = std::max(m_cells[std::size_t(cell)], largest);
            if (largest > m_values.least())
                for (std::size_t i = at; i < stop; ++i)
                    if (std::isfinite(values[i]) && std::abs(values[i]) > m_values.least())
                        m_values.offer({row, column + std::int64_t(i), values[i]});
            at = stop;
        }
    }

    int gridRow() const { return m_gridRow; }
    const std::vector<float>& cells() const { return m_cells; }
    std::vector<PlacedValue> largestValues() { return m_values.take(); }

private:
    const HeatMapContent& m_content;
    int m_gridRow;
    std::vector<float> m_cells;
    LargestValues m_values;
};

Result<void> readBand(const TensorSource& source, const TensorInfo& info, const HeatMapContent& content, Band& band,
                      const Progress& progress)
{
    const std::int64_t first = content.firstRowOf(band.gridRow());
    const std::int64_t end = band.gridRow() + 1 < content.gridRows ? content.firstRowOf(band.gridRow() + 1) : content.rows;
    // Whole rows together where they are short and all are wanted; long ones in pieces.
    const std::int64_t together = content.rowStride == 1 ? std::max<std::int64_t>(1, chunkValues / content.columns) : 1;
    const std::int64_t piece = std::min(content.columns, chunkValues);
    std::vector<float> values;
    for (std::int64_t row = first; row < end; row += together * content.rowStride) {
        const std::int64_t rows = std::min(together, end - row);
        for (std::int64_t column = 0; column < content.columns; column += piece) {
            if (progress.cancelled())
                return cancelled();
            const std::int64_t wide = std::min(piece, content.columns - column);
            values.resize(std::size_t(rows * wide));
            if (auto read = source.read(info, {row * content.columns + column, rows * wide}, std::span<float>(values)); !read)
                return read;
            for (std::int64_t r = 0; r < rows; ++r)
                band.take(row + r, column, std::span<const float>(values).subspan(std::size_t(r * wide), std::size_t(wide)));
        }
    }
    return {};
}

}  // namespace

Result<std::shared_ptr<const HeatMapContent>> heatMapOf(const TensorSource& source, const TensorInfo& info,
                                                        const Progress& progress, std::int64_t budget)
{
    auto content = std::make_shared<HeatMapContent>();
    content->columns = std::max<std::int64_t>(1, info.columns());
    content->rows = info.count / content->columns;
    if (info.count == 0)
        return content;
    content->gridRows = int(std::min<std::int64_t>(content->rows, HeatMapContent::mostRows));
    content->gridColumns = int(std::min<std::int64_t>(content->columns, HeatMapContent::mostColumns));
    content->rowStride = std::max<std::int64_t>(1, (info.count + budget - 1) / std::max<std::int64_t>(1, budget));
    content->rowStride = std::min(content->rowStride, std::max<std::int64_t>(1, content->rows / content->gridRows));
    content->largest.assign(std::size_t(content->gridRows) * std::size_t(content->gridColumns), 0.0f);

    std::mutex mutex;
    std::optional<Error> failed;
    std::vector<PlacedValue> largest;
    std::atomic<int> done{0};
    parallelFor(std::size_t(content->gridRows), [&](std::size_t gridRow) {
        Band band(*content, int(gridRow));
        const auto read = readBand(source, info, *content, band, progress);
        std::ranges::copy(band.cells(), content->largest.begin() + std::ptrdiff_t(gridRow * std::size_t(content->gridColumns)));
        const std::lock_guard lock(mutex);
        if (!read && !failed)
            failed = read.error();
        for (const PlacedValue& value : band.largestValues())
            largest.push_back(value);
        progress.report(double(++done) / content->gridRows);
    }, progress.stop);
    if (progress.cancelled())
        return cancelled();
    if (failed)
        return tl::unexpected(*failed);
    // Sorted by size, then place: the order in which threads came does not show.
    std::ranges::sort(largest, isLarger);
    largest.resize(std::min(largest.size(), HeatMapContent::largestKept));
    content->largestValues = std::move(largest);
    content->absoluteMaximum = content->largestValues.empty() ? 0 : std::abs(content->largestValues.front().value);
    return content;
}

Result<WeightWindow> readWindow(const TensorSource& source, const TensorInfo& info, WeightWindow window, const Progress& progress)
{
    const std::int64_t columns = std::max<std::int64_t>(1, info.columns());
    const std::int64_t rows = info.count / columns;
    window.rows = int(std::min<std::int64_t>(window.rows, rows));
    window.columns = int(std::min<std::int64_t>(window.columns, columns));
    window.row = std::clamp<std::int64_t>(window.row, 0, rows - window.rows);
    window.column = std::clamp<std::int64_t>(window.column, 0, columns - window.columns);
    window.values.resize(std::size_t(window.rows) * std::size_t(window.columns));
    const std::span<double> all(window.values);
    for (int row = 0; row < window.rows; ++row) {
        if (progress.cancelled())
            return cancelled();
        const ElementRange range{(window.row + row) * columns + window.column, window.columns};
        const auto into = all.subspan(std::size_t(row) * std::size_t(window.columns), std::size_t(window.columns));
        if (auto read = source.read(info, range, into); !read)
            return tl::unexpected(read.error());
    }
    return window;
}

}  // namespace quantoscope
