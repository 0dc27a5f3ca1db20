// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>

namespace quantoscope::ggml {

// Scales of ggml's small blocks, many at a time in wide instructions. FP32, one rounding an operation; any number
// of blocks.

/// scales = the extreme of larger magnitude / −8. False where two in a block have the same magnitude, so that the
/// scale depends on which is first.
bool signedSteps(const float* smallest, const float* largest, std::size_t count, float* scales);
/// 1 / value, and 0 for 0.
void invertOrZero(float* values, std::size_t count);
/// Powers of two: codes = exponent of the largest magnitude − 2, biased by 127, and half of what they stand for.
/// False, with nothing useful written, where one is too small for that or so close below a power of two that the
/// reference's logarithm rounds up to it.
bool powersOfTwo(const float* largest, std::size_t count, std::uint8_t* codes, float* halfScales);
/// Unsigned E4M3 as ggml rounds to it (ggml_fp32_to_ue4m3) of largest / 6: a tie goes up, below 2^-6 the code stops
/// at 7, and whatever would reach the highest binade is the largest number, 448. Half of the scale 0 becomes
/// infinity, since nothing is nearer to a multiple of 0 than to 0.
void sixthsAsSmallFloats(const float* largest, std::size_t count, std::uint8_t* codes, float* halfScales);

}  // namespace quantoscope::ggml
