// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/statistics/value_counts.h"

#include <array>

namespace quantoscope {

/// What `qscope stats` prints and the Models page shows. NaN and infinities are counted, not folded in.
struct Summary {
    std::uint64_t count = 0, zeros = 0, subnormals = 0, nan = 0, infinite = 0;
    std::uint64_t outliers = 0;   ///< |x − mean| > 6 standard deviations
    double min = 0, max = 0, mean = 0;
    double standardDeviation = 0;   ///< Of the population.
    double absoluteMaximum = 0;
    double kurtosis = 0;            ///< Excess.
    static constexpr std::array quantileShares{0.001, 0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99, 0.999};
    std::array<double, quantileShares.size()> quantiles{};
};

/// Exact statistics of one tensor, streamed.
Result<Summary> summarize(const TensorSource&, const TensorInfo&, Progress = {});
/// From counts alone, at once: exact where the counts are, else quantiles and kurtosis within a bin's width.
Summary summaryOf(const ValueCounts&);

}  // namespace quantoscope
