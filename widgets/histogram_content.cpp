// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/histogram_content.h"

#include "core/statistics/histogram.h"

#include <algorithm>
#include <cmath>

namespace quantoscope {

BinnedShares binnedShares(const ValueCounts& counts, double low, double high, int bins)
{
    Histogram histogram = histogramOf(counts, low, high, bins);
    const double finite = std::max<double>(1, double(counts.totals().finite));
    for (double& count : histogram.counts)
        count /= finite;
    return {low, high, std::move(histogram.counts), histogram.underflow, histogram.overflow};
}

BinnedShares binnedShares(const DequantizedPicture& picture, double low, double high, int bins)
{
    BinnedShares result{low, high, std::vector<double>(std::size_t(bins)), 0, 0};
    const double cell = (picture.high - picture.low) / double(picture.stored.size());
    const double binsPerValue = bins / (high - low);
    for (std::size_t i = 0; i < picture.stored.size(); ++i) {
        if (picture.stored[i] == 0)
            continue;
        // A cell cut by the edge of a bin is shared out evenly, as histogramOf() does.
        const double from = (picture.low + double(i) * cell - low) * binsPerValue;
        const double to = from + cell * binsPerValue;
        const double perBin = picture.stored[i] / (to - from);
        for (double at = from; at < to;) {
            const double next = std::min(to, std::floor(at) + 1);
            const double weights = perBin * (next - at);
            if (at < 0)
                result.below += weights;
            else if (at >= bins)
                result.above += weights;
            else
                result.shares[std::size_t(at)] += weights / std::max(1.0, picture.count);
            if (next <= at)
                break;
            at = next;
        }
    }
    return result;
}

BinnedShares errorShares(const ValueCounts& counts, const LevelMap& map, double low, double high, int bins)
{
    BinnedShares result{low, high, std::vector<double>(std::size_t(bins)), 0, 0};
    double total = 0;
    for (const CountBin& bin : counts.bins()) {
        const double weights = double(bin.count), mean = bin.sum / weights;
        const double level = map.levels[map.indexOf(mean)];
        // Exact where no threshold cuts the bin: Σ(x − l)² = Σx² − 2lΣx + nl².
        const double squares = std::max(0.0, bin.sumOfSquares - 2 * level * bin.sum + weights * level * level);
        total += squares;
        const double at = std::floor((mean - low) / (high - low) * bins);
        if (at < 0)
            result.below += squares;
        else if (at >= bins)
            result.above += squares;
        else
            result.shares[std::size_t(at)] += squares;
    }
    for (double* part : {&result.below, &result.above})
        *part = total > 0 ? *part / total : 0;
    for (double& share : result.shares)
        share = total > 0 ? share / total : 0;
    return result;
}

BinnedShares errorShares(const DequantizedPicture& picture, double low, double high, int bins)
{
    DequantizedPicture errors{.low = picture.low, .high = picture.high, .stored = picture.squaredError,
                              .lowestError = {}, .highestError = {}, .squaredError = {}, .count = 0};
    for (const double squares : errors.stored)
        errors.count += squares;
    BinnedShares result = binnedShares(errors, low, high, bins);
    if (errors.count < 1) {
        // binnedShares() counts weights, of which there is at least one; squares may be less.
        const double factor = errors.count > 0 ? 1 / errors.count : 0;
        for (double& share : result.shares)
            share *= factor;
    }
    return result;
}

int suitableBins(double weights, double pixels)
{
    const int fitting = std::max(8, int(pixels / 3.5));
    return std::clamp(int(2 * std::sqrt(weights)), 8, std::min(fitting, 360));
}

double referenceStep(const LevelMap& map)
{
    if (map.step > 0)
        return map.step;
    if (map.levels.size() < 2)
        return 1;
    return (map.levels.back() - map.levels.front()) / double(map.levels.size() - 1);
}

double largestInnerError(const LevelMap& map)
{
    double largest = 0;
    for (std::size_t i = 0; i < map.thresholds.size(); ++i) {
        largest = std::max({largest, std::abs(map.levels[i] - map.thresholds[i]),
                            std::abs(map.levels[i + 1] - map.thresholds[i])});
    }
    return largest;
}

double storedValue(const LevelMap& map, double weight)
{
    const auto above = std::upper_bound(map.thresholds.begin(), map.thresholds.end(), weight);
    return map.levels[std::size_t(above - map.thresholds.begin())];
}

}  // namespace quantoscope
