// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/formats/number_format.h"
#include "core/random.h"

#include <bit>
#include <cmath>

namespace quantoscope {

/// A finite magnitude on its way into a format: (significand + something below one, if sticky) ·
/// 2^exponent. The top bit of the significand is set unless the magnitude is zero. Doubles and
/// typed numbers both come here, so there is one place that rounds to floats and posits.
struct Magnitude {
    std::uint64_t significand = 0;
    int exponent = 0;
    bool sticky = false;   ///< Non-zero bits follow below the significand.

    bool isZero() const { return significand == 0; }
    int leadingExponent() const { return exponent + 63; }   ///< 2^leadingExponent <= magnitude
};

/// Exact, for a finite value.
inline Magnitude magnitudeOf(double value)
{
    const auto bits = std::bit_cast<std::uint64_t>(value);
    const int field = int(bits >> 52 & 0x7FF);
    std::uint64_t significand = bits & 0xFFFFFFFFFFFFFull;
    if (field > 0)
        significand |= std::uint64_t{1} << 52;
    if (significand == 0)
        return {};
    const int shift = std::countl_zero(significand);
    return {significand << shift, (field > 0 ? field : 1) - 1075 - shift, false};
}

/// What was cut off below a code, as a fraction of the step to the next one: `fraction` is its first
/// 64 bits, `sticky` whether any follow.
struct CutOff {
    std::uint64_t fraction = 0;
    bool sticky = false;

    bool isExact() const { return fraction == 0 && !sticky; }
};

/// Whether a number that lies `cut` above a code (in magnitude) becomes the next code.
/// Stochastic: up with probability `fraction`, to 2^-64; `random` is uniform over all 64-bit values.
inline bool roundsUp(CutOff cut, bool codeIsOdd, bool negative, Rounding rounding, std::uint64_t random)
{
    constexpr std::uint64_t half = std::uint64_t{1} << 63;
    switch (rounding) {
    case Rounding::NearestEven:
        return cut.fraction > half || (cut.fraction == half && (cut.sticky || codeIsOdd));
    case Rounding::NearestAway: return cut.fraction >= half;
    case Rounding::TowardZero: return false;
    case Rounding::Up: return !negative && !cut.isExact();
    case Rounding::Down: return negative && !cut.isExact();
    case Rounding::ToOdd: return !codeIsOdd && !cut.isExact();
    case Rounding::Stochastic: return cut.fraction + random < cut.fraction;   // the sum carries out of 64 bits
    }
    return false;
}

/// The random bits of a rule's draw; nothing is computed for the other roundings.
inline std::uint64_t randomBits(const RoundingRule& rule)
{
    return rule.rounding == Rounding::Stochastic ? RandomStream(rule.seed).bits(rule.draw) : 0;
}

/// A number of any size and precision, ready to be rounded.
struct SignedMagnitude {
    Magnitude magnitude;
    bool negative = false;
    enum class Kind { Finite, Infinite, NaN } kind = Kind::Finite;
};

inline SignedMagnitude signedMagnitudeOf(double value)
{
    using enum SignedMagnitude::Kind;
    if (std::isnan(value))
        return {{}, std::signbit(value), NaN};
    if (std::isinf(value))
        return {{}, std::signbit(value), Infinite};
    return {magnitudeOf(value), std::signbit(value), Finite};
}

/// Rounds once. `random` is used by stochastic rounding only: tests and hardware models pass their own bits.
Code encode(const FloatFormat&, const SignedMagnitude&, const RoundingRule&, std::uint64_t random);
Code encode(const PositFormat&, const SignedMagnitude&, const RoundingRule&, std::uint64_t random);

}  // namespace quantoscope
