// SPDX-License-Identifier: Apache-2.0
// The power of two that a block's largest magnitude asks for: OCP Microscaling Formats 1.0 (floor), and the other three
// rules as torchao and microxcaling have them. Inline: MX blocks ask once per 32 values.
#pragma once

#include "core/quantization/quantization_scheme.h"

#include <algorithm>
#include <bit>
#include <cmath>

namespace quantoscope {

/// The end of an element's range, as the rules see it.
struct ElementEnd {
    int exponent;       ///< floor(log2 largest)
    double largest;
    int fractionBits;   ///< Of the values near the end, for PowerOfTwoRule::Even.
};

inline int floorOfLog2(float positive)
{
    const auto exponent = int(std::bit_cast<std::uint32_t>(positive) >> 23);
    return exponent > 0 ? exponent - 127 : std::ilogb(positive);
}

/// 2^exponent for −127 … 127.
inline float powerOfTwo(int exponent)
{
    return std::bit_cast<float>(exponent > -127 ? std::uint32_t(exponent + 127) << 23 : 0x00400000u);
}

/// The exponent of a scale from the largest magnitude under it, which is not 0, before it is clamped to E8M0.
inline int wantedExponent(float largest, const ElementEnd& end, PowerOfTwoRule rule)
{
    const int floorOfLog = floorOfLog2(largest);
    switch (rule) {
    case PowerOfTwoRule::Floor:
        return floorOfLog - end.exponent;
    case PowerOfTwoRule::Ceil:
        return floorOfLog + (std::ldexp(1.0, floorOfLog) != double(largest)) - end.exponent;
    case PowerOfTwoRule::Even: {
        // Rounds the magnitude to the element's own precision first, so that what would round up to the
        // next power of two gets its scale.
        const std::uint32_t half = 1u << (23 - end.fractionBits - 1);
        const auto rounded = std::bit_cast<float>(std::bit_cast<std::uint32_t>(largest) + half);
        return (std::isfinite(rounded) ? std::ilogb(rounded) : floorOfLog + 1) - end.exponent;
    }
    case PowerOfTwoRule::RoundUpRatio: {
        int exponent = floorOfLog - end.exponent;
        while (double(largest) > std::ldexp(end.largest, exponent))
            ++exponent;
        return exponent;
    }
    }
    return 0;
}

/// The exponent that a scale with this largest magnitude under it is stored with: −127 … 127.
inline int storedExponent(float largest, const ElementEnd& end, PowerOfTwoRule rule)
{
    // Nothing but zeros: microxcaling takes FP32's smallest normal number for the maximum under the floor
    // rule, which is the smallest scale there is for all elements but MXINT8.
    const int wanted = largest != 0 ? wantedExponent(largest, end, rule) : rule == PowerOfTwoRule::Floor ? -126 - end.exponent : -127;
    return std::clamp(wanted, -127, 127);
}

}  // namespace quantoscope
