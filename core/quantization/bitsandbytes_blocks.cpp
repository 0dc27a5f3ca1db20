// SPDX-License-Identifier: Apache-2.0
// bitsandbytes' 4-bit types, backends/default/ops.py: the block's absolute maximum in FP32, the nearest
// entry of a table of 16 (a tie to the lower one), two codes a byte, the first in the high half.
#include "core/quantization/block_format.h"
#include "core/quantization/level_map.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>

namespace quantoscope {

namespace {

constexpr int blockSize = 64;

struct Table {
    std::array<float, 16> values;   ///< By code.
    LevelMap sorted;   ///< Thresholds between the values. FP4 has two zeros: code 8 stands for small x > 0.

    explicit Table(std::string_view id)
    {
        const auto levels = findNumberFormat(id)->asLevels()->levels;
        std::copy(levels.begin(), levels.end(), values.begin());
        std::array<int, 16> order;
        for (int code = 0; code < 16; ++code)
            order[std::size_t(code)] = code;
        std::stable_sort(order.begin(), order.end(), [&](int a, int b) { return values[std::size_t(a)] < values[std::size_t(b)]; });
        for (const int code : order) {
            if (!sorted.levels.empty())
                sorted.thresholds.push_back((sorted.levels.back() + double(values[std::size_t(code)])) / 2);
            sorted.levels.push_back(double(values[std::size_t(code)]));
            sorted.codes.push_back(code);
        }
        sorted.tie = LevelMap::Tie::Lower;
    }
};

template <const char* id>
const Table& table()
{
    static const Table made{id};
    return made;
}

template <const char* id>
void encodeBlock(std::span<const float> values, const BlockContext&, std::byte* codes, std::byte* scales)
{
    const Table& levels = table<id>();
    float largest = 0;
    for (const float value : values)
        largest = std::max(largest, std::abs(value));
    std::memcpy(scales, &largest, sizeof largest);
    // A short last block is divided where whole ones are multiplied by the reciprocal.
    const float divisor = std::max(largest, 1e-38f), reciprocal = 1 / divisor;
    const bool isWhole = values.size() == blockSize;
    std::fill_n(codes, (values.size() + 1) / 2, std::byte{0});
    for (std::size_t i = 0; i < values.size(); ++i) {
        const float scaled = std::clamp(isWhole ? values[i] * reciprocal : values[i] / divisor, -1.0f, 1.0f);
        const auto code = levels.sorted.codes[levels.sorted.indexOf(scaled)];
        codes[i / 2] |= std::byte(i % 2 == 0 ? code << 4 : code);
    }
    if (values.size() % 2 == 1)   // An odd end is filled up with a zero.
        codes[values.size() / 2] |= std::byte(levels.sorted.codes[levels.sorted.indexOf(0)]);
}

template <const char* id>
void decodeBlock(const std::byte* codes, const std::byte* scales, const BlockContext&, std::span<float> values,
                 std::uint16_t* levels)
{
    float largest;
    std::memcpy(&largest, scales, sizeof largest);
    for (std::size_t i = 0; i < values.size(); ++i) {
        const unsigned pair = std::to_integer<unsigned>(codes[i / 2]);
        levels[i] = std::uint16_t(i % 2 == 0 ? pair >> 4 : pair & 15);
        values[i] = table<id>().values[levels[i]] * largest;
    }
}

constexpr char nf4[] = "nf4", fp4[] = "fp4_bnb", af4[] = "af4";

template <const char* id>
constexpr BlockFormat row(std::string_view sentence)
{
    return {id, sentence, blockSize, blockSize / 2, 4, 4.5, encodeBlock<id>, decodeBlock<id>, 16, true};
}

constexpr std::array rows{
    row<nf4>("NF4 as bitsandbytes stores it: normal quantiles, an FP32 absolute maximum per 64"),
    row<fp4>("FP4 as bitsandbytes stores it: 12 times a small float, an FP32 absolute maximum per 64"),
    row<af4>("AF4: levels of least absolute error, an FP32 absolute maximum per 64"),
};

}  // namespace

std::span<const BlockFormat> bitsandbytesFormats()
{
    return rows;
}

}  // namespace quantoscope
