// SPDX-License-Identifier: Apache-2.0
#include "core/statistics/histogram.h"

#include "core/statistics/bin_finder.h"
#include "core/statistics/chunks.h"
#include "core/statistics/counting.h"
#include "core/tensors/held_values.h"

#include <algorithm>
#include <cmath>

namespace quantoscope {

namespace {

/// numpy.linspace's edges; an empty range is widened by a half to either side, as numpy does.
std::vector<double> edgesOf(double low, double high, int bins)
{
    if (!(low < high)) {
        low -= 0.5;
        high += 0.5;
    }
    std::vector<double> edges(std::size_t(bins) + 1);
    const double step = (high - low) / bins;
    for (int i = 0; i < bins; ++i)
        edges[std::size_t(i)] = low + i * step;
    edges.back() = high;
    return edges;
}

/// Shares a counting bin out evenly over the histogram's bins that it overlaps.
void shareOut(Histogram& histogram, const BinFinder& find, const CountBin& bin)
{
    const double low = histogram.edges.front(), high = histogram.edges.back();
    const double count = double(bin.count), density = count / (bin.high - bin.low);
    histogram.underflow += density * std::max(0.0, std::min(low, bin.high) - bin.low);
    histogram.overflow += density * std::max(0.0, bin.high - std::max(high, bin.low));
    if (bin.high <= low || bin.low >= high)
        return;
    const std::size_t last = find(std::min(bin.high, high));
    for (std::size_t i = find(std::max(bin.low, low)); i <= last; ++i)
        histogram.counts[i] += density
            * std::max(0.0, std::min(histogram.edges[i + 1], bin.high) - std::max(histogram.edges[i], bin.low));
}

Histogram fromCounts(const ValueCounts& counts, double low, double high, int bins)
{
    Histogram histogram;
    histogram.edges = edgesOf(low, high, bins);
    histogram.counts.assign(std::size_t(bins), 0);
    const BinFinder find(histogram.edges);
    for (const CountBin& bin : counts.bins()) {
        const double count = double(bin.count);
        if (bin.high < histogram.edges.front())
            histogram.underflow += count;
        else if (bin.low > histogram.edges.back())
            histogram.overflow += count;
        else if (bin.low >= histogram.edges.front() && bin.high <= histogram.edges.back()
                 && find(bin.low) == find(bin.high))
            histogram.counts[find(bin.low)] += count;
        else
            shareOut(histogram, find, bin);
    }
    return histogram;
}

struct HistogramScratch {
    std::vector<float> floats;
    std::vector<double> values;
    std::vector<std::uint64_t> counts;   ///< Underflow, the bins, overflow.
};

}  // namespace

Histogram histogramOf(const ValueCounts& counts, double low, double high, int bins)
{
    return fromCounts(counts, low, high, std::max(1, bins));
}

Result<Histogram> exactHistogram(const TensorSource& source, const TensorInfo& info, double low, double high,
                                 int bins, Progress progress)
{
    bins = std::max(1, bins);
    const auto format = numbersOf(info);
    if (!format)
        return tl::unexpected(format.error());
    if (info.type && info.type->bits <= 16) {
        const auto counts = countCodes(source, info, **format, progress);
        if (!counts)
            return tl::unexpected(counts.error());
        return fromCounts(**counts, low, high, bins);
    }

    Histogram histogram;
    histogram.edges = edgesOf(low, high, bins);
    const BinFinder find(histogram.edges);
    const double first = histogram.edges.front(), last = histogram.edges.back();
    ScratchPool<HistogramScratch> pool;
    const auto done = forEachChunk(info.count, chunkElements, progress,
                                   [&](std::size_t, ElementRange range) -> Result<void> {
        const auto scratch = pool.borrow();
        scratch->counts.resize(std::size_t(bins) + 2);
        if (info.typeName == "F32") {
            const auto values = valuesOf(source, info, range, scratch->floats);
            if (!values)
                return tl::unexpected(values.error());
            find.count(*values, scratch->counts);
            return {};
        }
        scratch->values.resize(std::size_t(range.count));
        if (auto read = source.read(info, range, std::span<double>(scratch->values)); !read)
            return read;
        for (const double value : scratch->values) {
            if (!std::isfinite(value))
                continue;
            const std::size_t slot = value < first ? 0 : value > last ? std::size_t(bins) + 1 : find(value) + 1;
            ++scratch->counts[slot];
        }
        return {};
    });
    if (!done)
        return tl::unexpected(done.error());
    std::vector<std::uint64_t> total(std::size_t(bins) + 2);
    for (const auto& scratch : pool.all())
        for (std::size_t i = 0; i < scratch->counts.size(); ++i)
            total[i] += scratch->counts[i];
    histogram.underflow = double(total.front());
    histogram.overflow = double(total.back());
    histogram.counts.assign(total.begin() + 1, total.end() - 1);
    return histogram;
}

}  // namespace quantoscope
