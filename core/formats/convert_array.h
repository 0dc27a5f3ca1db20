// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/formats/number_format.h"

#include <cstdint>
#include <cstddef>
#include <span>

namespace quantoscope {

// Arrays at a time: the same codes and values as encode() and valueOf(), with wide instructions for the
// float formats of up to 16 bits that FP32 contains (BF16, FP16, all 8, 6 and 4-bit floats). One code an
// element, in a byte where the format has 8 bits or fewer; sizes of both spans must be equal.

/// FP32 to codes. Wide for nearest even; for the other roundings, and for integers, levels and posits, a
/// value at a time. Stochastic draws are rule.draw, rule.draw + 1, …
void encodeArray(const NumberFormat&, std::span<const float> values, std::span<std::uint8_t> codes,
                 const RoundingRule& rule = {});
void encodeArray(const NumberFormat&, std::span<const float> values, std::span<std::uint16_t> codes,
                 const RoundingRule& rule = {});

/// Codes to FP32: exact wherever FP32 holds the value, else rounded to nearest even.
void decodeArray(const NumberFormat&, std::span<const std::uint8_t> codes, std::span<float> values);
void decodeArray(const NumberFormat&, std::span<const std::uint16_t> codes, std::span<float> values);

/// Codes of one format of up to 16 bits to codes of another, each rounded once: one table, then look-ups.
void convertArray(const NumberFormat& from, std::span<const std::uint16_t> codes, const NumberFormat& to,
                  std::span<std::uint16_t> converted, const RoundingRule& rule = {});

/// Bytes that a code takes in an array: 1, 2, 4 or 8.
std::size_t storedBytesOf(const NumberFormat&);

/// Codes of any format to codes of any other, each rounded once; little-endian, storedBytesOf() bytes each.
/// Wide where both formats are FP32 or served by the above, a look-up where there are more values than codes.
void convertArray(const NumberFormat& from, std::span<const std::byte> codes, const NumberFormat& to,
                  std::span<std::byte> converted, const RoundingRule& rule = {});

}  // namespace quantoscope
