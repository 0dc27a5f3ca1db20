// SPDX-License-Identifier: Apache-2.0
// bitsandbytes' 4-bit types, backends/default/ops.py: the block's absolute maximum in FP32, the nearest
// entry of a table of 16 (a tie to the lower one), two codes a byte, the first in the high half.
#include "core/quantization/block_format.h"
#include "core/quantization/dynamic_code.h"
#include "core/quantization/level_map.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>

namespace quantoscope {

namespace {

constexpr std::size_t blockSize = 64;

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
                sorted.thresholds.push_back((float(sorted.levels.back()) + values[std::size_t(code)]) / 2);   // In FP32.
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

/// Codes of one block, and its largest magnitude.
float encodeOne(const Table& levels, std::span<const float> values, std::byte* codes)
{
    float largest = 0;
    for (const float value : values)
        largest = std::max(largest, std::abs(value));
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
    return largest;
}

void decodeOne(const Table& table, const std::byte* codes, float largest, std::span<float> values, std::uint16_t* levels)
{
    for (std::size_t i = 0; i < values.size(); ++i) {
        const unsigned pair = std::to_integer<unsigned>(codes[i / 2]);
        levels[i] = std::uint16_t(i % 2 == 0 ? pair >> 4 : pair & 15);
        values[i] = table.values[levels[i]] * largest;
    }
}

template <class T>
std::span<T> blockOf(std::span<T> values, std::size_t first, std::size_t length)
{
    return values.subspan(first, std::min(length, values.size() - first));
}

template <const char* id>
void encodeBlocks(std::span<const float> values, const BlockContext&, std::byte* codes, std::byte* scales)
{
    for (std::size_t at = 0; at < values.size(); at += blockSize, codes += blockSize / 2, scales += sizeof(float)) {
        const float largest = encodeOne(table<id>(), blockOf(values, at, blockSize), codes);
        std::memcpy(scales, &largest, sizeof largest);
    }
}

template <const char* id>
void decodeBlocks(const std::byte* codes, const std::byte* scales, const BlockContext&, std::span<float> values,
                  std::uint16_t* levels)
{
    for (std::size_t at = 0; at < values.size(); at += blockSize, codes += blockSize / 2, scales += sizeof(float)) {
        float largest;
        std::memcpy(&largest, scales, sizeof largest);
        decodeOne(table<id>(), codes, largest, blockOf(values, at, blockSize), levels + at);
    }
}

// Double quantization (functional.py, quantize_4bit with compress_statistics): the maxima, less their
// mean over the tensor, are themselves quantized to the dynamic 8-bit code in blocks of 256. The codes
// of the weights are those of the exact maxima.

constexpr std::size_t maximaOfNest = 256, nestSize = blockSize * maximaOfNest;

template <const char* id>
void encodeNested(std::span<const float> values, const BlockContext& context, std::byte* codes, std::byte* scales)
{
    std::array<float, maximaOfNest> differences;
    for (std::size_t first = 0; first < values.size(); first += nestSize, codes += nestSize / 2) {
        const auto nest = blockOf(values, first, nestSize);
        std::size_t count = 0;
        for (std::size_t at = 0; at < nest.size(); at += blockSize)
            differences[count++] = encodeOne(table<id>(), blockOf(nest, at, blockSize), codes + at / 2) - context.tensorScale;
        const float largest = quantizeDynamic(std::span(differences).first(count), maximaOfNest,
                                              reinterpret_cast<std::uint8_t*>(scales));
        std::memcpy(scales + count, &largest, sizeof largest);
        scales += count + sizeof largest;
    }
}

template <const char* id>
void decodeNested(const std::byte* codes, const std::byte* scales, const BlockContext& context, std::span<float> values,
                  std::uint16_t* levels)
{
    for (std::size_t first = 0; first < values.size(); first += nestSize, codes += nestSize / 2, levels += nestSize) {
        const auto nest = blockOf(values, first, nestSize);
        const std::size_t count = (nest.size() + blockSize - 1) / blockSize;
        float largest;
        std::memcpy(&largest, scales + count, sizeof largest);
        for (std::size_t block = 0; block < count; ++block) {
            const float maximum = dynamicCode()[std::to_integer<std::size_t>(scales[block])] * largest + context.tensorScale;
            decodeOne(table<id>(), codes + block * blockSize / 2, maximum, blockOf(nest, block * blockSize, blockSize),
                      levels + block * blockSize);
        }
        scales += count + sizeof largest;
    }
}

constexpr char nf4[] = "nf4", fp4[] = "fp4_bnb", af4[] = "af4";

template <const char* id>
constexpr BlockFormat row(std::string_view sentence)
{
    return {id, sentence, blockSize, blockSize / 2, 4, 4.5, encodeBlocks<id>, decodeBlocks<id>, 16, true};
}

template <const char* id>
constexpr BlockFormat nestedRow(std::string_view name, std::string_view sentence)
{
    return {name, sentence, int(nestSize), int(nestSize / 2), int(maximaOfNest) + 4, 4 + 8.0 / blockSize + 32.0 / nestSize,
            encodeNested<id>, decodeNested<id>, 16, true, false, OuterScale::MeanOfBlockScales, 0, int(blockSize)};
}

constexpr std::array rows{
    row<nf4>("NF4 as bitsandbytes stores it: normal quantiles, an FP32 absolute maximum per 64"),
    row<fp4>("FP4 as bitsandbytes stores it: 12 times a small float, an FP32 absolute maximum per 64"),
    nestedRow<nf4>("nf4_dq", "NF4 with double quantization as bitsandbytes stores it: the maxima in 8 bits, in blocks of 256"),
    nestedRow<fp4>("fp4_bnb_dq", "bitsandbytes' FP4 with double quantization: the maxima in 8 bits, in blocks of 256"),
    row<af4>("AF4: levels of least absolute error, an FP32 absolute maximum per 64"),
};

}  // namespace

std::span<const BlockFormat> bitsandbytesFormats()
{
    return rows;
}

}  // namespace quantoscope
