// SPDX-License-Identifier: Apache-2.0
#include "core/quantization/codebook.h"

#include "core/quantization/level_map.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace quantoscope {

namespace {

/// Cost of any run of bins as one cluster in O(1), from sums of x − mean, so that values far from
/// zero keep their digits.
class RunCosts {
public:
    explicit RunCosts(std::span<const CountBin> bins)
        : m_bins(bins)
        , m_count(bins.size() + 1)
        , m_sum(bins.size() + 1)
        , m_squares(bins.size() + 1)
    {
        long double total = 0, count = 0;
        for (const CountBin& bin : bins) {
            total += bin.sum;
            count += bin.count;
        }
        m_centre = count > 0 ? double(total / count) : 0;
        long double n = 0, sum = 0, squares = 0;
        for (std::size_t i = 0; i < bins.size(); ++i) {
            const CountBin& bin = bins[i];
            const double mean = bin.isOneValue() ? bin.low : bin.sum / double(bin.count);
            const double offset = mean - m_centre;
            n += bin.count;
            sum += double(bin.count) * offset;
            squares += spreadOf(bin) + double(bin.count) * offset * offset;
            m_count[i + 1] = double(n);
            m_sum[i + 1] = double(sum);
            m_squares[i + 1] = double(squares);
        }
    }

    double cost(std::size_t first, std::size_t end) const
    {
        const double n = m_count[end] - m_count[first];
        const double sum = m_sum[end] - m_sum[first];
        const double squares = m_squares[end] - m_squares[first];
        return std::max(0.0, squares - sum * sum / n);
    }

    double centroid(std::size_t first, std::size_t end) const
    {
        if (end == first + 1 && m_bins[first].isOneValue())
            return m_bins[first].low;
        return m_centre + (m_sum[end] - m_sum[first]) / (m_count[end] - m_count[first]);
    }

    double count(std::size_t end) const { return m_count[end]; }
    std::size_t size() const { return m_bins.size(); }
    double meanOf(std::size_t bin) const { return centroid(bin, bin + 1); }

private:
    static double spreadOf(const CountBin& bin)
    {
        return bin.isOneValue() ? 0 : std::max(0.0, bin.sumOfSquares - bin.sum * (bin.sum / double(bin.count)));
    }

    std::span<const CountBin> m_bins;
    std::vector<double> m_count, m_sum, m_squares;
    double m_centre = 0;
};

Clustering clusteringOf(const RunCosts& costs, std::vector<std::size_t> starts)
{
    Clustering result;
    for (std::size_t i = 0; i < starts.size(); ++i) {
        const std::size_t end = i + 1 < starts.size() ? starts[i + 1] : costs.size();
        result.centroids.push_back(costs.centroid(starts[i], end));
        result.cost += costs.cost(starts[i], end);
    }
    result.starts = std::move(starts);
    return result;
}

std::vector<std::size_t> everyBinAlone(std::size_t bins)
{
    std::vector<std::size_t> starts(bins);
    for (std::size_t i = 0; i < bins; ++i)
        starts[i] = i;
    return starts;
}

/// Row by row of the recurrence; `m_from[k][i]` remembers where the last of k+1 clusters of bins [0, i) begins.
class Recurrence {
public:
    Recurrence(const RunCosts& costs, std::size_t clusters)
        : m_costs(costs)
        , m_size(costs.size())
        , m_previous(m_size + 1)
        , m_current(m_size + 1)
        , m_from(clusters, std::vector<std::uint32_t>(m_size + 1))
    {
        for (std::size_t i = 1; i <= m_size; ++i)
            m_previous[i] = costs.cost(0, i);
        for (std::size_t k = 1; k < clusters; ++k) {
            m_row = k;
            fill(k + 1, m_size, k, m_size - 1);
            std::swap(m_previous, m_current);
        }
    }

    std::vector<std::size_t> starts() const
    {
        std::vector<std::size_t> result(m_from.size());
        std::size_t end = m_size;
        for (std::size_t k = m_from.size(); k-- > 0;) {
            result[k] = k == 0 ? 0 : m_from[k][end];
            end = result[k];
        }
        return result;
    }

private:
    /// Entries [first, last] of the row, whose best splits lie in [lowest, highest].
    void fill(std::size_t first, std::size_t last, std::size_t lowest, std::size_t highest)
    {
        if (first > last)
            return;
        const std::size_t middle = first + (last - first) / 2;
        double best = std::numeric_limits<double>::infinity();
        std::size_t bestSplit = lowest;
        for (std::size_t split = lowest; split <= std::min(highest, middle - 1); ++split) {
            const double cost = m_previous[split] + m_costs.cost(split, middle);
            if (cost < best) {
                best = cost;
                bestSplit = split;
            }
        }
        m_current[middle] = best;
        m_from[m_row][middle] = std::uint32_t(bestSplit);
        if (middle > first)
            fill(first, middle - 1, lowest, bestSplit);
        fill(middle + 1, last, bestSplit, highest);
    }

