// SPDX-License-Identifier: Apache-2.0
#include "core/quantization/level_counts.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "core/quantization/level_counts.cpp"
#define HWY_DISABLED_TARGETS (HWY_SVE | HWY_SVE2 | HWY_SVE_256 | HWY_SVE2_128 | HWY_RVV)   // lanes must be a constant
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include <array>
#include <cmath>
#include <cstring>

HWY_BEFORE_NAMESPACE();
namespace quantoscope::HWY_NAMESPACE {
namespace {

namespace hn = hwy::HWY_NAMESPACE;

using Bytes = hn::CappedTag<std::uint8_t, 64>;
using Words = hn::Repartition<std::uint16_t, Bytes>;
constexpr std::size_t bytesAtOnce = hn::MaxLanes(Bytes());

/// Bit number `bit` of each of 64 levels, in some order that is the same for every bit.
template <int bit>
HWY_INLINE std::uint64_t planeOf(const std::uint16_t* levels)
{
    const Bytes b;
    const Words w;
    std::uint64_t plane = 0;
    for (std::size_t at = 0; at < 64; at += bytesAtOnce) {
        const auto first = hn::LoadU(w, levels + at), second = hn::LoadU(w, levels + at + bytesAtOnce / 2);
        const auto both = hn::BitCast(b, hn::Or(first, hn::ShiftLeft<8>(second)));
        hn::StoreMaskBits(b, hn::TestBit(both, hn::Set(b, 1 << bit)), reinterpret_cast<std::uint8_t*>(&plane) + at / 8);
    }
    return plane;
}

/// counts[s]: how many levels have all the bits of s.
std::size_t CountBitSets(const std::uint16_t* levels, std::size_t count, std::uint64_t* counts)
{
#if HWY_TARGET == HWY_SCALAR
    (void)levels, (void)count, (void)counts;
    return 0;
#else
    // The ones of many planes are counted a vector at a time, and added up once for all.
    const hn::CappedTag<std::uint64_t, 8> d;
    constexpr std::size_t planes = 32;
    hn::Vec<decltype(d)> sums[16];
    for (auto& sum : sums)
        sum = hn::Zero(d);
    std::size_t at = 0;
    for (; at + 64 * planes <= count; at += 64 * planes) {
        HWY_ALIGN std::uint64_t bits[4][planes];
        for (std::size_t i = 0; i < planes; ++i) {
            bits[0][i] = planeOf<0>(levels + at + 64 * i);
            bits[1][i] = planeOf<1>(levels + at + 64 * i);
            bits[2][i] = planeOf<2>(levels + at + 64 * i);
            bits[3][i] = planeOf<3>(levels + at + 64 * i);
        }
        for (std::size_t i = 0; i < planes; i += hn::Lanes(d)) {
            const auto a = hn::Load(d, bits[0] + i), b = hn::Load(d, bits[1] + i), c = hn::Load(d, bits[2] + i), e = hn::Load(d, bits[3] + i);
            const auto ab = hn::And(a, b), ce = hn::And(c, e);
            const auto add = [&](std::size_t set, hn::Vec<decltype(d)> plane) { sums[set] = hn::Add(sums[set], hn::PopulationCount(plane)); };
            add(1, a);
            add(2, b);
            add(3, ab);
            add(4, c);
            add(5, hn::And(a, c));
            add(6, hn::And(b, c));
            add(7, hn::And(ab, c));
            add(8, e);
            add(9, hn::And(a, e));
            add(10, hn::And(b, e));
            add(11, hn::And(ab, e));
            add(12, ce);
            add(13, hn::And(a, ce));
            add(14, hn::And(b, ce));
            add(15, hn::And(ab, ce));
        }
    }
    for (std::size_t set = 1; set < 16; ++set)
        counts[set] += hn::GetLane(hn::SumOfLanes(d, sums[set]));
    counts[0] += at;
    return at;
#endif
}

}  // namespace
}  // namespace quantoscope::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace quantoscope {

HWY_EXPORT(CountBitSets);

namespace {

/// Levels of at most four bits: 64 at a time as four words, one a bit, from which counting ones tells how many
/// levels have a set of bits; those that have no other bits are what is left by inclusion and exclusion.
std::size_t countByBits(std::span<const std::uint16_t> levels, std::span<std::uint64_t> counts)
{
    std::array<std::uint64_t, 16> sets{};
    const std::size_t done = HWY_DYNAMIC_DISPATCH(CountBitSets)(levels.data(), levels.size(), sets.data());
    for (std::size_t bit = 1; bit < 16; bit *= 2)
        for (std::size_t set = 0; set < 16; ++set)
            if ((set & bit) == 0)
                sets[set] -= sets[set | bit];
    for (std::size_t level = 0; level < counts.size(); ++level)
        counts[level] += sets[level];
    return done;
}

/// Neighbours are often alike, and a counter cannot be raised again before it has been stored: four
/// tables take turns.
std::size_t countInTurns(std::span<const std::uint16_t> levels, std::span<std::uint64_t> counts)
{
    std::array<std::array<std::uint32_t, 256>, 4> tables{};
    std::size_t at = 0;
    for (; at + 4 <= levels.size(); at += 4) {
        std::uint64_t four;   // levels of 16 bits each
        std::memcpy(&four, levels.data() + at, sizeof four);
        ++tables[0][four & 0xFF];
        ++tables[1][four >> 16 & 0xFF];
        ++tables[2][four >> 32 & 0xFF];
        ++tables[3][four >> 48];
    }
    for (std::size_t level = 0; level < counts.size(); ++level)
        counts[level] += std::uint64_t{tables[0][level]} + tables[1][level] + tables[2][level] + tables[3][level];
    return at;
}

}  // namespace

void addLevelCounts(std::span<const std::uint16_t> levels, std::span<std::uint64_t> counts)
{
    constexpr std::size_t atMost = std::size_t{1} << 30;   // so that 32 bits hold every count
    while (!levels.empty()) {
        const auto some = levels.first(levels.size() < atMost ? levels.size() : atMost);
        levels = levels.subspan(some.size());
        const std::size_t done = counts.size() <= 16 ? countByBits(some, counts) : counts.size() <= 256 ? countInTurns(some, counts) : 0;
        for (const std::uint16_t level : some.subspan(done))
            ++counts[level];
    }
}

void addLevelCounts(std::span<const std::uint16_t> levels, std::span<const float> values, bool allFinite, std::span<std::uint64_t> counts)
{
    if (allFinite)
        return addLevelCounts(levels, counts);
    for (std::size_t i = 0; i < levels.size(); ++i)
        counts[levels[i]] += std::isfinite(values[i]);
}

}  // namespace quantoscope
#endif
