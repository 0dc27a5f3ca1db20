// SPDX-License-Identifier: Apache-2.0
#include "core/formats/staircase.h"

#include "core/formats/rounding_step.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace quantoscope {

namespace {

bool same(double a, double b)
{
    return a == b || (std::isnan(a) && std::isnan(b));
}

/// Of two doubles beside each other the one with fewer digits: 464, not 464.00000000000006.
double rounder(double a, double b)
{
    return std::countr_zero(std::bit_cast<std::uint64_t>(a)) > std::countr_zero(std::bit_cast<std::uint64_t>(b)) ? a : b;
}

/// The numbers of the format inside [low, high], ascending; more than `most` of them are not collected.
std::vector<double> numbersBetween(const NumberFormat& format, double low, double high, std::size_t most)
{
    std::vector<double> values;
    Code code = encode(format, low, {Rounding::Up, Overflow::Saturate});
    for (;;) {
        const double value = valueOf(format, code);
        if (!std::isfinite(value) || value > high)
            break;
        if (value >= low)
            values.push_back(value + 0.0);   // −0 becomes 0
        const Code next = nextCode(format, code);
        if (next == code || values.size() > most)
            break;
        code = next;
    }
    return values;
}

/// The treads between two stops, where Q changes at most once.
void addGap(Staircase& stairs, double from, double to, auto&& rounded)
{
    double low = std::nextafter(from, to), high = std::nextafter(to, from);
    if (!(low < to))
        return;   // Two doubles beside each other: nothing lies between them.
    const double first = rounded(low), last = rounded(high);
    if (same(first, last)) {
        stairs.treads.push_back({from, to, first});
        return;
    }
    while (std::nextafter(low, high) < high) {
        double middle = low / 2 + high / 2;
        if (middle <= low || middle >= high)
            middle = std::nextafter(low, high);
        (same(rounded(middle), first) ? low : high) = middle;
    }
    const double change = rounder(low, high);
    stairs.treads.push_back({from, change, first});
    stairs.points.push_back({change, rounded(change)});
    stairs.treads.push_back({change, to, last});
}

/// Of the 2^64 draws, the share with which the magnitude goes up: the smallest draw that carries says it.
template <class Format>
double shareOfCarries(const Format& format, double x, const RoundingRule& rule)
{
    const SignedMagnitude number = signedMagnitudeOf(x);
    constexpr std::uint64_t all = ~std::uint64_t{0};
    const Code highest = encode(format, number, rule, all);
    if (encode(format, number, rule, 0) == highest)
        return 0;   // Exact, or nowhere else to go: no draw changes anything.
    std::uint64_t stays = 0, carries = all;
    while (carries - stays > 1) {
        const std::uint64_t middle = stays + (carries - stays) / 2;
        (encode(format, number, rule, middle) == highest ? carries : stays) = middle;
    }
    return double(all - carries + 1) * 0x1p-64;
}

}  // namespace

Staircase staircase(const NumberFormat& format, double low, double high, const RoundingRule& rule, std::size_t most)
{
    Staircase stairs;
    std::vector<double> stops = numbersBetween(format, low, high, most);
    if (stops.size() > most) {
        stairs.isTooFine = true;
        return stairs;
    }
    if (stops.empty() || stops.front() > low)
        stops.insert(stops.begin(), low);
    if (stops.back() < high)
        stops.push_back(high);
    const auto rounded = [&](double x) { return valueOf(format, encode(format, x, rule)); };
    for (std::size_t i = 0; i < stops.size(); ++i) {
        stairs.points.push_back({stops[i], rounded(stops[i])});
        if (i + 1 < stops.size())
            addGap(stairs, stops[i], stops[i + 1], rounded);
    }
    return stairs;
}

RoundingOdds roundingOdds(const NumberFormat& format, double x, Overflow overflow)
{
    RoundingOdds odds;
    odds.below = valueOf(format, encode(format, x, {Rounding::Down, overflow}));
    odds.above = valueOf(format, encode(format, x, {Rounding::Up, overflow}));
    if (same(odds.below, odds.above))
        return odds;
    const RoundingRule rule{Rounding::Stochastic, overflow};
    if (const FloatFormat* kind = format.asFloat())
        odds.probabilityAbove = shareOfCarries(*kind, x, rule);
    else if (const PositFormat* kind = format.asPosit())
        odds.probabilityAbove = shareOfCarries(*kind, x, rule);
    else
        odds.probabilityAbove = (x - odds.below) / (odds.above - odds.below);
    if (std::signbit(x) && (format.asFloat() || format.asPosit()))
        odds.probabilityAbove = 1 - odds.probabilityAbove;   // A carry goes away from zero.
    return odds;
}

}  // namespace quantoscope
