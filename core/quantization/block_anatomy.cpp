// SPDX-License-Identifier: Apache-2.0
#include "core/quantization/block_anatomy.h"

#include "core/random.h"

#include <algorithm>
#include <bit>
#include <cstring>

namespace quantoscope {

namespace {

/// A byte that several values share without being a scale: five of TQ1_0's ternary digits in one byte.
constexpr int mostValuesInAByte = 7;

struct Decoded {
    std::vector<float> values;
    std::vector<std::uint16_t> levels;
};

struct Block {
    std::vector<std::byte> codes, scales;

    Decoded decoded(const BlockFormat& format, const BlockContext& context) const
    {
        Decoded result{std::vector<float>(std::size_t(format.elements)), std::vector<std::uint16_t>(std::size_t(format.elements))};
        format.decode(codes.data(), scales.data(), context, result.values, result.levels.data());
        return result;
    }
};

/// Magnitudes between 0.4 and 1: every value keeps a level other than zero, so that every scale shows.
std::vector<float> telling(int count)
{
    const RandomStream random(11);
    std::vector<float> values;
    for (int i = 0; i < count; ++i) {
        const double uniform = random.uniform(std::uint64_t(i)) * 2 - 1;
        values.push_back(float(uniform < 0 ? uniform * 0.6 - 0.4 : uniform * 0.6 + 0.4));
    }
    return values;
}

/// A code that the format does not have (MX stores a code of four bits in a byte) reaches nothing.
BitReach reachOf(const Decoded& before, const Decoded& after, int levels)
{
    BitReach reach;
    if (std::any_of(after.levels.begin(), after.levels.end(), [&](std::uint16_t level) { return level >= std::bit_ceil(unsigned(levels)); }))
        return reach;
    for (int i = 0; i < int(before.values.size()); ++i) {
        const auto at = std::size_t(i);
        if (before.levels[at] == after.levels[at] && std::bit_cast<std::uint32_t>(before.values[at]) == std::bit_cast<std::uint32_t>(after.values[at]))
            continue;
        reach.first = reach.count == 0 ? i : reach.first;
        reach.last = i;
        ++reach.count;
    }
    return reach;
}

}  // namespace

ByteRole BlockAnatomy::role(const Byte& byte) const
{
    int most = 0;
    for (const BitReach& reach : byte)
        most = std::max(most, reach.count);
    if (most == 0)
        return ByteRole::Unused;
    if (most <= mostValuesInAByte)
        return ByteRole::Value;
    return most > elements / 2 ? ByteRole::Scale : ByteRole::SubScale;
}

BlockAnatomy blockAnatomy(const BlockFormat& format)
{
    const std::vector<float> values = telling(format.elements);
    BlockContext context;
    if (format.largestForTensor > 0)
        context.tensorScale = float(1 / format.largestForTensor);
    Block block{std::vector<std::byte>(std::size_t(format.codeBytes)), std::vector<std::byte>(std::size_t(format.scaleBytes))};
    format.encode(values, context, block.codes.data(), block.scales.data());
    const Decoded before = block.decoded(format, context);

    BlockAnatomy anatomy;
    anatomy.elements = anatomy.subBlock = format.elements;
    const auto probe = [&](std::vector<std::byte>& bytes) {
        std::vector<BlockAnatomy::Byte> reaches(bytes.size());
        for (std::size_t i = 0; i < bytes.size(); ++i) {
            for (int bit = 0; bit < 8; ++bit) {
                bytes[i] ^= std::byte(1 << bit);
                reaches[i][std::size_t(bit)] = reachOf(before, block.decoded(format, context), format.levels);
                bytes[i] ^= std::byte(1 << bit);
            }
        }
        return reaches;
    };
    anatomy.codes = probe(block.codes);
    anatomy.scales = probe(block.scales);
    for (const auto* bytes : {&anatomy.codes, &anatomy.scales})
        for (const BlockAnatomy::Byte& byte : *bytes)
            for (const BitReach& reach : byte)
                if (reach.count > mostValuesInAByte && reach.count <= format.elements / 2)
                    anatomy.subBlock = std::min(anatomy.subBlock, int(std::bit_ceil(unsigned(reach.last - reach.first + 1))));
    return anatomy;
}

}  // namespace quantoscope
