// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/formats/number_format.h"
#include "core/statistics/value_counts.h"

#include <optional>
#include <span>
#include <vector>

namespace quantoscope {

/// Finds the step of least squared error exactly. While no value changes its level, the error is a parabola
/// in the step, with its minimum at Σxl/Σl² (l the levels at step 1); a value changes its level where the
/// step passes x over a threshold. Going through all those steps in order visits every parabola, and since
/// the nearest level is never worse than the one a parabola assumes, the lowest minimum is the optimum.
/// Steps at which clipping alone costs more than what is known already are left out.
class StepSearch {
public:
    struct Found { double step, cost; };

    /// Values ascending, every bin one value. `stored`: the format steps are stored in, nullptr for FP32,
    /// whose rounding changes nothing that matters.
    StepSearch(std::span<const CountBin> values, const NumberFormat* stored);

    /// Levels at step 1, ascending; asked again for another zero point.
    void setLevels(std::vector<double> levels);
    /// The squared error of a step, each value at its nearest level.
    double costOf(double step) const;
    /// What clipping alone costs.
    double clippingOf(double step) const { return clippingOf(step, m_levels.front(), m_levels.back()); }
    double clippingOf(double step, double lowestLevel, double highestLevel) const;

    enum class Outcome { Found, NothingBetter, TooManySteps };
    /// The best step up to `largest` if it costs less than `best`, which it then replaces. Refuses where more
    /// than `most` steps would have to be visited.
    Outcome improve(double largest, std::size_t most, Found& best);

private:
    struct Change { double step, products, squares; };

    double smallestStep(double largest, double cost) const;
    void consider(double products, double squares, double largest, Found& best) const;

    std::span<const CountBin> m_values;
    const NumberFormat* m_stored;
    double m_squares = 0;   ///< Σ x²
    std::vector<double> m_levels, m_thresholds;
    std::vector<Change> m_changes;
};

}  // namespace quantoscope
