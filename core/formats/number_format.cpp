// SPDX-License-Identifier: Apache-2.0
#include "core/formats/number_format.h"

#include "core/formats/format_kinds.h"
#include "core/formats/rounding_step.h"

#include <algorithm>
#include <bit>
#include <cmath>

namespace quantoscope {

namespace {

template <class... Functions>
struct Overloaded : Functions... {
    using Functions::operator()...;
};
template <class... Functions>
Overloaded(Functions...) -> Overloaded<Functions...>;

/// Neighbours of a float: codes of one sign lie in the order of their values, and -0 lies beside 0.
Code floatNeighbour(const FloatFormat& format, Code code, bool upward)
{
    const FloatParts parts = decode(format, code);
    if (parts.kind == FloatClass::NaN || (parts.kind == FloatClass::Infinity && parts.negative != upward))
        return code;
    const Code step = Code{1} << format.unusedLowBits;
    if (parts.kind == FloatClass::Zero) {
        if (!upward && !format.isSigned)
            return code;
        return upward ? step : step | Code{1} << (format.bits() - 1);
    }
    if (parts.negative == upward) {
        const Code closer = code - step;
        // A negative number next to zero: the code of -0 is a NaN in some formats.
        return decode(format, closer).kind == FloatClass::NaN ? 0 : closer;
    }
    const Code end = largestFiniteCode(format) + (hasInfinity(format) ? step : 0);
    const Code magnitude = format.isSigned ? code & ~(Code{1} << (format.bits() - 1)) : code;
    return magnitude >= end ? code : code + step;
}

/// Without subnormals there is no zero, and code 0 is the smallest value.
Code scaleNeighbour(const FloatFormat& format, Code code, bool upward)
{
    if (decode(format, code).kind == FloatClass::NaN)
        return code;
    return upward ? std::min(code + 1, largestFiniteCode(format)) : code == 0 ? 0 : code - 1;
}

Code levelNeighbour(const LevelTable& table, Code code, bool upward)
{
    const float value = table.levels[code % table.levels.size()];
    Code best = code;
    for (Code other = 0; other < table.levels.size(); ++other) {
        const float level = table.levels[other];
        const bool further = upward ? level > value : level < value;
        const bool closer = best == code || (upward ? level < table.levels[best] : level > table.levels[best]);
        if (further && closer)
            best = other;
    }
    return best;
}

Code positNeighbour(const PositFormat& format, Code code, bool upward)
{
    // As signed whole numbers posits lie in the order of their values; NaR is the lowest.
    const Code notReal = Code{1} << (format.bits - 1);
    const Code all = (notReal << 1) - 1;
    if (code == notReal || code == (upward ? notReal - 1 : notReal + 1))
        return code;
    return (upward ? code + 1 : code - 1) & all;
}

Code neighbour(const NumberFormat& format, Code code, bool upward)
{
    return std::visit(Overloaded{
        [&](const FloatFormat& kind) {
            return kind.hasSubnormals ? floatNeighbour(kind, code, upward) : scaleNeighbour(kind, code, upward);
        },
        [&](const IntegerFormat& kind) {
            const int direction = upward == (kind.scale >= 0) ? 1 : -1;
            return codeOfInteger(kind, integerOf(kind, code) + direction);
        },
        [&](const LevelTable& kind) { return levelNeighbour(kind, code, upward); },
        [&](const PositFormat& kind) { return positNeighbour(kind, code, upward); },
    }, format.kind);
}

}  // namespace

int bitsOf(const NumberFormat& format)
{
    return significantBitsOf(format) + unusedLowBitsOf(format);
}

int significantBitsOf(const NumberFormat& format)
{
    return std::visit(Overloaded{
        [](const FloatFormat& kind) { return kind.significantBits(); },
        [](const IntegerFormat& kind) { return kind.bits; },
        [](const LevelTable& kind) { return int(std::bit_width(kind.levels.size() - 1)); },
        [](const PositFormat& kind) { return kind.bits; },
    }, format.kind);
}

int unusedLowBitsOf(const NumberFormat& format)
{
    const FloatFormat* kind = format.asFloat();
    return kind ? kind->unusedLowBits : 0;
}

double valueOf(const NumberFormat& format, Code code)
{
    return std::visit(Overloaded{
        [&](const FloatFormat& kind) { return decode(kind, code).value; },
        [&](const IntegerFormat& kind) { return decodeInteger(kind, code); },
        [&](const LevelTable& kind) { return decodeLevel(kind, code); },
        [&](const PositFormat& kind) { return decodePosit(kind, code); },
    }, format.kind);
}

Code encode(const NumberFormat& format, double value, const RoundingRule& rule)
{
    return std::visit(Overloaded{
        [&](const FloatFormat& kind) { return encode(kind, value, rule); },
        [&](const IntegerFormat& kind) { return encodeInteger(kind, value, rule); },
        [&](const LevelTable& kind) { return encodeLevel(kind, value, rule); },
        [&](const PositFormat& kind) { return encode(kind, signedMagnitudeOf(value), rule, randomBits(rule)); },
    }, format.kind);
}

double largestValue(const NumberFormat& format)
{
    return std::visit(Overloaded{
        [](const FloatFormat& kind) { return decode(kind, largestFiniteCode(kind)).value; },
        [](const IntegerFormat& kind) {
            return std::max(kind.scale * double(kind.highest() - kind.zeroPoint),
                            kind.scale * double(kind.lowest() - kind.zeroPoint));
        },
        [](const LevelTable& kind) { return double(*std::max_element(kind.levels.begin(), kind.levels.end())); },
        [](const PositFormat& kind) { return decodePosit(kind, (Code{1} << (kind.bits - 1)) - 1); },
    }, format.kind);
}

Code previousCode(const NumberFormat& format, Code code)
{
    return neighbour(format, code, false);
}

Code nextCode(const NumberFormat& format, Code code)
{
    return neighbour(format, code, true);
}

std::vector<double> finiteValues(const NumberFormat& format)
{
    std::vector<double> values;
    if (significantBitsOf(format) > 19)
        return values;
    const Code count = Code{1} << significantBitsOf(format);
    values.reserve(count);
    for (Code code = 0; code < count; ++code) {
        const double value = valueOf(format, code << unusedLowBitsOf(format));
        if (std::isfinite(value))
            values.push_back(value + 0.0);   // -0 becomes 0
    }
    std::sort(values.begin(), values.end());
    values.erase(std::unique(values.begin(), values.end()), values.end());
    return values;
}

}  // namespace quantoscope
