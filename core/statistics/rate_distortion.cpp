// SPDX-License-Identifier: Apache-2.0
#include "core/statistics/rate_distortion.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace quantoscope {

std::optional<RateBound> shannonLowerBound(const ValueCounts& counts)
{
    const auto& totals = counts.totals();
    const double count = double(totals.finite);
    constexpr double fewest = 256;
    if (count < fewest || !(totals.sumOfSquares > 0))
        return {};
    // Equal shares of the weights, each spread evenly over its width. Few enough that a share holds
    // many weights, else the widths would be those of the sample and not of the density.
    const int cells = std::clamp(int(std::sqrt(count)), 16, 256);
    double entropy = 0, previous = totals.min;
    for (int i = 1; i <= cells; ++i) {
        const double next = i == cells ? totals.max : counts.quantile(double(i) / cells);
        if (!(next > previous))
            return {};   // a whole share on one value: discrete, whose entropy no density has
        entropy += std::log2((next - previous) * cells) / cells;
        previous = next;
    }
    RateBound bound;
    bound.entropyBits = entropy;
    const double power = totals.sumOfSquares / count;
    const double entropyPower = std::exp2(2 * entropy) / (2 * std::numbers::pi * std::numbers::e);
    bound.offsetDb = 10 * std::log10(power / entropyPower);
    return bound;
}

}  // namespace quantoscope
