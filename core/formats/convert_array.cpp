// SPDX-License-Identifier: Apache-2.0
#include "core/formats/convert_array.h"

#include "core/formats/wide_float.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <vector>

namespace quantoscope {

namespace {

static_assert(std::endian::native == std::endian::little);

constexpr std::size_t wideChunk = 1024;   ///< Values on their way, small enough to stay in the cache.

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

namespace {

/// FP32 itself, or a format whose values FP32 holds and wide code decodes.
bool isWidelyRead(const NumberFormat& format)
{
    return format.id == "fp32" || wideFormat(format, Overflow::Saturate);
}

bool isWidelyWritten(const NumberFormat& format, const RoundingRule& rule)
{
    // FP32 rounds nothing of what comes here; saturating alone would change its infinities.
    return (format.id == "fp32" && rule.overflow != Overflow::Saturate) || (rule.rounding == Rounding::NearestEven && wideFormat(format, rule.overflow));
}

template <class Stored>
void decodeBytes(const NumberFormat& format, const std::byte* codes, std::span<float> values)
{
    std::array<Stored, wideChunk> aligned;
    std::memcpy(aligned.data(), codes, values.size() * sizeof(Stored));
    decodeArray(format, std::span<const Stored>(aligned).first(values.size()), values);
}

template <class Stored>
void encodeBytes(const NumberFormat& format, std::span<const float> values, std::byte* codes, const RoundingRule& rule)
{
    std::array<Stored, wideChunk> aligned;
    encodeArray(format, values, std::span<Stored>(aligned).first(values.size()), rule);
    std::memcpy(codes, aligned.data(), values.size() * sizeof(Stored));
}

/// By way of FP32, which rounds nothing: it holds every value of the source.
void convertWide(const NumberFormat& from, const std::byte* codes, std::size_t count, const NumberFormat& to, std::byte* converted,
                 const RoundingRule& rule)
{
    const std::size_t read = storedBytesOf(from), written = storedBytesOf(to);
    std::array<float, wideChunk> floats;
    for (std::size_t at = 0; at < count; at += wideChunk) {
        const auto values = std::span(floats).first(std::min(wideChunk, count - at));
        const std::byte* const source = codes + at * read;
        std::byte* const target = converted + at * written;
        if (read == 4)
            std::memcpy(values.data(), source, values.size_bytes());
        else
            read == 2 ? decodeBytes<std::uint16_t>(from, source, values) : decodeBytes<std::uint8_t>(from, source, values);
        if (written == 4)
            std::memcpy(target, values.data(), values.size_bytes());
        else
            written == 2 ? encodeBytes<std::uint16_t>(to, values, target, rule) : encodeBytes<std::uint8_t>(to, values, target, rule);
    }
}

}  // namespace

std::size_t storedBytesOf(const NumberFormat& format)
{
    const int bits = bitsOf(format);
    return bits <= 8 ? 1 : bits <= 16 ? 2 : bits <= 32 ? 4 : 8;
}

void convertArray(const NumberFormat& from, std::span<const std::byte> codes, const NumberFormat& to,
                  std::span<std::byte> converted, const RoundingRule& rule)
{
    const std::size_t read = storedBytesOf(from), written = storedBytesOf(to), count = codes.size() / read;
    if (isWidelyRead(from) && isWidelyWritten(to, rule))
        return convertWide(from, codes.data(), count, to, converted.data(), rule);
    RoundingRule drawn = rule;
    const auto convertOne = [&](Code code) { return encode(to, valueOf(from, code), drawn); };
    std::vector<Code> table;
    const int bits = bitsOf(from);
    if (bits <= 16 && rule.rounding != Rounding::Stochastic && count > std::size_t{1} << bits) {
        table.resize(std::size_t{1} << bits);
        for (Code code = 0; code < table.size(); ++code)
            table[code] = convertOne(code);
    }
    for (std::size_t i = 0; i < count; ++i) {
        Code code = 0;
        std::memcpy(&code, codes.data() + i * read, read);   // little-endian, as everything this program runs on
        const Code made = table.empty() ? convertOne(code) : table[code & (table.size() - 1)];
        std::memcpy(converted.data() + i * written, &made, written);
        ++drawn.draw;
    }
}

}  // namespace quantoscope
