// SPDX-License-Identifier: Apache-2.0
// The error of a scalar quantizer from counts: Σ(x−q)² = Σx² − 2qΣx + nq² over the bins of one level.
#include "core/quantization/level_map.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace quantoscope {

namespace {

/// Runs of this few bins are summed bin by bin: cheap, and free of cancellation, so that a tensor
/// that its levels hold exactly has an error of exactly zero.
constexpr std::size_t fewBins = 16;

class ErrorSum {
public:
    ErrorSum(const ValueCounts& counts, const LevelMap& map)
        : m_bins(counts.bins())
        , m_prefix(counts.prefix())
        , m_totals(counts.totals())
        , m_map(map)
    {
        m_result.perLevel.assign(map.size(), 0);
    }

    QuantizationError run()
    {
        // Bins below `next` are done. Thresholds are visited in order, and so are the bins they cut.
        std::size_t next = 0;
        for (std::size_t level = 0; level < m_map.size(); ++level) {
            const bool isLast = level + 1 == m_map.size();
            const std::size_t end = isLast ? m_bins.size() : firstBinAbove(level, next);
            addWholeBins(level, next, end);
            next = end;
            if (!isLast && next < m_bins.size() && m_bins[next].low < m_map.thresholds[level]) {
                level = addCutBin(level, next) - 1;   // The bin's last level goes on with the bins after it.
                ++next;
            }
        }
        countClipped();
        return finish();
    }

private:
    /// The first bin from `from` on that does not lie wholly below the threshold above `level`.
    std::size_t firstBinAbove(std::size_t level, std::size_t from) const
    {
        const double threshold = m_map.thresholds[level];
        const bool tieUp = m_map.tieGoesUp(level);
        const auto isBelow = [&](const CountBin& bin) {
            return bin.high < threshold || (bin.high == threshold && (!tieUp || !bin.isOneValue()));
        };
        // Levels are many and bins between them few, or the other way round: gallop, then bisect.
        std::size_t step = 1, low = from, high = from;
        while (high < m_bins.size() && isBelow(m_bins[high])) {
            low = high + 1;
            high += step;
            step *= 2;
        }
        high = std::min(high, m_bins.size());
        return std::size_t(std::partition_point(m_bins.begin() + std::ptrdiff_t(low),
                                                m_bins.begin() + std::ptrdiff_t(high), isBelow)
                           - m_bins.begin());
    }

    void add(std::size_t level, double count, double sum)
    {
        const double q = m_map.levels[level];
        m_result.perLevel[level] += count;
        m_products += q * sum;
        m_levelSquares += count * q * q;
    }

    void addWholeBins(std::size_t level, std::size_t first, std::size_t end)
    {
        if (first == end)
            return;
        const double q = m_map.levels[level];
        if (end - first <= fewBins) {
            for (std::size_t i = first; i < end; ++i) {
                const CountBin& bin = m_bins[i];
                add(level, double(bin.count), bin.sum);
                m_squaredError += errorOfBin(bin, q);
            }
        } else {
            const double count = m_prefix[end].count - m_prefix[first].count;
            const double sum = m_prefix[end].sum - m_prefix[first].sum;
            const double squares = m_prefix[end].sumOfSquares - m_prefix[first].sumOfSquares;
            add(level, count, sum);
            m_squaredError += std::max(0.0, squares - 2 * q * sum + count * q * q);
        }
        noteLargest(m_bins[first].low, q);
        noteLargest(m_bins[end - 1].high, q);
    }

    static double errorOfBin(const CountBin& bin, double q)
    {
        const double n = double(bin.count);
        if (bin.isOneValue())
            return n * (bin.low - q) * (bin.low - q);
        const double mean = bin.sum / n;
        return std::max(0.0, bin.sumOfSquares - n * mean * mean) + n * (mean - q) * (mean - q);
    }

    void noteLargest(double x, double q) { m_result.largestError = std::max(m_result.largestError, std::abs(x - q)); }

    /// A bin that at least the threshold above `level` cuts. Returns the level of its upper end.
    std::size_t addCutBin(std::size_t level, std::size_t index)
    {
        const CountBin& bin = m_bins[index];
        std::size_t last = level + 1;
        while (last + 1 < m_map.size() && m_map.thresholds[last] < bin.high)
            ++last;
        if (last == level + 1)
            addBinCutOnce(level, bin);
        else
            addBinCutOften(level, last, bin);
        return last;
    }

