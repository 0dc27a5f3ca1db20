// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace quantoscope {

/// Smallest and largest of the finite values; {+infinity, −infinity} where there are none.
struct FloatRange { float low, high; };
FloatRange finiteRange(std::span<const float> values);
/// Of consecutive runs of the given lengths.
void finiteRanges(const float* values, std::span<const std::size_t> lengths, FloatRange* ranges);

/// The largest magnitude among the finite values of each run; 0 where there are none.
void largestMagnitudes(const float* values, std::span<const std::size_t> lengths, float* magnitudes);

/// A range, with the values counted that need care.
struct FloatScan {
    FloatRange range;
    std::uint64_t positiveZeros = 0, negativeZeros = 0, notFinite = 0;
};
FloatScan scanFloats(std::span<const float> values);

}  // namespace quantoscope
