// SPDX-License-Identifier: Apache-2.0
#include "core/quantization/ggml_group_fit.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "core/quantization/ggml_group_fit.cpp"
#define HWY_DISABLED_TARGETS (HWY_SVE | HWY_SVE2 | HWY_SVE_256 | HWY_SVE2_128 | HWY_RVV)   // lanes must be a constant
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#ifndef QUANTOSCOPE_IQ4_THRESHOLDS
#define QUANTOSCOPE_IQ4_THRESHOLDS
namespace quantoscope {

/// ggml-common.h, kvalues_iq4nl.
inline constexpr std::array<float, 16> iq4Values{-127, -104, -83, -65, -49, -35, -22, -10, 1, 13, 25, 38, 53, 69, 89, 113};

/// The smallest FP32 number stored as the upper of two neighbours. The reference compares two rounded
/// differences, which moves it off the middle by a rounding error where the middle is small.
constexpr float iq4Threshold(float lower, float upper)
{
    const auto goesUp = [&](float x) { return !(x - lower < upper - x); };
    float x = (lower + upper) / 2;
    const auto neighbour = [](float from, bool up) {
        const auto bits = std::bit_cast<std::int32_t>(from);
        return std::bit_cast<float>(bits + ((from > 0) == up ? 1 : -1));
    };
    while (goesUp(neighbour(x, false)))
        x = neighbour(x, false);
    while (!goesUp(x))
        x = neighbour(x, true);
    return x;
}

inline constexpr std::array<float, 15> iq4Thresholds = [] {
    std::array<float, 15> thresholds{};
    for (std::size_t i = 0; i < 15; ++i)
        thresholds[i] = iq4Threshold(iq4Values[i], iq4Values[i + 1]);
    return thresholds;
}();

}  // namespace quantoscope
#endif

HWY_BEFORE_NAMESPACE();
namespace quantoscope::HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

using Floats = hn::CappedTag<float, 8>;
using Integers = hn::Rebind<std::int32_t, Floats>;
using F = hn::Vec<Floats>;
using M = hn::Mask<Floats>;
constexpr std::size_t width = hn::MaxLanes(Floats());
constexpr std::size_t blockValues = 256;

F Set(float value) { return hn::Set(Floats(), value); }

/// Lane g of row i is value i of group g.
struct Columns {
    alignas(64) float values[blockValues];
    std::size_t groups, length;

    Columns(const float* from, int groups_, int length_)
        : groups(std::size_t(groups_))
        , length(std::size_t(length_))
    {
        for (std::size_t g = 0; g < groups; ++g)
            for (std::size_t i = 0; i < length; ++i)
                values[i * groups + g] = from[g * length + i];
    }
    F row(std::size_t i, std::size_t lane) const { return hn::Load(Floats(), values + i * groups + lane); }
};

/// nearestByCarry, then clamped, as FP32.
F ClampedCode(F value, hn::Vec<Integers> lowest, hn::Vec<Integers> highest)
{
    const Integers integers;
    const auto bits = hn::BitCast(integers, hn::Add(value, Set(12582912.0f)));
    const auto code = hn::Sub(hn::And(bits, hn::Set(integers, 0x007FFFFF)), hn::Set(integers, 0x00400000));
    return hn::ConvertTo(Floats(), hn::Max(lowest, hn::Min(highest, code)));
}

F Weight(F x, F rms, bool absoluteError)
{
    return absoluteError ? hn::Abs(x) : hn::Add(rms, hn::Abs(x));
}

F RootMeanSquare(const Columns& x, std::size_t lane)
{
    F sum = hn::Zero(Floats());
    for (std::size_t i = 0; i < x.length; ++i)
        sum = hn::Add(sum, hn::Mul(x.row(i, lane), x.row(i, lane)));
    return hn::Sqrt(hn::Div(sum, Set(float(x.length))));
}

F WeightedError(F approximation, F x, F weight, bool absoluteError)
{
    const F difference = hn::Sub(approximation, x);
    return hn::Mul(weight, absoluteError ? hn::Abs(difference) : hn::Mul(difference, difference));
}

