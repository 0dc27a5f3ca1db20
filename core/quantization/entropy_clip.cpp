// SPDX-License-Identifier: Apache-2.0
#include "core/quantization/entropy_clip.h"

#include "core/statistics/bin_finder.h"
#include "core/statistics/chunks.h"
#include "core/tensors/held_values.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace quantoscope {

namespace {

std::size_t binOf(double magnitude, double scale, std::size_t bins)
{
    return std::min(bins - 1, std::size_t(magnitude * scale));
}

/// `count` values spread evenly over magnitudes low … high.
void spread(std::vector<double>& counts, double scale, double low, double high, double count)
{
    const std::size_t first = binOf(low, scale, counts.size()), last = binOf(high, scale, counts.size());
    if (first == last) {
        counts[first] += count;
        return;
    }
    const double perUnit = count / (high - low);
    for (std::size_t bin = first; bin <= last; ++bin) {
        const double from = std::max(low, double(bin) / scale);
        const double to = bin == last ? high : double(bin + 1) / scale;
        counts[bin] += std::max(0.0, to - from) * perUnit;
    }
}

double timesLog(double n) { return n > 0 ? n * std::log(n) : 0; }

/// Divergences of all clips from prefix sums: the logarithm of a level's average is the same for all its
/// bins, so a clip costs as many logarithms as there are levels, not as there are bins.
class Divergences {
public:
    explicit Divergences(std::span<const double> counts)
        : m_counts(counts.begin(), counts.end())
        , m_sum(counts.size() + 1)
        , m_filled(counts.size() + 1)
        , m_timesLog(counts.size() + 1)
    {
        m_counts[0] = m_counts[1];
        for (std::size_t i = 0; i < m_counts.size(); ++i) {
            m_sum[i + 1] = m_sum[i] + m_counts[i];
            m_filled[i + 1] = m_filled[i] + (m_counts[i] > 0);
            m_timesLog[i + 1] = m_timesLog[i] + timesLog(m_counts[i]);
        }
    }

    /// Σ p log(p/q), p of the first `bins` bins with the rest added to the last, q without the rest.
    double of(std::size_t bins, std::size_t levels) const
    {
        constexpr double infinity = std::numeric_limits<double>::infinity();
        const double total = m_sum.back(), kept = m_sum[bins], beyond = total - kept;
        const double last = m_counts[bins - 1];
        if (!(kept > 0) || (last == 0 && beyond > 0))
            return infinity;
        double crossed = 0;   // Σ reference · log(average of its level)
        for (std::size_t level = 0, first = 0; level < levels && first < bins; ++level) {
            const std::size_t end = ((level + 1) * bins + levels - 1) / levels;
            const double filled = m_filled[end] - m_filled[first];
            if (filled > 0) {
                const double inLevel = m_sum[end] - m_sum[first];
                crossed += (inLevel + (end == bins ? beyond : 0)) * std::log(inLevel / filled);
            }
            first = end;
        }
        const double own = m_timesLog[bins - 1] + timesLog(last + beyond);
        return (own - crossed) / total + std::log(kept / total);
    }

private:
    std::vector<double> m_counts, m_sum, m_filled, m_timesLog;
};

}  // namespace

EntropySearch entropySearchFor(int bits, bool isSigned)
{
    const int magnitudes = 1 << (isSigned ? std::max(0, bits - 1) : bits);
    const int fine = std::max(1, magnitudes / 128);
    return {magnitudes, 2048 * fine, 128 * fine, fine};
}

MagnitudeHistogram magnitudesOf(const ValueCounts& counts, int bins)
{
    MagnitudeHistogram histogram{counts.absoluteMaximum(), std::vector<double>(std::size_t(bins))};
    if (!(histogram.largest > 0))
        return histogram;
    const double scale = bins / histogram.largest;
    for (const CountBin& bin : counts.bins()) {
        const double low = std::min(std::abs(bin.low), std::abs(bin.high)), high = std::max(std::abs(bin.low), std::abs(bin.high));
        spread(histogram.counts, scale, bin.low < 0 && bin.high > 0 ? 0 : low, high, double(bin.count));
    }
    return histogram;
}

Result<MagnitudeHistogram> magnitudesOf(const TensorSource& source, const TensorInfo& info, double largest, int bins,
                                        const Progress& progress)
{
    struct Scratch {
        std::vector<float> values;
        std::vector<std::uint64_t> counts;
    };
    MagnitudeHistogram histogram{largest, std::vector<double>(std::size_t(bins))};
    if (!(largest > 0))
        return histogram;
    const double scale = bins / largest;
    const EvenSlots slots{scale, 1, std::size_t(bins), true};
    const auto slotOf = [&](double value) { return binOf(std::abs(value), scale, slots.bins) + 1; };
    ScratchPool<Scratch> pool;
    const auto done = forEachChunk(info.count, chunkElements, progress, [&](std::size_t, ElementRange range) -> Result<void> {
        const auto scratch = pool.borrow();
        scratch->counts.resize(std::size_t(bins) + 2);
        const auto values = valuesOf(source, info, range, scratch->values);
        if (!values)
            return tl::unexpected(values.error());
        countInSlots(*values, slots, slotOf, scratch->counts);
        return {};
    });
    if (!done)
        return tl::unexpected(done.error());
    for (const auto& scratch : pool.all())
        for (std::size_t slot = 1; slot < scratch->counts.size(); ++slot)
            histogram.counts[std::min(slot, slots.bins) - 1] += double(scratch->counts[slot]);
    return histogram;
}

std::size_t leastDivergentBins(std::span<const double> counts, const EntropySearch& search)
{
    if (counts.size() < 2)
        return counts.size();
    const Divergences divergences(counts);
    std::size_t best = counts.size();
    double least = std::numeric_limits<double>::infinity();
    for (std::size_t bins = std::size_t(search.firstBin); bins <= counts.size(); bins += std::size_t(search.stride))
        if (const double divergence = divergences.of(bins, std::size_t(search.magnitudes)); divergence <= least) {
            least = divergence;
            best = bins;
        }
    return least < std::numeric_limits<double>::infinity() ? best : counts.size();
}

double entropyClipOf(const MagnitudeHistogram& histogram, const EntropySearch& search)
{
    if (!(histogram.largest > 0))
        return 0;
    return histogram.largest * double(leastDivergentBins(histogram.counts, search)) / double(histogram.counts.size());
}

}  // namespace quantoscope
