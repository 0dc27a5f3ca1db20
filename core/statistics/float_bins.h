// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>

namespace quantoscope {

/// What FloatCounter keeps for FP32 codes with the same leading 16 bits: n in the upper 24 bits and Σl in the
/// lower 40, room for 2^24 values; and Σl². l: the trailing 16 bits.
struct alignas(16) FloatBin {
    std::uint64_t countAndSum = 0, sumOfSquares = 0;

    static constexpr std::uint64_t one = std::uint64_t{1} << 40;
    std::uint64_t count() const { return countAndSum >> 40; }
    std::uint64_t sum() const { return countAndSum & (one - 1); }
};

/// Adds values to their bins, of which there are 65,536.
void addToBins(const float* values, std::size_t count, FloatBin* bins);

}  // namespace quantoscope
