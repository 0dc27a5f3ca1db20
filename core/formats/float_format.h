// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/formats/rounding.h"

#include <cstdint>

namespace quantoscope {

using Code = std::uint64_t;   ///< The bit pattern of one number, in the low bits.

/// Which codes a float format spends on "infinity" and "not a number".
enum class SpecialCodes {
    Ieee,                ///< Exponent all ones: infinity, then the NaNs.
    NanAtAllOnes,        ///< The highest code of each sign is NaN; there is no infinity.
    NanAtNegativeZero,   ///< The code of -0 is the only NaN; there is no infinity and no -0.
    None,                ///< Every code is a finite number.
    P3109Extended,       ///< The only NaN is the code of -0 (unsigned: the highest code); the highest code left is infinity.
};

/// A binary floating-point format. The rows are in number_formats.cpp.
struct FloatFormat {
    int exponentBits;
    int mantissaBits;
    int bias;   ///< Stated, not derived: the FNUZ formats use one more than 2^(exponentBits-1) - 1.
    SpecialCodes specials = SpecialCodes::Ieee;
    bool isSigned = true;
    bool hasSubnormals = true;   ///< False for scale formats such as E8M0, which have no zero either.
    int unusedLowBits = 0;       ///< TF32 codes are FP32 codes whose 13 low bits are zero.

    constexpr int significantBits() const { return int(isSigned) + exponentBits + mantissaBits; }
    constexpr int bits() const { return significantBits() + unusedLowBits; }   ///< Width of a code.
    constexpr int minExponent() const { return (hasSubnormals ? 1 : 0) - bias; }

    friend constexpr bool operator==(const FloatFormat&, const FloatFormat&) = default;
};

enum class FloatClass { Zero, Subnormal, Normal, Infinity, NaN };

/// One code taken apart, as the bit view shows it.
struct FloatParts {
    FloatClass kind;
    bool negative;
    int exponent;             ///< Of the value, bias already subtracted.
    std::uint64_t mantissa;   ///< With the hidden bit, where there is one, in units of 2^(exponent-mantissaBits).
    double value;             ///< Exact: every format here fits into a double.
};

FloatParts decode(const FloatFormat&, Code);
Code largestFiniteCode(const FloatFormat&);   ///< Positive.
bool hasInfinity(const FloatFormat&);
bool hasNaN(const FloatFormat&);
Code infinityCode(const FloatFormat&);        ///< Positive; only where hasInfinity.
Code nanCode(const FloatFormat&, bool negative = false);   ///< Quiet bit only; 0 in a format without NaN.
Code encode(const FloatFormat&, double value, const RoundingRule& = {});

}  // namespace quantoscope
