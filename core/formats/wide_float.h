// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/formats/float_format.h"

#include <cstddef>
#include <cstdint>
#include <optional>

namespace quantoscope {

/// A float format as the wide instructions want it: everything in bits of FP32 and of the code.
struct WideFloat {
    int roundShift = 0;              ///< 23 - mantissaBits
    std::uint32_t rebias = 0;        ///< What an FP32 code shifted right by roundShift is too high.
    float subnormalStep = 0;         ///< Value of code 1.
    float subnormalMagic = 0;        ///< Added to a subnormal, it leaves the rounded code in the low bits.
    std::uint32_t largest = 0;       ///< Code of the largest finite magnitude.
    std::uint32_t overflow = 0;      ///< Code of a magnitude beyond it.
    std::uint32_t clamp = 0;         ///< FP32 code of the magnitude that `overflow` stands for, were it a value.
    std::uint32_t notANumber = 0;    ///< Code, without the sign.
    std::uint32_t signBit = 0;       ///< 0 in unsigned formats.
    bool hasInfinity = false;
    bool signedNaN = false;          ///< False: one NaN without a sign, or none, which stores 0.
    bool signlessZero = false;       ///< The code of -0 is the NaN.
    bool fp32Exponents = false;      ///< BF16: the subnormals are FP32's own.
};

/// Nothing where the wide code does not serve the format: wider than 16 bits, outside FP32's range,
/// without subnormals, unsigned, or with an overflow that has no place of its own.
std::optional<WideFloat> wideFloat(const FloatFormat&, Overflow);

void encodeWide(const WideFloat&, const float* values, std::uint8_t* codes, std::size_t count);
void encodeWide(const WideFloat&, const float* values, std::uint16_t* codes, std::size_t count);
void decodeWide(const WideFloat&, const std::uint8_t* codes, float* values, std::size_t count);
void decodeWide(const WideFloat&, const std::uint16_t* codes, float* values, std::size_t count);

}  // namespace quantoscope
