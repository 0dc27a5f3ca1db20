// SPDX-License-Identifier: Apache-2.0
// ggml's IQ4_NL and IQ4_XS, byte for byte as ggml_quantize_chunk writes them without importance matrix
// (src/ggml-quants.c, quantize_row_iq4_nl_impl with 7 tries to each side): 16 uneven levels, the scale
// searched for.
#include "core/quantization/ggml_common.h"
#include "core/quantization/ggml_group_fit.h"

#include <algorithm>
#include <cmath>

namespace quantoscope {

namespace {

using namespace ggml;

/// Two indices a byte: element j with element j + 16.
void putIndices(const std::uint8_t* indices, std::byte* to)
{
    for (std::size_t j = 0; j < 16; ++j)
        to[j] = std::byte(indices[j] | indices[j + 16] << 4);
}

void indicesOf(const std::byte* from, std::uint16_t* levels)
{
    for (std::size_t j = 0; j < 16; ++j) {
        levels[j] = std::uint16_t(byteAt(from + j) & 15);
        levels[j + 16] = std::uint16_t(byteAt(from + j) >> 4);
    }
}

/// A fit works on eight groups of 32 at once; what is missing is filled up with zeros.
std::array<float, 8> scalesOfUpToEight(const float* values, std::size_t count)
{
    if (count == 256)
        return fitIq4Scales(values);
    std::array<float, 256> padded{};
    std::copy_n(values, count, padded.begin());
    return fitIq4Scales(padded.data());
}

void encodeNl(std::span<const float> values, const BlockContext&, std::byte* blocks, std::byte*)
{
    for (std::size_t first = 0; first < values.size(); first += 256) {
        const std::size_t count = std::min<std::size_t>(256, values.size() - first);
        const auto scales = scalesOfUpToEight(values.data() + first, count);
        for (std::size_t g = 0; g < count / 32; ++g, blocks += 18) {
            std::array<std::uint8_t, 32> indices;
            nearestIq4Levels(values.data() + first + 32 * g, 32, scales[g] != 0 ? 1 / scales[g] : 0, indices.data());
            putHalf(blocks, scales[g]);
            putIndices(indices.data(), blocks + 2);
        }
    }
}

void encodeXs(const float* x, std::byte* block)
{
    const auto scales = fitIq4Scales(x);
    float largest = 0, extreme = 0;
    for (const float scale : scales)
        if (std::abs(scale) > largest) {
            largest = std::abs(scale);
            extreme = scale;
        }
    const float d = -extreme / 32, inverse = d != 0 ? 1 / d : 0;
    putHalf(block, d);
    std::uint16_t upperBits = 0;
    std::array<std::uint8_t, 8> lowerBits;
    for (std::size_t g = 0; g < 8; ++g) {
        const int code = std::clamp(nearestByCarry(inverse * scales[g]), -32, 31);
        const float groupScale = d * float(code);   // With the scale before it is rounded to FP16.
        std::array<std::uint8_t, 32> indices;
        nearestIq4Levels(x + 32 * g, 32, groupScale != 0 ? 1 / groupScale : 0, indices.data());
        putIndices(indices.data(), block + 8 + 16 * g);
        lowerBits[g] = std::uint8_t((code + 32) & 15);
        upperBits = std::uint16_t(upperBits | (code + 32) >> 4 << 2 * g);
    }
    std::memcpy(block + 2, &upperBits, 2);
    for (std::size_t g = 0; g < 4; ++g)
        block[4 + g] = std::byte(lowerBits[2 * g] | lowerBits[2 * g + 1] << 4);
}

void codesOfNl(const std::byte* block, std::uint16_t* levels) { indicesOf(block + 2, levels); }

void codesOfXs(const std::byte* block, std::uint16_t* levels)
{
    for (std::size_t g = 0; g < 8; ++g)
        indicesOf(block + 8 + 16 * g, levels + 32 * g);
}

constexpr std::array rows{
    row("iq4_nl", 32, 18, 16, encodeNl, decodeAs<20, codesOfNl>, "llama.cpp's IQ4_NL: 16 uneven levels, an FP16 scale per 32"),
    row("iq4_xs", 256, 136, 16, encodeEach<256, 136, encodeXs>, decodeAs<23, codesOfXs>,
        "llama.cpp's IQ4_XS: 16 uneven levels, 6-bit scales per 32, an FP16 one per 256"),
};

}  // namespace

std::span<const BlockFormat> ggmlIq4Formats()
{
    return rows;
}

}  // namespace quantoscope
