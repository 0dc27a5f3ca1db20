// SPDX-License-Identifier: Apache-2.0
// Layouts and arithmetic: ggml/src/ggml-common.h and ggml-quants.c, dequantize_row_*. All is FP32 in the
// reference's order of operations, so that values agree with it bit for bit.
#include "core/tensors/block_type.h"

#include "core/tensors/element_decoder.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstring>

namespace quantoscope {

namespace {

using Bytes = const std::uint8_t*;

// ggml-common.h, kvalues_iq4nl.
constexpr std::array<std::int8_t, 16> iq4Levels{-127, -104, -83, -65, -49, -35, -22, -10, 1, 13, 25, 38, 53, 69, 89, 113};
// Twice the values of E2M1, so that they are whole; the scales are halved in turn.
constexpr std::array<std::int8_t, 16> doubledE2m1{0, 1, 2, 3, 4, 6, 8, 12, 0, -1, -2, -3, -4, -6, -8, -12};

float half(Bytes at)
{
    return decodeFloat16(std::uint16_t(at[0] | at[1] << 8));
}

int low(std::uint8_t byte) { return byte & 0xF; }
int high(std::uint8_t byte) { return byte >> 4; }

void decodeQ4_0(Bytes block, float* values)
{
    const float scale = half(block);
    for (int j = 0; j < 16; ++j) {
        values[j] = float(low(block[2 + j]) - 8) * scale;
        values[j + 16] = float(high(block[2 + j]) - 8) * scale;
    }
}

void decodeQ4_1(Bytes block, float* values)
{
    const float scale = half(block), least = half(block + 2);
    for (int j = 0; j < 16; ++j) {
        values[j] = float(low(block[4 + j])) * scale + least;
        values[j + 16] = float(high(block[4 + j])) * scale + least;
    }
}

/// The fifth bits lie in 32 bits of their own, one an element.
void fiveBitCodes(Bytes fifthBits, Bytes nibbles, int* codes)
{
    std::uint32_t fifth;
    std::memcpy(&fifth, fifthBits, sizeof fifth);
    for (int j = 0; j < 16; ++j) {
        codes[j] = low(nibbles[j]) | int(fifth >> j & 1) << 4;
        codes[j + 16] = high(nibbles[j]) | int(fifth >> (j + 16) & 1) << 4;
    }
}

void decodeQ5_0(Bytes block, float* values)
{
    int codes[32];
    fiveBitCodes(block + 2, block + 6, codes);
    for (int j = 0; j < 32; ++j)
        values[j] = float(codes[j] - 16) * half(block);
}

void decodeQ5_1(Bytes block, float* values)
{
    int codes[32];
    fiveBitCodes(block + 4, block + 8, codes);
    for (int j = 0; j < 32; ++j)
        values[j] = float(codes[j]) * half(block) + half(block + 2);
}

void decodeQ8_0(Bytes block, float* values)
{
    const float scale = half(block);
    for (int j = 0; j < 32; ++j)
        values[j] = float(std::int8_t(block[2 + j])) * scale;
}

void decodeQ2_K(Bytes block, float* values)
{
    const Bytes scales = block, codes = block + 16;
    const float scale = half(block + 80), least = half(block + 82);
    for (int i = 0; i < 256; ++i) {
        const std::uint8_t both = scales[i / 16];
        const int code = codes[i / 128 * 32 + i % 32] >> (i % 128 / 32 * 2) & 3;
        values[i] = scale * float(low(both)) * float(code) - least * float(high(both));
    }
}

void decodeQ3_K(Bytes block, float* values)
{
    const Bytes highBits = block, codes = block + 32, scales = block + 96;
    const float scale = half(block + 108);
    for (int i = 0; i < 256; ++i) {
        const int group = i / 16;
        const int lowFour = group < 8 ? low(scales[group]) : high(scales[group - 8]);
        const int groupScale = lowFour | (scales[8 + group % 4] >> (2 * (group / 4)) & 3) << 4;
        const bool isHigh = highBits[i % 32] >> (i / 32) & 1;
        const int code = (codes[i / 128 * 32 + i % 32] >> (i % 128 / 32 * 2) & 3) - (isHigh ? 0 : 4);
        values[i] = scale * float(groupScale - 32) * float(code);
    }
}

struct ScaleAndLeast {
    int scale, least;
};

/// Eight scales and eight minima of 6 bits in 12 bytes (get_scale_min_k4).
ScaleAndLeast sixBitPair(Bytes packed, int group)
{
    if (group < 4)
        return {packed[group] & 63, packed[group + 4] & 63};
    return {low(packed[group + 4]) | packed[group - 4] >> 6 << 4, high(packed[group + 4]) | packed[group] >> 6 << 4};
}

void decodeQ4_K(Bytes block, float* values)
{
    const float scale = half(block), least = half(block + 2);
    for (int i = 0; i < 256; ++i) {
        const auto pair = sixBitPair(block + 4, i / 32);
        const std::uint8_t both = block[16 + i / 64 * 32 + i % 32];
        const int code = i % 64 < 32 ? low(both) : high(both);
        values[i] = scale * float(pair.scale) * float(code) - least * float(pair.least);
    }
}

void decodeQ5_K(Bytes block, float* values)
{
    const float scale = half(block), least = half(block + 2);
    const Bytes fifthBits = block + 16, nibbles = block + 48;
    for (int i = 0; i < 256; ++i) {
        const auto pair = sixBitPair(block + 4, i / 32);
        const std::uint8_t both = nibbles[i / 64 * 32 + i % 32];
        const int code = (i % 64 < 32 ? low(both) : high(both)) + (fifthBits[i % 32] >> (i / 32) & 1) * 16;
        values[i] = scale * float(pair.scale) * float(code) - least * float(pair.least);
    }
}

void decodeQ6_K(Bytes block, float* values)
{
    const Bytes lowBits = block, highBits = block + 128, scales = block + 192;
    const float scale = half(block + 208);
    for (int i = 0; i < 256; ++i) {
        const int half128 = i / 128, quarter = i % 128 / 32, l = i % 32;
        const std::uint8_t both = lowBits[half128 * 64 + quarter % 2 * 32 + l];
        const int lowFour = quarter < 2 ? low(both) : high(both);
        const int highTwo = highBits[half128 * 32 + l] >> (2 * quarter) & 3;
        values[i] = scale * float(std::int8_t(scales[i / 16])) * float((lowFour | highTwo << 4) - 32);
    }
}

void decodeQ8_K(Bytes block, float* values)
{
    float scale;
    std::memcpy(&scale, block, sizeof scale);
    for (int i = 0; i < 256; ++i)
        values[i] = scale * float(std::int8_t(block[4 + i]));
}

void decodeIq4Nl(Bytes block, float* values)
{
    const float scale = half(block);
    for (int j = 0; j < 16; ++j) {
        values[j] = scale * float(iq4Levels[low(block[2 + j])]);
        values[j + 16] = scale * float(iq4Levels[high(block[2 + j])]);
    }
}

void decodeIq4Xs(Bytes block, float* values)
{
    const float scale = half(block);
    const int highScales = block[2] | block[3] << 8;
    for (int i = 0; i < 256; ++i) {
        const int group = i / 32, l = i % 32;
        const int lowFour = group % 2 == 0 ? low(block[4 + group / 2]) : high(block[4 + group / 2]);
        const int groupScale = lowFour | (highScales >> (2 * group) & 3) << 4;
        const std::uint8_t both = block[8 + group * 16 + l % 16];
        values[i] = scale * float(groupScale - 32) * float(iq4Levels[l < 16 ? low(both) : high(both)]);
    }
}

/// The n-th of up to five base-3 digits that a byte holds as a fraction of 256.
int trit(std::uint8_t byte, int n)
{
    constexpr std::array<std::uint8_t, 5> powersOfThree{1, 3, 9, 27, 81};
    const auto shifted = std::uint8_t(byte * powersOfThree[n]);
    return shifted * 3 >> 8;
}

void decodeTq1(Bytes block, float* values)
{
    const float scale = half(block + 52);
    const auto put = [&](std::uint8_t byte, int n) { *values++ = float(trit(byte, n) - 1) * scale; };
    for (int n = 0; n < 5; ++n)
        for (int m = 0; m < 32; ++m)
            put(block[m], n);
    for (int n = 0; n < 5; ++n)
        for (int m = 0; m < 16; ++m)
            put(block[32 + m], n);
    for (int n = 0; n < 4; ++n)
        for (int m = 0; m < 4; ++m)
            put(block[48 + m], n);
}

void decodeTq2(Bytes block, float* values)
{
    const float scale = half(block + 64);
    for (int i = 0; i < 256; ++i)
        values[i] = float((block[i / 128 * 32 + i % 32] >> (i % 128 / 32 * 2) & 3) - 1) * scale;
}

void decodeMxfp4(Bytes block, float* values)
{
    const float halfScale = std::ldexp(1.0f, int(block[0]) - 128);
    for (int j = 0; j < 16; ++j) {
        values[j] = float(doubledE2m1[low(block[1 + j])]) * halfScale;
        values[j + 16] = float(doubledE2m1[high(block[1 + j])]) * halfScale;
    }
}

/// Unsigned E4M3 as ggml reads it: its NaN code 0x7F counts as 0, the sign bit is not looked at.
float unsignedE4m3(std::uint8_t code)
{
    const int exponent = code >> 3 & 15, mantissa = code & 7;
    if (code == 0 || code == 0x7F)
        return 0;
    return exponent == 0 ? std::ldexp(float(mantissa), -9) : std::ldexp(float(8 + mantissa), exponent - 10);
}

void decodeNvfp4(Bytes block, float* values)
{
    for (int i = 0; i < 64; ++i) {
        const int group = i / 16, l = i % 16;
        const std::uint8_t both = block[4 + group * 8 + l % 8];
        values[i] = float(doubledE2m1[l < 8 ? low(both) : high(both)]) * (unsignedE4m3(block[group]) * 0.5f);
    }
}

void decodeQ1_0(Bytes block, float* values)
{
    const float scale = half(block);
    for (int i = 0; i < 128; ++i)
        values[i] = block[2 + i / 8] >> i % 8 & 1 ? scale : -scale;
}

void decodeQ2_0(Bytes block, float* values)
{
    const float scale = half(block);
    for (int i = 0; i < 64; ++i)
        values[i] = float((block[2 + i / 4] >> 2 * (i % 4) & 3) - 1) * scale;
}

// The values of the IQ1, IQ2 and IQ3 types need ggml's grids of up to 2048 entries; those are listed only.
constexpr std::array rows{
    BlockType{"Q4_0", 2, 32, 18, decodeQ4_0},     BlockType{"Q4_1", 3, 32, 20, decodeQ4_1},
    BlockType{"Q5_0", 6, 32, 22, decodeQ5_0},     BlockType{"Q5_1", 7, 32, 24, decodeQ5_1},
    BlockType{"Q8_0", 8, 32, 34, decodeQ8_0},     BlockType{"Q8_1", 9, 32, 36, nullptr},
    BlockType{"Q2_K", 10, 256, 84, decodeQ2_K},   BlockType{"Q3_K", 11, 256, 110, decodeQ3_K},
    BlockType{"Q4_K", 12, 256, 144, decodeQ4_K},  BlockType{"Q5_K", 13, 256, 176, decodeQ5_K},
    BlockType{"Q6_K", 14, 256, 210, decodeQ6_K},  BlockType{"Q8_K", 15, 256, 292, decodeQ8_K},
    BlockType{"IQ2_XXS", 16, 256, 66, nullptr},   BlockType{"IQ2_XS", 17, 256, 74, nullptr},
    BlockType{"IQ3_XXS", 18, 256, 98, nullptr},   BlockType{"IQ1_S", 19, 256, 50, nullptr},
    BlockType{"IQ4_NL", 20, 32, 18, decodeIq4Nl}, BlockType{"IQ3_S", 21, 256, 110, nullptr},
    BlockType{"IQ2_S", 22, 256, 82, nullptr},     BlockType{"IQ4_XS", 23, 256, 136, decodeIq4Xs},
    BlockType{"IQ1_M", 29, 256, 56, nullptr},     BlockType{"TQ1_0", 34, 256, 54, decodeTq1},
    BlockType{"TQ2_0", 35, 256, 66, decodeTq2},   BlockType{"MXFP4", 39, 32, 17, decodeMxfp4},
    BlockType{"NVFP4", 40, 64, 36, decodeNvfp4},  BlockType{"Q1_0", 41, 128, 18, decodeQ1_0},
    BlockType{"Q2_0", 42, 64, 18, decodeQ2_0},
};
static_assert(std::all_of(rows.begin(), rows.end(), [](const BlockType& row) { return row.elements <= mostBlockElements; }));

}  // namespace

std::span<const BlockType> blockTypes()
{
    return rows;
}

const BlockType* findBlockType(std::uint32_t ggmlId)
{
    const auto row = std::find_if(rows.begin(), rows.end(), [&](const BlockType& type) { return type.ggmlId == ggmlId; });
    return row == rows.end() ? nullptr : &*row;
}

}  // namespace quantoscope
