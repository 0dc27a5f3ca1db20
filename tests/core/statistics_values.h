// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tests/core/quantization_data.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

namespace quantoscope::test {

inline constexpr float quiet = std::numeric_limits<float>::quiet_NaN();
inline constexpr float infinity = std::numeric_limits<float>::infinity();

inline std::vector<float> mixedValues()
{
    auto values = syntheticValues({.distribution = "student", .count = 300000, .seed = 3});
    values.insert(values.end(), {0.0f, -0.0f, quiet, -quiet, infinity, -infinity, 1e-45f, -1e-40f, 3e38f, 5.0f, 5.0f});
    return values;
}

/// Infinite sums are close where they are equal.
inline bool close(double a, double b, double relative) { return a == b || std::abs(a - b) <= relative * std::max(std::abs(a), std::abs(b)); }

}  // namespace quantoscope::test
