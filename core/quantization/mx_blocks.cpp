// SPDX-License-Identifier: Apache-2.0
// OCP Microscaling Formats 1.0 (blocks of 32 with a power of two in E8M0) and NVIDIA's NVFP4 (blocks of
// 16 with an E4M3 scale and one FP32 scale for the tensor).
#include "core/quantization/block_format.h"
#include "core/quantization/level_map.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>

namespace quantoscope {

namespace {

/// An element type: MX's largest exponent, largest value, and stored fraction bits.
struct MxElement {
    const char* id;     ///< Of the number format; MXINT8 is its own: whole numbers in units of 2^-6.
    int largestExponent;
    double largest;
    int mantissaBits;
};

constexpr MxElement e4m3{"e4m3", 8, 448, 3}, e5m2{"e5m2", 15, 57344, 2}, e3m2{"e3m2", 4, 28, 2}, e2m3{"e2m3", 2, 7.5, 3},
    e2m1{"e2m1", 2, 6, 1}, int8{"int8", 0, 127.0 / 64, 6};

/// Codes by quotient: nearest, a tie to the even code, saturating, −0 kept.
class ElementTable {
public:
    explicit ElementTable(const MxElement& element)
        : m_isInteger(std::string_view(element.id) == "int8")
    {
        if (m_isInteger)
            return;
        m_format = findNumberFormat(element.id);
        QuantizationScheme scheme;
        scheme.element = element.id;
        m_map = levelMapOf(scheme, -element.largest, element.largest);
        m_signBit = std::uint8_t(1u << (bitsOf(*m_format) - 1));
        for (Code code = 0; code < Code{1} << bitsOf(*m_format); ++code)
            m_values[code] = float(valueOf(*m_format, code));
    }

