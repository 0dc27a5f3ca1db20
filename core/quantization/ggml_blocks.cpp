// SPDX-License-Identifier: Apache-2.0
// ggml's block types without super-blocks, byte for byte as its reference quantizers write them
// (src/ggml-quants.c, quantize_row_*_ref): FP32 arithmetic in their order, no fused operations.
#include "core/quantization/block_format.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstring>

namespace quantoscope {

namespace {

using Values = std::span<const float>;

void putHalf(std::byte* to, float value)
{
    static const NumberFormat& fp16 = *findNumberFormat("fp16");
    const auto code = std::uint16_t(encode(fp16, value));
    std::memcpy(to, &code, 2);
}

float halfAt(const std::byte* from)
{
    static const NumberFormat& fp16 = *findNumberFormat("fp16");
    std::uint16_t code;
    std::memcpy(&code, from, 2);
    return float(valueOf(fp16, code));
}

float reciprocal(float d) { return d != 0 ? 1.0f / d : 0.0f; }
unsigned byteAt(const std::byte* from) { return std::to_integer<unsigned>(*from); }

/// The value of largest magnitude with its sign; the first of several.
float signedExtreme(Values values)
{
    float largest = 0, extreme = 0;
    for (const float value : values)
        if (largest < std::abs(value)) {
            largest = std::abs(value);
            extreme = value;
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

unsigned codeAt(std::size_t j, const std::byte* low, const std::byte* high)
{
    std::uint32_t fifth = 0;
    if (high)
        std::memcpy(&fifth, high, 4);
    return (byteAt(low + j % 16) >> (j < 16 ? 0 : 4) & 15) | (fifth >> j & 1) << 4;
}

/// Q4_0 and Q5_0: the signed extreme lands on the lowest code.
template <int bits>
void encodeSymmetric(Values x, const BlockContext&, std::byte* block, std::byte*)
{
    constexpr int half = 1 << (bits - 1);
    const float d = signedExtreme(x) / float(-half), id = reciprocal(d);
    std::array<unsigned, 32> codes;
    for (std::size_t j = 0; j < 32; ++j)
        codes[j] = unsigned(std::min(2 * half - 1, int(x[j] * id + (float(half) + 0.5f))));
    putHalf(block, d);
    putCodes(codes, block + (bits == 5 ? 6 : 2), bits == 5 ? block + 2 : nullptr);
}

template <int bits>
void decodeSymmetric(const std::byte* block, const std::byte*, const BlockContext&, std::span<float> y, std::uint16_t* levels)
{
    const float d = halfAt(block);
    for (std::size_t j = 0; j < 32; ++j) {
        levels[j] = std::uint16_t(codeAt(j, block + (bits == 5 ? 6 : 2), bits == 5 ? block + 2 : nullptr));
        y[j] = float(int(levels[j]) - (1 << (bits - 1))) * d;
    }
}

/// Q4_1 and Q5_1: a minimum and a step.
template <int bits>
void encodeWithMinimum(Values x, const BlockContext&, std::byte* block, std::byte*)
{
    const auto [low, high] = std::minmax_element(x.begin(), x.end());
    const float minimum = *low, d = (*high - minimum) / float((1 << bits) - 1), id = reciprocal(d);
    std::array<unsigned, 32> codes;
    for (std::size_t j = 0; j < 32; ++j)
        codes[j] = unsigned(std::min((1 << bits) - 1, int((x[j] - minimum) * id + 0.5f)));
    putHalf(block, d);
    putHalf(block + 2, minimum);
    putCodes(codes, block + (bits == 5 ? 8 : 4), bits == 5 ? block + 4 : nullptr);
}

template <int bits>
void decodeWithMinimum(const std::byte* block, const std::byte*, const BlockContext&, std::span<float> y, std::uint16_t* levels)
{
    const float d = halfAt(block), minimum = halfAt(block + 2);
    for (std::size_t j = 0; j < 32; ++j) {
        levels[j] = std::uint16_t(codeAt(j, block + (bits == 5 ? 8 : 4), bits == 5 ? block + 4 : nullptr));
        y[j] = float(levels[j]) * d + minimum;
    }
}

void encodeQ8(Values x, const BlockContext&, std::byte* block, std::byte*)
{
    const float d = std::abs(signedExtreme(x)) / 127.0f, id = reciprocal(d);
    putHalf(block, d);
    for (std::size_t j = 0; j < 32; ++j)
        block[2 + j] = std::byte(std::int8_t(std::clamp(std::round(x[j] * id), -128.0f, 127.0f)));
}

void decodeQ8(const std::byte* block, const std::byte*, const BlockContext&, std::span<float> y, std::uint16_t* levels)
{
    const float d = halfAt(block);
    for (std::size_t j = 0; j < 32; ++j) {
        const auto code = std::int8_t(byteAt(block + 2 + j));
        levels[j] = std::uint16_t(int(code) + 128);
        y[j] = float(code) * d;
    }
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

void encodeTq1(Values x, const BlockContext&, std::byte* block, std::byte*)
{
    const float d = std::abs(signedExtreme(x)), id = reciprocal(d);
    for (std::size_t j = 0; j < 52; ++j) {
        const auto [first, stride, count] = tritRun(j);
        unsigned number = 0;
        for (std::size_t n = 0; n < 5; ++n)
            number = number * 3 + (n < count ? trit(x[first + n * stride], id) : 0);
        block[j] = packTrits(number);
    }
    putHalf(block + 52, d);
}

void decodeTq1(const std::byte* block, const std::byte*, const BlockContext&, std::span<float> y, std::uint16_t* levels)
{
    const float d = halfAt(block + 52);
    for (std::size_t j = 0; j < 52; ++j) {
        const auto [first, stride, count] = tritRun(j);
        unsigned rest = byteAt(block + j);
        for (std::size_t n = 0; n < count; ++n) {
            const unsigned code = rest * 3 >> 8;
            rest = rest * 3 & 255;
            levels[first + n * stride] = std::uint16_t(code);
            y[first + n * stride] = float(int(code) - 1) * d;
        }
    }
}

void encodeTq2(Values x, const BlockContext&, std::byte* block, std::byte*)
{
    const float d = std::abs(signedExtreme(x)), id = reciprocal(d);
    for (std::size_t j = 0; j < 64; ++j) {
        unsigned codes = 0;
        for (std::size_t n = 0; n < 4; ++n)
            codes |= (trit(x[j / 32 * 128 + j % 32 + n * 32], id) & 3) << 2 * n;
        block[j] = std::byte(codes);
    }
    putHalf(block + 64, d);
}

void decodeTq2(const std::byte* block, const std::byte*, const BlockContext&, std::span<float> y, std::uint16_t* levels)
{
    const float d = halfAt(block + 64);
    for (std::size_t j = 0; j < 64; ++j)
        for (std::size_t n = 0; n < 4; ++n) {
            const std::size_t at = j / 32 * 128 + j % 32 + n * 32;
            levels[at] = std::uint16_t(byteAt(block + j) >> 2 * n & 3);
            y[at] = float(int(levels[at]) - 1) * d;
        }
}

// E2M1 as ggml has it: doubled values, so that they are whole, times half the scale; the nearest by
// absolute difference, of several the first.

constexpr std::array<int, 16> doubled{0, 1, 2, 3, 4, 6, 8, 12, 0, -1, -2, -3, -4, -6, -8, -12};

unsigned nearestDoubled(float x, float scale)
{
    unsigned best = 0;
    float bestError = std::abs(float(doubled[0]) * scale - x);
    for (unsigned code = 1; code < 16; ++code) {
        const float error = std::abs(float(doubled[code]) * scale - x);
        if (error < bestError) {
            best = code;
            bestError = error;
        }
    }
    return best;
}

/// Half of 2^(code − 127), exact down to where FP32 ends.
float halfPowerOfTwo(unsigned code)
{
    return std::bit_cast<float>(code < 2 ? 0x00200000u << code : (code - 1) << 23);
}

void encodeMxfp4(Values x, const BlockContext&, std::byte* block, std::byte*)
{
    const float largest = std::abs(signedExtreme(x));
    const unsigned code = largest > 0 ? unsigned(std::uint8_t(int(std::floor(std::log2(largest))) - 2 + 127)) : 0;
    const float scale = halfPowerOfTwo(code);
    block[0] = std::byte(code);
    for (std::size_t j = 0; j < 16; ++j)
        block[1 + j] = std::byte(nearestDoubled(x[j], scale) | nearestDoubled(x[j + 16], scale) << 4);
}

void decodeMxfp4(const std::byte* block, const std::byte*, const BlockContext&, std::span<float> y, std::uint16_t* levels)
{
    const float scale = halfPowerOfTwo(byteAt(block));
    for (std::size_t j = 0; j < 32; ++j) {
        levels[j] = std::uint16_t(codeAt(j, block + 1, nullptr));
        y[j] = float(doubled[levels[j]]) * scale;
    }
}

void encodeNvfp4(Values x, const BlockContext&, std::byte* block, std::byte*)
{
    static const NumberFormat& ue4m3 = *findNumberFormat("ue4m3");
    for (std::size_t s = 0; s < 4; ++s) {
        const Values part = x.subspan(16 * s, 16);
        const Code code = encode(ue4m3, std::abs(signedExtreme(part)) / 6.0f, {.overflow = Overflow::Saturate});
        const float scale = float(valueOf(ue4m3, code)) * 0.5f;
        block[s] = std::byte(code);
        for (std::size_t j = 0; j < 8; ++j)
            block[4 + 8 * s + j] = std::byte(nearestDoubled(part[j], scale) | nearestDoubled(part[j + 8], scale) << 4);
    }
}

void decodeNvfp4(const std::byte* block, const std::byte*, const BlockContext&, std::span<float> y, std::uint16_t* levels)
{
    static const NumberFormat& ue4m3 = *findNumberFormat("ue4m3");
    for (std::size_t i = 0; i < 64; ++i) {
        const std::size_t s = i / 16, j = i % 16;
        const float scale = float(valueOf(ue4m3, byteAt(block + s))) * 0.5f;
        levels[i] = std::uint16_t(byteAt(block + 4 + 8 * s + j % 8) >> (j < 8 ? 0 : 4) & 15);
        y[i] = float(doubled[levels[i]]) * scale;
    }
}

constexpr BlockFormat row(std::string_view id, int elements, int bytes, int levels, decltype(BlockFormat::encode) encode,
                          decltype(BlockFormat::decode) decode, std::string_view sentence)
{
    return {id, sentence, elements, bytes, 0, 8.0 * bytes / elements, encode, decode, levels};
}

constexpr std::array rows{
    row("q4_0", 32, 18, 16, encodeSymmetric<4>, decodeSymmetric<4>, "llama.cpp's Q4_0: 4 bits and an FP16 scale per 32"),
    row("q4_1", 32, 20, 16, encodeWithMinimum<4>, decodeWithMinimum<4>, "llama.cpp's Q4_1: 4 bits, an FP16 scale and minimum per 32"),
    row("q5_0", 32, 22, 32, encodeSymmetric<5>, decodeSymmetric<5>, "llama.cpp's Q5_0: 5 bits and an FP16 scale per 32"),
    row("q5_1", 32, 24, 32, encodeWithMinimum<5>, decodeWithMinimum<5>, "llama.cpp's Q5_1: 5 bits, an FP16 scale and minimum per 32"),
    row("q8_0", 32, 34, 256, encodeQ8, decodeQ8, "llama.cpp's Q8_0: 8 bits and an FP16 scale per 32"),
    row("tq1_0", 256, 54, 3, encodeTq1, decodeTq1, "llama.cpp's TQ1_0: five ternary weights a byte, an FP16 scale per 256"),
    row("tq2_0", 256, 66, 3, encodeTq2, decodeTq2, "llama.cpp's TQ2_0: four ternary weights a byte, an FP16 scale per 256"),
    row("mxfp4_ggml", 32, 17, 16, encodeMxfp4, decodeMxfp4, "MXFP4 as llama.cpp stores it"),
    row("nvfp4_ggml", 64, 36, 16, encodeNvfp4, decodeNvfp4, "NVFP4 as llama.cpp stores it, without a tensor scale"),
};

}  // namespace

std::span<const BlockFormat> ggmlFormats()
{
    return rows;
}

}  // namespace quantoscope
