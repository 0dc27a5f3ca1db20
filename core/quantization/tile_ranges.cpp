// SPDX-License-Identifier: Apache-2.0
#include "core/quantization/tile_ranges.h"

#include "core/quantization/unit_ranges.h"
#include "core/statistics/chunks.h"
#include "core/statistics/float_scan.h"

#include <algorithm>
#include <limits>

namespace quantoscope {

namespace {

/// Values held at once where a clip needs to see all of a tile: 64 MiB of FP32.
constexpr std::int64_t heldAtMost = std::int64_t{1} << 24;

constexpr FloatRange nothingYet{std::numeric_limits<float>::infinity(), -std::numeric_limits<float>::infinity()};

/// Neighbouring tiles of one strip, so that a row of all of them is one read.
struct Strip {
    std::int64_t firstTile, tiles;
};

class TileRanges {
public:
    TileRanges(const TensorSource& source, const TensorInfo& info, const QuantizationScheme& scheme, const ScaleUnits& units,
               const Progress& progress)
        : m_source(source)
        , m_info(info)
        , m_scheme(scheme)
        , m_units(units)
        , m_progress(progress)
        , m_ranges(std::size_t(units.count()))
    {
    }

    Result<std::vector<ClipRange>> run()
    {
        const bool holdsAll = m_scheme.clip.kind != Clip::Kind::MinMax;
        if (holdsAll && m_units.largestUnit() > heldAtMost)
            return failure(Error::Kind::Unsupported, "Blocks of more than 16 million values are too large to find such a clip for; "
                                                     "use clip=minmax or smaller blocks.");
        const std::int64_t rowOfTile = m_units.count() > 0 ? m_units.tile(0).columns : 1;
        const std::int64_t each = holdsAll ? m_units.largestUnit() : rowOfTile;
        const std::int64_t perStrip = std::clamp<std::int64_t>(chunkElements / std::max<std::int64_t>(1, each), 1, std::max<std::int64_t>(1, m_units.tilesAcross()));
        const std::int64_t perRow = (m_units.tilesAcross() + perStrip - 1) / perStrip;
        const std::int64_t strips = m_units.count() / std::max<std::int64_t>(1, m_units.tilesAcross()) * perRow;
        const auto done = forEachChunk(strips, 1, m_progress, [&](std::size_t index, ElementRange) {
            const std::int64_t down = std::int64_t(index) / perRow, across = std::int64_t(index) % perRow * perStrip;
            const Strip strip{down * m_units.tilesAcross() + across, std::min(perStrip, m_units.tilesAcross() - across)};
            return holdsAll ? hold(strip) : widen(strip);
        });
        if (!done)
            return tl::unexpected(done.error());
        return std::move(m_ranges);
    }

private:
    /// Calls `take(tile of the strip, its part of the row)` for every row.
    template <class Take>
    Result<void> forEachRow(const Strip& strip, Take take) const
    {
        const ScaleUnits::Tile first = m_units.tile(strip.firstTile), last = m_units.tile(strip.firstTile + strip.tiles - 1);
        std::vector<float> row(std::size_t(last.firstElement + last.columns - first.firstElement));
        for (std::int64_t r = 0; r < first.rows; ++r) {
            if (m_progress.cancelled())
                return cancelled();
            const ElementRange part{first.firstElement + r * m_units.columns(), std::int64_t(row.size())};
            if (auto read = m_source.read(m_info, part, std::span<float>(row)); !read)
                return read;
            for (std::int64_t i = 0; i < strip.tiles; ++i) {
                const auto from = std::size_t(i * first.columns);
                take(std::size_t(i), std::span<const float>(row).subspan(from, std::min(std::size_t(first.columns), row.size() - from)));
            }
        }
        return {};
    }

    Result<void> widen(const Strip& strip)
    {
        std::vector<FloatRange> ranges(std::size_t(strip.tiles), nothingYet);
        const auto done = forEachRow(strip, [&](std::size_t tile, std::span<const float> values) {
            const FloatRange found = finiteRange(values);
            ranges[tile] = {std::min(ranges[tile].low, found.low), std::max(ranges[tile].high, found.high)};
        });
        if (!done)
            return done;
        for (std::size_t i = 0; i < ranges.size(); ++i)
            if (ranges[i].low <= ranges[i].high)
                m_ranges[std::size_t(strip.firstTile) + i] = {ranges[i].low, ranges[i].high};
        return {};
    }

    Result<void> hold(const Strip& strip)
    {
        std::vector<std::vector<float>> held(std::size_t(strip.tiles));
        const auto done = forEachRow(strip, [&](std::size_t tile, std::span<const float> values) {
            held[tile].insert(held[tile].end(), values.begin(), values.end());
        });
        if (!done)
            return done;
        for (std::size_t i = 0; i < held.size(); ++i) {
            if (m_progress.cancelled())
                return cancelled();
            m_ranges[std::size_t(strip.firstTile) + i] = rangeOfValues(m_scheme, held[i]);
        }
        return {};
    }

    const TensorSource& m_source;
    const TensorInfo& m_info;
    const QuantizationScheme& m_scheme;
    const ScaleUnits& m_units;
    const Progress& m_progress;
    std::vector<ClipRange> m_ranges;
};

}  // namespace

Result<std::vector<ClipRange>> rangesOfTiles(const TensorSource& source, const TensorInfo& info, const QuantizationScheme& scheme,
                                             const ScaleUnits& units, const Progress& progress)
{
    return TileRanges(source, info, scheme, units, progress).run();
}

}  // namespace quantoscope
