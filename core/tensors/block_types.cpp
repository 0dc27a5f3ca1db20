// SPDX-License-Identifier: Apache-2.0
// Layouts and arithmetic: ggml/src/ggml-common.h and ggml-quants.c, dequantize_row_*. All is FP32 in the
// reference's order of operations, so that values agree with it bit for bit.
#include "core/tensors/block_type.h"

#include "core/tensors/block_kernels.h"
#include "core/tensors/block_tables.h"
#include "core/tensors/element_decoder.h"

#include <algorithm>
#include <array>
#include <cstring>

namespace quantoscope {

namespace {

using namespace block_tables;

using Bytes = const std::uint8_t*;

constexpr std::array<std::int8_t, 16> unchanged{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};

float half(Bytes at)
{
    return decodeFloat16(std::uint16_t(at[0] | at[1] << 8));
}

int low(std::uint8_t byte) { return byte & 0xF; }
int high(std::uint8_t byte) { return byte >> 4; }

void decodeQ4_0(Bytes block, float* values)
{
    std::int8_t codes[32];
    lookUpHalves(block + 2, 16, minusEight.data(), codes, codes + 16);
    const float scale = half(block);
    scaleCodes(codes, 32, 32, &scale, values);
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
    scaleCodes(reinterpret_cast<const std::int8_t*>(block + 2), 32, 32, &scale, values);
}

/// Two bits a code: element i of each 128 in byte i % 32, at bit 2 · (i / 32).
void twoBitCodes(Bytes packed, std::int8_t* codes)
{
    for (int quarter = 0; quarter < 8; ++quarter)
        for (int l = 0; l < 32; ++l)
            codes[32 * quarter + l] = std::int8_t(packed[quarter / 4 * 32 + l] >> (quarter % 4 * 2) & 3);
}

void decodeQ2_K(Bytes block, float* values)
{
    std::int8_t codes[256];
    twoBitCodes(block + 16, codes);
    const float scale = half(block + 80), least = half(block + 82);
    float scales[16], minima[16];
    for (int group = 0; group < 16; ++group) {
        scales[group] = scale * float(low(block[group]));
        minima[group] = least * float(high(block[group]));
    }
    scaleCodesLess(codes, 256, 16, scales, minima, values);
}

void decodeQ3_K(Bytes block, float* values)
{
    std::int8_t codes[256];
    twoBitCodes(block + 32, codes);
    for (int eighth = 0; eighth < 8; ++eighth)   // The third bits.
        for (int l = 0; l < 32; ++l)
            codes[32 * eighth + l] = std::int8_t(codes[32 * eighth + l] + 4 * (block[l] >> eighth & 1) - 4);
    const Bytes packed = block + 96;
    const float scale = half(block + 108);
    float scales[16];
    for (int group = 0; group < 16; ++group) {
        const int lowFour = group < 8 ? low(packed[group]) : high(packed[group - 8]);
        const int groupScale = lowFour | (packed[8 + group % 4] >> (2 * (group / 4)) & 3) << 4;
        scales[group] = scale * float(groupScale - 32);
    }
    scaleCodes(codes, 256, 16, scales, values);
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

/// Q4_K and Q5_K begin with an FP16 scale and minimum and the packed six-bit ones of eight groups.
void scaleWithSixBits(Bytes block, const std::int8_t* codes, float* values)
{
    const float scale = half(block), least = half(block + 2);
    float scales[8], minima[8];
    for (int group = 0; group < 8; ++group) {
        const auto pair = sixBitPair(block + 4, group);
        scales[group] = scale * float(pair.scale);
        minima[group] = least * float(pair.least);
    }
    scaleCodesLess(codes, 256, 32, scales, minima, values);
}

void decodeQ4_K(Bytes block, float* values)
{
    std::int8_t codes[256];
    for (int pair = 0; pair < 4; ++pair)
        lookUpHalves(block + 16 + 32 * pair, 32, unchanged.data(), codes + 64 * pair, codes + 64 * pair + 32);
    scaleWithSixBits(block, codes, values);
}

void decodeQ5_K(Bytes block, float* values)
{
    std::int8_t codes[256];
    for (int pair = 0; pair < 4; ++pair)
        lookUpHalves(block + 48 + 32 * pair, 32, unchanged.data(), codes + 64 * pair, codes + 64 * pair + 32);
    for (int eighth = 0; eighth < 8; ++eighth)   // The fifth bits.
        for (int l = 0; l < 32; ++l)
            codes[32 * eighth + l] = std::int8_t(codes[32 * eighth + l] + 16 * (block[16 + l] >> eighth & 1));
    scaleWithSixBits(block, codes, values);
}

void decodeQ6_K(Bytes block, float* values)
{
    std::int8_t codes[256];
    for (int quarter = 0; quarter < 8; ++quarter) {
        const Bytes lowBits = block + quarter / 4 * 64 + quarter % 2 * 32, highBits = block + 128 + quarter / 4 * 32;
        const int shift = quarter % 4 < 2 ? 0 : 4, highShift = quarter % 4 * 2;
        for (int l = 0; l < 32; ++l)
            codes[32 * quarter + l] = std::int8_t(((lowBits[l] >> shift & 15) | (highBits[l] >> highShift & 3) << 4) - 32);
    }
    const float scale = half(block + 208);
    float scales[16];
    for (int group = 0; group < 16; ++group)
        scales[group] = scale * float(std::int8_t(block[192 + group]));
    scaleCodes(codes, 256, 16, scales, values);
}

void decodeQ8_K(Bytes block, float* values)
{
    float scale;
    std::memcpy(&scale, block, sizeof scale);
    scaleCodes(reinterpret_cast<const std::int8_t*>(block + 4), 256, 256, &scale, values);
}

void decodeIq4Nl(Bytes block, float* values)
{
    std::int8_t levels[32];
    lookUpHalves(block + 2, 16, iq4Levels.data(), levels, levels + 16);
    const float scale = half(block);
    scaleCodes(levels, 32, 32, &scale, values);
}

void decodeIq4Xs(Bytes block, float* values)
{
    const float scale = half(block);
    const int highScales = block[2] | block[3] << 8;
    std::int8_t levels[256];
    float scales[8];
    for (int group = 0; group < 8; ++group) {
        lookUpHalves(block + 8 + group * 16, 16, iq4Levels.data(), levels + 32 * group, levels + 32 * group + 16);
        const int lowFour = group % 2 == 0 ? low(block[4 + group / 2]) : high(block[4 + group / 2]);
        scales[group] = scale * float((lowFour | (highScales >> (2 * group) & 3) << 4) - 32);
    }
    scaleCodes(levels, 256, 32, scales, values);
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
    const float halfScale = halfPowerOfTwo(block[0]);
    std::int8_t levels[32];
    lookUpHalves(block + 1, 16, doubledE2m1.data(), levels, levels + 16);
    scaleCodes(levels, 32, 32, &halfScale, values);
}

void decodeNvfp4(Bytes block, float* values)
{
    std::int8_t lowHalves[32], highHalves[32], levels[64];
    lookUpHalves(block + 4, 32, doubledE2m1.data(), lowHalves, highHalves);
    float scales[4];
    for (int group = 0; group < 4; ++group) {
        std::memcpy(levels + 16 * group, lowHalves + 8 * group, 8);
        std::memcpy(levels + 16 * group + 8, highHalves + 8 * group, 8);
        scales[group] = halfE4m3[block[group]];
    }
    scaleCodes(levels, 64, 16, scales, values);
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