void FitLanesWithMinimum(const Columns& x, const FitWithMinimum& fit, std::size_t lane, GroupFit& found)
{
    const Floats d;
    const Integers integers;
    const auto lowest = hn::Zero(integers), highest = hn::Set(integers, fit.highest);
    const F zero = hn::Zero(d), rms = fit.absoluteError ? zero : RootMeanSquare(x, lane);
    alignas(64) float weights[32 * width], codes[32 * width];

    F minimum = x.row(0, lane), maximum = minimum, sumW = Weight(minimum, rms, fit.absoluteError);
    F sumX = hn::Mul(sumW, minimum);
    hn::Store(sumW, d, weights);
    for (std::size_t i = 1; i < x.length; ++i) {
        const F value = x.row(i, lane), weight = Weight(value, rms, fit.absoluteError);
        hn::Store(weight, d, weights + i * width);
        minimum = hn::Min(minimum, value);
        maximum = hn::Max(maximum, value);
        sumW = hn::Add(sumW, weight);
        sumX = hn::Add(sumX, hn::Mul(weight, value));
    }
    minimum = hn::Min(minimum, zero);
    const M isConstant = hn::Eq(maximum, minimum);
    const F lowestValue = minimum;

    F inverse = hn::Div(Set(float(fit.highest)), hn::Sub(maximum, minimum));
    F scale = hn::Div(Set(1), inverse), bestError = zero;
    for (std::size_t i = 0; i < x.length; ++i) {
        const F value = x.row(i, lane), code = ClampedCode(hn::Mul(inverse, hn::Sub(value, minimum)), lowest, highest);
        bestError = hn::Add(bestError, WeightedError(hn::Add(hn::Mul(scale, code), minimum), value,
                                                     hn::Load(d, weights + i * width), fit.absoluteError));
    }
    F bestInverse = inverse, bestBase = minimum;
    for (int attempt = 0; attempt <= fit.tries; ++attempt) {
        const F base = minimum;
        inverse = hn::Div(Set(fit.first + fit.stride * float(attempt) + float(fit.highest)), hn::Sub(maximum, base));
        F sumL = zero, sumL2 = zero, sumXL = zero;
        for (std::size_t i = 0; i < x.length; ++i) {
            const F value = x.row(i, lane), code = ClampedCode(hn::Mul(inverse, hn::Sub(value, base)), lowest, highest);
            hn::Store(code, d, codes + i * width);
            const F weighted = hn::Mul(hn::Load(d, weights + i * width), code);
            sumL = hn::Add(sumL, weighted);
            sumL2 = hn::Add(sumL2, hn::Mul(weighted, code));
            sumXL = hn::Add(sumXL, hn::Mul(weighted, value));
        }
        const F determinant = hn::Sub(hn::Mul(sumW, sumL2), hn::Mul(sumL, sumL));
        F newScale = hn::Div(hn::Sub(hn::Mul(sumW, sumXL), hn::Mul(sumX, sumL)), determinant);
        F newMinimum = hn::Div(hn::Sub(hn::Mul(sumL2, sumX), hn::Mul(sumL, sumXL)), determinant);
        const M isAbove = hn::Gt(newMinimum, zero);
        newScale = hn::IfThenElse(isAbove, hn::Div(sumXL, sumL2), newScale);
        newMinimum = hn::IfThenElse(isAbove, zero, newMinimum);
        F error = zero;
        for (std::size_t i = 0; i < x.length; ++i) {
            const F code = hn::Load(d, codes + i * width);
            error = hn::Add(error, WeightedError(hn::Add(hn::Mul(newScale, code), newMinimum), x.row(i, lane),
                                                 hn::Load(d, weights + i * width), fit.absoluteError));
        }
        const M isBetter = hn::And(hn::Gt(determinant, zero), hn::Lt(error, bestError));
        bestError = hn::IfThenElse(isBetter, error, bestError);
        scale = hn::IfThenElse(isBetter, newScale, scale);
        minimum = hn::IfThenElse(isBetter, newMinimum, minimum);
        bestInverse = hn::IfThenElse(isBetter, inverse, bestInverse);
        bestBase = hn::IfThenElse(isBetter, base, bestBase);
    }
    hn::StoreU(hn::IfThenElse(isConstant, zero, scale), d, found.scale.data() + lane);
    hn::StoreU(hn::Neg(hn::IfThenElse(isConstant, lowestValue, minimum)), d, found.minimum.data() + lane);
    hn::StoreU(hn::IfThenElse(isConstant, zero, bestInverse), d, found.inverse.data() + lane);
    hn::StoreU(hn::IfThenElse(isConstant, zero, bestBase), d, found.base.data() + lane);
}

