// SPDX-License-Identifier: Apache-2.0
// Where the range of a scale ends.
#include "core/quantization/aciq_clip.h"
#include "core/quantization/element.h"
#include "core/quantization/entropy_clip.h"
#include "core/quantization/level_map.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace quantoscope {

namespace {

/// A range as a scheme can have it: one free number for symmetric schemes, two for asymmetric ones.
ClipRange rangeFor(const QuantizationScheme& scheme, double low, double high)
{
    if (scheme.symmetry == Symmetry::Asymmetric && isIntegerElement(scheme.element))
        return {std::min(0.0, low), std::max(0.0, high)};
    if (const auto element = findElement(scheme.element); element && !element->isSigned)
        return {0, std::max(0.0, high)};
    const double largest = std::max(std::abs(low), std::abs(high));
    return {-largest, largest};
}

ClipRange scaled(const ClipRange& range, double factor) { return {range.low * factor, range.high * factor}; }

class LeastSquares {
public:
    LeastSquares(const QuantizationScheme& scheme, const ValueCounts& counts)
        : m_scheme(scheme)
        , m_counts(counts)
        , m_full(rangeFor(scheme, counts.totals().min, counts.totals().max))
    {
    }

    ClipRange run()
    {
        if (m_counts.bins().empty() || m_full.low == m_full.high)
            return m_full;
        const bool twoSided = m_full.low < 0 && m_full.high > 0 && m_full.low != -m_full.high;
        return twoSided ? searchTwo() : searchOne();
    }

private:
    struct Candidate { ClipRange range; double cost; };

    Candidate evaluate(const ClipRange& range, double* gain = nullptr) const
    {
        const QuantizationError error = errorOf(m_counts, levelMapOf(m_scheme, range.low, range.high));
        if (gain)
            *gain = error.gain;
        return {range, error.meanSquaredError};
    }

    int gridPoints() const { return elementBits(m_scheme.element) <= 8 ? 512 : 48; }

    double smallestFactor() const
    {
        const auto& totals = m_counts.totals();
        const double rms = std::sqrt(totals.sumOfSquares / double(totals.finite));
        return std::min(0.5, rms / 2 / std::max(-m_full.low, m_full.high));
    }

    /// With the codes kept, the best step is gain times the present one; with the step kept, the
    /// nearest codes are best. Alternating never raises the cost and ends in a local minimum.
    Candidate descend(Candidate best) const
    {
        for (int i = 0; i < 100; ++i) {
            double gain = 1;
            evaluate(best.range, &gain);
            ClipRange range = scaled(best.range, gain);
            if (range.low < m_full.low || range.high > m_full.high)
                range = scaled(m_full, 1);
            const Candidate next = evaluate(range);
            if (!(next.cost < best.cost))
                break;
            const bool settled = best.cost - next.cost <= 1e-12 * best.cost;
            best = next;
            if (settled)
                break;
        }
        return best;
    }

    Candidate bestOf(std::vector<Candidate> starts, std::size_t tries) const
    {
        tries = std::min(tries, starts.size());
        std::partial_sort(starts.begin(), starts.begin() + std::ptrdiff_t(tries), starts.end(),
                          [](const Candidate& a, const Candidate& b) { return a.cost < b.cost; });
        Candidate best = starts.front();
        for (std::size_t i = 0; i < tries; ++i)
            if (const Candidate found = descend(starts[i]); found.cost < best.cost)
                best = found;
        return best;
    }

    ClipRange searchOne() const
    {
        const int points = gridPoints();
        const double ratio = std::log(smallestFactor());
        std::vector<Candidate> grid;
        for (int i = 0; i <= points; ++i)
            grid.push_back(evaluate(scaled(m_full, std::exp(ratio * i / points))));
        Candidate best = bestOf(grid, 12);
        // Once more between the neighbours of the winner: ripples of small tensors are narrower than the grid.
        const double centre = best.range.high / m_full.high;
        std::vector<Candidate> fine;
        const int finePoints = points / 4;
        for (int i = -finePoints; i <= finePoints; ++i) {
            const double factor = centre * std::exp(2 * ratio / points * i / finePoints);
            if (factor <= 1)
                fine.push_back(evaluate(scaled(m_full, factor)));
        }
        fine.push_back(best);
        return bestOf(fine, 8).range;
    }

