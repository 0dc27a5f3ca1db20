// SPDX-License-Identifier: Apache-2.0
// ggml's block types without super-blocks, byte for byte as its reference quantizers write them
// (src/ggml-quants.c, quantize_row_*_ref): FP32 arithmetic in their order, no fused operations.
#include "core/formats/wide_float.h"
#include "core/quantization/block_kernels.h"
#include "core/quantization/ggml_common.h"
#include "core/quantization/ggml_scale_kernels.h"
#include "core/tensors/block_tables.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>

namespace quantoscope {

namespace {

using namespace ggml;

float reciprocal(float d) { return d != 0 ? 1.0f / d : 0.0f; }

/// The value of largest magnitude with its sign; the first of several.
float signedExtreme(const float* values, std::size_t count)
{
    float largest = 0, extreme = 0;
    for (std::size_t i = 0; i < count; ++i)
        if (largest < std::abs(values[i])) {
            largest = std::abs(values[i]);
            extreme = values[i];
        }
    return extreme;
}

/// 32 codes of 4 or 5 bits: low halves two a byte (element j with j + 16), fifth bits in `high`.
void putCodes(const std::array<unsigned, 32>& codes, std::byte* low, std::byte* high)
{
    std::uint32_t fifth = 0;
    for (std::size_t j = 0; j < 16; ++j)
        low[j] = std::byte((codes[j] & 15) | (codes[j + 16] & 15) << 4);
    for (std::size_t j = 0; j < 32; ++j)
        fifth |= (codes[j] >> 4 & 1) << j;
    if (high)
        std::memcpy(high, &fifth, 4);
}

/// Where the low halves begin, and the fifth bits if there are any.
template <std::size_t lowAt, std::size_t highAt>
void codesOf32(const std::byte* block, std::uint16_t* levels)
{
    std::uint32_t fifth = 0;
    if constexpr (highAt > 0)
        std::memcpy(&fifth, block + highAt, 4);
    for (std::size_t j = 0; j < 16; ++j) {
        const unsigned both = byteAt(block + lowAt + j);
        levels[j] = std::uint16_t((both & 15) | (fifth >> j & 1) << 4);
        levels[j + 16] = std::uint16_t(both >> 4 | (fifth >> (j + 16) & 1) << 4);
    }
}

constexpr std::size_t tile = 2048;   // Values at a time of the types that are worked on in tiles.

/// FP16 scales to the beginnings of blocks; beyond the largest they become infinity.
void putHalves(std::span<const float> scales, std::byte* blocks, std::size_t stride)
{
    static const WideFloat fp16 = *wideFloat(*findNumberFormat("fp16")->asFloat(), Overflow::Default);
    std::array<std::uint16_t, tile / 32> halves;
    encodeWide(fp16, scales.data(), halves.data(), scales.size());
    for (std::size_t b = 0; b < scales.size(); ++b)
        std::memcpy(blocks + stride * b, &halves[b], 2);
}

/// Q4_0: as Q5_0 below.
void encodeQ4(std::span<const float> values, const BlockContext&, std::byte* blocks, std::byte*)
{
    std::array<float, tile / 32> least, most, scales;
    for (std::size_t at = 0; at < values.size(); at += tile) {
        const std::size_t count = std::min(tile, values.size() - at), here = count / 32;
        const float* const x = values.data() + at;
        extremes(x, count, 32, least.data(), most.data());
        const bool areSure = signedSteps(least.data(), most.data(), here, scales.data());
        for (std::size_t b = 0; b < here && !areSure; ++b)
            if (-least[b] == most[b])   // The first of largest magnitude; 0, not −0, where there is nothing else.
                scales[b] = signedExtreme(x + 32 * b, 32) / -8.0f;
        putHalves(std::span(scales).first(here), blocks, 18);
        invertOrZero(scales.data(), here);
        truncateToNibbles(x, count, scales.data(), 8.5f, blocks + 2, 18);
        blocks += 18 * here;
    }
}

/// Q5_0: the signed extreme lands on the lowest code.
void encodeQ5(const float* x, std::byte* block)
{
    const float d = signedExtreme(x, 32) / -16.0f, id = reciprocal(d);
    std::array<unsigned, 32> codes;
    for (std::size_t j = 0; j < 32; ++j)
        codes[j] = unsigned(std::min(31, int(x[j] * id + 16.5f)));
    putHalf(block, d);
    putCodes(codes, block + 6, block + 2);
}

/// Q4_1 and Q5_1: a minimum and a step.
template <int bits>
void encodeWithMinimum(const float* x, std::byte* block)
{
    const auto [low, high] = std::minmax_element(x, x + 32);
    const float minimum = *low, d = (*high - minimum) / float((1 << bits) - 1), id = reciprocal(d);
    std::array<unsigned, 32> codes;
    for (std::size_t j = 0; j < 32; ++j)
        codes[j] = unsigned(std::min((1 << bits) - 1, int((x[j] - minimum) * id + 0.5f)));
    putHalf(block, d);
    putHalf(block + 2, minimum);
    putCodes(codes, block + (bits == 5 ? 8 : 4), bits == 5 ? block + 4 : nullptr);
}

void encodeQ8(std::span<const float> values, const BlockContext&, std::byte* blocks, std::byte*)
{
    std::array<float, tile / 32> scales;
    for (std::size_t at = 0; at < values.size(); at += tile) {
        const std::size_t count = std::min(tile, values.size() - at), here = count / 32;
        largestMagnitudes(values.data() + at, count, 32, scales.data());
        for (std::size_t b = 0; b < here; ++b)
            scales[b] /= 127.0f;
        putHalves(std::span(scales).first(here), blocks, 34);
        invertOrZero(scales.data(), here);
        roundToBytes(values.data() + at, count, scales.data(), blocks + 2, 34);
        blocks += 34 * here;
    }
}

void codesOfQ8(const std::byte* block, std::uint16_t* levels)
{
    for (std::size_t j = 0; j < 32; ++j)
        levels[j] = std::uint16_t(int(std::int8_t(byteAt(block + 2 + j))) + 128);
}

// One and two bits: the mean magnitude with a sign; −1, 0, 1 or 2 times the largest magnitude.

void encodeQ1(const float* x, std::byte* block)
{
    float sum = 0;
    for (std::size_t j = 0; j < 128; ++j)
        sum += std::abs(x[j]);
    putHalf(block, sum / 128);
    std::fill_n(block + 2, 16, std::byte{0});
    for (std::size_t j = 0; j < 128; ++j)
        block[2 + j / 8] |= std::byte(unsigned(x[j] >= 0) << j % 8);
}

void codesOfQ1(const std::byte* block, std::uint16_t* levels)
{
    for (std::size_t j = 0; j < 128; ++j)
        levels[j] = std::uint16_t(byteAt(block + 2 + j / 8) >> j % 8 & 1);
}

void encodeQ2(const float* x, std::byte* block)
{
    const float d = std::abs(signedExtreme(x, 64)), id = reciprocal(d);
    putHalf(block, d);
    std::fill_n(block + 2, 16, std::byte{0});
    for (std::size_t j = 0; j < 64; ++j)
        block[2 + j / 4] |= std::byte(unsigned(std::clamp(std::round(x[j] * id) + 1.0f, 0.0f, 3.0f)) << 2 * (j % 4));
}

void codesOfQ2(const std::byte* block, std::uint16_t* levels)
{
    for (std::size_t j = 0; j < 64; ++j)
        levels[j] = std::uint16_t(byteAt(block + 2 + j / 4) >> 2 * (j % 4) & 3);
}

// Ternary types: −d, 0 or d with d the largest magnitude of 256.

unsigned trit(float x, float id) { return unsigned(std::lround(x * id) + 1); }

/// Five trits as a fraction of 256 in one byte, rounded up, so that multiplying by 3 brings out the next.
std::byte packTrits(unsigned number) { return std::byte((number * 256 + 242) / 243); }

/// Where the elements of byte `j` begin and how far apart they lie.
struct TritRun { std::size_t first, stride, count; };
TritRun tritRun(std::size_t j)
{
    if (j < 32)
        return {j, 32, 5};
    if (j < 48)
        return {160 + j - 32, 16, 5};
    return {240 + j - 48, 4, 4};
}

void encodeTq1(const float* x, std::byte* block)
{
    const float d = std::abs(signedExtreme(x, 256)), id = reciprocal(d);
    for (std::size_t j = 0; j < 52; ++j) {
        const auto [first, stride, count] = tritRun(j);
        unsigned number = 0;
        for (std::size_t n = 0; n < 5; ++n)
            number = number * 3 + (n < count ? trit(x[first + n * stride], id) : 0);
        block[j] = packTrits(number);
    }
    putHalf(block + 52, d);
}

void codesOfTq1(const std::byte* block, std::uint16_t* levels)
{
    for (std::size_t j = 0; j < 52; ++j) {
        const auto [first, stride, count] = tritRun(j);
        unsigned rest = byteAt(block + j);
        for (std::size_t n = 0; n < count; ++n) {
            levels[first + n * stride] = std::uint16_t(rest * 3 >> 8);
            rest = rest * 3 & 255;
        }
    }
}

void encodeTq2(const float* x, std::byte* block)
{
    const float d = std::abs(signedExtreme(x, 256)), id = reciprocal(d);
    for (std::size_t j = 0; j < 64; ++j) {
        unsigned codes = 0;
        for (std::size_t n = 0; n < 4; ++n)
            codes |= (trit(x[j / 32 * 128 + j % 32 + n * 32], id) & 3) << 2 * n;
        block[j] = std::byte(codes);
    }
    putHalf(block + 64, d);
}

void codesOfTq2(const std::byte* block, std::uint16_t* levels)
{
    for (std::size_t i = 0; i < 256; ++i)
        levels[i] = std::uint16_t(byteAt(block + i / 128 * 32 + i % 32) >> i % 128 / 32 * 2 & 3);
}

// E2M1 as ggml has it: doubled values, so that they are whole, times half the scale; the nearest by
// absolute difference, of several the first.

/// floor(log2f(x)), which for the few numbers just below a power of two is that power.
int floorOfLog2(float positive)
{
    const auto bits = std::bit_cast<std::uint32_t>(positive);
    const bool isPlain = bits >> 23 > 0 && (bits & 0x7FFFFF) < 0x7FFF00;
    return isPlain ? int(bits >> 23) - 127 : int(std::floor(std::log2(positive)));
}

/// The code of the scale of a block with this largest magnitude.
std::uint8_t powerCode(float largest)
{
    return largest > 0 ? std::uint8_t(floorOfLog2(largest) - 2 + 127) : 0;
}

void encodeMxfp4(std::span<const float> values, const BlockContext&, std::byte* blocks, std::byte*)
{
    std::array<float, tile / 32> largest, halfScales;
    std::array<std::uint8_t, tile / 32> codes;
    for (std::size_t at = 0; at < values.size(); at += tile) {
        const std::size_t count = std::min(tile, values.size() - at), here = count / 32;
        largestMagnitudes(values.data() + at, count, 32, largest.data());
        const bool arePlain = powersOfTwo(largest.data(), here, codes.data(), halfScales.data());
        for (std::size_t b = 0; b < here && !arePlain; ++b) {
            codes[b] = powerCode(largest[b]);
            halfScales[b] = block_tables::halfPowerOfTwo(codes[b]);
        }
        for (std::size_t b = 0; b < here; ++b)
            blocks[17 * b] = std::byte(codes[b]);
        nearestDoubledE2m1(values.data() + at, count, halfScales.data(), blocks + 1, 17);
        blocks += 17 * here;
    }
}

void encodeNvfp4(std::span<const float> values, const BlockContext&, std::byte* blocks, std::byte*)
{
    std::array<float, tile / 16> largest, halfScales;
    std::array<std::uint8_t, tile / 16> codes;
    for (std::size_t at = 0; at < values.size(); at += tile) {
        const std::size_t count = std::min(tile, values.size() - at), here = count / 64;
        largestMagnitudes(values.data() + at, count, 16, largest.data());
        sixthsAsSmallFloats(largest.data(), 4 * here, codes.data(), halfScales.data());
        for (std::size_t b = 0; b < here; ++b)
            std::memcpy(blocks + 36 * b, codes.data() + 4 * b, 4);
        nearestDoubledE2m1Of16(values.data() + at, count, halfScales.data(), blocks + 4, 36);
        blocks += 36 * here;
    }
}

void codesOfNvfp4(const std::byte* block, std::uint16_t* levels)
{
    for (std::size_t i = 0; i < 64; ++i)
        levels[i] = std::uint16_t(byteAt(block + 4 + 8 * (i / 16) + i % 8) >> (i % 16 < 8 ? 0 : 4) & 15);
}

constexpr std::array rows{
    row("q4_0", 32, 18, 16, encodeQ4, decodeAs<2, codesOf32<2, 0>>,
        "llama.cpp's Q4_0: 4 bits and an FP16 scale per 32"),
    row("q4_1", 32, 20, 16, encodeEach<32, 20, encodeWithMinimum<4>>, decodeAs<3, codesOf32<4, 0>>,
        "llama.cpp's Q4_1: 4 bits, an FP16 scale and minimum per 32"),
    row("q5_0", 32, 22, 32, encodeEach<32, 22, encodeQ5>, decodeAs<6, codesOf32<6, 2>>,
        "llama.cpp's Q5_0: 5 bits and an FP16 scale per 32"),
    row("q5_1", 32, 24, 32, encodeEach<32, 24, encodeWithMinimum<5>>, decodeAs<7, codesOf32<8, 4>>,
        "llama.cpp's Q5_1: 5 bits, an FP16 scale and minimum per 32"),
    row("q8_0", 32, 34, 256, encodeQ8, decodeAs<8, codesOfQ8>,
        "llama.cpp's Q8_0: 8 bits and an FP16 scale per 32"),
    row("q1_0", 128, 18, 2, encodeEach<128, 18, encodeQ1>, decodeAs<41, codesOfQ1>,
        "llama.cpp's Q1_0: a sign each, an FP16 mean magnitude per 128"),
    row("q2_0", 64, 18, 4, encodeEach<64, 18, encodeQ2>, decodeAs<42, codesOfQ2>,
        "llama.cpp's Q2_0: −1, 0, 1 or 2 times an FP16 scale per 64"),
    row("tq1_0", 256, 54, 3, encodeEach<256, 54, encodeTq1>, decodeAs<34, codesOfTq1>,
        "llama.cpp's TQ1_0: five ternary weights a byte, an FP16 scale per 256"),
    row("tq2_0", 256, 66, 3, encodeEach<256, 66, encodeTq2>, decodeAs<35, codesOfTq2>,
        "llama.cpp's TQ2_0: four ternary weights a byte, an FP16 scale per 256"),
    row("mxfp4_ggml", 32, 17, 16, encodeMxfp4, decodeAs<39, codesOf32<1, 0>>,
        "MXFP4 as llama.cpp stores it"),
    row("nvfp4_ggml", 64, 36, 16, encodeNvfp4, decodeAs<40, codesOfNvfp4>,
        "NVFP4 as llama.cpp stores it, without a tensor scale"),
};

}  // namespace

std::span<const BlockFormat> ggmlFormats()
{
    return rows;
}

}  // namespace quantoscope
