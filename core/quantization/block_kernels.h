// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>

namespace quantoscope {

// What the block formats do with many values at a time, in wide instructions. Blocks are whole, of 16 values
// or more, a power of two. FP32, one rounding an operation.

/// The largest magnitude of each block.
void largestMagnitudes(const float* values, std::size_t count, std::size_t block, float* largest);
/// The smallest and the largest value of each block.
void extremes(const float* values, std::size_t count, std::size_t block, float* smallest, float* largest);
/// products = values · factor of the block
void multiplyBlocks(const float* values, std::size_t count, std::size_t block, const float* factors, float* products);
/// E2M1 codes of values · factor of the block: nearest, ties to even, saturating, the sign kept.
void encodeE2m1Products(const float* values, std::size_t count, std::size_t block, const float* factors, std::uint8_t* codes);
/// E2M1 codes of values / divisor of the block, 0 where that is 0; a quotient of −0 has no sign.
void encodeE2m1Quotients(const float* values, std::size_t count, std::size_t block, const float* divisors, std::uint8_t* codes);
/// codes = values · factor to the nearest whole number, halves away from zero, as signed bytes.
void roundToBytes(const float* values, std::size_t count, std::size_t block, const float* factors, std::int8_t* codes);
/// codes = min(highest, whole part of (values · factor + offset))
void truncateToCodes(const float* values, std::size_t count, std::size_t block, const float* factors, float offset,
                     int highest, std::uint8_t* codes);
/// How many of 15 ascending thresholds lie below values · factor, cut to ±1.
void countThresholds(const float* values, std::size_t count, std::size_t block, const float* factors,
                     const float* thresholds, std::uint8_t* indices);
/// ggml's nearest code among 0, 1, 2, 3, 4, 6, 8, 12 times the scale with a sign bit of 8: a tie goes to
/// the smaller magnitude, and a negative number that becomes 0 has no sign.
void nearestDoubledE2m1(const float* values, std::size_t count, std::size_t block, const float* scales, std::uint8_t* codes);
/// values = table[code] · factor of the block
void lookUpBlocks(const std::uint8_t* codes, std::size_t count, std::size_t block, const float* table,
                  const float* factors, float* values);

}  // namespace quantoscope
