// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>

namespace quantoscope {

// What all block types do with many values at a time, in wide instructions. FP32, one rounding an
// operation, in the order written here.

/// low[i] = table[lower half of packed[i]], high[i] = table[upper half]; `count` bytes.
void lookUpHalves(const std::uint8_t* packed, std::size_t count, const std::int8_t* table16, std::int8_t* low, std::int8_t* high);

/// values = scale of the group · code; groups of 16 or more, a power of two.
void scaleCodes(const std::int8_t* codes, std::size_t count, std::size_t group, const float* scales, float* values);
/// values = scale · code − minimum
void scaleCodesLess(const std::int8_t* codes, std::size_t count, std::size_t group, const float* scales,
                    const float* minima, float* values);
/// Blocks of 16 bytes, `stride` bytes apart: values = scale of the block · table[lower halves, then upper halves].
void scaleNibbleBlocks(const std::uint8_t* packed, std::size_t blocks, std::size_t stride, const std::int8_t* table16,
                       const float* scales, float* values);
/// Blocks of 32 bytes, `stride` bytes apart, each four groups with a scale: 8 bytes of a group are 16 values, in the same order.
void scaleNibblePairs(const std::uint8_t* packed, std::size_t blocks, std::size_t stride, const std::int8_t* table16,
                      const float* scales, float* values);
/// Blocks of 32 signed bytes, `stride` bytes apart: values = scale of the block · code.
void scaleByteBlocks(const std::uint8_t* codes, std::size_t blocks, std::size_t stride, const float* scales, float* values);

}  // namespace quantoscope
