// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <span>

namespace quantoscope {

/// bitsandbytes' signed dynamic 8-bit code, ascending (functional.py, create_dynamic_map): in each of
/// seven decades twice as many values as in the one below, the middles of equal intervals; 0; and 1.
const std::array<float, 256>& dynamicCode();

/// Quantizes by the block's largest magnitude, which is returned, to the nearest entry; a tie goes to
/// the lower one. `wholeBlock`: as many values as make a whole block; a shorter one is divided by the
/// maximum where whole ones are multiplied by its reciprocal.
float quantizeDynamic(std::span<const float> values, std::size_t wholeBlock, std::uint8_t* codes);

}  // namespace quantoscope
