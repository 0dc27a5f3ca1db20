// SPDX-License-Identifier: Apache-2.0
#include "core/quantization/unit_ranges.h"

#include "core/quantization/element.h"
#include "core/quantization/entropy_clip.h"
#include "core/quantization/tile_ranges.h"
#include "core/statistics/chunks.h"
#include "core/statistics/counting.h"
#include "core/statistics/float_scan.h"
#include "core/statistics/order_statistics.h"
#include "core/tensors/held_values.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

namespace quantoscope {

namespace {

/// Sorting this many is cheap and exact; more are counted in bins.
constexpr std::int64_t sortedAtMost = std::int64_t{1} << 20;
/// How many values are held at once where units are not contiguous: 64 MiB of FP32.
constexpr std::int64_t gatheredAtMost = std::int64_t{1} << 24;

/// Every distinct value a bin of its own.
ValueCounts countsBySorting(std::vector<float> values)
{
    ValueCounts::Totals totals;
    totals.count = values.size();
    std::erase_if(values, [](float value) { return !std::isfinite(value); });
    totals.finite = values.size();
    std::sort(values.begin(), values.end());
    std::vector<CountBin> bins;
    for (std::size_t i = 0; i < values.size();) {
        std::size_t end = i + 1;
        while (end < values.size() && values[end] == values[i])
            ++end;
        const double value = values[i] == 0 ? 0 : values[i], n = double(end - i);
        bins.push_back({value, value, end - i, n * value, n * value * value});
        i = end;
    }
    if (!bins.empty()) {
        totals.min = bins.front().low;
        totals.max = bins.back().high;
    }
    return ValueCounts(std::move(bins), totals, true);
}

ClipRange rangeFrom(const FloatRange& values)
{
    return values.low <= values.high ? ClipRange{values.low, values.high} : ClipRange{0, 0};
}

void widen(FloatRange& range, const FloatRange& other)
{
    range.low = std::min(range.low, other.low);
    range.high = std::max(range.high, other.high);
}

constexpr FloatRange nothingYet{std::numeric_limits<float>::infinity(), -std::numeric_limits<float>::infinity()};

struct MinMaxScratch {
    std::vector<float> values;
    std::vector<FloatRange> units;
};

Result<std::vector<ClipRange>> streamedMinMax(const TensorSource& source, const TensorInfo& info,
                                              const ScaleUnits& units, const Progress& progress)
{
    ScratchPool<MinMaxScratch> pool;
    const auto done = forEachChunk(info.count, cachedElements, progress,
                                   [&](std::size_t, ElementRange range) -> Result<void> {
        const auto scratch = pool.borrow();
        scratch->units.resize(std::size_t(units.count()), nothingYet);
        const auto read = valuesOf(source, info, range, scratch->values);
        if (!read)
            return tl::unexpected(read.error());
        const float* values = read->data();
        units.forEachRun(range, [&](std::int64_t unit, std::int64_t length) {
            widen(scratch->units[std::size_t(unit)], finiteRange({values, std::size_t(length)}));
            values += length;
        });
        return {};
    });
    if (!done)
        return tl::unexpected(done.error());
    std::vector<FloatRange> total(std::size_t(units.count()), nothingYet);
    for (const auto& scratch : pool.all())
        for (std::size_t unit = 0; unit < scratch->units.size(); ++unit)
            widen(total[unit], scratch->units[unit]);
    std::vector<ClipRange> ranges;
    for (const FloatRange& values : total)
        ranges.push_back(rangeFrom(values));
    return ranges;
}

/// One long contiguous unit, counted in bins as it streams by.
Result<ClipRange> rangeOfStretch(const TensorSource& source, const TensorInfo& info,
                                 const QuantizationScheme& scheme, ElementRange stretch, const Progress& progress)
{
    std::vector<float> values;
    if (stretch.count <= sortedAtMost) {
        values.resize(std::size_t(stretch.count));
        if (auto read = source.read(info, stretch, std::span<float>(values)); !read)
            return tl::unexpected(read.error());
        return rangeOfValues(scheme, values);
    }
    FloatCounter counter;
    for (std::int64_t first = 0; first < stretch.count; first += chunkElements) {
        if (progress.cancelled())
            return cancelled();
        values.resize(std::size_t(std::min(chunkElements, stretch.count - first)));
        if (auto read = source.read(info, {stretch.first + first, std::int64_t(values.size())}, std::span<float>(values)); !read)
            return tl::unexpected(read.error());
        counter.add(values);
    }
    return clipRangeOf(scheme, *counter.finish());
}

/// Units that lie scattered: as many at a time as fit into the memory allowed, one pass for each lot.
Result<std::vector<ClipRange>> gatheredRanges(const TensorSource& source, const TensorInfo& info,
                                              const QuantizationScheme& scheme, const ScaleUnits& units,
                                              const Progress& progress)
{
    const std::int64_t perUnit = units.largestUnit();
    if (perUnit > gatheredAtMost)
        return failure(Error::Kind::Unsupported,
                       "The channels along this axis have more than 16 million values each, too many to find "
                       "such a clip for; use clip=minmax or another axis.");
    const std::int64_t lot = std::max<std::int64_t>(1, gatheredAtMost / perUnit);
    std::vector<ClipRange> ranges(std::size_t(units.count()));
    std::vector<float> chunk;
    for (std::int64_t firstUnit = 0; firstUnit < units.count(); firstUnit += lot) {
        const std::int64_t endUnit = std::min(units.count(), firstUnit + lot);
        std::vector<std::vector<float>> gathered(std::size_t(endUnit - firstUnit));
        for (std::int64_t first = 0; first < info.count; first += chunkElements) {
            if (progress.cancelled())
                return cancelled();
            chunk.resize(std::size_t(std::min(chunkElements, info.count - first)));
            if (auto read = source.read(info, {first, std::int64_t(chunk.size())}, std::span<float>(chunk)); !read)
                return tl::unexpected(read.error());
            const std::int64_t end = first + std::int64_t(chunk.size());
            for (std::int64_t at = first; at < end;) {
                const auto [unit, runEnd] = units.runAt(at);
                const std::int64_t stop = std::min(runEnd, end);
                if (unit >= firstUnit && unit < endUnit)
                    gathered[std::size_t(unit - firstUnit)].insert(gathered[std::size_t(unit - firstUnit)].end(),
                                                                   chunk.begin() + (at - first), chunk.begin() + (stop - first));
                at = stop;
            }
        }
        const auto done = forEachChunk(endUnit - firstUnit, 1, {progress.stop}, [&](std::size_t i, ElementRange) -> Result<void> {
            ranges[std::size_t(firstUnit) + i] = rangeOfValues(scheme, gathered[i]);
            return {};
        });
        if (!done)
            return tl::unexpected(done.error());
        progress.report(double(endUnit) / double(units.count()));
    }
    return ranges;
}

}  // namespace

ClipRange rangeOfValues(const QuantizationScheme& scheme, std::span<const float> values)
{
    if (scheme.clip.kind == Clip::Kind::MinMax)
        return rangeFrom(finiteRange(values));
    if (std::int64_t(values.size()) > sortedAtMost)
        return clipRangeOf(scheme, *countValues(values));
    return clipRangeOf(scheme, countsBySorting({values.begin(), values.end()}));
}

Result<std::vector<ClipRange>> rangesOfUnits(const TensorSource& source, const TensorInfo& info,
                                             const QuantizationScheme& scheme, const ScaleUnits& units,
                                             const Progress& progress)
{
    if (units.hasTiles())
        return rangesOfTiles(source, info, scheme, units, progress);
    if (scheme.clip.kind == Clip::Kind::MinMax)
        return streamedMinMax(source, info, units, progress);
    if (!units.isContiguous())
        return gatheredRanges(source, info, scheme, units, progress);
    std::vector<ClipRange> ranges(std::size_t(units.count()));
    const auto done = forEachChunk(units.count(), 1, progress, [&](std::size_t unit, ElementRange) -> Result<void> {
        const auto range = rangeOfStretch(source, info, scheme, units.rangeOf(std::int64_t(unit)), progress);
        if (!range)
            return tl::unexpected(range.error());
        ranges[unit] = *range;
        return {};
    });
    if (!done)
        return tl::unexpected(done.error());
    return ranges;
}

Result<double> largestStepOf(const TensorSource& source, const TensorInfo& info, const QuantizationScheme& scheme,
                             const ScaleUnits& units, const ScaleRule& rule, const Progress& progress)
{
    const auto widestOf = [&](std::span<const ClipRange> ranges) {
        double largest = 0;
        for (const ClipRange& range : ranges)
            largest = std::max(largest, rule.idealStep(range.low, range.high));
        return largest;
    };
    if (!units.isContiguous() || units.largestUnit() > chunkElements) {
        const auto ranges = rangesOfUnits(source, info, scheme, units, progress);
        if (!ranges)
            return tl::unexpected(ranges.error());
        return widestOf(*ranges);
    }
    // Short units: found again when their values are quantized, rather than kept for all of the tensor.
    ScratchPool<std::vector<float>> pool;
    std::vector<double> largest(std::size_t(units.chunkCount(chunkElements)));
    const auto done = forEachChunk(std::int64_t(largest.size()), 1, progress, [&](std::size_t index, ElementRange) -> Result<void> {
        const ElementRange chunk = units.chunk(std::int64_t(index), chunkElements);
        const auto buffer = pool.borrow();
        const auto values = valuesOf(source, info, chunk, *buffer);
        if (!values)
            return tl::unexpected(values.error());
        std::vector<ClipRange> ranges;
        for (std::int64_t at = chunk.first, end = chunk.first + chunk.count; at < end;) {
            if (progress.cancelled())
                return cancelled();
            const std::int64_t stop = std::min(units.runAt(at).end, end);
            ranges.push_back(rangeOfValues(scheme, values->subspan(std::size_t(at - chunk.first), std::size_t(stop - at))));
            at = stop;
        }
        largest[index] = widestOf(ranges);
        return {};
    });
    if (!done)
        return tl::unexpected(done.error());
    return largest.empty() ? 0 : *std::max_element(largest.begin(), largest.end());
}

Result<std::vector<ClipRange>> percentileRanges(const TensorSource& source, const TensorInfo& info,
                                                std::span<const QuantizationScheme> schemes, const ValueCounts& counts,
                                                const Progress& progress)
{
    if (schemes.empty())
        return std::vector<ClipRange>();
    const bool twoSided = schemes.front().symmetry == Symmetry::Asymmetric;
    std::vector<double> shares;
    for (const QuantizationScheme& scheme : schemes) {
        const double share = scheme.clip.percentile / 100;
        shares.push_back(twoSided ? 1 - share : share);
        shares.push_back(share);
    }
    const auto values = exactQuantiles(source, info, counts, shares, !twoSided, progress);
    if (!values)
        return tl::unexpected(values.error());
    std::vector<ClipRange> ranges;
    for (std::size_t i = 0; i < schemes.size(); ++i) {
        const double low = (*values)[2 * i], high = (*values)[2 * i + 1];
        QuantizationScheme byHand = schemes[i];
        byHand.clip = {.kind = Clip::Kind::ByHand, .low = twoSided ? low : -high, .high = high};
        ranges.push_back(clipRangeOf(byHand, counts));
    }
    return ranges;
}

Result<ClipRange> rangeOfTensor(const TensorSource& source, const TensorInfo& info,
                                const QuantizationScheme& scheme, const ValueCounts& counts,
                                const Progress& progress)
{
    if (counts.isExact() || counts.totals().finite == 0)
        return clipRangeOf(scheme, counts);
    if (scheme.clip.kind == Clip::Kind::Entropy) {
        const auto histogram = magnitudesOf(source, info, counts.absoluteMaximum(), entropySearchOf(scheme).bins, progress);
        if (!histogram)
            return tl::unexpected(histogram.error());
        return entropyRange(scheme, counts, *histogram);
    }
    if (scheme.clip.kind != Clip::Kind::Percentile)
        return clipRangeOf(scheme, counts);
    const auto ranges = percentileRanges(source, info, {&scheme, 1}, counts, progress);
    if (!ranges)
        return tl::unexpected(ranges.error());
    return ranges->front();
}

}  // namespace quantoscope
