// SPDX-License-Identifier: Apache-2.0
#include "core/statistics/float_scan.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "core/statistics/float_scan.cpp"
#include <hwy/foreach_target.h>
#include <hwy/cache_control.h>
#include <hwy/highway.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>

HWY_BEFORE_NAMESPACE();
namespace quantoscope::HWY_NAMESPACE {
namespace {

namespace hn = hwy::HWY_NAMESPACE;

template <bool counting>
FloatScan scan(const float* values, std::size_t count)
{
    const hn::ScalableTag<float> d;
    const hn::RebindToUnsigned<decltype(d)> u;
    using V = hn::Vec<decltype(d)>;
    const float infinity = std::numeric_limits<float>::infinity();
    const V top = hn::Set(d, infinity), bottom = hn::Set(d, -infinity);
    const V largest = hn::Set(d, std::numeric_limits<float>::max());
    const auto signBit = hn::Set(u, 0x80000000u);
    V low = top, high = bottom;
    auto positive = hn::Zero(u), negative = hn::Zero(u), bad = hn::Zero(u);
    FloatScan result{{infinity, -infinity}};

    std::size_t at = 0;
    for (; at + hn::Lanes(d) <= count; at += hn::Lanes(d)) {
        const V x = hn::LoadU(d, values + at);
        const auto finite = hn::Le(hn::Abs(x), largest);
        low = hn::Min(low, hn::IfThenElse(finite, x, top));
        high = hn::Max(high, hn::IfThenElse(finite, x, bottom));
        if constexpr (counting) {
            // A mask is −1 where true. Blocks are far shorter than 2^32, so lanes cannot overflow.
            const auto code = hn::BitCast(u, x);
            positive = hn::Sub(positive, hn::VecFromMask(u, hn::Eq(code, hn::Zero(u))));
            negative = hn::Sub(negative, hn::VecFromMask(u, hn::Eq(code, signBit)));
            bad = hn::Sub(bad, hn::BitCast(u, hn::VecFromMask(d, hn::Not(finite))));
        }
    }
    if constexpr (counting) {
        result.positiveZeros = hn::GetLane(hn::SumOfLanes(u, positive));
        result.negativeZeros = hn::GetLane(hn::SumOfLanes(u, negative));
        result.notFinite = hn::GetLane(hn::SumOfLanes(u, bad));
    }
    result.range = {hn::GetLane(hn::MinOfLanes(d, low)), hn::GetLane(hn::MaxOfLanes(d, high))};
    for (; at < count; ++at) {
        const float x = values[at];
        if (!(std::abs(x) <= std::numeric_limits<float>::max())) {
            ++result.notFinite;
            continue;
        }
        result.range.low = std::min(result.range.low, x);
        result.range.high = std::max(result.range.high, x);
        result.positiveZeros += std::bit_cast<std::uint32_t>(x) == 0;
        result.negativeZeros += std::bit_cast<std::uint32_t>(x) == 0x80000000u;
    }
    return result;
}

/// The range where all values are finite, as they nearly always are: times zero, all others leave a mark; and
/// where none is zero, if that is asked. Returns false otherwise.
template <bool refusingZeros>
HWY_INLINE bool rangeIfFinite(const float* values, std::size_t count, FloatRange& range)
{
    const hn::ScalableTag<float> d;
    const std::size_t lanes = hn::Lanes(d);
    if (count < lanes)
        return false;
    const auto first = hn::LoadU(d, values), last = hn::LoadU(d, values + count - lanes), zero = hn::Zero(d);
    auto low = hn::Min(first, last), high = hn::Max(first, last);
    auto low2 = low, high2 = high;
    auto mark = hn::Add(hn::Mul(first, zero), hn::Mul(last, zero)), mark2 = mark;
    [[maybe_unused]] auto zeros = hn::Or(hn::Eq(first, zero), hn::Eq(last, zero));
    std::size_t at = lanes;
    for (; at + 2 * lanes <= count; at += 2 * lanes) {
        const auto x = hn::LoadU(d, values + at), y = hn::LoadU(d, values + at + lanes);
        low = hn::Min(low, x);
        high = hn::Max(high, x);
        mark = hn::MulAdd(x, zero, mark);
        low2 = hn::Min(low2, y);
        high2 = hn::Max(high2, y);
        mark2 = hn::MulAdd(y, zero, mark2);
        if constexpr (refusingZeros)
            zeros = hn::Or(zeros, hn::Or(hn::Eq(x, zero), hn::Eq(y, zero)));
    }
    if (at + lanes <= count) {
        const auto x = hn::LoadU(d, values + at);
        low = hn::Min(low, x);
        high = hn::Max(high, x);
        mark = hn::MulAdd(x, zero, mark);
        if constexpr (refusingZeros)
            zeros = hn::Or(zeros, hn::Eq(x, zero));
    }
    if (refusingZeros && !hn::AllFalse(d, zeros))
        return false;
    range = {hn::GetLane(hn::MinOfLanes(d, hn::Min(low, low2))), hn::GetLane(hn::MaxOfLanes(d, hn::Max(high, high2)))};
    return hn::AllTrue(d, hn::Eq(hn::Add(mark, mark2), zero));
}

HWY_INLINE FloatRange rangeOf(const float* values, std::size_t count)
{
    FloatRange range;
    return rangeIfFinite<false>(values, count, range) ? range : scan<false>(values, count).range;
}

}  // namespace

FloatRange FiniteRange(const float* values, std::size_t count) { return rangeOf(values, count); }
void FiniteRanges(const float* values, std::span<const std::size_t> lengths, FloatRange* ranges)
{
    // What each short run has to wait for at its end keeps the processor from looking ahead by itself.
    constexpr std::size_t ahead = 4096, line = 64;   // bytes
    for (const std::size_t length : lengths) {
        const auto from = reinterpret_cast<std::uintptr_t>(values);
        for (std::size_t at = 0; at < length * sizeof(float); at += line)
            hwy::Prefetch(reinterpret_cast<const char*>(from + ahead + at));
        *ranges++ = rangeOf(values, length);
        values += length;
    }
}
/// Magnitudes are in order as whole numbers too, with all that is not finite above them: one comparison a value.
void LargestMagnitudes(const float* values, std::span<const std::size_t> lengths, float* magnitudes)
{
    const hn::ScalableTag<float> f;
    const hn::RebindToSigned<decltype(f)> d;
    const std::size_t lanes = hn::Lanes(d);
    const auto magnitude = hn::Set(d, 0x7FFFFFFF);
    const auto load = [&](const float* from) { return hn::And(hn::BitCast(d, hn::LoadU(f, from)), magnitude); };
    for (const std::size_t length : lengths) {
        const float* const from = values;
        values += length;
        if (length >= lanes) {
            auto largest = load(from), another = load(values - lanes);
            std::size_t at = lanes;
            for (; at + 2 * lanes <= length; at += 2 * lanes) {
                largest = hn::Max(largest, load(from + at));
                another = hn::Max(another, load(from + at + lanes));
            }
            if (at + lanes <= length)
                largest = hn::Max(largest, load(from + at));
            const float found = hn::GetLane(hn::BitCast(f, hn::MaxOfLanes(d, hn::Max(largest, another))));
            if (found <= std::numeric_limits<float>::max()) {
                *magnitudes++ = found;
                continue;
            }
        }
        const FloatRange range = scan<false>(from, length).range;
        *magnitudes++ = std::max(0.0f, std::max(-range.low, range.high));
    }
}
FloatScan ScanFloats(const float* values, std::size_t count)
{
    FloatScan found{};
    return rangeIfFinite<true>(values, count, found.range) ? found : scan<true>(values, count);
}

}  // namespace quantoscope::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace quantoscope {

HWY_EXPORT(FiniteRange);
HWY_EXPORT(FiniteRanges);
HWY_EXPORT(LargestMagnitudes);
HWY_EXPORT(ScanFloats);

FloatRange finiteRange(std::span<const float> values)
{
    return HWY_DYNAMIC_DISPATCH(FiniteRange)(values.data(), values.size());
}

void finiteRanges(const float* values, std::span<const std::size_t> lengths, FloatRange* ranges)
{
    HWY_DYNAMIC_DISPATCH(FiniteRanges)(values, lengths, ranges);
}

void largestMagnitudes(const float* values, std::span<const std::size_t> lengths, float* magnitudes)
{
    HWY_DYNAMIC_DISPATCH(LargestMagnitudes)(values, lengths, magnitudes);
}

FloatScan scanFloats(std::span<const float> values)
{
    return HWY_DYNAMIC_DISPATCH(ScanFloats)(values.data(), values.size());
}

}  // namespace quantoscope
#endif