void FitGroupsWithMinimum(const float* values, const FitWithMinimum& fit, GroupFit& found)
{
    const Columns columns(values, fit.groups, fit.length);
    for (std::size_t lane = 0; lane < columns.groups; lane += width)
        FitLanesWithMinimum(columns, fit, lane, found);
}

/// The value of largest magnitude with its sign, the first of several; and that magnitude.
struct Extreme { F value, magnitude; };
Extreme ExtremeOf(const Columns& x, std::size_t lane)
{
    Extreme extreme{hn::Zero(Floats()), hn::Zero(Floats())};
    for (std::size_t i = 0; i < x.length; ++i) {
        const F value = x.row(i, lane);
        const M isLarger = hn::Gt(hn::Abs(value), extreme.magnitude);
        extreme.magnitude = hn::IfThenElse(isLarger, hn::Abs(value), extreme.magnitude);
        extreme.value = hn::IfThenElse(isLarger, value, extreme.value);
    }
    return extreme;
}

/// Σ w·x·q and Σ w·q² with w = x².
struct Projection { F onto, square; };

template <class CodeOf>
Projection ProjectionOf(const Columns& x, std::size_t lane, CodeOf codeOf)
{
    Projection sums{hn::Zero(Floats()), hn::Zero(Floats())};
    for (std::size_t i = 0; i < x.length; ++i) {
        const F value = x.row(i, lane), code = codeOf(value), weight = hn::Mul(value, value);
        sums.onto = hn::Add(sums.onto, hn::Mul(hn::Mul(weight, value), code));
        sums.square = hn::Add(sums.square, hn::Mul(hn::Mul(weight, code), code));
    }
    return sums;
}

F QuotientOrZero(const Projection& sums, M isUsable)
{
    return hn::IfThenElseZero(isUsable, hn::Div(sums.onto, sums.square));
}

void FitGroupsSymmetric(const float* values, int groups, int length, int highest, GroupFit& found)
{
    const Floats d;
    const Integers integers;
    const Columns x(values, groups, length);
    const auto most = hn::Set(integers, highest - 1), least = hn::Set(integers, -highest);
    const F zero = hn::Zero(d);
    for (std::size_t lane = 0; lane < x.groups; lane += width) {
        const Extreme extreme = ExtremeOf(x, lane);
        const M isUsed = hn::Ge(extreme.magnitude, Set(smallestOfGroup));
        const auto project = [&](F inverse) {
            return ProjectionOf(x, lane, [&](F value) { return ClampedCode(hn::Mul(inverse, value), least, most); });
        };
        F bestInverse = hn::Div(Set(-float(highest)), extreme.value);
        Projection sums = project(bestInverse);
        F scale = QuotientOrZero(sums, hn::Ne(sums.square, zero)), best = hn::Mul(scale, sums.onto);
        for (int attempt = -9; attempt <= 9; ++attempt) {
            if (attempt == 0)
                continue;
            const F inverse = hn::Div(Set(-(float(highest) + 0.1f * float(attempt))), extreme.value);
            sums = project(inverse);
            const M isBetter = hn::And(hn::Gt(sums.square, zero),
                                       hn::Gt(hn::Mul(sums.onto, sums.onto), hn::Mul(best, sums.square)));
            scale = hn::IfThenElse(isBetter, hn::Div(sums.onto, sums.square), scale);
            best = hn::IfThenElse(isBetter, hn::Mul(scale, sums.onto), best);
            bestInverse = hn::IfThenElse(isBetter, inverse, bestInverse);
        }
        hn::StoreU(hn::IfThenElseZero(isUsed, scale), d, found.scale.data() + lane);
        hn::StoreU(hn::IfThenElseZero(isUsed, bestInverse), d, found.inverse.data() + lane);
    }
}

