// SPDX-License-Identifier: Apache-2.0
#include "core/quantization/step_search.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace quantoscope {

StepSearch::StepSearch(std::span<const CountBin> values, const NumberFormat* stored)
    : m_values(values)
    , m_stored(stored)
{
    for (const CountBin& bin : values)
        m_squares += double(bin.count) * bin.low * bin.low;
}

void StepSearch::setLevels(std::vector<double> levels)
{
    m_levels = std::move(levels);
    m_thresholds.clear();
    for (std::size_t i = 0; i + 1 < m_levels.size(); ++i)
        m_thresholds.push_back(m_levels[i] + (m_levels[i + 1] - m_levels[i]) / 2);
}

double StepSearch::costOf(double step) const
{
    double cost = 0;
    for (const CountBin& bin : m_values) {
        const auto level = std::lower_bound(m_thresholds.begin(), m_thresholds.end(), bin.low / step) - m_thresholds.begin();
        const double error = bin.low - m_levels[std::size_t(level)] * step;
        cost += double(bin.count) * error * error;
    }
    return cost;
}

double StepSearch::clippingOf(double step, double lowestLevel, double highestLevel) const
{
    const double low = step * lowestLevel, high = step * highestLevel;
    double cost = 0;
    for (auto bin = m_values.rbegin(); bin != m_values.rend() && bin->low > high; ++bin)
        cost += double(bin->count) * (bin->low - high) * (bin->low - high);
    for (auto bin = m_values.begin(); bin != m_values.end() && bin->low < low; ++bin)
        cost += double(bin->count) * (bin->low - low) * (bin->low - low);
    return cost;
}

/// A step below which clipping costs more than `cost`.
double StepSearch::smallestStep(double largest, double cost) const
{
    double low = 0, high = largest;
    for (int i = 0; i < 24; ++i) {
        const double middle = (low + high) / 2;
        (clippingOf(middle) > cost ? low : high) = middle;
    }
    return low;
}

/// One parabola: Σx² − 2·step·products + step²·squares. Where steps are stored in a format, its least point
/// among them is next to its minimum, below or above.
void StepSearch::consider(double products, double squares, double largest, Found& best) const
{
    if (!(products > 0) || m_squares - products * (products / squares) >= best.cost)
        return;
    const double ideal = products / squares;
    if (!m_stored) {
        if (ideal <= largest)
            best = {ideal, m_squares - products * ideal};
        return;
    }
    for (const Rounding rounding : {Rounding::Down, Rounding::Up}) {
        const double step = valueOf(*m_stored, encode(*m_stored, ideal, {.rounding = rounding, .overflow = Overflow::Saturate}));
        const double cost = m_squares - 2 * step * products + step * step * squares;
        if (step > 0 && step <= largest && cost < best.cost)
            best = {step, cost};
    }
}

StepSearch::Outcome StepSearch::improve(double largest, std::size_t most, Found& best)
{
    if (clippingOf(largest) >= best.cost)
        return Outcome::NothingBetter;
    const double smallest = smallestStep(largest, best.cost);
    const double before = best.cost;
    double products = 0, squares = 0;   // Σ x·l, Σ l²
    m_changes.clear();
    for (const CountBin& bin : m_values) {
        const double x = bin.low, n = double(bin.count);
        const auto place = [&](double quotient) {
            return std::size_t(std::lower_bound(m_thresholds.begin(), m_thresholds.end(), quotient) - m_thresholds.begin());
        };
        const std::size_t first = place(x / largest), last = x == 0 ? first : place(x / smallest);
        products += n * x * m_levels[first];
        squares += n * m_levels[first] * m_levels[first];
        if (m_changes.size() + (std::max(first, last) - std::min(first, last)) > most)
            return Outcome::TooManySteps;
        for (std::size_t level = first; level != last;) {
            const std::size_t next = last > first ? level + 1 : level - 1;
            const double from = m_levels[level], to = m_levels[next];
            m_changes.push_back({x / m_thresholds[std::min(level, next)], n * x * (to - from), n * (to * to - from * from)});
            level = next;
        }
    }
    // The end of the range is no minimum of a parabola, but may be the best of the range.
    if (const double cost = m_squares - 2 * largest * products + largest * largest * squares; cost < best.cost)
        best = {largest, cost};
    consider(products, squares, largest, best);
    std::sort(m_changes.begin(), m_changes.end(), [](const Change& a, const Change& b) { return a.step > b.step; });
    for (const Change& change : m_changes) {
        products += change.products;
        squares += change.squares;
        consider(products, squares, largest, best);
    }
    return best.cost < before ? Outcome::Found : Outcome::NothingBetter;
}

}  // namespace quantoscope
