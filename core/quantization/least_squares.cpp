// SPDX-License-Identifier: Apache-2.0
#include "core/quantization/least_squares.h"

#include "core/quantization/element.h"
#include "core/quantization/step_search.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace quantoscope {

namespace {

/// Steps that an exact search may visit: some ten milliseconds, about as long as the grid takes.
constexpr std::size_t mostSteps = std::size_t{1} << 18;
/// How much wider than the values a range may be where that is better: twice, so that whole multiples of
/// something are found to be that. With zero points, of which each is a search, above 4 bits by eight codes.
double widestOf(const QuantizationScheme& scheme)
{
    const double codes = std::ldexp(1.0, elementBits(scheme.element)) - 1;
    return scheme.symmetry == Symmetry::Asymmetric && codes > 15 ? 1 + 8 / codes : 2;
}

/// Ranges tried first, as parts of the full one: the better the first guess, the fewer steps are left to visit.
constexpr std::array guesses{0.9, 0.75, 0.6, 0.45, 0.3};

ClipRange scaled(const ClipRange& range, double factor) { return {range.low * factor, range.high * factor}; }

/// Clips in equal ratios, the best of them refined: for counts in bins, and where values are too many.
class GridSearch {
public:
    GridSearch(const QuantizationScheme& scheme, const ValueCounts& counts, const ClipRange& full)
        : m_scheme(scheme)
        , m_counts(counts)
        , m_full(full)
    {
    }

    ClipRange run()
    {
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

    /// Above 8 bits the cost is smooth, and every look at it takes as long as there are levels.
    bool isFine() const { return elementBits(m_scheme.element) > 8; }
    int gridPoints() const { return isFine() ? 48 : 512; }

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
        const double settledAt = isFine() ? 1e-7 : 1e-12;
        for (int i = 0; i < (isFine() ? 12 : 100); ++i) {
            double gain = 1;
            evaluate(best.range, &gain);
            ClipRange range = scaled(best.range, gain);
            if (range.low < m_full.low || range.high > m_full.high)
                range = scaled(m_full, 1);
            const Candidate next = evaluate(range);
            if (!(next.cost < best.cost))
                break;
            const bool settled = best.cost - next.cost <= settledAt * best.cost;
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
        Candidate best = bestOf(grid, isFine() ? 3 : 12);
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
        return bestOf(fine, isFine() ? 2 : 8).range;
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

class ExactSearch {
public:
    ExactSearch(const QuantizationScheme& scheme, const ValueCounts& counts, const ClipRange& full, const Element& element)
        : m_scheme(scheme)
        , m_full(full)
        , m_element(element)
        , m_rule(scheme, element)
        , m_stored(scheme.scale == "fp32" || !scheme.tensorScale.empty() ? nullptr : findNumberFormat(scheme.scale))
        , m_search(counts.bins(), m_stored)
        , m_widest(widestOf(scheme))
    {
    }

    /// Nothing where it would take too long, or no step can be stored.
    std::optional<ClipRange> run()
    {
        if (largestStep() == 0)
            return {};
        return m_scheme.symmetry == Symmetry::Asymmetric ? searchZeros() : searchSteps();
    }

private:
    std::optional<ClipRange> searchSteps()
    {
        std::vector<double> levels;
        double largestLevel = 0;
        if (m_element.kind == Element::Kind::Integer) {
            const CodeSpan codes = codesOf(m_scheme, m_element);
            for (std::int64_t code = codes.lowest; code <= codes.highest; ++code)
                levels.push_back(double(code));
            largestLevel = double(codes.highest);
        } else {
            for (const ElementLevel& level : levelsOf(m_element))
                levels.push_back(level.value);
            largestLevel = largestMagnitude(m_element);
        }
        m_search.setLevels(std::move(levels));
        const double fullStep = m_rule(m_full.low, m_full.high).step;
        StepSearch::Found best{fullStep, m_search.costOf(fullStep)};
        for (const double part : guesses)
            if (const double step = m_rule(m_full.low * part, m_full.high * part).step; step > 0)
                keepBetter(best, {step, m_search.costOf(step)});
        if (m_search.improve(largestStep(), mostSteps, best) == StepSearch::Outcome::TooManySteps)
            return {};
        if (best.step == fullStep)
            return m_full;
        const double range = best.step * largestLevel;
        return ClipRange{m_full.low < 0 ? -range : 0, range};
    }

    /// Every zero point has levels of its own, and a search of its own for the step.
    std::optional<ClipRange> searchZeros()
    {
        const CodeSpan codes = codesOf(m_scheme, m_element);
        const auto last = int(codes.highest - codes.lowest);
        if (last > 255)
            return {};
        const auto levelsOfZero = [&](int zero) {
            std::vector<double> levels;
            for (int code = 0; code <= last; ++code)
                levels.push_back(double(code - zero));
            return levels;
        };
        const auto trial = [&](double part) {
            const AffineScale scale = m_rule(m_full.low * part, m_full.high * part);
            const int zero = int(scale.zero - codes.lowest);
            m_search.setLevels(levelsOfZero(zero));
            return Zeroed{zero, {scale.step, m_search.costOf(scale.step)}};
        };
        const Zeroed full = trial(1);
        Zeroed best = full;
        for (const double part : guesses)
            if (const Zeroed found = trial(part); found.step.step > 0 && found.step.cost < best.step.cost)
                best = found;
        const double largest = largestStep();
        for (int zero = 0; zero <= last; ++zero) {
            if (m_search.clippingOf(largest, -zero, last - zero) >= best.step.cost)
                continue;
            m_search.setLevels(levelsOfZero(zero));
            StepSearch::Found found = best.step;
            const auto outcome = m_search.improve(largest, mostSteps, found);
            if (outcome == StepSearch::Outcome::TooManySteps)
                return {};
            if (outcome == StepSearch::Outcome::Found)
                best = {zero, found};
        }
        if (best.zero == full.zero && best.step.step == full.step.step)
            return m_full;
        return ClipRange{-best.zero * best.step.step, (last - best.zero) * best.step.step};
    }

    struct Zeroed {
        int zero;   ///< Counted from the lowest code.
        StepSearch::Found step;
    };

    static void keepBetter(StepSearch::Found& best, const StepSearch::Found& other)
    {
        if (other.cost < best.cost)
            best = other;
    }

    double largestStep() const { return m_rule(m_full.low * m_widest, m_full.high * m_widest).step; }

    const QuantizationScheme& m_scheme;
    const ClipRange& m_full;
    const Element& m_element;
    ScaleRule m_rule;
    const NumberFormat* m_stored;
    StepSearch m_search;
    double m_widest;
};

}  // namespace

ClipRange leastSquaresRange(const QuantizationScheme& scheme, const ValueCounts& counts, const ClipRange& full)
{
    const auto element = elementOf(scheme);
    if (!element || counts.bins().empty() || full.low == full.high)
        return full;
    const Rounding rounding = scheme.rounding.rounding;
    const bool isNearest = rounding == Rounding::NearestEven || rounding == Rounding::NearestAway || rounding == Rounding::Stochastic;
    // The exact search takes the nearest level to be the stored one. Among the small numbers of a posit it need
    // not be: there the step found is the best one for nearest levels.
    if (isNearest && counts.isExact())
        if (const auto found = ExactSearch(scheme, counts, full, *element).run())
            return *found;
    return GridSearch(scheme, counts, full).run();
}

}  // namespace quantoscope
