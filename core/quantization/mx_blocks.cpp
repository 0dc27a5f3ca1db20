// SPDX-License-Identifier: Apache-2.0
// OCP Microscaling Formats 1.0 (blocks of 32 with a power of two in E8M0) and NVIDIA's NVFP4 (blocks of
// 16 with an E4M3 scale and one FP32 scale for the tensor).
#include "core/formats/convert_array.h"
#include "core/formats/narrow_float.h"
#include "core/quantization/block_format.h"
#include "core/quantization/block_kernels.h"
#include "core/quantization/power_of_two_scale.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace quantoscope {

namespace {

struct MxElement {
    const char* id;     ///< Of the number format; MXINT8 is its own: whole numbers in units of 2^-6.
    ElementEnd end;
};

constexpr MxElement e4m3{"e4m3", {8, 448, 3}}, e5m2{"e5m2", {15, 57344, 2}}, e3m2{"e3m2", {4, 28, 2}}, e2m3{"e2m3", {2, 7.5, 3}},
    e2m1{"e2m1", {2, 6, 1}}, int8{"int8", {0, 127.0 / 64, 6}};

constexpr std::size_t tile = 2048;   // Values at a time.
constexpr RoundingRule saturating{.overflow = Overflow::Saturate};

template <const MxElement& element>
const NumberFormat& formatOf()
{
    static const NumberFormat& format = *findNumberFormat(element.id);
    return format;
}

/// A power of two times a value is exact but for what any element rounds to 0.
template <const MxElement& element>
void encodeMx(std::span<const float> values, const BlockContext& context, std::byte* codes, std::byte* scales)
{
    [[maybe_unused]] std::array<float, tile> scaled;
    std::array<float, tile / 32> factors;
    for (std::size_t at = 0; at < values.size(); at += tile) {
        const std::size_t count = std::min(tile, values.size() - at);
        largestMagnitudes(values.data() + at, count, 32, factors.data());
        for (std::size_t block = 0; block < count / 32; ++block) {
            const int exponent = storedExponent(factors[block], element.end, context.scaleRule);
            *scales++ = std::byte(exponent + 127);
            factors[block] = powerOfTwo(-exponent);
        }
        auto* const to = reinterpret_cast<std::uint8_t*>(codes) + at;
        if constexpr (&element == &e2m1) {
            encodeE2m1Products(values.data() + at, count, factors.data(), to);
        } else {
            multiplyBlocks(values.data() + at, count, 32, factors.data(), scaled.data());
            encodeArray(formatOf<element>(), std::span(scaled).first(count), std::span(to, count), saturating);
        }
    }
}

template <const MxElement& element>
void decodeMx(const std::byte* codes, const std::byte* scales, const BlockContext&, std::span<float> values,
              std::uint16_t* levels)
{
    std::array<float, tile / 32> factors;
    for (std::size_t at = 0; at < values.size(); at += tile) {
        const auto part = values.subspan(at, std::min(tile, values.size() - at));
        const auto* const from = reinterpret_cast<const std::uint8_t*>(codes) + at;
        std::copy_n(from, part.size(), levels + at);
        decodeArray(formatOf<element>(), std::span(from, part.size()), part);
        for (std::size_t block = 0; block < part.size() / 32; ++block)
            factors[block] = powerOfTwo(std::to_integer<int>(*scales++) - 127);
        multiplyBlocks(part.data(), part.size(), 32, factors.data(), part.data());
    }
}

// MXINT8: whole numbers in units of 2^-6.

void encodeMxInt8(std::span<const float> values, const BlockContext& context, std::byte* codes, std::byte* scales)
{
    for (std::size_t at = 0; at < values.size(); at += 32) {
        float largest;
        largestMagnitudes(values.data() + at, 32, 32, &largest);
        const int exponent = storedExponent(largest, int8.end, context.scaleRule);
        *scales++ = std::byte(exponent + 127);
        for (std::size_t i = at; i < at + 32; ++i) {
            const double quotient = double(values[i]) * double(powerOfTwo(-exponent));
            codes[i] = std::byte(std::int8_t(std::clamp(std::nearbyint(quotient * 64), -127.0, 127.0)));
        }
    }
}

void decodeMxInt8(const std::byte* codes, const std::byte* scales, const BlockContext&, std::span<float> values,
                  std::uint16_t* levels)
{
    for (std::size_t i = 0; i < values.size(); ++i) {
        levels[i] = std::to_integer<std::uint16_t>(codes[i]);
        values[i] = float(std::int8_t(levels[i])) / 64 * powerOfTwo(std::to_integer<int>(scales[i / 32]) - 127);
    }
}

// NVFP4, all in FP32 as NVIDIA's ModelOpt computes it (qtensor/nvfp4_tensor.py).

constexpr std::array<std::uint8_t, 16> unchanged{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};

void encodeNvfp4(std::span<const float> values, const BlockContext& context, std::byte* codes, std::byte* scales)
{
    std::array<std::uint8_t, tile> elements;
    std::array<float, tile / 16> divisors;
    for (std::size_t at = 0; at < values.size(); at += tile) {
        const std::size_t count = std::min(tile, values.size() - at);
        largestMagnitudes(values.data() + at, count, 16, divisors.data());
        for (std::size_t block = 0; block < count / 16; ++block) {
            float ratio = divisors[block] / (6 * context.tensorScale);
            if (!(ratio > 0))
                ratio = 1;
            const auto code = encodeNarrow<NarrowE4m3>(ratio, true);
            *scales++ = std::byte(code);
            divisors[block] = decodeNarrow<NarrowE4m3>(code) * context.tensorScale;
        }
        // A negative quotient has a sign whatever it is rounded to; a −0 has none.
        encodeE2m1Quotients(values.data() + at, count, divisors.data(), elements.data());
        packPairs(elements.data(), count, unchanged.data(), false, codes + at / 2);
    }
}

void decodeNvfp4(const std::byte* codes, const std::byte* scales, const BlockContext& context,
                 std::span<float> values, std::uint16_t* levels)
{
    static const auto table = [] {
        std::array<float, 16> elements;
        for (Code code = 0; code < 16; ++code)
            elements[code] = float(valueOf(formatOf<e2m1>(), code));
        return elements;
    }();
    std::array<std::uint8_t, tile> elements;
    std::array<float, tile / 16> factors;
    for (std::size_t at = 0; at < values.size(); at += tile) {
        const std::size_t count = std::min(tile, values.size() - at);
        for (std::size_t i = 0; i < count; i += 2) {
            const unsigned pair = std::to_integer<unsigned>(codes[(at + i) / 2]);
            elements[i] = std::uint8_t(pair & 15);
            elements[i + 1] = std::uint8_t(pair >> 4);
        }
        std::copy_n(elements.begin(), count, levels + at);
        for (std::size_t block = 0; block < count / 16; ++block)
            factors[block] = decodeNarrow<NarrowE4m3>(std::to_integer<std::uint32_t>(*scales++)) * context.tensorScale;
        lookUpBlocks(elements.data(), count, 16, table.data(), factors.data(), values.data() + at);
    }
}

template <const MxElement& element>
constexpr BlockFormat row(std::string_view id, int bits, std::string_view sentence)
{
    return {id, sentence, 32, 32, 1, bits + 8 / 32.0, encodeMx<element>, decodeMx<element>, bits == 8 ? 256 : 1 << bits, false, true};
}

constexpr std::array rows{
    row<e4m3>("mxfp8_e4m3", 8, "OCP MXFP8: E4M3 with a power of two per 32"),
    row<e5m2>("mxfp8_e5m2", 8, "OCP MXFP8: E5M2 with a power of two per 32"),
    row<e3m2>("mxfp6_e3m2", 6, "OCP MXFP6: E3M2 with a power of two per 32"),
    row<e2m3>("mxfp6_e2m3", 6, "OCP MXFP6: E2M3 with a power of two per 32"),
    row<e2m1>("mxfp4", 4, "OCP MXFP4: E2M1 with a power of two per 32"),
    BlockFormat{"mxint8", "OCP MXINT8: 8-bit fractions with a power of two per 32", 32, 32, 1, 8.25, encodeMxInt8, decodeMxInt8,
                256, false, true},
    BlockFormat{"nvfp4", "NVIDIA NVFP4: E2M1 with an E4M3 scale per 16 and one FP32 scale for the tensor", 16, 8, 1, 4.5,
                encodeNvfp4, decodeNvfp4, 16, false, false,
                OuterScale::LargestOfTensor, 6.0 * 448},
};

}  // namespace

std::span<const BlockFormat> mxFormats()
{
    return rows;
}

}  // namespace quantoscope
