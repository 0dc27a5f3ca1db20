// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>

namespace quantoscope {

struct MedianInterval {
    double median = 0, low = 0, high = 0;
};

/// The median and its 95 % confidence interval from order statistics, which assumes nothing about the
/// distribution of the times: ranks n/2 ± 0.98 √n (Conover, "Practical Nonparametric Statistics",
/// section 3.2). For fewer than six samples no such interval exists; then it is the whole range.
MedianInterval medianInterval(std::span<const double> samples);

}  // namespace quantoscope
