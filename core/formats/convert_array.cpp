// SPDX-License-Identifier: Apache-2.0
#include "core/formats/convert_array.h"

#include "core/formats/wide_float.h"

#include <vector>

namespace quantoscope {

namespace {

std::optional<WideFloat> wideFormat(const NumberFormat& format, Overflow overflow)
{
    const FloatFormat* kind = format.asFloat();
    return kind ? wideFloat(*kind, overflow) : std::nullopt;
}

template <class Stored>
void encodeEach(const NumberFormat& format, std::span<const float> values, std::span<Stored> codes, RoundingRule rule)
{
    const auto wide = wideFormat(format, rule.overflow);
    if (wide && rule.rounding == Rounding::NearestEven) {
        encodeWide(*wide, values.data(), codes.data(), values.size());
        return;
    }
    for (std::size_t i = 0; i < values.size(); ++i) {
        codes[i] = Stored(encode(format, double(values[i]), rule));
        ++rule.draw;
    }
}

template <class Stored>
void decodeEach(const NumberFormat& format, std::span<const Stored> codes, std::span<float> values)
{
    if (const auto wide = wideFormat(format, Overflow::Saturate)) {
        decodeWide(*wide, codes.data(), values.data(), codes.size());
        return;
    }
    const int bits = significantBitsOf(format);
    if (bits > 8 || codes.size() < 256) {
        for (std::size_t i = 0; i < codes.size(); ++i)
            values[i] = float(valueOf(format, codes[i]));
        return;
    }
    std::vector<float> table(std::size_t{1} << bits);
    for (std::size_t code = 0; code < table.size(); ++code)
        table[code] = float(valueOf(format, code));
    for (std::size_t i = 0; i < codes.size(); ++i)
        values[i] = table[codes[i] & (table.size() - 1)];
}

}  // namespace

void encodeArray(const NumberFormat& format, std::span<const float> values, std::span<std::uint8_t> codes,
                 const RoundingRule& rule)
{
    encodeEach(format, values, codes, rule);
}

void encodeArray(const NumberFormat& format, std::span<const float> values, std::span<std::uint16_t> codes,
                 const RoundingRule& rule)
{
    encodeEach(format, values, codes, rule);
}

void decodeArray(const NumberFormat& format, std::span<const std::uint8_t> codes, std::span<float> values)
{
    decodeEach(format, codes, values);
}

void decodeArray(const NumberFormat& format, std::span<const std::uint16_t> codes, std::span<float> values)
{
    decodeEach(format, codes, values);
}

void convertArray(const NumberFormat& from, std::span<const std::uint16_t> codes, const NumberFormat& to,
                  std::span<std::uint16_t> converted, const RoundingRule& rule)
{
    const std::size_t count = std::size_t{1} << significantBitsOf(from);
    RoundingRule drawn = rule;
    if (rule.rounding == Rounding::Stochastic || codes.size() < count) {
        for (std::size_t i = 0; i < codes.size(); ++i) {
            converted[i] = std::uint16_t(encode(to, valueOf(from, codes[i]), drawn));
            ++drawn.draw;
        }
        return;
    }
    std::vector<std::uint16_t> table(count);
    for (std::size_t code = 0; code < count; ++code)
        table[code] = std::uint16_t(encode(to, valueOf(from, code), rule));
    for (std::size_t i = 0; i < codes.size(); ++i)
        converted[i] = table[codes[i] & (count - 1)];
}

}  // namespace quantoscope