void FitGroupsByDescent(const float* values, int groups, int length, int highest, std::uint8_t* codes, GroupFit& found)
{
    const Floats d;
    const Integers integers;
    const Columns x(values, groups, length);
    const auto most = hn::Set(integers, highest - 1), least = hn::Set(integers, -highest);
    const F zero = hn::Zero(d);
    for (std::size_t lane = 0; lane < x.groups; lane += width) {
        alignas(64) float code[32 * width];
        const Extreme extreme = ExtremeOf(x, lane);
        const M isUsed = hn::Ge(extreme.magnitude, Set(smallestOfGroup));
        const F inverse = hn::Div(Set(-float(highest)), extreme.value);
        std::size_t next = 0;
        Projection sums = ProjectionOf(x, lane, [&](F value) {
            const F first = ClampedCode(hn::Mul(inverse, value), least, most);
            hn::Store(first, d, code + next++ * width);
            return first;
        });
        // A group that no pass changes stays as it is, so all may go on until the last is done.
        bool hasChanged = true;
        for (int pass = 0; pass < 5 && hasChanged; ++pass) {
            hasChanged = false;
            for (std::size_t i = 0; i < x.length; ++i) {
                const F value = x.row(i, lane), old = hn::Load(d, code + i * width), weight = hn::Mul(value, value);
                const F cubed = hn::Mul(weight, value);
                const F ontoOthers = hn::Sub(sums.onto, hn::Mul(cubed, old));
                const F squareOfOthers = hn::Sub(sums.square, hn::Mul(hn::Mul(weight, old), old));
                const F changed = ClampedCode(hn::Div(hn::Mul(value, squareOfOthers), ontoOthers), least, most);
                const F onto = hn::Add(ontoOthers, hn::Mul(cubed, changed));
                const F square = hn::Add(squareOfOthers, hn::Mul(hn::Mul(weight, changed), changed));
                const M isBetter = hn::And(
                    hn::And(hn::And(isUsed, hn::Gt(ontoOthers, zero)), hn::And(hn::Ne(changed, old), hn::Gt(square, zero))),
                    hn::Gt(hn::Mul(hn::Mul(onto, onto), sums.square), hn::Mul(hn::Mul(sums.onto, sums.onto), square)));
                hn::Store(hn::IfThenElse(isBetter, changed, old), d, code + i * width);
                sums.onto = hn::IfThenElse(isBetter, onto, sums.onto);
                sums.square = hn::IfThenElse(isBetter, square, sums.square);
                hasChanged = hasChanged || !hn::AllFalse(d, isBetter);
            }
        }
        hn::StoreU(QuotientOrZero(sums, hn::And(isUsed, hn::Gt(sums.square, zero))), d, found.scale.data() + lane);
        alignas(64) float used[width];
        hn::Store(hn::IfThenElseZero(isUsed, Set(1)), d, used);
        for (std::size_t g = 0; g < width; ++g)
            for (std::size_t i = 0; i < x.length; ++i)
                codes[(lane + g) * x.length + i] = used[g] != 0 ? std::uint8_t(int(code[i * width + g]) + highest) : 0;
    }
}

/// The level nearest to `value`, and its index where asked for.
F Iq4Level(F value)
{
    F level = Set(iq4Values[0]);
    for (std::size_t i = 0; i < 15; ++i)
        level = hn::Add(level, hn::IfThenElseZero(hn::Not(hn::Lt(value, Set(iq4Thresholds[i]))),
                                                  Set(iq4Values[i + 1] - iq4Values[i])));
    return level;
}

