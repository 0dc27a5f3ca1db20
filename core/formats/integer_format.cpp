// SPDX-License-Identifier: Apache-2.0
#include "core/formats/format_kinds.h"

#include "core/formats/rounding_step.h"

#include <algorithm>
#include <cmath>

namespace quantoscope {

namespace {

Code mask(const IntegerFormat& format)
{
    return (Code{1} << format.bits) - 1;
}

/// value / scale, rounded to a whole number once. The quotient itself need not be a double, so what
/// is left is taken from `value` by a fused multiply-add, whose sign is always exact.
double roundedQuotient(double value, double scale, Rounding rounding, std::uint64_t random)
{
    const double quotient = value / scale;
    if (!(std::abs(quotient) < 0x1p52))
        return quotient;
    double below = std::floor(quotient);
    if (std::fma(-below, scale, value) * scale < 0)
        --below;   // the division had rounded up to a whole number

    const auto distance = [&](double from) { return std::fma(-from, scale, value) * (scale < 0 ? -1 : 1); };
    const double rest = distance(below);
    if (rest == 0)
        return below;
    const double aboveHalf = distance(below + 0.5);
    const bool odd = std::fmod(below, 2) != 0;
    const bool negative = quotient < 0;
    bool up = false;
    switch (rounding) {
    case Rounding::NearestEven: up = aboveHalf > 0 || (aboveHalf == 0 && odd); break;
    case Rounding::NearestAway: up = aboveHalf > 0 || (aboveHalf == 0 && !negative); break;
    case Rounding::TowardZero: up = negative; break;
    case Rounding::Up: up = true; break;
    case Rounding::Down: up = false; break;
    case Rounding::ToOdd: up = !odd; break;
    case Rounding::Stochastic: up = double(random >> 11) * 0x1p-53 < rest / std::abs(scale); break;
    }
    return up ? below + 1 : below;
}

}  // namespace

std::int64_t integerOf(const IntegerFormat& format, Code code)
{
    code &= mask(format);
    const Code sign = format.isSigned ? Code{1} << (format.bits - 1) : 0;
    return std::int64_t(code ^ sign) - std::int64_t(sign);
}

Code codeOfInteger(const IntegerFormat& format, std::int64_t integer)
{
    return Code(std::clamp(integer, format.lowest(), format.highest())) & mask(format);
}

double decodeInteger(const IntegerFormat& format, Code code)
{
    return format.scale * double(integerOf(format, code) - format.zeroPoint);
}

Code encodeInteger(const IntegerFormat& format, double value, const RoundingRule& rule)
{
    if (std::isnan(value))
        return codeOfInteger(format, format.zeroPoint);
    const double steps = roundedQuotient(value, format.scale, rule.rounding, randomBits(rule))
        + double(format.zeroPoint);
    if (steps <= double(format.lowest()))
        return codeOfInteger(format, format.lowest());
    if (steps >= double(format.highest()))
        return codeOfInteger(format, format.highest());
    return codeOfInteger(format, std::int64_t(steps));
}

}  // namespace quantoscope