    /// Starts from the exact error of storing the whole bin as one of its two levels, and corrects for
    /// the part on the other side. The correction is c·min(0, x − m) summed (a concave function), so
    /// Jensen's inequality and its chord bound it by the bin's exact mean.
    void addBinCutOnce(std::size_t lower, const CountBin& bin)
    {
        const double q1 = m_map.levels[lower], q2 = m_map.levels[lower + 1];
        const double threshold = m_map.thresholds[lower];
        const double n = double(bin.count), width = bin.high - bin.low, mean = bin.sum / n;
        const double leftShare = std::clamp((threshold - bin.low) / width, 0.0, 1.0);
        const double leftCount = n * leftShare;
        const double leftSum = leftCount * (bin.low + threshold) / 2;
        add(lower, leftCount, leftSum);
        add(lower + 1, n - leftCount, bin.sum - leftSum);

        // (x−q1)² − (x−q2)² = 2(q2−q1)(x − middle)
        const double c = 2 * (q2 - q1), middle = (q1 + q2) / 2;
        const double base = errorOfBin(bin, q2);
        double estimate = c * leftCount * ((bin.low + threshold) / 2 - middle);
        double least = n * c * std::min(bin.low - middle, 0.0), most = n * c * std::max(threshold - middle, 0.0);
        if (middle >= bin.low && middle <= bin.high && std::abs(threshold - middle) <= 0x1p-23 * std::max(std::abs(q1), std::abs(q2))) {
            least = n * c * (bin.low - middle) * (bin.high - mean) / width;
            most = n * std::min(0.0, c * (mean - middle));
            estimate = std::clamp(estimate, least, most);
        }
        m_squaredError += std::max(0.0, base + estimate);
        m_below += estimate - least;
        m_above += most - estimate;
        noteLargest(bin.low, q1);
        noteLargest(threshold, q1);
        noteLargest(threshold, q2);
        noteLargest(bin.high, q2);
    }

    /// Several levels inside one bin: evenly spread values, and only their largest error as a bound.
    void addBinCutOften(std::size_t first, std::size_t last, const CountBin& bin)
    {
        const double n = double(bin.count), width = bin.high - bin.low;
        double from = bin.low, estimate = 0, worst = 0;
        for (std::size_t level = first; level <= last; ++level) {
            const double to = level < last ? std::min(m_map.thresholds[level], bin.high) : bin.high;
            const double q = m_map.levels[level];
            const double a = from - q, b = to - q;
            const double count = n * (to - from) / width;
            add(level, count, count * (from + to) / 2);
            estimate += count * (a * a + a * b + b * b) / 3;
            worst = std::max({worst, std::abs(a), std::abs(b)});
            noteLargest(from, q);
            noteLargest(to, q);
            from = to;
        }
        m_squaredError += estimate;
        m_below += estimate;
        m_above += n * worst * worst - estimate;
    }

    void countClipped()
    {
        m_result.clippedLow = m_totals.min < m_map.clipLow ? countBelow(m_map.clipLow) : 0;
        m_result.clippedHigh = m_totals.max > m_map.clipHigh
            ? double(m_totals.finite) - countBelow(std::nextafter(m_map.clipHigh, std::numeric_limits<double>::infinity()))
            : 0;
    }

    double countBelow(double x) const
    {
        const auto bin = std::partition_point(m_bins.begin(), m_bins.end(),
                                              [&](const CountBin& b) { return b.high < x; });
        double count = m_prefix[std::size_t(bin - m_bins.begin())].count;
        if (bin != m_bins.end() && bin->low < x)
            count += double(bin->count) * (x - bin->low) / (bin->high - bin->low);
        return count;
    }

    QuantizationError finish()
    {
        QuantizationError& r = m_result;
        r.count = double(m_totals.finite);
        if (m_map.size() > 0 && r.count > 0) {
            r.meanSquaredError = m_squaredError / r.count;
            if (m_squaredError > 0)
                r.uncertainty = std::max(m_below, m_above) / m_squaredError;
        }
        r.sqnrDb = m_squaredError > 0 ? 10 * std::log10(m_totals.sumOfSquares / m_squaredError)
                                      : std::numeric_limits<double>::infinity();
        const double norms = std::sqrt(m_totals.sumOfSquares) * std::sqrt(m_levelSquares);
        r.cosine = norms > 0 ? std::min(1.0, m_products / norms) : m_totals.sumOfSquares > 0 ? 0 : 1;
        r.gain = m_levelSquares > 0 ? m_products / m_levelSquares : 1;
        r.levelsUsed = int(std::count_if(r.perLevel.begin(), r.perLevel.end(), [](double n) { return n >= 0.5; }));
        return r;
    }

    std::span<const CountBin> m_bins;
    std::span<const ValueCounts::Prefix> m_prefix;
    const ValueCounts::Totals& m_totals;
    const LevelMap& m_map;
    QuantizationError m_result;
    double m_squaredError = 0;
    double m_below = 0, m_above = 0;   ///< How far the truth may lie below and above the estimate.
    double m_products = 0;             ///< Σ x·x̂
    double m_levelSquares = 0;         ///< Σ x̂²
};

}  // namespace

QuantizationError errorOf(const ValueCounts& counts, const LevelMap& map)
{
    if (map.size() == 0) {
        // Nothing to store a value as: no figure, rather than one that looks perfect.
        QuantizationError none;
        none.meanSquaredError = none.sqnrDb = none.largestError = none.cosine = std::numeric_limits<double>::quiet_NaN();
        return none;
    }
    return ErrorSum(counts, map).run();
}

}  // namespace quantoscope