    ClipRange searchTwo() const
    {
        const int points = elementBits(m_scheme.element) <= 8 ? 24 : 6;
        const double ratio = std::log(smallestFactor());
        std::vector<Candidate> grid;
        for (int i = 0; i <= points; ++i)
            for (int k = 0; k <= points; ++k)
                grid.push_back(evaluate({m_full.low * std::exp(ratio * i / points),
                                         m_full.high * std::exp(ratio * k / points)}));
        std::sort(grid.begin(), grid.end(), [](const Candidate& a, const Candidate& b) { return a.cost < b.cost; });
        grid.resize(std::min<std::size_t>(grid.size(), 6));
        for (Candidate& candidate : grid)
            candidate = descend(patternSearch(candidate, -ratio / points));
        return bestOf(grid, 1).range;
    }

    /// Moves either end in or out by a ratio that is halved whenever no move helps.
    Candidate patternSearch(Candidate best, double logStep) const
    {
        for (; logStep > 1e-5; logStep /= 2) {
            for (bool moved = true; moved;) {
                moved = false;
                for (const auto& [a, b] : {std::pair{1, 0}, {-1, 0}, {0, 1}, {0, -1}, {1, 1}, {-1, -1}}) {
                    const ClipRange range{std::max(m_full.low, best.range.low * std::exp(a * logStep)),
                                          std::min(m_full.high, best.range.high * std::exp(b * logStep))};
                    const Candidate next = evaluate(range);
                    if (next.cost < best.cost * (1 - 1e-9)) {
                        best = next;
                        moved = true;
                    }
                }
            }
        }
        return best;
    }

    const QuantizationScheme& m_scheme;
    const ValueCounts& m_counts;
    ClipRange m_full;
};

ClipRange percentileRange(const QuantizationScheme& scheme, const ValueCounts& counts, double percentile)
{
    const double share = percentile / 100;
    if (scheme.symmetry == Symmetry::Asymmetric && isIntegerElement(scheme.element))
        return rangeFor(scheme, counts.quantile(1 - share), counts.quantile(share));
    const double largest = counts.absoluteQuantile(share);
    return rangeFor(scheme, -largest, largest);
}

/// The part of the values' own range that lies within centre ± reach.
ClipRange clippedRange(const QuantizationScheme& scheme, const ValueCounts& counts, double centre, double reach)
{
    const auto& totals = counts.totals();
    return rangeFor(scheme, std::max(totals.min, centre - reach), std::min(totals.max, centre + reach));
}

ClipRange aciqRange(const QuantizationScheme& scheme, const ValueCounts& counts)
{
    const auto element = findElement(scheme.element);
    const bool centred = scheme.symmetry == Symmetry::Asymmetric;
    const bool oneSided = !element->isSigned && !centred;
    const AciqClip clip = aciqClipOf(counts, scheme.clip.model, element->bits + oneSided, centred);
    return clippedRange(scheme, counts, clip.centre, clip.reach);
}

}  // namespace

ClipRange entropyRange(const QuantizationScheme& scheme, const ValueCounts& counts, const MagnitudeHistogram& histogram)
{
    return clippedRange(scheme, counts, 0, entropyClipOf(histogram, entropySearchOf(scheme)));
}

EntropySearch entropySearchOf(const QuantizationScheme& scheme)
{
    const auto element = findElement(scheme.element);
    return entropySearchFor(element->bits, element->isSigned);
}

ClipRange clipRangeOf(const QuantizationScheme& scheme, const ValueCounts& counts)
{
    switch (scheme.clip.kind) {
    case Clip::Kind::MinMax:
        break;
    case Clip::Kind::Percentile:
        return percentileRange(scheme, counts, scheme.clip.percentile);
    case Clip::Kind::LeastSquares:
        return LeastSquares(scheme, counts).run();
    case Clip::Kind::Entropy:
        return entropyRange(scheme, counts, magnitudesOf(counts, entropySearchOf(scheme).bins));
    case Clip::Kind::Aciq:
        return aciqRange(scheme, counts);
    case Clip::Kind::ByHand:
        return rangeFor(scheme, scheme.clip.low, scheme.clip.high);
    }
    return rangeFor(scheme, counts.totals().min, counts.totals().max);
}

}  // namespace quantoscope
