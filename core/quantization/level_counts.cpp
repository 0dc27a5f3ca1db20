// SPDX-License-Identifier: Apache-2.0
#include "core/quantization/level_counts.h"

#include <array>
#include <cstring>

namespace quantoscope {

namespace {

/// Four levels of 16 bits each.
std::uint64_t fourLevels(const std::uint16_t* levels)
{
    std::uint64_t four;
    std::memcpy(&four, levels, sizeof four);
    return four;
}

/// Two levels of four bits are counted as one of eight, so that half as many counters are touched.
std::size_t countInPairs(std::span<const std::uint16_t> levels, std::span<std::uint64_t> counts)
{
    std::array<std::array<std::uint32_t, 256>, 2> pairs{};
    std::size_t at = 0;
    for (; at + 4 <= levels.size(); at += 4) {
        const std::uint64_t four = fourLevels(levels.data() + at);
        const std::uint64_t joined = four | four >> 12;
        ++pairs[0][joined & 0xFF];
        ++pairs[1][joined >> 32 & 0xFF];
    }
    for (std::size_t pair = 0; pair < 256; ++pair) {
        const std::uint64_t both = std::uint64_t{pairs[0][pair]} + pairs[1][pair];
        if (both == 0)
            continue;
        counts[pair & 15] += both;
        counts[pair >> 4] += both;
    }
    return at;
}

/// Neighbours are often alike, and a counter cannot be raised again before it has been stored: four
/// tables take turns.
std::size_t countInTurns(std::span<const std::uint16_t> levels, std::span<std::uint64_t> counts)
{
    std::array<std::array<std::uint32_t, 256>, 4> tables{};
    std::size_t at = 0;
    for (; at + 4 <= levels.size(); at += 4) {
        const std::uint64_t four = fourLevels(levels.data() + at);
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
        const std::size_t done = counts.size() <= 16 ? countInPairs(some, counts) : counts.size() <= 256 ? countInTurns(some, counts) : 0;
        for (const std::uint16_t level : some.subspan(done))
            ++counts[level];
    }
}

}  // namespace quantoscope