    std::uint8_t code(double quotient) const
    {
        if (m_isInteger)
            return std::uint8_t(std::int8_t(std::clamp(std::nearbyint(quotient * 64), -127.0, 127.0)));
        const auto code = std::uint8_t(m_map.codes[m_map.indexOf(quotient)]);
        return code == 0 && std::signbit(quotient) ? m_signBit : code;
    }
    float value(std::uint8_t code) const { return m_isInteger ? float(std::int8_t(code)) / 64 : m_values[code]; }

private:
    bool m_isInteger;
    const NumberFormat* m_format = nullptr;
    LevelMap m_map;
    std::uint8_t m_signBit = 0;
    std::array<float, 256> m_values{};
};

template <const MxElement& element>
const ElementTable& elementTable()
{
    static const ElementTable table(element);
    return table;
}

/// The exponent of a block's scale from its largest magnitude, before it is clamped to E8M0.
int scaleExponent(float largest, const MxElement& element, PowerOfTwoRule rule)
{
    const int floorOfLog = std::ilogb(largest);
    switch (rule) {
    case PowerOfTwoRule::Floor:
        return floorOfLog - element.largestExponent;
    case PowerOfTwoRule::Ceil:
        return floorOfLog + (std::ldexp(1.0, floorOfLog) != double(largest)) - element.largestExponent;
    case PowerOfTwoRule::Even: {
        // Rounds the magnitude to the element's own precision first, so that what would round up to the
        // next power of two gets its scale.
        const std::uint32_t half = 1u << (23 - element.mantissaBits - 1);
        const auto rounded = std::bit_cast<float>(std::bit_cast<std::uint32_t>(largest) + half);
        return (std::isfinite(rounded) ? std::ilogb(rounded) : floorOfLog + 1) - element.largestExponent;
    }
    case PowerOfTwoRule::RoundUpRatio: {
        int exponent = floorOfLog - element.largestExponent;
        while (double(largest) > std::ldexp(element.largest, exponent))
            ++exponent;
        return exponent;
    }
    }
    return 0;
}

float largestMagnitude(std::span<const float> values)
{
    float largest = 0;
    for (const float value : values)
        largest = std::max(largest, std::abs(value));
    return largest;
}

template <const MxElement& element>
void encodeMxBlock(std::span<const float> values, const BlockContext& context, std::byte* codes, std::byte* scales)
{
    const ElementTable& table = elementTable<element>();
    const float largest = largestMagnitude(values);
    // A block of zeros: microxcaling takes FP32's smallest normal number for its maximum under the floor
    // rule, which is the smallest scale there is for all elements but MXINT8.
    const bool isZero = largest == 0;
    const int wanted = !isZero ? scaleExponent(largest, element, context.scaleRule)
        : context.scaleRule == PowerOfTwoRule::Floor ? -126 - element.largestExponent : -127;
    const int exponent = std::clamp(wanted, -127, 127);
    *scales = std::byte(exponent + 127);
    for (std::size_t i = 0; i < values.size(); ++i)
        codes[i] = std::byte(table.code(std::ldexp(double(values[i]), -exponent)));
}

template <const MxElement& element>
void decodeMxBlock(const std::byte* codes, const std::byte* scales, const BlockContext&, std::span<float> values,
                   std::uint16_t* levels)
{
    const ElementTable& table = elementTable<element>();
    const int exponent = std::to_integer<int>(*scales) - 127;
    for (std::size_t i = 0; i < values.size(); ++i) {
        levels[i] = std::to_integer<std::uint16_t>(codes[i]);
        values[i] = float(std::ldexp(double(table.value(std::uint8_t(levels[i]))), exponent));
    }
}

// NVFP4, all in FP32 as NVIDIA's ModelOpt computes it (qtensor/nvfp4_tensor.py).

void encodeNvfp4Block(std::span<const float> values, const BlockContext& context, std::byte* codes, std::byte* scales)
{
    static const NumberFormat& scaleFormat = *findNumberFormat("e4m3");
    const ElementTable& table = elementTable<e2m1>();
    float ratio = largestMagnitude(values) / (6 * context.tensorScale);
    if (!(ratio > 0))
        ratio = 1;
    const Code scaleCode = encode(scaleFormat, ratio, {.overflow = Overflow::Saturate});
    *scales = std::byte(scaleCode);
    const float scale = float(valueOf(scaleFormat, scaleCode)) * context.tensorScale;
    for (std::size_t i = 0; i < values.size(); i += 2) {
        unsigned pair = 0;
        for (std::size_t half = 0; half < 2; ++half) {
            const float quotient = scale == 0 ? 0 : values[i + half] / scale;
            const unsigned code = table.code(std::clamp(quotient, -6.0f, 6.0f)) & 7u;
            pair |= (code | (quotient < 0 ? 8u : 0u)) << 4 * half;
        }
        codes[i / 2] = std::byte(pair);
    }
}

void decodeNvfp4Block(const std::byte* codes, const std::byte* scales, const BlockContext& context,
                      std::span<float> values, std::uint16_t* levels)
{
    static const NumberFormat& scaleFormat = *findNumberFormat("e4m3");
    const float scale = float(valueOf(scaleFormat, std::to_integer<Code>(*scales))) * context.tensorScale;
    for (std::size_t i = 0; i < values.size(); ++i) {
        levels[i] = std::uint16_t(std::to_integer<unsigned>(codes[i / 2]) >> 4 * (i % 2) & 15);
        values[i] = elementTable<e2m1>().value(std::uint8_t(levels[i])) * scale;
    }
}

using EncodeBlock = decltype(BlockFormat::encode);
using DecodeBlock = decltype(BlockFormat::decode);

template <int elements, int codeBytes, EncodeBlock encodeBlock>
void encodeEach(std::span<const float> values, const BlockContext& context, std::byte* codes, std::byte* scales)
{
    for (std::size_t at = 0; at < values.size(); at += elements, codes += codeBytes)
        encodeBlock(values.subspan(at, elements), context, codes, scales++);
}

template <int elements, int codeBytes, DecodeBlock decodeBlock>
void decodeEach(const std::byte* codes, const std::byte* scales, const BlockContext& context, std::span<float> values,
                std::uint16_t* levels)
{
    for (std::size_t at = 0; at < values.size(); at += elements, codes += codeBytes)
        decodeBlock(codes, scales++, context, values.subspan(at, elements), levels + at);
}

template <const MxElement& element>
constexpr BlockFormat row(std::string_view id, int bits, std::string_view sentence)
{
    return {id, sentence, 32, 32, 1, bits + 8 / 32.0, encodeEach<32, 32, encodeMxBlock<element>>,
            decodeEach<32, 32, decodeMxBlock<element>>, bits == 8 ? 256 : 1 << bits, false, true};
}

constexpr std::array rows{
    row<e4m3>("mxfp8_e4m3", 8, "OCP MXFP8: E4M3 with a power of two per 32"),
    row<e5m2>("mxfp8_e5m2", 8, "OCP MXFP8: E5M2 with a power of two per 32"),
    row<e3m2>("mxfp6_e3m2", 6, "OCP MXFP6: E3M2 with a power of two per 32"),
    row<e2m3>("mxfp6_e2m3", 6, "OCP MXFP6: E2M3 with a power of two per 32"),
    row<e2m1>("mxfp4", 4, "OCP MXFP4: E2M1 with a power of two per 32"),
    row<int8>("mxint8", 8, "OCP MXINT8: 8-bit fractions with a power of two per 32"),
    BlockFormat{"nvfp4", "NVIDIA NVFP4: E2M1 with an E4M3 scale per 16 and one FP32 scale for the tensor", 16, 8, 1, 4.5,
                encodeEach<16, 8, encodeNvfp4Block>, decodeEach<16, 8, decodeNvfp4Block>, 16, false, false,
                OuterScale::LargestOfTensor, 6.0 * 448},
};

}  // namespace

std::span<const BlockFormat> mxFormats()
{
    return rows;
}

}  // namespace quantoscope
