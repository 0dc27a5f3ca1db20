// SPDX-License-Identifier: Apache-2.0
#include "core/quantization/level_kernel.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <iterator>
#include <limits>

namespace quantoscope {

LevelLookup::LevelLookup(LevelMap levels, const FloatFormat* floating)
    : map(std::move(levels))
    , firstLevel(65536)
{
    // Zero to infinity, to the last not-a-number, and the same with a sign.
    for (const std::size_t first : {std::size_t{0}, std::size_t{0x7F81}, std::size_t{0x8000}, std::size_t{0xFF81}})
        setFirstLevels(first, first % 0x8000 == 0 ? first + 0x7F80 : first + 0x7E);
    if (map.size() > 0)
        largest = std::max(std::abs(map.levels.front()), std::abs(map.levels.back()));
    setFewLevels();
    if (!floating || map.tie != LevelMap::Tie::EvenCode)
        return;
    // Codes of one sign count the levels above zero. BF16 has FP32's own subnormals: no faster way.
    const auto wide = wideFloat(*floating, Overflow::Saturate);
    if (wide && !wide->fp32Exponents && map.size() == 2 * std::size_t(wide->largest) + 1)
        format = wide;
}

void LevelLookup::setFirstLevels(std::size_t first, std::size_t last)
{
    const auto levelAt = [&](std::size_t leading) { return std::uint16_t(map.indexOf(std::bit_cast<float>(std::uint32_t(leading << 16)))); };
    firstLevel[first] = levelAt(first);
    firstLevel[last] = levelAt(last);
    // Levels rise or fall with the code, so that what lies between two of the same level has it too.
    if (firstLevel[first] == firstLevel[last]) {
        std::fill(firstLevel.begin() + std::ptrdiff_t(first), firstLevel.begin() + std::ptrdiff_t(last), firstLevel[first]);
    } else if (last - first > 1) {
        const std::size_t middle = (first + last) / 2;
        setFirstLevels(first, middle);
        setFirstLevels(middle, last);
    }
}

void LevelLookup::setFewLevels()
{
    const bool areFloats = std::all_of(map.levels.begin(), map.levels.end(), [](double level) { return double(float(level)) == level; });
    if (map.size() == 0 || map.size() > few || !areFloats)
        return;
    // The quotient by the rounded inverse and the rounded threshold are off by less than 2^-21 of
    // themselves; what is next to nothing may even have lost its sign.
    const auto apart = [](float threshold) { return std::abs(threshold) * 0x1p-20f + 0x1p-100f; };
    Few made;
    std::fill_n(made.levels, few, 0.0f);
    std::fill(std::begin(made.thresholds), std::end(made.thresholds), HUGE_VALF);
    std::fill_n(made.from, few, HUGE_VALF);
    std::fill_n(made.to, few, -HUGE_VALF);
    made.from[0] = -std::numeric_limits<float>::max();   // an infinity has no distance from its level
    made.to[map.size() - 1] = std::numeric_limits<float>::max();
    for (std::size_t i = 0; i < map.size(); ++i)
        made.levels[i] = float(map.levels[i]) + 0.0f;   // -0 and +0 are one level
    for (std::size_t i = 0; i < map.thresholds.size(); ++i) {
        const float threshold = made.thresholds[i] = float(map.thresholds[i]);
        made.to[i] = threshold - apart(threshold);
        made.from[i + 1] = threshold + apart(threshold);
    }
    made.setBins(map.size());
    fewLevels = made;
}

void LevelLookup::Few::setBins(std::size_t levelCount)
{
    const double largest = std::max(std::abs(double(levels[0])), std::abs(double(levels[levelCount - 1])));
    const auto perUnit = float((middleBin - 1) / largest);
    if (!(perUnit > 0x1p-60f && perUnit < 0x1p60f))
        return;
    std::fill_n(binThresholds, bins, HUGE_VALF);
    for (std::size_t t = 0; t + 1 < levelCount; ++t) {
        // Rounding must not put what is near a threshold into another bin.
        const double place = double(thresholds[t]) * perUnit + middleBin, bin = std::round(place);
        if (bin < 0 || bin >= double(bins) || std::abs(place - bin) > 0.499 || binThresholds[std::size_t(bin)] != HUGE_VALF)
            return;
        binThresholds[std::size_t(bin)] = thresholds[t];
    }
    std::int32_t level = 0;
    for (std::size_t bin = 0; bin < bins; ++bin) {
        level += binThresholds[bin] != HUGE_VALF;
        binLevels[bin] = binThresholds[bin] != HUGE_VALF ? level : level + 1;
    }
    sureFrom = float(largest * 0x1p-20) + 0x1p-100f;   // as for `from` and `to`, of the largest
    binsPerUnit = perUnit;
}

std::size_t LevelLookup::levelOf(double quotient) const
{
    const auto& thresholds = map.thresholds;
    std::size_t level = firstLevel[std::bit_cast<std::uint32_t>(float(quotient)) >> 16];
    while (level > 0 && (quotient < thresholds[level - 1]
                         || (quotient == thresholds[level - 1] && !map.tieGoesUp(level - 1))))
        --level;
    while (level < thresholds.size() && (quotient > thresholds[level]
                                         || (quotient == thresholds[level] && map.tieGoesUp(level))))
        ++level;
    return level;
}

}  // namespace quantoscope
