// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <bit>
#include <cstdint>

/// Code that a GPU kernel and the host share, so that both round in exactly the same way.
#if defined(__CUDACC__)
#define QUANTOSCOPE_HOST_DEVICE __host__ __device__
#else
#define QUANTOSCOPE_HOST_DEVICE
#endif

namespace quantoscope {

/// A float format narrower than FP32, known at compile time: what the inner loops of a matrix product
/// need. core/formats/float_format.h is the general and complete one; a test holds the two together.
template <int exponentBits_, int mantissaBits_, bool hasInfinity_>
struct NarrowFloat {
    static constexpr int exponentBits = exponentBits_, mantissaBits = mantissaBits_;
    static constexpr bool hasInfinity = hasInfinity_;   ///< False: E4M3, whose highest code alone is NaN.
    static constexpr int minExponent = 2 - (1 << (exponentBits - 1));
    static constexpr std::uint32_t signBit = 1u << (exponentBits + mantissaBits);
    static constexpr std::uint32_t magnitudeMask = signBit - 1;
    static constexpr std::uint32_t infinity = ((1u << exponentBits) - 1) << mantissaBits;
    static constexpr std::uint32_t quietNan =
        hasInfinity ? infinity | (1u << (mantissaBits - 1)) : magnitudeMask;
    static constexpr std::uint32_t largestFinite = hasInfinity ? infinity - 1 : magnitudeMask - 1;
};

using NarrowFp16 = NarrowFloat<5, 10, true>;
using NarrowBf16 = NarrowFloat<8, 7, true>;
using NarrowE5m2 = NarrowFloat<5, 2, true>;
using NarrowE4m3 = NarrowFloat<4, 3, false>;

/// The code nearest to `value`, ties to even. Overflow becomes infinity where the format has one,
/// else the largest value; `saturate` keeps it finite in both.
template <class Format>
QUANTOSCOPE_HOST_DEVICE constexpr std::uint32_t encodeNarrow(float value, bool saturate = false)
{
    const auto bits = std::bit_cast<std::uint32_t>(value);
    const std::uint32_t sign = bits >> 31 ? Format::signBit : 0;
    const std::uint32_t magnitude = bits & 0x7FFFFFFFu;
    if (magnitude > 0x7F800000u)
        return sign | Format::quietNan;

    const std::uint32_t overflow = Format::hasInfinity && !saturate ? Format::infinity : Format::largestFinite;
    if (magnitude == 0x7F800000u)
        return sign | overflow;

    const std::uint32_t field = magnitude >> 23;
    const std::uint32_t significand = (magnitude & 0x7FFFFFu) | (field ? 0x800000u : 0u);
    const int exponent = (field ? int(field) : 1) - 127;
    const int target = exponent > Format::minExponent ? exponent : Format::minExponent;
    const int shift = 23 - Format::mantissaBits + (target - exponent);
    if (shift > 24)
        return sign;   // Below half of the smallest subnormal.
    const std::uint32_t remainder = significand & ((1u << shift) - 1), half = 1u << (shift - 1);
    std::uint32_t steps = significand >> shift;
    steps += remainder > half || (remainder == half && steps % 2 == 1);
    // Codes of one sign lie in the order of their values, so a carry reaches the next binade by itself.
    const std::uint32_t code = (std::uint32_t(target - Format::minExponent) << Format::mantissaBits) + steps;
    return sign | (code > Format::largestFinite ? overflow : code);
}

/// Exact: every value of these formats is an FP32 value.
template <class Format>
QUANTOSCOPE_HOST_DEVICE constexpr float decodeNarrow(std::uint32_t code)
{
    constexpr int widen = 23 - Format::mantissaBits;
    const std::uint32_t sign = code & Format::signBit ? 0x80000000u : 0;
    const std::uint32_t magnitude = code & Format::magnitudeMask;
    if (magnitude > Format::largestFinite)
        return std::bit_cast<float>(sign | (Format::hasInfinity && magnitude == Format::infinity ? 0x7F800000u : 0x7FC00000u));
    if (magnitude >> Format::mantissaBits) {
        const std::uint32_t rebias = std::uint32_t(127 - 1 + Format::minExponent) << 23;
        return std::bit_cast<float>(sign | ((magnitude << widen) + rebias));
    }
    if constexpr (Format::minExponent == -126)
        return std::bit_cast<float>(sign | magnitude << widen);   // BF16: FP32's own subnormals.
    else {
        const float step = std::bit_cast<float>(std::uint32_t(127 + Format::minExponent - Format::mantissaBits) << 23);
        const float value = float(magnitude) * step;
        return sign ? -value : value;
    }
}

/// FP32 rounded to the 10 fraction bits of TF32, ties to even; still an FP32 number.
QUANTOSCOPE_HOST_DEVICE constexpr float roundToTf32(float value)
{
    const auto bits = std::bit_cast<std::uint32_t>(value);
    if ((bits & 0x7F800000u) == 0x7F800000u)
        return value;
    return std::bit_cast<float>((bits + 0xFFFu + ((bits >> 13) & 1u)) & ~0x1FFFu);
}

}  // namespace quantoscope
