// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cmath>
#include <vector>

namespace quantoscope::gpu {

struct Times {
    double median = 0, low = 0, high = 0, least = 0;
    std::size_t samples = 0;
    /// Half the interval as a share of the median; infinity where there is none.
    double relativeHalfWidth() const { return median > 0 ? (high - low) / 2 / median : HUGE_VAL; }
};

/// Median and its 95 % interval from order statistics, ranks n/2 ± 0.98 √n.
inline Times summarize(std::vector<double> samples)
{
    if (samples.empty())
        return {};
    std::sort(samples.begin(), samples.end());
    const double count = double(samples.size()), reach = 0.98 * std::sqrt(count);
    return {(samples[(samples.size() - 1) / 2] + samples[samples.size() / 2]) / 2,
            samples[std::size_t(std::max(std::floor(count / 2 - reach), 0.0))],
            samples[std::size_t(std::min(std::ceil(count / 2 + reach), count - 1))], samples.front(), samples.size()};
}

}  // namespace quantoscope::gpu
