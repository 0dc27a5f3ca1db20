// SPDX-License-Identifier: Apache-2.0
#include "core/quantization/run_quantizer.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>
#include <numeric>

namespace quantoscope {

namespace {

/// The whole number that a quotient is rounded to. The quotient of two FP32 numbers in double is a
/// whole number and a half only if it really is, so ties are told apart exactly.
double roundQuotient(double quotient, Rounding rounding)
{
    switch (rounding) {
    case Rounding::NearestAway:
        return std::round(quotient);
    case Rounding::TowardZero:
        return std::trunc(quotient);
    case Rounding::Up:
        return std::ceil(quotient);
    case Rounding::Down:
        return std::floor(quotient);
    case Rounding::ToOdd: {
        const double cut = std::trunc(quotient);
        const bool isOdd = std::fmod(cut, 2) != 0;
        return cut == quotient || isOdd ? cut : cut + std::copysign(1, quotient);
    }
    default:
        return std::nearbyint(quotient);
    }
}

}  // namespace

ErrorSums ErrorSums::collected() const
{
    ErrorSums all = *this;
    all.lanes = {};
    for (std::size_t lane = 0; lane < LaneSums::lanes; ++lane) {
        all.squaredError += lanes.squaredError[lane];
        all.squares += lanes.squares[lane];
        all.products += lanes.products[lane];
        all.storedSquares += lanes.storedSquares[lane];
    }
    all.largestError = std::max(all.largestError, lanes.largestError);
    all.finite -= lanes.notFinite;
    all.clippedLow += lanes.clippedLow;
    all.clippedHigh += lanes.clippedHigh;
    return all;
}

void ErrorSums::add(const ErrorSums& other)
{
    finite += other.finite;
    clippedLow += other.clippedLow;
    clippedHigh += other.clippedHigh;
    squaredError += other.squaredError;
    squares += other.squares;
    products += other.products;
    storedSquares += other.storedSquares;
    largestError = std::max(largestError, other.largestError);
}

RunQuantizer::RunQuantizer(const QuantizationScheme& scheme, const Element& element)
    : m_rule(std::in_place, scheme, element)
    , m_isInteger(element.kind == Element::Kind::Integer)
    , m_asymmetric(scheme.symmetry == Symmetry::Asymmetric)
    , m_isSigned(element.isSigned)
    , m_rounding(scheme.rounding.rounding)
    , m_draws(scheme.rounding.seed)
{
    if (m_isInteger) {
        m_codes = codesOf(scheme, element);
        m_levels = int(m_codes.highest - m_codes.lowest + 1);
    } else {
        QuantizationScheme unscaled = scheme;
        unscaled.scale = "fp32";
        unscaled.tensorScale.clear();
        const double largest = largestMagnitude(element);
        m_table = LevelLookup(levelMapOf(unscaled, -largest, largest), element.format ? element.format->asFloat() : nullptr);
        m_levels = int(m_table.map.size());
    }
}

RunQuantizer::RunQuantizer(LevelMap codebook)
    : m_table(std::move(codebook), nullptr)
    , m_levels(int(m_table.map.size()))
{
}

RunScale RunQuantizer::scaleFor(double low, double high) const
{
    if (!m_rule)
        return {{1, 0}, m_table.map.clipLow, m_table.map.clipHigh};
    const AffineScale scale = (*m_rule)(low, high);
    if (m_isInteger && m_asymmetric)
        return {scale, std::min(0.0, low), std::max(0.0, high)};
    if (!m_isSigned)
        return {scale, 0, std::max(0.0, high)};
    const double range = std::max(std::abs(low), std::abs(high));
    return {scale, m_isInteger ? range * double(m_codes.lowest) / double(m_codes.highest) : -range, range};
}

RunScale RunQuantizer::scaleForAllOf(double low, double high) const
{
    RunScale run = scaleFor(low, high);
    run.holdsAll = run.clipLow <= low && high <= run.clipHigh;
    return run;
}

/// Steps are the largest magnitude over the element's largest number, in FP32, and no zero point is asked.
bool RunQuantizer::isUsual() const
{
    return m_rule && m_rule->isPlain() && m_isSigned && (!m_isInteger || m_codes.lowest == -m_codes.highest);
}

void RunQuantizer::scalesForAllOf(const float* values, std::span<const std::size_t> lengths, std::span<RunScale> scales) const
{
    constexpr std::size_t atOnce = 128;
    // The usual rule, written out for the compiler to do several at once: groups are as short as 32 values.
    const double largest = isUsual() ? m_rule->largest() : 1;
    while (!lengths.empty()) {
        const auto some = lengths.first(std::min(atOnce, lengths.size()));
        bool areUsual = isUsual();
        if (areUsual) {
            std::array<float, atOnce> magnitudes;
            largestMagnitudes(values, some, magnitudes.data());
            for (std::size_t i = 0; i < some.size(); ++i) {
                const double range = double(magnitudes[i]), step = double(float(range / largest));
                areUsual &= (step > 0x1p-126) & (step < 0x1p126);
                scales[i] = {{step, 0}, -range, range, true};
            }
        }
        if (!areUsual) {
            std::array<FloatRange, atOnce> ranges;
            finiteRanges(values, some, ranges.data());
            for (std::size_t i = 0; i < some.size(); ++i)
                scales[i] = ranges[i].low <= ranges[i].high ? scaleForAllOf(ranges[i].low, ranges[i].high) : scaleForAllOf(0, 0);
        }
        values = std::accumulate(some.begin(), some.end(), values);
        lengths = lengths.subspan(some.size());
        scales = scales.subspan(some.size());
    }
}

bool RunQuantizer::quantizeOwn(std::span<const float> values, std::span<const std::size_t> lengths, std::span<float> steps,
                               std::span<std::uint16_t> levels, std::span<float> dequantized, ErrorSums& sums) const
{
    if (!m_isInteger || m_rounding != Rounding::NearestEven || !isUsual())
        return false;
    largestMagnitudes(values.data(), lengths, steps.data());
    if (!quantizeToOwnGrids(values.data(), m_codes, float(m_rule->largest()), steps.first(lengths.size()), lengths,
                            {levels.empty() ? nullptr : levels.data(), dequantized.empty() ? nullptr : dequantized.data()}, sums.lanes))
        return false;
    sums.finite += values.size();
    return true;
}

namespace {

struct Stored {
    std::int64_t level;
    float value;
};

template <class Level>
void quantizeWith(Level levelOf, std::span<const float> values, const RunScale& run, StoredRuns stored, ErrorSums& sums)
{
    ErrorSums here;
    for (std::size_t i = 0; i < values.size(); ++i) {
        const double x = std::isnan(values[i]) ? 0 : double(values[i]);
        const Stored made = levelOf(x);
        if (stored.levels)
            stored.levels[i] = std::uint16_t(made.level);
        if (stored.dequantized)
            stored.dequantized[i] = made.value;
        if (!std::isfinite(values[i]))
            continue;
        const double y = double(made.value), error = x - y;
        ++here.finite;
        here.clippedLow += x < run.clipLow;
        here.clippedHigh += x > run.clipHigh;
        here.squaredError += error * error;
        here.squares += x * x;
        here.products += x * y;
        here.storedSquares += y * y;
        here.largestError = std::max(here.largestError, std::abs(error));
    }
    sums.add(here);
}

}  // namespace

void RunQuantizer::quantize(std::span<const float> values, std::span<const RunScale> runs,
                            std::span<const std::size_t> lengths, std::span<std::uint16_t> levels,
                            std::span<float> dequantized, ErrorSums& sums, std::uint64_t firstElement) const
{
    StoredRuns stored{levels.empty() ? nullptr : levels.data(), dequantized.empty() ? nullptr : dequantized.data()};
    const bool draws = m_rounding == Rounding::Stochastic;
    if (!m_isInteger && !draws) {
        quantizeToLevels(values.data(), m_table, runs, lengths, stored, sums.lanes);
        sums.finite += values.size();
        return;
    }
    const bool hasSteps = std::none_of(runs.begin(), runs.end(), [](const RunScale& run) { return run.scale.step == 0; });
    if (m_rounding == Rounding::NearestEven && hasSteps) {
        quantizeToGrids(values.data(), m_codes, runs, lengths, stored, sums.lanes);
        sums.finite += values.size();
        return;
    }
    for (std::size_t i = 0; i < runs.size(); ++i) {
        if (draws)
            quantizeByDraw(values.first(lengths[i]), runs[i], stored, sums, firstElement);
        else
            roundRun(values.first(lengths[i]), runs[i], stored, sums);
        firstElement += lengths[i];
        values = values.subspan(lengths[i]);
        stored = stored.from(lengths[i]);
    }
}

void RunQuantizer::roundRun(std::span<const float> values, const RunScale& run, StoredRuns stored, ErrorSums& sums) const
{
    const double step = run.scale.step;
    const double zero = double(run.scale.zero);
    const double lowest = double(m_codes.lowest), highest = double(m_codes.highest);
    const auto levelOf = [&](double x) -> Stored {
        const double quotient = step == 0 ? 0 : x / step;
        const double code = std::clamp(roundQuotient(quotient, m_rounding) + zero, lowest, highest);
        return {std::int64_t(code - lowest), asFloat((code - zero) * step)};
    };
    quantizeWith(levelOf, values, run, stored, sums);
}

/// Up with the probability of the part of a step that is passed, so that the mean of many draws is the value.
void RunQuantizer::quantizeByDraw(std::span<const float> values, const RunScale& run, StoredRuns stored, ErrorSums& sums,
                                  std::uint64_t firstElement) const
{
    const double step = run.scale.step, zero = double(run.scale.zero);
    std::uint64_t element = firstElement;
    const auto goesUp = [&](double passed) { return double(m_draws.bits(element++) >> 11) * 0x1p-53 < passed; };
    const auto integerLevel = [&](double x) -> Stored {
        const double quotient = step == 0 ? 0 : x / step, below = std::floor(quotient);
        const bool up = goesUp(std::isfinite(quotient) ? quotient - below : 0);
        const double code = std::clamp(below + up + zero, double(m_codes.lowest), double(m_codes.highest));
        return {std::int64_t(code) - m_codes.lowest, asFloat((code - zero) * step)};
    };
    const auto tableLevel = [&](double x) -> Stored {
        const auto& table = m_table.map.levels;
        const double quotient = std::clamp(step == 0 ? 0 : x / step, table.front(), table.back());
        const auto above = std::size_t(std::upper_bound(table.begin(), table.end(), quotient) - table.begin());
        const std::size_t below = above == 0 ? 0 : above - 1;
        const double passed = above < table.size() ? (quotient - table[below]) / (table[above] - table[below]) : 0;
        const std::size_t level = goesUp(passed) ? above : below;
        return {std::int64_t(level), asFloat(table[level] * step)};
    };
    if (m_isInteger)
        quantizeWith(integerLevel, values, run, stored, sums);
    else
        quantizeWith(tableLevel, values, run, stored, sums);
}

std::uint16_t RunQuantizer::storedCode(std::uint16_t level) const
{
    if (m_isInteger)
        return std::uint16_t(m_codes.lowest + level);
    return std::uint16_t(m_table.map.codes[level]);
}

}  // namespace quantoscope