    const RunCosts& m_costs;
    std::size_t m_size;
    std::size_t m_row = 0;
    std::vector<double> m_previous, m_current;
    std::vector<std::vector<std::uint32_t>> m_from;
};

}  // namespace

Clustering optimalClustering(std::span<const CountBin> bins, int clusters)
{
    if (bins.empty() || clusters < 1)
        return {};
    const RunCosts costs(bins);
    if (std::size_t(clusters) >= bins.size())
        return clusteringOf(costs, everyBinAlone(bins.size()));
    return clusteringOf(costs, Recurrence(costs, std::size_t(clusters)).starts());
}

Clustering lloydClustering(std::span<const CountBin> bins, int clusters)
{
    if (bins.empty() || clusters < 1)
        return {};
    const RunCosts costs(bins);
    if (std::size_t(clusters) >= bins.size())
        return clusteringOf(costs, everyBinAlone(bins.size()));

    // Clusters of equal mass to begin with, none empty.
    std::vector<std::size_t> starts{0};
    const double total = costs.count(bins.size());
    for (int k = 1; k < clusters; ++k) {
        std::size_t start = starts.back() + 1;
        const std::size_t latest = bins.size() - std::size_t(clusters - k);
        while (start < latest && costs.count(start) < total * k / clusters)
            ++start;
        starts.push_back(start);
    }
    // A bin belongs to the nearer centroid; thresholds are halfway. Ends when no bin moves.
    for (int iteration = 0; iteration < 10000; ++iteration) {
        const Clustering now = clusteringOf(costs, starts);
        std::vector<std::size_t> next{0};
        for (std::size_t k = 1; k < starts.size(); ++k) {
            const double threshold = (now.centroids[k - 1] + now.centroids[k]) / 2;
            std::size_t low = 0, high = bins.size();
            while (low < high) {
                const std::size_t middle = (low + high) / 2;
                if (costs.meanOf(middle) <= threshold)
                    low = middle + 1;
                else
                    high = middle;
            }
            next.push_back(std::clamp(low, next.back() + 1, bins.size() - (starts.size() - k)));
        }
        if (next == starts)
            break;
        starts = std::move(next);
    }
    return clusteringOf(costs, std::move(starts));
}

namespace {

/// Medians of equal shares of the values.
std::vector<double> quantileLevels(const ValueCounts& counts, int levels)
{
    std::vector<double> medians;
    for (int i = 0; i < levels; ++i)
        medians.push_back(counts.quantile((i + 0.5) / levels));
    return medians;
}

std::vector<double> levelsBeforeRounding(const QuantizationScheme& scheme, const ValueCounts& counts)
{
    switch (scheme.fit) {
    case Fit::Optimal: return optimalClustering(counts.bins(), scheme.levels).centroids;
    case Fit::Lloyd: return lloydClustering(counts.bins(), scheme.levels).centroids;
    case Fit::Quantile: return quantileLevels(counts, scheme.levels);
    case Fit::ByHand: return scheme.levelValues;
    }
    return {};
}

}  // namespace

std::vector<double> codebookOf(const QuantizationScheme& scheme, const ValueCounts& counts)
{
    const NumberFormat* const format = scheme.scale == "fp32" ? nullptr : findNumberFormat(scheme.scale);
    std::vector<double> levels;
    for (const double centroid : levelsBeforeRounding(scheme, counts))
        levels.push_back(format ? valueOf(*format, encode(*format, centroid, {.overflow = Overflow::Saturate}))
                                : double(float(centroid)));
    std::sort(levels.begin(), levels.end());
    levels.erase(std::unique(levels.begin(), levels.end()), levels.end());
    if (levels.empty())
        levels.push_back(0);
    return levels;
}

CodebookGap codebookGapOf(const QuantizationScheme& scheme, const ValueCounts& counts)
{
    QuantizationScheme best = scheme;
    best.fit = Fit::Optimal;
    best.levelValues.clear();
    const double error = errorOf(counts, levelMapOf(scheme, counts)).meanSquaredError;
    const double least = errorOf(counts, levelMapOf(best, counts)).meanSquaredError;
    return {error, least, error > 0 ? 10 * std::log10(error / least) : 0};
}

}  // namespace quantoscope
