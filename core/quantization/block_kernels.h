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
/// E2M1 codes of values · factor of the block of 32: nearest, ties to even, saturating, the sign kept.
void encodeE2m1Products(const float* values, std::size_t count, const float* factors, std::uint8_t* codes);
/// E2M1 codes of values / divisor of the block of 16, 0 where that is 0; a quotient of −0 has no sign.
void encodeE2m1Quotients(const float* values, std::size_t count, const float* divisors, std::uint8_t* codes);

// Blocks of 32 values as ggml packs them, the codes of each block `stride` bytes after those of the block before.

/// 32 signed bytes: values · factor to the nearest whole number, halves away from zero.
void roundToBytes(const float* values, std::size_t count, const float* factors, std::byte* codes, std::size_t stride);
/// 16 bytes, the first half of the block in their low halves: min(15, whole part of (values · factor + offset)).
void truncateToNibbles(const float* values, std::size_t count, const float* factors, float offset, std::byte* codes,
                       std::size_t stride);
/// 16 bytes in the same way: the nearest of 0, 1, 2, 3, 4, 6, 8, 12 times the scale with a sign bit of 8; a tie goes
/// to the smaller magnitude, and a negative number that becomes 0 has no sign. A scale of 0 is given as infinity.
void nearestDoubledE2m1(const float* values, std::size_t count, const float* scales, std::byte* codes, std::size_t stride);
/// The same for blocks of 16 in 8 bytes each, four of them together before the next four come `stride` bytes on.
void nearestDoubledE2m1Of16(const float* values, std::size_t count, const float* scales, std::byte* codes, std::size_t stride);

/// How many of 15 ascending thresholds lie below values · factor of the block of 64.
void countThresholds(const float* values, std::size_t count, const float* factors, const float* thresholds, std::uint8_t* indices);
/// Neighbours two a byte: table[index] of four bits, the first of each pair in the high half or in the low one. An even number.
void packPairs(const std::uint8_t* indices, std::size_t count, const std::uint8_t* table, bool isFirstHigh, std::byte* codes);
/// values = table[code] · factor of the block; sixteen codes.
void lookUpBlocks(const std::uint8_t* codes, std::size_t count, std::size_t block, const float* table,
                  const float* factors, float* values);

}  // namespace quantoscope
