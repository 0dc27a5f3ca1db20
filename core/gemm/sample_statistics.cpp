// SPDX-License-Identifier: Apache-2.0
#include "core/gemm/sample_statistics.h"

#include <algorithm>
#include <cmath>
#include <vector>

namespace quantoscope {

MedianInterval medianInterval(std::span<const double> samples)
{
    if (samples.empty())
        return {};
    std::vector<double> sorted(samples.begin(), samples.end());
    std::sort(sorted.begin(), sorted.end());
    const std::size_t count = sorted.size();
    const double median = (sorted[(count - 1) / 2] + sorted[count / 2]) / 2;
    const double reach = 0.98 * std::sqrt(double(count));
    const double low = std::floor(double(count) / 2 - reach), high = std::ceil(double(count) / 2 + reach);
    return {median, sorted[std::size_t(std::max(low, 0.0))],
            sorted[std::size_t(std::min(high, double(count - 1)))]};
}

}  // namespace quantoscope
