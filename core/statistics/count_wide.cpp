// SPDX-License-Identifier: Apache-2.0
#include "core/statistics/chunks.h"
#include "core/statistics/counting.h"

#include <algorithm>
#include <bit>
#include <cfloat>
#include <cmath>
#include <limits>
#include <span>
#include <utility>

namespace quantoscope {

namespace {

struct WideBin {
    std::uint64_t count = 0;
    double sum = 0, sumOfSquares = 0;
    double low = std::numeric_limits<double>::infinity();
    double high = -std::numeric_limits<double>::infinity();

    void add(double value)
    {
        ++count;
        sum += value;
        sumOfSquares += value * value;
        low = std::min(low, value);
        high = std::max(high, value);
    }
};

constexpr std::size_t allBins = 65536;

/// Of a finite value: by the leading 16 bits of the value rounded to FP32, in the order of the values.
std::size_t binOf(double value)
{
    const float rounded = float(std::clamp(value, -double(FLT_MAX), double(FLT_MAX)));
    // Zero keeps the bin of +0 for itself, whatever its sign; what rounds to zero goes next to it.
    const auto code = value == 0 ? 0u : std::bit_cast<std::uint32_t>(rounded);
    return orderedKey(value != 0 && code >> 16 == 0 ? 0x10000u : code) >> 16;
}

/// Whether the value is finite and so has a bin.
bool note(ValueCounts::Totals& totals, double value, double smallestNormal)
{
    ++totals.count;
    if (!std::isfinite(value)) {
        ++(std::isnan(value) ? totals.nan : totals.infinite);
        return false;
    }
    ++totals.finite;
    totals.zeros += value == 0;
    totals.subnormals += value != 0 && std::abs(value) < smallestNormal;
    return true;
}

/// The sums are in double, so chunks are combined in their order.
struct WideTable {
    std::vector<WideBin> bins = std::vector<WideBin>(allBins);
    ValueCounts::Totals totals;
    std::vector<double> values;

    void add(double value, double smallestNormal)
    {
        if (note(totals, value, smallestNormal))
            bins[binOf(value)].add(value);
    }

    void take(const WideTable& other)
    {
        for (std::size_t i = 0; i < bins.size(); ++i) {
            const WideBin& from = other.bins[i];
            if (from.count == 0)
                continue;
            bins[i].count += from.count;
            bins[i].sum += from.sum;
            bins[i].sumOfSquares += from.sumOfSquares;
            bins[i].low = std::min(bins[i].low, from.low);
            bins[i].high = std::max(bins[i].high, from.high);
        }
        totals.count += other.totals.count;
        totals.finite += other.totals.finite;
        totals.zeros += other.totals.zeros;
        totals.subnormals += other.totals.subnormals;
        totals.nan += other.totals.nan;
        totals.infinite += other.totals.infinite;
    }

    void clear()
    {
        std::fill(bins.begin(), bins.end(), WideBin{});
        totals = {};
    }
};

std::shared_ptr<const ValueCounts> countsOf(std::span<const WideBin> ascending, ValueCounts::Totals totals)
{
    std::vector<CountBin> bins;
    for (const WideBin& bin : ascending)
        if (bin.count > 0)
            bins.push_back({bin.low, bin.high, bin.count, bin.sum, bin.sumOfSquares});
    if (!bins.empty()) {
        totals.min = bins.front().low;
        totals.max = bins.back().high;
    }
    const bool exact = std::all_of(bins.begin(), bins.end(), [](const CountBin& bin) { return bin.isOneValue(); });
    return std::make_shared<const ValueCounts>(std::move(bins), totals, exact);
}

/// Below, a sorted list of the bins that occur is faster than clearing and scanning a table of all.
constexpr std::int64_t fewValues = 16384;

CountsResult countFew(const TensorSource& source, const TensorInfo& info, double smallestNormal)
{
    std::vector<double> values(std::size_t(info.count));
    if (auto read = source.read(info, {0, info.count}, std::span<double>(values)); !read)
        return tl::unexpected(read.error());
    ValueCounts::Totals totals;
    std::vector<std::pair<std::size_t, double>> finite;
    for (const double value : values)
        if (note(totals, value, smallestNormal))
            finite.emplace_back(binOf(value), value);
    // Stable, so that the values of a bin are added in the order in which a table would have met them.
    std::stable_sort(finite.begin(), finite.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
    std::vector<WideBin> bins;
    for (std::size_t i = 0; i < finite.size(); ++i) {
        if (i == 0 || finite[i].first != finite[i - 1].first)
            bins.emplace_back();
        bins.back().add(finite[i].second);
    }
    return countsOf(bins, totals);
}

}  // namespace

CountsResult countWide(const TensorSource& source, const TensorInfo& info, const NumberFormat& format,
                       const Progress& progress)
{
    const FloatFormat* const floating = format.asFloat();
    const double smallestNormal = floating ? std::ldexp(1, floating->minExponent()) : 0;
    if (info.count <= fewValues)
        return countFew(source, info, smallestNormal);

    // A few chunks side by side, then one by one into the total: the same additions in the same
    // order whatever the number of threads.
    constexpr std::int64_t sideBySide = 4;
    constexpr std::int64_t stride = chunkElements * sideBySide;
    WideTable total;
    std::vector<WideTable> tables(sideBySide);
    for (std::int64_t first = 0; first < info.count; first += stride) {
        const std::int64_t here = std::min(stride, info.count - first);
        const auto done = forEachChunk(here, chunkElements, {progress.stop},
                                       [&](std::size_t chunk, ElementRange range) -> Result<void> {
            WideTable& table = tables[chunk];
            table.clear();
            table.values.resize(std::size_t(range.count));
            const ElementRange absolute{first + range.first, range.count};
            if (auto read = source.read(info, absolute, std::span<double>(table.values)); !read)
                return read;
            for (const double value : table.values)
                table.add(value, smallestNormal);
            return {};
        });
        if (!done)
            return tl::unexpected(done.error());
        for (std::int64_t chunk = 0; chunk * chunkElements < here; ++chunk)
            total.take(tables[std::size_t(chunk)]);
        progress.report(double(first + here) / double(info.count));
    }
    return countsOf(total.bins, total.totals);
}

}  // namespace quantoscope
