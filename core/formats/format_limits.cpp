// SPDX-License-Identifier: Apache-2.0
#include "core/formats/format_limits.h"

#include <algorithm>
#include <cmath>

namespace quantoscope {

namespace {

std::string_view nameOf(SpecialCodes specials)
{
    switch (specials) {
    case SpecialCodes::Ieee: return "ieee";
    case SpecialCodes::NanAtAllOnes: return "nan-at-all-ones";
    case SpecialCodes::NanAtNegativeZero: return "nan-at-negative-zero";
    case SpecialCodes::None: return "none";
    case SpecialCodes::P3109Extended: return "p3109-extended";
    }
    return "none";
}

FormatLimits limitsOfFloat(const FloatFormat& format)
{
    FormatLimits limits{"float", nameOf(format.specials), decode(format, largestFiniteCode(format)).value, 0, {}, {}, {}};
    const double smallest = std::ldexp(1.0, format.minExponent());
    limits.lowest = format.isSigned ? -limits.largest : format.hasSubnormals ? 0 : smallest;
    if (smallest <= limits.largest)
        limits.smallestNormal = smallest;
    if (format.hasSubnormals && format.mantissaBits > 0)
        limits.smallestSubnormal = std::ldexp(1.0, format.minExponent() - format.mantissaBits);
    limits.epsilon = std::ldexp(1.0, -format.mantissaBits);
    return limits;
}

}  // namespace

FormatLimits limitsOf(const NumberFormat& format)
{
    if (const FloatFormat* kind = format.asFloat())
        return limitsOfFloat(*kind);
    FormatLimits limits{"integer", "none", largestValue(format), 0, {}, {}, {}};
    if (const IntegerFormat* kind = format.asInteger()) {
        limits.lowest = std::min(kind->scale * double(kind->lowest() - kind->zeroPoint),
                                 kind->scale * double(kind->highest() - kind->zeroPoint));
    } else if (const LevelTable* kind = format.asLevels()) {
        limits.kind = "levels";
        limits.lowest = *std::min_element(kind->levels.begin(), kind->levels.end());
    } else if (const PositFormat* kind = format.asPosit()) {
        limits.kind = "posit";
        limits.specials = "nar";
        limits.lowest = -limits.largest;
        limits.smallestNormal = valueOf(format, 1);
        limits.epsilon = valueOf(format, nextCode(format, Code{1} << (kind->bits - 2))) - 1;
    }
    return limits;
}

}  // namespace quantoscope
