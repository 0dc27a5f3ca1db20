// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>

namespace quantoscope {

/// The magnitudes of E2M1 in the order of their codes; bit 3 is the sign (OCP Microscaling Formats 1.0, section 5.3.3).
inline constexpr std::array<float, 8> e2m1Magnitudes{0, 0.5f, 1, 1.5f, 2, 3, 4, 6};

/// The nearest code, ties to even, beyond the largest the largest. E2M1 has neither infinity nor NaN.
constexpr unsigned nearestE2m1Code(double value)
{
    const double magnitude = value < 0 ? -value : value;
    unsigned code = 0;
    for (unsigned upper = 1; upper < e2m1Magnitudes.size(); ++upper) {
        const double middle = (double(e2m1Magnitudes[upper - 1]) + e2m1Magnitudes[upper]) / 2;
        code += magnitude > middle || (magnitude == middle && upper % 2 == 0);
    }
    return code | (value < 0 ? 8u : 0u);
}

constexpr float e2m1Value(unsigned code)
{
    return code & 8u ? -e2m1Magnitudes[code & 7u] : e2m1Magnitudes[code & 7u];
}

/// The value of each of the sixteen codes.
inline constexpr std::array<float, 16> e2m1Levels = [] {
    std::array<float, 16> levels{};
    for (unsigned code = 0; code < levels.size(); ++code)
        levels[code] = e2m1Value(code);
    return levels;
}();

}  // namespace quantoscope
