// SPDX-License-Identifier: Apache-2.0
#include "core/formats/format_kinds.h"

#include "core/formats/rounding_step.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace quantoscope {

std::vector<Code> levelsInOrder(const LevelTable& table)
{
    std::vector<Code> codes(table.levels.size());
    std::iota(codes.begin(), codes.end(), Code{0});
    std::stable_sort(codes.begin(), codes.end(),
                     [&](Code a, Code b) { return table.levels[a] < table.levels[b]; });
    return codes;
}

double decodeLevel(const LevelTable& table, Code code)
{
    return table.levels[code % table.levels.size()];
}

LevelNeighbours levelNeighbours(const LevelTable& table, double value)
{
    // Two passes over 16 levels are faster than sorting them, and tables come in any order.
    LevelNeighbours found;
    for (Code code = 0; code < table.levels.size(); ++code) {
        const double level = table.levels[code];
        if (level <= value && (!found.below || level > table.levels[*found.below]))
            found.below = code;
        if (level >= value && (!found.above || level < table.levels[*found.above]))
            found.above = code;
    }
    return found;
}

Code roundBetweenLevels(const LevelTable& table, const LevelNeighbours& neighbours, double fraction, int half,
                        bool negative, const RoundingRule& rule)
{
    if (!neighbours.below)
        return *neighbours.above;
    if (!neighbours.above || table.levels[*neighbours.below] == table.levels[*neighbours.above])
        return *neighbours.below;
    bool up = false;
    switch (rule.rounding) {
    case Rounding::NearestEven: up = half > 0; break;   // a tie goes to the lower level, as in bitsandbytes
    case Rounding::NearestAway: up = half > 0 || (half == 0 && !negative); break;
    case Rounding::TowardZero: up = negative; break;
    case Rounding::Up: up = true; break;
    case Rounding::Down: up = false; break;
    case Rounding::ToOdd: up = *neighbours.above % 2 == 1; break;
    case Rounding::Stochastic: up = double(randomBits(rule) >> 11) * 0x1p-53 < fraction; break;
    }
    return up ? *neighbours.above : *neighbours.below;
}

Code encodeLevel(const LevelTable& table, double value, const RoundingRule& rule)
{
    const LevelNeighbours neighbours = levelNeighbours(table, std::isnan(value) ? 0 : value);
    if (std::isnan(value) || !neighbours.below || !neighbours.above)
        return roundBetweenLevels(table, neighbours, 0, -1, false, {});
    const double below = table.levels[*neighbours.below];
    const double above = table.levels[*neighbours.above];
    // Exact: the levels are floats, and their midpoint is a double.
    const double middle = below / 2 + above / 2;
    const int half = value > middle ? 1 : value < middle ? -1 : 0;
    const double fraction = above > below ? (value - below) / (above - below) : 0;
    return roundBetweenLevels(table, neighbours, fraction, half, std::signbit(value), rule);
}

}  // namespace quantoscope
