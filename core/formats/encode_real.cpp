// SPDX-License-Identifier: Apache-2.0
// Encoding of typed numbers: from the exact value, with one rounding, also where the nearest double
// would fall on the other side of a boundary.
#include "core/formats/format_kinds.h"
#include "core/formats/rational.h"

#include <algorithm>
#include <cmath>

namespace quantoscope {

namespace {

Code encodeInteger(const IntegerFormat& format, const RealNumber& number, const RoundingRule& rule)
{
    const Rational steps = rationalOf(number) / Rational(format.scale);
    // Whole part toward minus infinity, and what is left over as 64 bits and a sticky one.
    mpz_t below;
    mpz_init(below);
    mpz_fdiv_q(below, mpq_numref(steps.get()), mpq_denref(steps.get()));
    Rational whole;
    mpz_set(mpq_numref(whole.get()), below);
    const bool fits = mpz_sizeinbase(below, 2) < 62;
    const std::int64_t lower = fits ? mpz_get_si(below) : 0;
    const int sign = mpz_sgn(below);
    mpz_clear(below);
    if (!fits)
        return codeOfInteger(format, sign < 0 ? format.lowest() : format.highest());

    const Rational rest = steps - whole;   // in [0, 1)
    const int sideOfHalf = compare(rest, Rational(0.5));
    const bool odd = lower % 2 != 0;
    const bool negative = number.isNegative();
    bool up = false;
    if (rest.sign() != 0) {
        switch (rule.rounding) {
        case Rounding::NearestEven: up = sideOfHalf > 0 || (sideOfHalf == 0 && odd); break;
        case Rounding::NearestAway: up = sideOfHalf > 0 || (sideOfHalf == 0 && !negative); break;
        case Rounding::TowardZero: up = negative; break;
        case Rounding::Up: up = true; break;
        case Rounding::Down: up = false; break;
        case Rounding::ToOdd: up = !odd; break;
        case Rounding::Stochastic: up = double(randomBits(rule) >> 11) * 0x1p-53 < rest.toDouble(); break;
        }
    }
    return codeOfInteger(format, lower + int(up) + format.zeroPoint);
}

Code encodeLevel(const LevelTable& table, const RealNumber& number, const RoundingRule& rule)
{
    const double nearest = number.toDouble();
    const auto [lowest, highest] = std::minmax_element(table.levels.begin(), table.levels.end());
    const Rational& value = rationalOf(number);
    // The double may be the outermost level where the number itself lies inside, by less than a double's step.
    if (compare(value, Rational(double(*lowest))) <= 0 || compare(value, Rational(double(*highest))) >= 0)
        return encodeLevel(table, nearest, rule);
    // The neighbours of the double are the typed number's, unless the double is a level itself.
    LevelNeighbours neighbours = levelNeighbours(table, nearest);
    const int side = compare(value, Rational(nearest));
    if (side != 0 && table.levels[*neighbours.below] == table.levels[*neighbours.above]) {
        const double beside = std::nextafter(nearest, side > 0 ? HUGE_VAL : -HUGE_VAL);
        neighbours = levelNeighbours(table, beside);
    }
    const Rational below(double(table.levels[*neighbours.below]));
    const Rational above(double(table.levels[*neighbours.above]));
    const Rational width = above - below;
    if (width.sign() == 0)
        return *neighbours.below;
    const Rational fraction = (value - below) / width;
    return roundBetweenLevels(table, neighbours, fraction.toDouble(), compare(fraction, Rational(0.5)),
                              number.isNegative(), rule);
}

}  // namespace

Code encode(const NumberFormat& format, const RealNumber& number, const RoundingRule& rule)
{
    if (number.isNaN() || number.isInfinite() || number.isZero())
        return encode(format, number.toDouble(), rule);
    if (const FloatFormat* kind = format.asFloat())
        return encode(*kind, signedMagnitudeOf(number), rule, randomBits(rule));
    if (const PositFormat* kind = format.asPosit())
        return encode(*kind, signedMagnitudeOf(number), rule, randomBits(rule));
    if (const IntegerFormat* kind = format.asInteger())
        return encodeInteger(*kind, number, rule);
    return encodeLevel(*format.asLevels(), number, rule);
}

}  // namespace quantoscope
