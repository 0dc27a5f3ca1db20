// SPDX-License-Identifier: Apache-2.0
// bitsandbytes' 4-bit types, backends/default/ops.py: the block's absolute maximum in FP32, the nearest
// entry of a table of 16 (a tie to the lower one), two codes a byte, the first in the high half.
#include "core/quantization/block_format.h"
#include "core/quantization/block_kernels.h"
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

    std::array<float, 15> thresholds;        ///< Of `sorted`, and the codes of its levels.
    std::array<std::uint8_t, 16> codes;

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
        std::transform(sorted.thresholds.begin(), sorted.thresholds.end(), thresholds.begin(), [](double t) { return float(t); });
        for (std::size_t place = 0; place < codes.size(); ++place)   // By place: g++ 12 cannot see that both have 16.
            codes[place] = std::uint8_t(order[place]);
    }
};

template <const char* id>
const Table& table()
{
    static const Table made{id};
    return made;
}

/// A short last block, which is divided where whole ones are multiplied by the reciprocal.
float encodeShort(const Table& levels, std::span<const float> values, std::byte* codes)
{
    float largest = 0;
    for (const float value : values)
        largest = std::max(largest, std::abs(value));
    const float divisor = std::max(largest, 1e-38f);
    std::fill_n(codes, (values.size() + 1) / 2, std::byte{0});
    for (std::size_t i = 0; i < values.size(); ++i) {
        const auto code = levels.sorted.codes[levels.sorted.indexOf(std::clamp(values[i] / divisor, -1.0f, 1.0f))];
        codes[i / 2] |= std::byte(i % 2 == 0 ? code << 4 : code);
    }
    if (values.size() % 2 == 1)   // An odd end is filled up with a zero.
        codes[values.size() / 2] |= std::byte(levels.sorted.codes[levels.sorted.indexOf(0)]);
    return largest;
}

constexpr std::size_t tile = 16 * blockSize;   // Values at a time.

/// Codes of the blocks, and the largest magnitude of each.
void encodeAll(const Table& levels, std::span<const float> values, std::byte* codes, float* largest)
{
    std::array<std::uint8_t, tile> indices;
    std::array<float, tile / blockSize> factors;
    const std::size_t whole = values.size() / blockSize * blockSize;
    for (std::size_t at = 0; at < whole; at += tile) {
        const std::size_t count = std::min(tile, whole - at), blocks = count / blockSize;
        largestMagnitudes(values.data() + at, count, blockSize, largest + at / blockSize);
        for (std::size_t block = 0; block < blocks; ++block)
            factors[block] = 1 / std::max(largest[at / blockSize + block], 1e-38f);
        countThresholds(values.data() + at, count, factors.data(), levels.thresholds.data(), indices.data());
        packPairs(indices.data(), count, levels.codes.data(), true, codes + at / 2);
    }
    if (whole < values.size())
        largest[whole / blockSize] = encodeShort(levels, values.subspan(whole), codes + whole / 2);
}

void decodeAll(const Table& table, const std::byte* codes, const float* largest, std::span<float> values, std::uint16_t* levels)
{
    std::array<std::uint8_t, tile> unpacked;
    const std::size_t whole = values.size() / blockSize * blockSize;
    for (std::size_t at = 0; at < whole; at += tile) {
        const std::size_t count = std::min(tile, whole - at);
        for (std::size_t i = 0; i < count; i += 2) {
            const unsigned pair = std::to_integer<unsigned>(codes[(at + i) / 2]);
            unpacked[i] = std::uint8_t(pair >> 4);
            unpacked[i + 1] = std::uint8_t(pair & 15);
        }
        std::copy_n(unpacked.begin(), count, levels + at);
        lookUpBlocks(unpacked.data(), count, blockSize, table.values.data(), largest + at / blockSize, values.data() + at);
    }
    for (std::size_t i = whole; i < values.size(); ++i) {
        levels[i] = std::uint16_t(std::to_integer<unsigned>(codes[i / 2]) >> (i % 2 == 0 ? 4 : 0) & 15);
        values[i] = table.values[levels[i]] * largest[whole / blockSize];
    }
}

// What is worked on at a time: 256 blocks, whose maxima double quantization stores together.
constexpr std::size_t maximaOfNest = 256, nestSize = blockSize * maximaOfNest;

template <class T>
std::span<T> nestOf(std::span<T> values, std::size_t first)
{
    return values.subspan(first, std::min(nestSize, values.size() - first));
}

std::size_t blocksOf(std::size_t values) { return (values + blockSize - 1) / blockSize; }

template <const char* id>
void encodeBlocks(std::span<const float> values, const BlockContext&, std::byte* codes, std::byte* scales)
{
    std::array<float, maximaOfNest> largest;
    for (std::size_t first = 0; first < values.size(); first += nestSize) {
        const auto nest = nestOf(values, first);
        encodeAll(table<id>(), nest, codes + first / 2, largest.data());
        std::memcpy(scales + first / blockSize * sizeof(float), largest.data(), blocksOf(nest.size()) * sizeof(float));
    }
}

template <const char* id>
void decodeBlocks(const std::byte* codes, const std::byte* scales, const BlockContext&, std::span<float> values,
                  std::uint16_t* levels)
{
    std::array<float, maximaOfNest> largest;
    for (std::size_t first = 0; first < values.size(); first += nestSize) {
        const auto nest = nestOf(values, first);
        std::memcpy(largest.data(), scales + first / blockSize * sizeof(float), blocksOf(nest.size()) * sizeof(float));
        decodeAll(table<id>(), codes + first / 2, largest.data(), nest, levels + first);
    }
}

// Double quantization (functional.py, quantize_4bit with compress_statistics): the maxima, less their
// mean over the tensor, are themselves quantized to the dynamic 8-bit code in blocks of 256. The codes
// of the weights are those of the exact maxima.

template <const char* id>
void encodeNested(std::span<const float> values, const BlockContext& context, std::byte* codes, std::byte* scales)
{
    std::array<float, maximaOfNest> differences;
    for (std::size_t first = 0; first < values.size(); first += nestSize) {
        const auto nest = nestOf(values, first);
        const std::size_t count = blocksOf(nest.size());
        encodeAll(table<id>(), nest, codes + first / 2, differences.data());
        for (std::size_t block = 0; block < count; ++block)
            differences[block] -= context.tensorScale;
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
    std::array<float, maximaOfNest> maxima;
    for (std::size_t first = 0; first < values.size(); first += nestSize) {
        const auto nest = nestOf(values, first);
        const std::size_t count = blocksOf(nest.size());
        float largest;
        std::memcpy(&largest, scales + count, sizeof largest);
        for (std::size_t block = 0; block < count; ++block)
            maxima[block] = dynamicCode()[std::to_integer<std::size_t>(scales[block])] * largest + context.tensorScale;
        decodeAll(table<id>(), codes + first / 2, maxima.data(), nest, levels + first);
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
