// SPDX-License-Identifier: Apache-2.0
// Posit Standard (2022), https://posithub.org/docs/posit_standard-2.pdf
#include "core/formats/rounding_step.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace quantoscope {

namespace {

__extension__ using Wide = unsigned __int128;

/// The bits of a positive posit below its sign, as if there were 127 of them: regime, exponent,
/// fraction. Cutting them off anywhere gives the shorter posit.
Wide unboundedBody(const PositFormat& format, const Magnitude& magnitude)
{
    const int scale = magnitude.leadingExponent();
    const int regime = scale >> format.exponentBits;   // floor, for negative scales too
    const auto exponent = Wide(scale - (regime << format.exponentBits));
    const int regimeBits = regime >= 0 ? regime + 2 : 1 - regime;
    const Wide regimeRun = regime >= 0 ? ((Wide{1} << (regime + 1)) - 1) << 1 : Wide{1};

    const Wide fraction = magnitude.significand << 1;   // without the hidden bit, 64 bits with the last one 0
    Wide body = regimeRun << (127 - regimeBits);
    body |= exponent << (127 - regimeBits - format.exponentBits);
    const int room = 127 - regimeBits - format.exponentBits;
    return body | (room >= 64 ? fraction << (room - 64) : fraction >> (64 - room));
}

}  // namespace

Code encode(const PositFormat& format, const SignedMagnitude& number, const RoundingRule& rule, std::uint64_t random)
{
    const Code notReal = Code{1} << (format.bits - 1);
    const Code largest = notReal - 1;
    const bool infinite = number.kind == SignedMagnitude::Kind::Infinite;
    if (number.kind == SignedMagnitude::Kind::NaN || (infinite && rule.overflow != Overflow::Saturate))
        return notReal;
    if (!infinite && number.magnitude.isZero())
        return 0;

    const int largestScale = (format.bits - 2) << format.exponentBits;
    Code code = largest;
    if (!infinite && number.magnitude.leadingExponent() < largestScale) {
        if (number.magnitude.leadingExponent() < -largestScale) {
            code = 1;
        } else {
            const Wide body = unboundedBody(format, number.magnitude);
            const int cutBits = 127 - (format.bits - 1);
            const CutOff cut{std::uint64_t(body << (128 - cutBits) >> 64),
                             number.magnitude.sticky || std::uint64_t(body << (128 - cutBits)) != 0};
            code = Code(body >> cutBits);
            if (roundsUp(cut, code % 2 == 1, number.negative, rule.rounding, random))
                ++code;
            code = std::clamp(code, Code{1}, largest);   // never to zero, never to NaR
        }
    }
    return number.negative ? ((notReal << 1) - code) & ((notReal << 1) - 1) : code;
}

double decodePosit(const PositFormat& format, Code code)
{
    const Code notReal = Code{1} << (format.bits - 1);
    code &= (notReal << 1) - 1;
    if (code == 0)
        return 0;
    if (code == notReal)
        return std::numeric_limits<double>::quiet_NaN();
    const bool negative = (code & notReal) != 0;
    if (negative)
        code = (notReal << 1) - code;

    // Left-aligned below the sign, so that runs can be counted.
    const Code body = code << (65 - format.bits);
    const bool ones = body >> 63 != 0;
    const int run = std::min(ones ? std::countl_one(body) : std::countl_zero(body), format.bits - 1);
    const int regime = ones ? run - 1 : -run;
    const int used = std::min(run + 1, format.bits - 1);
    const Code rest = used < 64 ? body << used : 0;
    const int exponent = int(rest >> (64 - format.exponentBits));
    const Code fraction = rest << format.exponentBits;
    const double significand = 1 + std::ldexp(double(fraction), -64);
    const double value = std::ldexp(significand, (regime << format.exponentBits) + exponent);
    return negative ? -value : value;
}

double positBoundary(const PositFormat& format, Code code)
{
    return decodePosit({format.bits + 1, format.exponentBits}, code * 2 + 1);
}

}  // namespace quantoscope
