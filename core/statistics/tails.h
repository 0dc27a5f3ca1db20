// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace quantoscope {

/// What needs the mean and the deviation first.
struct Tails {
    double fourthPower = 0;        ///< Σ ((x − mean) / deviation)⁴, so that nothing overflows.
    std::uint64_t outliers = 0;    ///< |x − mean| > limit

    void add(const Tails& other)
    {
        fourthPower += other.fourthPower;
        outliers += other.outliers;
    }
};

/// Of the finite values; the sum is kept in eight lanes whatever the processor, so that all print the same digits.
Tails tailsOfFloats(std::span<const float> values, double mean, double deviation, double limit);

}  // namespace quantoscope
