// SPDX-License-Identifier: Apache-2.0
// ggml's K types, byte for byte as its reference quantizers write them without importance matrix
// (src/ggml-quants.c, quantize_row_q2_K_ref … quantize_row_q6_K_ref): 256 values whose groups have
// small integer scales, those in turn an FP16 scale. Every group is fitted first; then the scales are
// rounded, and the codes follow from the rounded scales.
#include "core/quantization/ggml_common.h"
#include "core/quantization/ggml_group_fit.h"

#include <algorithm>
#include <cmath>

namespace quantoscope {

namespace {

using namespace ggml;

using Codes = std::array<std::uint8_t, 256>;

std::byte byteOf(int value) { return std::byte(std::uint8_t(value)); }

/// Codes as the fit itself had them, for a group whose rounded scale is 0.
void takeFittedCodes(const float* values, std::size_t length, const GroupFit& fit, std::size_t group, int lowest,
                     int highest, std::uint8_t* codes)
{
    if (fit.inverse[group] == 0) {
        std::fill_n(codes, length, std::uint8_t{0});
        return;
    }
    for (std::size_t i = 0; i < length; ++i)
        codes[i] = std::uint8_t(std::clamp(nearestByCarry(fit.inverse[group] * (values[i] - fit.base[group])), lowest, highest) - lowest);
}

/// Two bits a code: element i of each 128 in byte i % 32, at bit 2 · (i / 32).
void putTwoBits(const Codes& codes, std::byte* to)
{
    for (std::size_t i = 0; i < 64; ++i) {
        const std::uint8_t* const from = codes.data() + i / 32 * 128 + i % 32;
        to[i] = byteOf((from[0] & 3) | (from[32] & 3) << 2 | (from[64] & 3) << 4 | (from[96] & 3) << 6);
    }
}

unsigned twoBitsAt(const std::byte* from, std::size_t i)
{
    return byteAt(from + i / 128 * 32 + i % 32) >> (i % 128 / 32 * 2) & 3;
}

// Q2_K: 16 scales and minima of 4 bits, 64 bytes of codes, FP16 scale and minimum.

void encodeQ2(const float* x, std::byte* block)
{
    const GroupFit fit = fitWithMinimum(x, {16, 16, 3, -0.5f, 0.1f, 15, true});
    float largestScale = 0, largestMinimum = 0;
    for (std::size_t g = 0; g < 16; ++g) {
        largestScale = std::max(largestScale, fit.scale[g]);
        largestMinimum = std::max(largestMinimum, fit.minimum[g]);
    }
    const float inverseScale = largestScale > 0 ? 15.0f / largestScale : 0;
    const float inverseMinimum = largestMinimum > 0 ? 15.0f / largestMinimum : 0;
    putHalf(block + 80, largestScale > 0 ? largestScale / 15.0f : 0);
    putHalf(block + 82, largestMinimum > 0 ? largestMinimum / 15.0f : 0);
    const float d = halfAt(block + 80), minimum = halfAt(block + 82);
    Codes codes;
    for (std::size_t g = 0; g < 16; ++g) {
        const int scaleCode = largestScale > 0 ? nearestByCarry(inverseScale * fit.scale[g]) : 0;
        const int minimumCode = largestMinimum > 0 ? nearestByCarry(inverseMinimum * fit.minimum[g]) : 0;
        block[g] = byteOf(scaleCode | minimumCode << 4);
        const float groupScale = d * float(byteAt(block + g) & 15), groupMinimum = minimum * float(byteAt(block + g) >> 4);
        if (groupScale == 0)
            takeFittedCodes(x + 16 * g, 16, fit, g, 0, 3, codes.data() + 16 * g);
        else
            roundQuotients(x + 16 * g, 16, groupMinimum, groupScale, 0, 3, codes.data() + 16 * g);
    }
    putTwoBits(codes, block + 16);
}

void codesOfQ2(const std::byte* block, std::uint16_t* levels)
{
    for (std::size_t i = 0; i < 256; ++i)
        levels[i] = std::uint16_t(twoBitsAt(block + 16, i));
}

// Q3_K: the third bits in 32 bytes, 64 bytes of two bits, 16 scales of 6 bits (less 32) in 12 bytes, FP16 scale.

/// Low four bits of the first 8 scales in low halves, of the last 8 in high halves; then the upper two bits.
void putSixBitScales(const std::array<int, 16>& scales, std::byte* to)
{
    for (std::size_t g = 0; g < 8; ++g)
        to[g] = byteOf((scales[g] & 15) | (scales[g + 8] & 15) << 4);
    for (std::size_t g = 0; g < 4; ++g)
        to[8 + g] = byteOf(scales[g] >> 4 | scales[g + 4] >> 4 << 2 | scales[g + 8] >> 4 << 4 | scales[g + 12] >> 4 << 6);
}

/// The group scale of largest magnitude, with its sign; the first of several.
float signedExtreme(const std::array<float, mostGroups>& scales)
{
    float largest = 0, extreme = 0;
    for (const float scale : scales)
        if (std::abs(scale) > largest) {
            largest = std::abs(scale);
            extreme = scale;
        }
    return extreme;
}

void encodeQ3(const float* x, std::byte* block)
{
    Codes codes;
    const GroupFit fit = fitByDescent(x, 16, 16, 4, codes.data());
    const float extreme = signedExtreme(fit.scale), inverse = extreme != 0 ? -32.0f / extreme : 0;
    putHalf(block + 108, extreme != 0 ? 1 / inverse : 0);
    const float d = halfAt(block + 108);
    std::array<int, 16> scales{};
    for (std::size_t g = 0; g < 16; ++g) {
        if (extreme != 0)
            scales[g] = std::clamp(int(std::int8_t(nearestByCarry(inverse * fit.scale[g]))), -32, 31) + 32;
        if (const float groupScale = d * float(scales[g] - 32); groupScale != 0)
            roundQuotients(x + 16 * g, 16, 0, groupScale, -4, 3, codes.data() + 16 * g);
    }
    std::fill_n(block, 32, std::byte{0});
    for (std::size_t i = 0; i < 256; ++i)
        block[i % 32] |= byteOf((codes[i] >> 2) << i / 32);
    putTwoBits(codes, block + 32);
    putSixBitScales(scales, block + 96);
}

void codesOfQ3(const std::byte* block, std::uint16_t* levels)
{
    for (std::size_t i = 0; i < 256; ++i)
        levels[i] = std::uint16_t(twoBitsAt(block + 32, i) | (byteAt(block + i % 32) >> i / 32 & 1) << 2);
}

// Q4_K and Q5_K: FP16 scale and minimum, 8 scales and 8 minima of 6 bits in 12 bytes, for Q5_K the fifth
// bits in 32 bytes, then two codes a byte.

/// The first four scales and minima whole; of the last four the lower four bits together in a byte,
/// the upper two on top of the first four.
void putSixBitPairs(const std::array<std::uint8_t, 8>& scales, const std::array<std::uint8_t, 8>& minima, std::byte* to)
{
    for (std::size_t g = 0; g < 4; ++g) {
        to[g] = byteOf(scales[g] | scales[g + 4] >> 4 << 6);
        to[g + 4] = byteOf(minima[g] | minima[g + 4] >> 4 << 6);
        to[g + 8] = byteOf((scales[g + 4] & 15) | (minima[g + 4] & 15) << 4);
    }
}

void putFourBits(const Codes& codes, std::byte* to)
{
    for (std::size_t i = 0; i < 128; ++i) {
        const std::uint8_t* const from = codes.data() + i / 32 * 64 + i % 32;
        to[i] = byteOf((from[0] & 15) | (from[32] & 15) << 4);
    }
}

template <int bits>
void encodeQ45(const float* x, std::byte* block)
{
    constexpr int highest = (1 << bits) - 1;
    const GroupFit fit = fitWithMinimum(x, bits == 4 ? FitWithMinimum{8, 32, highest, -1.0f, 0.1f, 20, false}
                                                     : FitWithMinimum{8, 32, highest, -0.5f, 0.1f, 15, false});
    float largestScale = 0, largestMinimum = 0;
    for (std::size_t g = 0; g < 8; ++g) {
        largestScale = std::max(largestScale, fit.scale[g]);
        largestMinimum = std::max(largestMinimum, fit.minimum[g]);
    }
    const float inverseScale = largestScale > 0 ? 63.0f / largestScale : 0;
    const float inverseMinimum = largestMinimum > 0 ? 63.0f / largestMinimum : 0;
    putHalf(block, largestScale / 63.0f);
    putHalf(block + 2, largestMinimum / 63.0f);
    const float d = halfAt(block), minimum = halfAt(block + 2);
    std::array<std::uint8_t, 8> scales, minima;
    Codes codes;
    for (std::size_t g = 0; g < 8; ++g) {
        scales[g] = std::min<std::uint8_t>(63, std::uint8_t(nearestByCarry(inverseScale * fit.scale[g])));
        minima[g] = std::min<std::uint8_t>(63, std::uint8_t(nearestByCarry(inverseMinimum * fit.minimum[g])));
        if (const float groupScale = d * float(scales[g]); groupScale == 0)
            takeFittedCodes(x + 32 * g, 32, fit, g, 0, highest, codes.data() + 32 * g);
        else
            roundQuotients(x + 32 * g, 32, minimum * float(minima[g]), groupScale, 0, highest, codes.data() + 32 * g);
    }
    putSixBitPairs(scales, minima, block + 4);
    putFourBits(codes, block + (bits == 5 ? 48 : 16));
    if (bits == 5) {
        std::fill_n(block + 16, 32, std::byte{0});
        for (std::size_t i = 0; i < 256; ++i)
            block[16 + i % 32] |= byteOf((codes[i] >> 4) << i / 32);
    }
}

template <int bits>
void codesOfQ45(const std::byte* block, std::uint16_t* levels)
{
    for (std::size_t i = 0; i < 256; ++i) {
        const unsigned both = byteAt(block + (bits == 5 ? 48 : 16) + i / 64 * 32 + i % 32);
        const unsigned fifth = bits == 5 ? byteAt(block + 16 + i % 32) >> i / 32 & 1 : 0;
        levels[i] = std::uint16_t((both >> (i % 64 < 32 ? 0 : 4) & 15) | fifth << 4);
    }
}

// Q6_K: 128 bytes of lower four bits, 64 bytes of upper two, 16 scales of 8 bits, FP16 scale.

void encodeQ6(const float* x, std::byte* block)
{
    const GroupFit fit = fitSymmetric(x, 16, 16, 32);
    const float extreme = signedExtreme(fit.scale);
    if (std::abs(extreme) < smallestOfGroup) {
        std::fill_n(block, 210, std::byte{0});
        return;
    }
    const float inverse = -128.0f / extreme;
    putHalf(block + 208, 1 / inverse);
    const float d = halfAt(block + 208);
    Codes codes;
    for (std::size_t g = 0; g < 16; ++g) {
        const auto scale = std::int8_t(std::min(127, nearestByCarry(inverse * fit.scale[g])));
        block[192 + g] = byteOf(scale);
        if (const float groupScale = d * float(scale); groupScale == 0)
            takeFittedCodes(x + 16 * g, 16, fit, g, -32, 31, codes.data() + 16 * g);
        else
            roundQuotients(x + 16 * g, 16, 0, groupScale, -32, 31, codes.data() + 16 * g);
    }
    for (std::size_t half = 0; half < 2; ++half)
        for (std::size_t i = 0; i < 32; ++i) {
            const std::uint8_t* const from = codes.data() + 128 * half + i;
            block[64 * half + i] = byteOf((from[0] & 15) | (from[64] & 15) << 4);
            block[64 * half + 32 + i] = byteOf((from[32] & 15) | (from[96] & 15) << 4);
            block[128 + 32 * half + i] = byteOf(from[0] >> 4 | from[32] >> 4 << 2 | from[64] >> 4 << 4 | from[96] >> 4 << 6);
        }
}

void codesOfQ6(const std::byte* block, std::uint16_t* levels)
{
    for (std::size_t i = 0; i < 256; ++i) {
        const std::size_t half = i / 128, quarter = i % 128 / 32, at = i % 32;
        const unsigned both = byteAt(block + 64 * half + quarter % 2 * 32 + at);
        const unsigned upper = byteAt(block + 128 + 32 * half + at) >> 2 * quarter & 3;
        levels[i] = std::uint16_t((both >> (quarter < 2 ? 0 : 4) & 15) | upper << 4);
    }
}

constexpr std::array rows{
    row("q2_k", 256, 84, 4, encodeEach<256, 84, encodeQ2>, decodeAs<10, codesOfQ2>,
        "llama.cpp's Q2_K: 2 bits, 4-bit scales and minima per 16, FP16 ones per 256"),
    row("q3_k", 256, 110, 8, encodeEach<256, 110, encodeQ3>, decodeAs<11, codesOfQ3>,
        "llama.cpp's Q3_K: 3 bits, 6-bit scales per 16, an FP16 one per 256"),
    row("q4_k", 256, 144, 16, encodeEach<256, 144, encodeQ45<4>>, decodeAs<12, codesOfQ45<4>>,
        "llama.cpp's Q4_K: 4 bits, 6-bit scales and minima per 32, FP16 ones per 256"),
    row("q5_k", 256, 176, 32, encodeEach<256, 176, encodeQ45<5>>, decodeAs<13, codesOfQ45<5>>,
        "llama.cpp's Q5_K: 5 bits, 6-bit scales and minima per 32, FP16 ones per 256"),
    row("q6_k", 256, 210, 64, encodeEach<256, 210, encodeQ6>, decodeAs<14, codesOfQ6>,
        "llama.cpp's Q6_K: 6 bits, 8-bit scales per 16, an FP16 one per 256"),
};

}  // namespace

std::span<const BlockFormat> ggmlKFormats()
{
    return rows;
}

}  // namespace quantoscope
