// SPDX-License-Identifier: Apache-2.0
#include "core/statistics/float_bins.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "core/statistics/float_bins.cpp"
#define HWY_DISABLED_TARGETS (HWY_SVE | HWY_SVE2 | HWY_SVE_256 | HWY_SVE2_128 | HWY_RVV)   // lanes must be a constant
#include <hwy/foreach_target.h>
#include <hwy/cache_control.h>
#include <hwy/highway.h>

#include <bit>

HWY_BEFORE_NAMESPACE();
namespace quantoscope::HWY_NAMESPACE {
namespace {

namespace hn = hwy::HWY_NAMESPACE;

HWY_INLINE void addOneByOne(const float* values, std::size_t count, FloatBin* bins)
{
    for (std::size_t i = 0; i < count; ++i) {
        const auto code = std::bit_cast<std::uint32_t>(values[i]);
        const std::uint64_t trailing = code & 0xFFFF;
        FloatBin& bin = bins[code >> 16];
        bin.countAndSum += FloatBin::one | trailing;
        bin.sumOfSquares += trailing * trailing;
    }
}

#if HWY_TARGET != HWY_SCALAR
using Codes = hn::CappedTag<std::uint32_t, 16>;
using Sums = hn::Repartition<std::uint64_t, Codes>;
constexpr std::size_t valuesAtOnce = hn::MaxLanes(Codes());

/// Where makeAdditions() puts the pair of a value: first those of values 0, 4, 8 …, then 2, 6 …, 1, 5 … and 3, 7 …
constexpr std::size_t placeOf(std::size_t value)
{
    constexpr std::size_t quarter = valuesAtOnce / 4;
    return value / 4 + (value % 4 / 2 + value % 2 * 2) * quarter;
}

/// What each value of a vector adds to its bin: {1 | l, l²}.
HWY_INLINE void makeAdditions(hn::Vec<Codes> codes, std::uint64_t* additions)
{
    const Sums s;
    const auto trailing = hn::BitCast(s, hn::And(codes, hn::Set(Codes(), 0xFFFF)));
    const auto even = hn::And(trailing, hn::Set(s, 0xFFFFFFFFu)), odd = hn::ShiftRight<32>(trailing);
    const auto one = hn::Set(s, FloatBin::one);
    const auto evenSquares = hn::MulEven(hn::BitCast(Codes(), even), hn::BitCast(Codes(), even));
    const auto oddSquares = hn::MulEven(hn::BitCast(Codes(), odd), hn::BitCast(Codes(), odd));
    hn::Store(hn::InterleaveLower(s, hn::Or(even, one), evenSquares), s, additions);
    hn::Store(hn::InterleaveUpper(s, hn::Or(even, one), evenSquares), s, additions + valuesAtOnce / 2);
    hn::Store(hn::InterleaveLower(s, hn::Or(odd, one), oddSquares), s, additions + valuesAtOnce);
    hn::Store(hn::InterleaveUpper(s, hn::Or(odd, one), oddSquares), s, additions + 3 * (valuesAtOnce / 2));
}
#endif

void AddToBins(const float* values, std::size_t count, FloatBin* bins)
{
#if HWY_TARGET == HWY_SCALAR
    addOneByOne(values, count, bins);
#else
    const Codes d;
    const hn::CappedTag<std::uint64_t, 2> pair;
    // Through memory, not from register to register: taking single numbers out of wide registers is the slower way.
    constexpr std::size_t some = 128;
    HWY_ALIGN std::uint64_t additions[2 * some];
    HWY_ALIGN std::uint32_t leading[some];
    std::size_t at = 0;
    for (; at + some <= count; at += some) {
        // The tables take the processor's mind off the values: it has to be told to fetch the next ones.
        constexpr std::size_t ahead = 16384, line = 64;   // bytes
        for (std::size_t i = 0; i < some * sizeof(float); i += line)
            hwy::Prefetch(reinterpret_cast<const char*>(reinterpret_cast<std::uintptr_t>(values + at) + ahead + i));
        for (std::size_t i = 0; i < some; i += valuesAtOnce) {
            const auto codes = hn::BitCast(d, hn::LoadU(hn::RebindToFloat<Codes>(), values + at + i));
            hn::Store(hn::ShiftRight<16>(codes), d, leading + i);
            makeAdditions(codes, additions + 2 * i);
        }
        for (std::size_t i = 0; i < some; i += valuesAtOnce)
            for (std::size_t j = 0; j < valuesAtOnce; ++j) {
                auto* const bin = reinterpret_cast<std::uint64_t*>(bins + leading[i + j]);
                hn::Store(hn::Add(hn::Load(pair, bin), hn::Load(pair, additions + 2 * (i + placeOf(j)))), pair, bin);
            }
    }
    addOneByOne(values + at, count - at, bins);
#endif
}

}  // namespace
}  // namespace quantoscope::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace quantoscope {

HWY_EXPORT(AddToBins);

void addToBins(const float* values, std::size_t count, FloatBin* bins)
{
    HWY_DYNAMIC_DISPATCH(AddToBins)(values, count, bins);
}

}  // namespace quantoscope
#endif
