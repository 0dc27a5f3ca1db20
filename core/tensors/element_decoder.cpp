// SPDX-License-Identifier: Apache-2.0
#include "core/tensors/element_decoder.h"

#include "core/formats/convert_array.h"
#include "core/formats/number_format.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstring>
#include <limits>
#include <vector>

namespace quantoscope {

namespace {

static_assert(std::endian::native == std::endian::little);

template <class Stored>
Stored storedAt(const std::byte* bytes, bool bigEndian)
{
    std::array<std::byte, sizeof(Stored)> raw;
    std::memcpy(raw.data(), bytes, sizeof raw);
    if (bigEndian)
        std::reverse(raw.begin(), raw.end());
    return std::bit_cast<Stored>(raw);
}

/// One loop each for the two byte orders, so that the common one is a plain copy the compiler widens.
template <class Stored, class T, class Convert>
void decodeEach(ElementPacking packing, const std::byte* bytes, std::span<T> values, Convert convert)
{
    if (packing.bigEndian)
        for (std::size_t i = 0; i < values.size(); ++i)
            values[i] = T(convert(storedAt<Stored>(bytes + i * sizeof(Stored), true)));
    else
        for (std::size_t i = 0; i < values.size(); ++i)
            values[i] = T(convert(storedAt<Stored>(bytes + i * sizeof(Stored), false)));
}

template <class Stored, class T>
void decodePlain(ElementPacking packing, std::span<const std::byte> bytes, std::span<T> values)
{
    decodeEach<Stored>(packing, bytes.data(), values, [](Stored stored) { return stored; });
}

float fromBFloat16(std::uint16_t code)
{
    return std::bit_cast<float>(std::uint32_t(code) << 16);
}

template <class T>
void decodeFloat16s(ElementPacking packing, std::span<const std::byte> bytes, std::span<T> values)
{
    decodeEach<std::uint16_t>(packing, bytes.data(), values, quantoscope::decodeFloat16);
}

template <class T>
void decodeBFloat16(ElementPacking packing, std::span<const std::byte> bytes, std::span<T> values)
{
    decodeEach<std::uint16_t>(packing, bytes.data(), values, fromBFloat16);
}

/// A double that lies halfway between two floats may come from an integer that does not: 64-bit
/// integers go to FP32 directly, as a conversion of the language does, never through a double.
using Doubles = void (*)(ElementPacking, std::span<const std::byte>, std::span<double>);
using Floats = void (*)(ElementPacking, std::span<const std::byte>, std::span<float>);

struct FastPath {
    std::string_view id;
    Doubles doubles;
    Floats floats;
};
constexpr std::array fastPaths{
    FastPath{"F32", decodePlain<float>, decodePlain<float>},
    FastPath{"F16", decodeFloat16s, decodeFloat16s},
    FastPath{"BF16", decodeBFloat16, decodeBFloat16},
    FastPath{"F64", decodePlain<double>, decodePlain<double>},
    FastPath{"BOOL", decodePlain<std::uint8_t>, decodePlain<std::uint8_t>},
    FastPath{"U8", decodePlain<std::uint8_t>, decodePlain<std::uint8_t>},
    FastPath{"I8", decodePlain<std::int8_t>, decodePlain<std::int8_t>},
    FastPath{"U16", decodePlain<std::uint16_t>, decodePlain<std::uint16_t>},
    FastPath{"I16", decodePlain<std::int16_t>, decodePlain<std::int16_t>},
    FastPath{"U32", decodePlain<std::uint32_t>, decodePlain<std::uint32_t>},
    FastPath{"I32", decodePlain<std::int32_t>, decodePlain<std::int32_t>},
    FastPath{"U64", decodePlain<std::uint64_t>, decodePlain<std::uint64_t>},
    FastPath{"I64", decodePlain<std::int64_t>, decodePlain<std::int64_t>},
};

const FastPath* findFastPath(std::string_view id)
{
    const auto row = std::find_if(fastPaths.begin(), fastPaths.end(), [&](const FastPath& path) { return path.id == id; });
    return row == fastPaths.end() ? nullptr : &*row;
}

/// The values of all codes of a type of at most 8 bits, from the table of number formats.
using CodeValues = std::array<double, 256>;

const CodeValues& codeValues(const StorageType& type)
{
    static const std::vector<CodeValues> tables = [] {
        std::vector<CodeValues> all(storageTypes().size());
        for (std::size_t row = 0; row < all.size(); ++row) {
            const StorageType& candidate = storageTypes()[row];
            const NumberFormat* format = findNumberFormat(candidate.formatId);
            for (unsigned code = 0; code < 256; ++code)
                all[row][code] = candidate.bits <= 8 && format && code < 1u << candidate.bits
                    ? valueOf(*format, code)
                    : std::numeric_limits<double>::quiet_NaN();
        }
        return all;
    }();
    return tables[std::size_t(&type - storageTypes().data())];
}

template <class T>
void decodeSmall(const StorageType& type, ElementPacking packing, std::span<const std::byte> bytes, std::span<T> values)
{
    const CodeValues& table = codeValues(type);
    const unsigned mask = (1u << type.bits) - 1;
    std::size_t bit = std::size_t(packing.firstBit);
    for (T& value : values) {
        const std::size_t byte = bit / 8;
        unsigned window = unsigned(bytes[byte]);
        if (bit % 8 + std::size_t(type.bits) > 8)
            window |= unsigned(bytes[byte + 1]) << 8;
        value = T(table[(window >> bit % 8) & mask]);
        bit += std::size_t(type.bits);
    }
}

}  // namespace

/// Exponent and fraction moved into their FP32 places are the value times 2^-112; the product is exact,
/// subnormals included. Infinity and NaN come out as numbers from 2^16 on and get their exponent back.
float decodeFloat16(std::uint16_t code)
{
    const float magnitude = std::bit_cast<float>(std::uint32_t(code & 0x7FFF) << 13) * 0x1p112f;
    std::uint32_t bits = std::bit_cast<std::uint32_t>(magnitude);
    bits |= magnitude >= 0x1p16f ? 0x7F800000u : 0u;
    return std::bit_cast<float>(bits | std::uint32_t(code & 0x8000) << 16);
}

bool canDecode(const StorageType& type)
{
    return findFastPath(type.id) || (type.bits <= 8 && findNumberFormat(type.formatId));
}

void decodeElements(const StorageType& type, ElementPacking packing, std::span<const std::byte> bytes,
                    std::span<double> values)
{
    if (const FastPath* path = findFastPath(type.id))
        path->doubles(packing, bytes, values);
    else
        decodeSmall(type, packing, bytes, values);
}

void decodeElements(const StorageType& type, ElementPacking packing, std::span<const std::byte> bytes,
                    std::span<float> values)
{
    if (const FastPath* path = findFastPath(type.id))
        path->floats(packing, bytes, values);
    else if (type.bits == 8 && packing.firstBit == 0)
        decodeArray(*findNumberFormat(type.formatId), {reinterpret_cast<const std::uint8_t*>(bytes.data()), values.size()}, values);
    else
        decodeSmall(type, packing, bytes, values);
}

}  // namespace quantoscope
