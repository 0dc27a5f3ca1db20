// SPDX-License-Identifier: Apache-2.0
#include "core/formats/float_format.h"

#include "core/formats/rounding_step.h"

#include <algorithm>
#include <limits>

namespace quantoscope {

namespace {

// All of the following count in significant bits: TF32's 13 unused ones are shifted out first.

Code magnitudeMask(const FloatFormat& format)
{
    return (Code{1} << (format.exponentBits + format.mantissaBits)) - 1;
}

Code signBit(const FloatFormat& format)
{
    return format.isSigned ? Code{1} << (format.significantBits() - 1) : 0;
}

Code largestFinite(const FloatFormat& format)
{
    const Code highest = magnitudeMask(format);
    switch (format.specials) {
    case SpecialCodes::Ieee: return (((Code{1} << format.exponentBits) - 1) << format.mantissaBits) - 1;
    case SpecialCodes::NanAtAllOnes: return highest - 1;
    case SpecialCodes::NanAtNegativeZero:
    case SpecialCodes::None: return highest;
    case SpecialCodes::P3109Extended: return format.isSigned ? highest - 1 : highest - 2;
    }
    return highest;
}

Code notANumber(const FloatFormat& format, bool negative)
{
    const Code sign = negative ? signBit(format) : 0;
    switch (format.specials) {
    case SpecialCodes::Ieee:
        if (format.mantissaBits == 0)
            return 0;
        return sign | (largestFinite(format) + 1) | Code{1} << (format.mantissaBits - 1);
    case SpecialCodes::NanAtAllOnes: return sign | magnitudeMask(format);
    case SpecialCodes::NanAtNegativeZero: return signBit(format);
    case SpecialCodes::P3109Extended: return format.isSigned ? signBit(format) : magnitudeMask(format);
    case SpecialCodes::None: return 0;
    }
    return 0;
}

bool saturates(const FloatFormat& format, Overflow overflow)
{
    return overflow == Overflow::Saturate || (overflow == Overflow::Default && !hasInfinity(format));
}

/// What a magnitude beyond the largest finite one becomes, sign included. `forced`: the input was an
/// infinity, so that no rounding direction brings it back.
Code overflowCode(const FloatFormat& format, bool negative, const RoundingRule& rule, bool forced)
{
    const Code sign = negative ? signBit(format) : 0;
    const bool towardZero = rule.rounding == Rounding::TowardZero
        || (rule.rounding == Rounding::Up && negative) || (rule.rounding == Rounding::Down && !negative);
    if (saturates(format, rule.overflow) || (towardZero && !forced))
        return sign | largestFinite(format);
    if (hasInfinity(format))
        return sign | (largestFinite(format) + 1);
    return hasNaN(format) ? notANumber(format, negative) : sign | largestFinite(format);
}

/// Negative numbers in an unsigned format; zero too where the format has none (E8M0).
Code belowRange(const FloatFormat& format, const RoundingRule& rule)
{
    return saturates(format, rule.overflow) || !hasNaN(format) ? 0 : notANumber(format, false);
}

Code roundMagnitude(const FloatFormat& format, const Magnitude& magnitude, bool negative, Rounding rounding,
                    std::uint64_t random)
{
    if (!format.hasSubnormals && magnitude.leadingExponent() < format.minExponent())
        return 0;   // below the smallest value of a scale format
    if (magnitude.leadingExponent() > format.minExponent() + (1 << format.exponentBits))
        return largestFinite(format) + 1;   // typed numbers reach exponents whose code has no room in 64 bits

    // Codes of one sign lie in the order of their values, so counting steps from the start of the
    // binade gives the code, and a step too many carries into the next binade by itself.
    const int exponent = std::max(magnitude.leadingExponent(), format.minExponent());
    const int shift = exponent - format.mantissaBits - magnitude.exponent;   // >= 11: no format has over 52 bits
    Code steps = 0;
    CutOff cut{0, magnitude.sticky};
    if (shift < 64) {
        steps = magnitude.significand >> shift;
        cut.fraction = magnitude.significand << (64 - shift);
    } else if (shift < 128) {
        cut.fraction = magnitude.significand >> (shift - 64);
        cut.sticky |= shift > 64 && magnitude.significand << (128 - shift) != 0;
    } else {
        cut.sticky = true;
    }
    Code code = (Code(exponent - format.minExponent()) << format.mantissaBits) + steps;
    if (!format.hasSubnormals)
        code -= Code{1} << format.mantissaBits;
    return roundsUp(cut, code % 2 == 1, negative, rounding, random) ? code + 1 : code;
}

Code encodeSignificant(const FloatFormat& format, const SignedMagnitude& number, const RoundingRule& rule,
                       std::uint64_t random)
{
    if (number.kind == SignedMagnitude::Kind::NaN)
        return notANumber(format, number.negative);
    const bool infinite = number.kind == SignedMagnitude::Kind::Infinite;
    const bool zero = !infinite && number.magnitude.isZero();
    if (!format.isSigned && number.negative && !zero)
        return belowRange(format, rule);
    if (infinite)
        return overflowCode(format, number.negative, rule, true);
    if (zero && !format.hasSubnormals)
        return belowRange(format, rule);

    const Code code = zero ? 0 : roundMagnitude(format, number.magnitude, number.negative, rule.rounding, random);
    if (code > largestFinite(format))
        return overflowCode(format, number.negative, rule, false);
    const bool zeroHasNoSign = format.specials == SpecialCodes::NanAtNegativeZero
        || format.specials == SpecialCodes::P3109Extended;
    return number.negative && !(code == 0 && zeroHasNoSign) ? code | signBit(format) : code;
}

}  // namespace

Code largestFiniteCode(const FloatFormat& format)
{
    return largestFinite(format) << format.unusedLowBits;
}

bool hasInfinity(const FloatFormat& format)
{
    return format.specials == SpecialCodes::Ieee || format.specials == SpecialCodes::P3109Extended;
}

bool hasNaN(const FloatFormat& format)
{
    return format.specials != SpecialCodes::None
        && !(format.specials == SpecialCodes::Ieee && format.mantissaBits == 0);
}

Code infinityCode(const FloatFormat& format)
{
    return (largestFinite(format) + 1) << format.unusedLowBits;
}

Code nanCode(const FloatFormat& format, bool negative)
{
    return notANumber(format, negative) << format.unusedLowBits;
}

FloatParts decode(const FloatFormat& format, Code code)
{
    code >>= format.unusedLowBits;
    const Code magnitude = code & magnitudeMask(format);
    const bool negative = (code & signBit(format)) != 0;
    const int field = int(magnitude >> format.mantissaBits);
    const std::uint64_t fraction = magnitude & ((Code{1} << format.mantissaBits) - 1);
    const bool subnormal = format.hasSubnormals && field == 0;

    FloatParts parts;
    parts.negative = negative;
    parts.exponent = subnormal ? format.minExponent() : field - format.bias;
    parts.mantissa = subnormal ? fraction : fraction | std::uint64_t{1} << format.mantissaBits;

    const bool zeroIsNaN = format.specials == SpecialCodes::NanAtNegativeZero
        || (format.specials == SpecialCodes::P3109Extended && format.isSigned);
    if ((zeroIsNaN && negative && magnitude == 0) || magnitude > largestFinite(format)) {
        const bool infinite = hasInfinity(format) && magnitude == largestFinite(format) + 1;
        parts.kind = infinite ? FloatClass::Infinity : FloatClass::NaN;
        parts.mantissa = fraction;
        parts.value = infinite ? std::numeric_limits<double>::infinity() : std::numeric_limits<double>::quiet_NaN();
    } else {
        parts.kind = !subnormal ? FloatClass::Normal : fraction == 0 ? FloatClass::Zero : FloatClass::Subnormal;
        parts.value = std::ldexp(double(parts.mantissa), parts.exponent - format.mantissaBits);
    }
    if (negative)
        parts.value = -parts.value;
    return parts;
}

Code encode(const FloatFormat& format, const SignedMagnitude& number, const RoundingRule& rule, std::uint64_t random)
{
    return encodeSignificant(format, number, rule, random) << format.unusedLowBits;
}

Code encode(const FloatFormat& format, double value, const RoundingRule& rule)
{
    return encode(format, signedMagnitudeOf(value), rule, randomBits(rule));
}

}  // namespace quantoscope
