// SPDX-License-Identifier: Apache-2.0
#include "core/quantization/level_map.h"

#include "core/formats/format_kinds.h"
#include "core/quantization/element.h"

#include <algorithm>
#include <cmath>

namespace quantoscope {

namespace {

using Tie = LevelMap::Tie;

/// Thresholds and ties of a rounding between neighbouring levels (ideal, before the levels are
/// rounded to FP32 themselves).
void placeThresholds(LevelMap& map, const std::vector<double>& ideal, Rounding rounding)
{
    map.thresholds.clear();
    map.thresholds.reserve(ideal.size());
    for (std::size_t i = 0; i + 1 < ideal.size(); ++i) {
        const double lower = ideal[i], upper = ideal[i + 1];
        switch (rounding) {
        case Rounding::TowardZero:
            map.thresholds.push_back(upper > 0 ? upper : lower);
            break;
        case Rounding::Up:
            map.thresholds.push_back(lower);
            break;
        case Rounding::Down:
            map.thresholds.push_back(upper);
            break;
        case Rounding::ToOdd:   // All between goes to the odd code; the even one keeps its own value.
            map.thresholds.push_back((map.codes[i + 1] - map.zeroPoint) % 2 == 0 ? upper : lower);
            break;
        default:
            map.thresholds.push_back(lower + (upper - lower) / 2);
        }
    }
    map.tie = rounding == Rounding::Up       ? Tie::Lower
        : rounding == Rounding::Down         ? Tie::Upper
        : rounding == Rounding::NearestAway || rounding == Rounding::TowardZero ? Tie::AwayFromZero
                                             : Tie::EvenCode;
}

/// Posits round where their bits are cut off, which where steps differ is not half-way, and never to zero.
void placePositThresholds(LevelMap& map, const PositFormat& format, double step, Rounding rounding)
{
    // Next to nothing, so that zero itself stays zero whatever the rounding does with ties.
    constexpr double beyondZero = 0x1p-900;
    const auto boundary = [&](std::int64_t lower, std::int64_t upper) {
        if (lower == 0)
            return beyondZero;
        if (upper == 0)
            return -beyondZero;
        const bool isNegative = lower >> (format.bits - 1) != 0;
        const std::int64_t magnitude = isNegative ? (std::int64_t{1} << format.bits) - upper : lower;
        const double value = positBoundary(format, Code(magnitude)) * step;
        return isNegative ? -value : value;
    };
    const bool isNearest = rounding == Rounding::NearestEven || rounding == Rounding::NearestAway || rounding == Rounding::Stochastic;
    for (std::size_t i = 0; i < map.thresholds.size(); ++i)
        if (isNearest || map.codes[i] == 0 || map.codes[i + 1] == 0)
            map.thresholds[i] = boundary(map.codes[i], map.codes[i + 1]);
}

LevelMap integerMap(const QuantizationScheme& scheme, const Element& element, double low, double high)
{
    const AffineScale scale = ScaleRule(scheme, element)(low, high);
    const CodeSpan codes = codesOf(scheme, element);
    LevelMap map;
    map.step = scale.step;
    map.zeroPoint = scale.zero;
    std::vector<double> ideal;
    for (std::int64_t code = codes.lowest; code <= codes.highest; ++code) {
        map.codes.push_back(code);
        ideal.push_back(double(code - scale.zero) * scale.step);
        map.levels.push_back(double(asFloat(ideal.back())));
    }
    placeThresholds(map, ideal, scheme.rounding.rounding);
    if (scheme.symmetry == Symmetry::Asymmetric) {
        map.clipLow = std::min(0.0, low);
        map.clipHigh = std::max(0.0, high);
    } else if (element.isSigned) {
        const double range = std::max(std::abs(low), std::abs(high));
        map.clipLow = range * double(codes.lowest) / double(codes.highest);
        map.clipHigh = range;
    } else {
        map.clipHigh = std::max(0.0, high);
    }
    return map;
}

LevelMap formatMap(const QuantizationScheme& scheme, const Element& element, double low, double high)
{
    const AffineScale scale = ScaleRule(scheme, element)(low, high);
    LevelMap map;
    std::vector<double> ideal;
    for (const ElementLevel& level : levelsOf(element)) {
        map.codes.push_back(level.code);
        ideal.push_back(level.value * scale.step);
        map.levels.push_back(double(asFloat(ideal.back())));
    }
    placeThresholds(map, ideal, scheme.rounding.rounding);
    if (const PositFormat* const posit = element.format ? element.format->asPosit() : nullptr; posit && scale.step > 0)
        placePositThresholds(map, *posit, scale.step, scheme.rounding.rounding);
    // Tables have no even codes; bitsandbytes takes the lower entry.
    if (element.kind == Element::Kind::Levels && map.tie == Tie::EvenCode)
        map.tie = Tie::Lower;
    const double range = element.isSigned ? std::max(std::abs(low), std::abs(high)) : std::max(0.0, high);
    map.clipLow = element.isSigned ? -range : 0;
    map.clipHigh = range;
    return map;
}

/// Levels that coincide (a step of 0, or so small that FP32 cannot tell them apart) become one.
void mergeEqualLevels(LevelMap& map)
{
    LevelMap merged = map;
    merged.levels.clear();
    merged.thresholds.clear();
    merged.codes.clear();
    for (std::size_t i = 0; i < map.size(); ++i) {
        const bool repeats = !merged.levels.empty() && merged.levels.back() == map.levels[i];
        if (repeats) {
            if (std::abs(map.codes[i] - map.zeroPoint) < std::abs(merged.codes.back() - map.zeroPoint))
                merged.codes.back() = map.codes[i];
            continue;
        }
        if (!merged.levels.empty())
            merged.thresholds.push_back(map.thresholds[i - 1]);
        merged.levels.push_back(map.levels[i]);
        merged.codes.push_back(map.codes[i]);
    }
    map = std::move(merged);
}

LevelMap codebookMap(const QuantizationScheme& scheme, const ValueCounts& counts)
{
    LevelMap map;
    map.levels = codebookOf(scheme, counts);
    for (std::size_t i = 0; i < map.size(); ++i)
        map.codes.push_back(std::int64_t(i));
    placeThresholds(map, map.levels, Rounding::NearestEven);
    map.tie = Tie::Lower;
    map.clipLow = counts.totals().min;
    map.clipHigh = counts.totals().max;
    return map;
}

}  // namespace

bool LevelMap::tieGoesUp(std::size_t threshold) const
{
    switch (tie) {
    case Tie::EvenCode:
        return (codes[threshold + 1] - zeroPoint) % 2 == 0;
    case Tie::Lower:
        return false;
    case Tie::Upper:
        return true;
    case Tie::AwayFromZero:
        return thresholds[threshold] > 0;
    }
    return false;
}

std::size_t LevelMap::indexOf(double value) const
{
    if (std::isnan(value))
        value = 0;
    const auto next = std::lower_bound(thresholds.begin(), thresholds.end(), value);
    const auto index = std::size_t(next - thresholds.begin());
    return next != thresholds.end() && *next == value && tieGoesUp(index) ? index + 1 : index;
}

LevelMap levelMapOf(const QuantizationScheme& scheme, double low, double high)
{
    if (scheme.kind == QuantizationScheme::Kind::Block)
        return {};
    const auto element = elementOf(scheme);
    if (!element)
        return {};
    LevelMap map = element->kind == Element::Kind::Integer ? integerMap(scheme, *element, low, high)
                                                           : formatMap(scheme, *element, low, high);
    if (std::adjacent_find(map.levels.begin(), map.levels.end()) != map.levels.end())
        mergeEqualLevels(map);
    return map;
}

LevelMap levelMapOf(const QuantizationScheme& scheme, const ValueCounts& counts)
{
    if (scheme.kind == QuantizationScheme::Kind::Codebook)
        return codebookMap(scheme, counts);
    const ClipRange range = clipRangeOf(scheme, counts);
    return levelMapOf(scheme, range.low, range.high);
}

}  // namespace quantoscope
