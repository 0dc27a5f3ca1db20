// SPDX-License-Identifier: Apache-2.0
#include "core/statistics/summary.h"

#include "core/statistics/chunks.h"
#include "core/statistics/counting.h"
#include "core/statistics/moments.h"
#include "core/statistics/order_statistics.h"
#include "core/statistics/tails.h"

#include <algorithm>
#include <cmath>

namespace quantoscope {

namespace {

constexpr double outlierDeviations = 6;

/// The second central moment times n, bin by bin around the mean: sums of squares alone would lose
/// their digits where the mean is far from zero.
double centralSquares(const ValueCounts& counts, double mean)
{
    long double sum = 0;
    for (const CountBin& bin : counts.bins()) {
        const double n = double(bin.count);
        const double own = bin.isOneValue() ? bin.low : bin.sum / n;
        const double spread = bin.isOneValue() ? 0 : std::max(0.0, bin.sumOfSquares - n * own * own);
        sum += spread + n * (own - mean) * (own - mean);
    }
    return double(sum);
}

Summary momentsOf(const ValueCounts& counts)
{
    const auto& totals = counts.totals();
    Summary summary;
    summary.count = totals.count;
    summary.zeros = totals.zeros;
    summary.subnormals = totals.subnormals;
    summary.nan = totals.nan;
    summary.infinite = totals.infinite;
    if (totals.finite == 0)
        return summary;
    const double n = double(totals.finite);
    summary.min = totals.min;
    summary.max = totals.max;
    summary.absoluteMaximum = counts.absoluteMaximum();
    summary.mean = std::clamp(totals.sum / n, totals.min, totals.max);
    summary.standardDeviation = totals.min == totals.max ? 0 : std::sqrt(centralSquares(counts, summary.mean) / n);
    return summary;
}

void setTails(Summary& summary, const Tails& tails, double finite)
{
    summary.outliers = tails.outliers;
    summary.kurtosis = summary.standardDeviation > 0 ? tails.fourthPower / finite - 3 : 0;
}

Tails tailsOf(const ValueCounts& counts, const Summary& summary)
{
    Tails tails;
    long double fourth = 0;
    for (const CountBin& bin : counts.bins()) {
        const double n = double(bin.count);
        const double own = bin.isOneValue() ? bin.low : bin.sum / n;
        const double z = (own - summary.mean) / summary.standardDeviation;
        // Within a bin the fourth power is curved a little: (z+d)⁴ = z⁴ + 6z²d² + … with the bin's own spread.
        const double spread = bin.isOneValue() ? 0 : std::max(0.0, bin.sumOfSquares / n - own * own)
                / (summary.standardDeviation * summary.standardDeviation);
        fourth += n * (z * z * z * z + 6 * z * z * spread);
        if (std::abs(own - summary.mean) > outlierDeviations * summary.standardDeviation)
            tails.outliers += bin.count;
    }
    tails.fourthPower = double(fourth);
    return tails;
}

/// Of a chunk of numbers that FP32 cannot hold.
Tails tailsOf(std::span<const double> values, const Summary& summary)
{
    Tails tails;
    for (const double value : values) {
        const double z = (value - summary.mean) / summary.standardDeviation;
        if (!std::isfinite(z))
            continue;
        tails.fourthPower += z * z * z * z;
        tails.outliers += std::abs(value - summary.mean) > outlierDeviations * summary.standardDeviation;
    }
    return tails;
}

Tails sumOf(std::span<const Tails> parts)
{
    Tails tails;
    for (const Tails& part : parts)
        tails.add(part);
    return tails;
}

/// For numbers that FP32 cannot hold.
Result<Tails> streamTails(const TensorSource& source, const TensorInfo& info, const Summary& summary,
                          const Progress& progress)
{
    std::vector<Tails> parts(std::size_t((info.count + chunkElements - 1) / chunkElements));
    ScratchPool<std::vector<double>> pool;
    const auto done = forEachChunk(info.count, chunkElements, progress,
                                   [&](std::size_t chunk, ElementRange range) -> Result<void> {
        const auto values = pool.borrow();
        values->resize(std::size_t(range.count));
        if (auto read = source.read(info, range, std::span<double>(*values)); !read)
            return read;
        parts[chunk] = tailsOf(std::span<const double>(*values), summary);
        return {};
    });
    if (!done)
        return tl::unexpected(done.error());
    return sumOf(parts);
}

/// One pass's part of the bar.
Progress part(const Progress& whole, int index, int parts)
{
    return {whole.stop, [&whole, index, parts](double fraction) { whole.report((index + fraction) / parts); }};
}

}  // namespace

Summary summaryOf(const ValueCounts& counts)
{
    Summary summary = momentsOf(counts);
    if (counts.totals().finite == 0)
        return summary;
    if (summary.standardDeviation > 0)
        setTails(summary, tailsOf(counts, summary), double(counts.totals().finite));
    for (std::size_t i = 0; i < summary.quantiles.size(); ++i)
        summary.quantiles[i] = counts.quantile(Summary::quantileShares[i]);
    return summary;
}

Result<Summary> summarize(const TensorSource& source, const TensorInfo& info, Progress progress)
{
    const bool together = holdsFloats(info);   // FP32 is read once for tails and quantiles together.
    const int passes = together ? 2 : 3;
    const auto counts = countValues(source, info, part(progress, 0, passes));
    if (!counts)
        return tl::unexpected(counts.error());
    if ((*counts)->isExact() || (*counts)->totals().finite == 0)
        return summaryOf(**counts);

    Summary summary = momentsOf(**counts);
    // Sums of squares lose the digits of a deviation far smaller than the mean, 1e-16/r² of its square at a ratio of r:
    // such tensors are rare enough to be read once more, for the distances from a centre.
    if (summary.min < summary.max && summary.standardDeviation < 1e-3 * std::abs(summary.mean)) {
        const auto moments = quantoscope::momentsOf(source, info, {progress.stop, [](double) {}});
        if (!moments)
            return tl::unexpected(moments.error());
        summary.standardDeviation = moments->standardDeviation;
    }
    const double finite = double((*counts)->totals().finite);
    std::vector<Tails> parts(together ? std::size_t((info.count + chunkElements - 1) / chunkElements) : 0);
    LookAtChunk look;
    if (together && summary.standardDeviation > 0) {
        look = [&](std::size_t chunk, std::span<const float> values) {
            parts[chunk] = tailsOfFloats(values, summary.mean, summary.standardDeviation, outlierDeviations * summary.standardDeviation);
        };
    } else if (summary.standardDeviation > 0) {
        const auto tails = streamTails(source, info, summary, part(progress, 1, passes));
        if (!tails)
            return tl::unexpected(tails.error());
        setTails(summary, *tails, finite);
    }
    const auto quantiles = exactQuantiles(source, info, **counts, Summary::quantileShares, false, part(progress, passes - 1, passes), look);
    if (!quantiles)
        return tl::unexpected(quantiles.error());
    if (look)
        setTails(summary, sumOf(parts), finite);
    std::copy(quantiles->begin(), quantiles->end(), summary.quantiles.begin());
    return summary;
}

}  // namespace quantoscope