void FitIq4(const float* values, float* scales)
{
    const Floats d;
    const Columns x(values, 8, 32);
    const F zero = hn::Zero(d);
    for (std::size_t lane = 0; lane < 8; lane += width) {
        const Extreme extreme = ExtremeOf(x, lane);
        // Here the level is multiplied first: w·q·x.
        const auto project = [&](F inverse) {
            Projection sums{zero, zero};
            for (std::size_t i = 0; i < x.length; ++i) {
                const F value = x.row(i, lane), level = Iq4Level(hn::Mul(inverse, value));
                const F weighted = hn::Mul(hn::Mul(value, value), level);
                sums.onto = hn::Add(sums.onto, hn::Mul(weighted, value));
                sums.square = hn::Add(sums.square, hn::Mul(weighted, level));
            }
            return sums;
        };
        const F first = hn::Div(hn::Neg(extreme.value), Set(iq4Values[0]));
        Projection sums = project(hn::Div(Set(1), first));
        F scale = QuotientOrZero(sums, hn::Gt(sums.square, zero)), best = hn::Mul(scale, sums.onto);
        for (int attempt = -7; attempt <= 7; ++attempt) {
            sums = project(hn::Div(Set(float(attempt) + iq4Values[0]), extreme.value));
            const M isBetter = hn::And(hn::Gt(sums.square, zero),
                                       hn::Gt(hn::Mul(sums.onto, sums.onto), hn::Mul(best, sums.square)));
            scale = hn::IfThenElse(isBetter, hn::Div(sums.onto, sums.square), scale);
            best = hn::IfThenElse(isBetter, hn::Mul(scale, sums.onto), best);
        }
        hn::StoreU(hn::IfThenElseZero(hn::Ge(extreme.magnitude, Set(smallestOfGroup)), scale), d, scales + lane);
    }
}

void RoundQuotients(const float* values, std::size_t count, float add, float divisor, int lowest, int highest,
                    std::uint8_t* codes)
{
    const Floats d;
    const Integers integers;
    const hn::Rebind<std::uint8_t, Floats> bytes;
    const auto least = hn::Set(integers, lowest), most = hn::Set(integers, highest);
    for (std::size_t i = 0; i < count; i += width) {
        const F quotient = hn::Div(hn::Add(hn::LoadU(d, values + i), Set(add)), Set(divisor));
        const F code = hn::Sub(ClampedCode(quotient, least, most), Set(float(lowest)));
        hn::StoreU(hn::DemoteTo(bytes, hn::ConvertTo(integers, code)), bytes, codes + i);
    }
}

void NearestIq4(const float* values, std::size_t count, float factor, std::uint8_t* indices)
{
    const Floats d;
    const Integers integers;
    const hn::Rebind<std::uint8_t, Floats> bytes;
    for (std::size_t i = 0; i < count; i += width) {
        const F scaled = hn::Mul(Set(factor), hn::LoadU(d, values + i));
        F index = hn::Zero(d);
        for (const float threshold : iq4Thresholds)
            index = hn::Add(index, hn::IfThenElseZero(hn::Not(hn::Lt(scaled, Set(threshold))), Set(1)));
        hn::StoreU(hn::DemoteTo(bytes, hn::ConvertTo(integers, index)), bytes, indices + i);
    }
}

}  // namespace quantoscope::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace quantoscope {

HWY_EXPORT(FitGroupsWithMinimum);
HWY_EXPORT(FitGroupsSymmetric);
HWY_EXPORT(FitGroupsByDescent);
HWY_EXPORT(FitIq4);
HWY_EXPORT(RoundQuotients);
HWY_EXPORT(NearestIq4);

GroupFit fitWithMinimum(const float* values, const FitWithMinimum& fit)
{
    GroupFit found;
    HWY_DYNAMIC_DISPATCH(FitGroupsWithMinimum)(values, fit, found);
    return found;
}

GroupFit fitSymmetric(const float* values, int groups, int length, int highest)
{
    GroupFit found;
    HWY_DYNAMIC_DISPATCH(FitGroupsSymmetric)(values, groups, length, highest, found);
    return found;
}

GroupFit fitByDescent(const float* values, int groups, int length, int highest, std::uint8_t* codes)
{
    GroupFit found;
    HWY_DYNAMIC_DISPATCH(FitGroupsByDescent)(values, groups, length, highest, codes, found);
    return found;
}

std::array<float, 8> fitIq4Scales(const float* values)
{
    std::array<float, 8> scales;
    HWY_DYNAMIC_DISPATCH(FitIq4)(values, scales.data());
    return scales;
}

void roundQuotients(const float* values, std::size_t count, float add, float divisor, int lowest, int highest,
                    std::uint8_t* codes)
{
    HWY_DYNAMIC_DISPATCH(RoundQuotients)(values, count, add, divisor, lowest, highest, codes);
}

void nearestIq4Levels(const float* values, std::size_t count, float factor, std::uint8_t* indices)
{
    HWY_DYNAMIC_DISPATCH(NearestIq4)(values, count, factor, indices);
}

}  // namespace quantoscope
#endif
