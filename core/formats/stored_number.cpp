// SPDX-License-Identifier: Apache-2.0
#include "core/formats/stored_number.h"

#include "core/formats/format_kinds.h"
#include "core/formats/rational.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <limits>

namespace quantoscope {

namespace {

constexpr double notDefined = std::numeric_limits<double>::quiet_NaN();

std::string classNameOf(FloatClass kind)
{
    switch (kind) {
    case FloatClass::Zero: return "zero";
    case FloatClass::Subnormal: return "subnormal";
    case FloatClass::Normal: return "normal";
    case FloatClass::Infinity: return "infinity";
    case FloatClass::NaN: return "NaN";
    }
    return {};
}

/// The step between neighbours around a posit or level: the wider of its two gaps is the one that
/// bounds the error on that side; at an end there is only one.
double widestGap(const StoredNumber& stored)
{
    const double below = stored.value - stored.previous;
    const double above = stored.next - stored.value;
    return std::max(below, above);
}

void describeFloat(const FloatFormat& format, StoredNumber& stored)
{
    const FloatParts parts = decode(format, stored.code);
    stored.className = classNameOf(parts.kind);
    stored.sign = int(parts.negative);
    stored.exponent = parts.exponent;
    stored.mantissa = (stored.code >> format.unusedLowBits) & ((Code{1} << format.mantissaBits) - 1);
    const bool finite = parts.kind != FloatClass::NaN && parts.kind != FloatClass::Infinity;
    stored.ulp = finite ? std::ldexp(1.0, parts.exponent - format.mantissaBits) : notDefined;
}

void describeOther(const NumberFormat& format, StoredNumber& stored)
{
    stored.sign = int(stored.value < 0);
    stored.ulp = widestGap(stored);
    if (const IntegerFormat* kind = format.asInteger()) {
        stored.className = "integer";
        stored.ulp = std::abs(kind->scale);
    } else if (format.asLevels()) {
        stored.className = "level";
    } else {
        stored.className = std::isnan(stored.value) ? "NaR" : stored.value == 0 ? "zero" : "posit";
        if (std::isfinite(stored.value) && stored.value != 0)
            stored.exponent = std::ilogb(stored.value);
    }
}

/// Where the typed value lies between the stored value's neighbours, and which way it went.
void placeTyped(const Rational& typed, StoredNumber& stored)
{
    using enum StoredNumber::Direction;
    const int side = std::isfinite(stored.value) ? compare(Rational(stored.value), typed) : stored.value > 0 ? 1 : -1;
    stored.direction = side == 0 ? Exact : side < 0 ? Down : Up;
    if (!std::isfinite(stored.previous) || !std::isfinite(stored.next) || stored.previous == stored.next)
        return;
    const Rational low(stored.previous), high(stored.next);
    stored.positionBetweenNeighbours = std::clamp(((typed - low) / (high - low)).toDouble(), 0.0, 1.0);
}

void measureErrors(const RealNumber& typed, StoredNumber& stored)
{
    const bool comparable = !typed.isNaN() && !typed.isInfinite();
    if (!comparable || !std::isfinite(stored.value)) {
        stored.absoluteError = stored.relativeError = stored.ulpError = notDefined;
        stored.absoluteErrorExact = RealNumber::fromDouble(notDefined);
        if (comparable && std::isinf(stored.value)) {
            // A finite number became an infinity: infinitely far off, and there is a direction.
            stored.absoluteError = stored.value;
            stored.relativeError = stored.ulpError = std::numeric_limits<double>::infinity();
            placeTyped(rationalOf(typed), stored);
        }
        return;
    }
    const Rational& exact = rationalOf(typed);
    const Rational error = Rational(stored.value) - exact;
    stored.absoluteErrorExact = realNumber(error, typed.isRational());
    stored.absoluteError = error.toDouble();
    stored.relativeError = error.sign() == 0 ? 0 : exact.sign() == 0 ? std::numeric_limits<double>::infinity()
                                                                     : (error / exact).absolute().toDouble();
    stored.ulpError = error.sign() == 0 ? 0
        : stored.ulp > 0 && std::isfinite(stored.ulp) ? (error / Rational(stored.ulp)).absolute().toDouble() : notDefined;
    placeTyped(exact, stored);
}

/// Does the text name this code when it is read and rounded to nearest even?
bool readsBack(const NumberFormat& format, const std::string& text, Code code)
{
    const auto number = parseNumber(text);
    return number && encode(format, *number) == code;
}

/// The decimal numbers of `digits` significant digits on either side of a positive value: cut, and one more.
std::array<std::string, 2> decimalsAround(double value, int digits)
{
    const Rational exact(value);
    const int exponent = decimalExponent(exact);
    const int scale = digits - 1 - exponent;
    const Rational scaled = exact * powerOfTen(scale);
    mpz_t whole;
    mpz_init(whole);
    mpz_tdiv_q(whole, mpq_numref(scaled.get()), mpq_denref(scaled.get()));
    std::array<std::string, 2> result;
    for (std::string& text : result) {
        text.resize(mpz_sizeinbase(whole, 10) + 2);
        mpz_get_str(text.data(), 10, whole);
        text.resize(text.find('\0'));
        text += "e" + std::to_string(-scale);
        mpz_add_ui(whole, whole, 1);
    }
    mpz_clear(whole);
    return result;
}

}  // namespace

StoredNumber describeCode(const NumberFormat& format, Code code)
{
    StoredNumber stored;
    stored.code = code;
    stored.value = valueOf(format, code);
    stored.exact = exactDecimal(stored.value);
    stored.shortest = shortestText(format, code);
    stored.previous = valueOf(format, previousCode(format, code));
    stored.next = valueOf(format, nextCode(format, code));
    if (const FloatFormat* kind = format.asFloat())
        describeFloat(*kind, stored);
    else
        describeOther(format, stored);
    return stored;
}

StoredNumber storeNumber(const NumberFormat& format, const RealNumber& typed, const RoundingRule& rule)
{
    return describeStored(format, encode(format, typed, rule), typed);
}

StoredNumber describeStored(const NumberFormat& format, Code code, const RealNumber& meant)
{
    StoredNumber stored = describeCode(format, code);
    measureErrors(meant, stored);
    return stored;
}

std::string shortestText(const NumberFormat& format, Code code)
{
    const double value = valueOf(format, code);
    if (!std::isfinite(value) || value == 0)
        return valueText(value);
    const std::string full = valueText(value);
    if (const FloatFormat* kind = format.asFloat()) {
        // The standard library knows the shortest text of these two.
        if (*kind == FloatFormat{11, 52, 1023})
            return full;
        if (*kind == FloatFormat{8, 23, 127}) {
            char text[40];
            return {text, std::to_chars(text, text + sizeof text, float(value)).ptr};
        }
    }
    const std::string sign = value < 0 ? "-" : "";
    for (int digits = 1; digits < 17; ++digits) {
        // Of the two, the nearer one is tried first.
        auto candidates = decimalsAround(std::abs(value), digits);
        const auto distance = [&](const std::string& text) {
            return (rationalOf(*parseNumber(text)) - rationalOf(RealNumber::fromDouble(std::abs(value)))).absolute();
        };
        if (compare(distance(candidates[1]), distance(candidates[0])) < 0)
            std::swap(candidates[0], candidates[1]);
        for (const std::string& candidate : candidates) {
            if (!readsBack(format, sign + candidate, code))
                continue;
            // As to_chars would write those digits: plain or with an exponent, whichever is shorter. 96 is
            // no longer than 100, and exact.
            double written = 0;
            std::from_chars(candidate.data(), candidate.data() + candidate.size(), written);
            const std::string text = sign + valueText(written);
            return text.size() < full.size() ? text : full;
        }
    }
    return full;
}

std::string exactDecimal(double value)
{
    if (!std::isfinite(value) || value == 0)
        return valueText(value);
    // A double has at most 1074 decimals, and 767 significant digits.
    return RealNumber::fromDouble(value).decimal(1100).text;
}

ShortDecimal shortDecimal(const RealNumber& number, int digits)
{
    ShortDecimal result;
    if (number.isNaN() || number.isInfinite() || number.isZero()) {
        result.digits = number.decimal(1).text;
        return result;
    }
    digits = std::max(digits, 1);
    const Rational magnitude = rationalOf(number).absolute();
    const int exponent = decimalExponent(magnitude);
    // Plain while the digits asked for reach the point; beyond that, or far below it, with a power of ten.
    const bool plain = exponent >= -3 && exponent < std::max(digits, 6);
    result.exponent = plain ? 0 : exponent;
    const Rational scaled = rationalOf(number) * powerOfTen(-result.exponent);
    const auto text = realNumber(scaled, number.isRational()).decimal(digits);
    result.digits = text.text;
    result.cut = text.cut;
    return result;
}

}  // namespace quantoscope
