// SPDX-License-Identifier: Apache-2.0
#include "core/files/gguf_metadata.h"

#include <array>
#include <bit>
#include <charconv>

namespace quantoscope {

namespace {

// docs/gguf.md, gguf_metadata_value_type.
enum class ValueType : std::uint32_t { U8, I8, U16, I16, U32, I32, F32, Bool, String, Array, U64, I64, F64, Count };

constexpr std::uint64_t longestKey = 65'535;     // of the specification
constexpr std::uint64_t longestText = 65'536;    // kept of a string: a chat template fits
constexpr std::uint64_t shownItems = 16;         // of an array

/// Bytes of a value of fixed size; 0 for strings and arrays.
int sizeOf(ValueType type)
{
    constexpr std::array sizes{1, 1, 2, 2, 4, 4, 4, 1, 0, 0, 8, 8, 8};
    return sizes[std::size_t(type)];
}

template <class T>
std::string textOf(T value)
{
    std::array<char, 32> text;
    return {text.data(), std::to_chars(text.data(), text.data() + text.size(), value).ptr};
}

std::string readString(FileCursor& cursor)
{
    const auto length = cursor.read<std::uint64_t>();
    if (!cursor.has(length))
        return {};
    std::string text = cursor.readText(std::min(length, longestText));
    if (length > longestText) {
        cursor.skip(length - longestText);
        text += "… (" + std::to_string(length) + " bytes)";
    }
    return text;
}

void skipString(FileCursor& cursor)
{
    cursor.skip(cursor.read<std::uint64_t>());
}

std::string readScalar(FileCursor& cursor, ValueType type)
{
    switch (type) {
    case ValueType::U8: return textOf(unsigned(cursor.read<std::uint8_t>()));
    case ValueType::I8: return textOf(int(cursor.read<std::int8_t>()));
    case ValueType::U16: return textOf(cursor.read<std::uint16_t>());
    case ValueType::I16: return textOf(cursor.read<std::int16_t>());
    case ValueType::U32: return textOf(cursor.read<std::uint32_t>());
    case ValueType::I32: return textOf(cursor.read<std::int32_t>());
    case ValueType::F32: return textOf(cursor.read<float>());
    case ValueType::Bool: return cursor.read<std::uint8_t>() ? "true" : "false";
    case ValueType::String: return readString(cursor);
    case ValueType::U64: return textOf(cursor.read<std::uint64_t>());
    case ValueType::I64: return textOf(cursor.read<std::int64_t>());
    case ValueType::F64: return textOf(cursor.read<double>());
    default: return {};
    }
}

/// A value type is read as a number and checked before it becomes an enumerator.
ValueType readType(FileCursor& cursor)
{
    const auto id = cursor.read<std::uint32_t>();
    if (id >= std::uint32_t(ValueType::Count)) {
        cursor.fail("a value is of type " + std::to_string(id) + ", which GGUF does not have");
        return ValueType::U8;
    }
    return ValueType(id);
}

std::string readArray(FileCursor& cursor)
{
    const ValueType type = readType(cursor);
    const auto count = cursor.read<std::uint64_t>();
    if (type == ValueType::Array)
        cursor.fail("a list holds lists");
    const std::uint64_t smallest = type == ValueType::String ? 8 : std::uint64_t(std::max(1, sizeOf(type)));
    if (cursor.ok() && count > cursor.left() / smallest)
        cursor.fail("a list promises " + std::to_string(count) + " values, more than the file holds");
    std::string text = "[";
    std::uint64_t done = 0;
    for (; done < std::min(count, shownItems) && cursor.ok(); ++done)
        text += (done == 0 ? "" : ", ") + readScalar(cursor, type);
    if (type != ValueType::String && cursor.ok())
        cursor.skip((count - done) * std::uint64_t(sizeOf(type)));
    else
        for (; done < count && cursor.ok(); ++done)
            skipString(cursor);
    return count > shownItems ? text + ", …] (" + std::to_string(count) + ")" : text + "]";
}

}  // namespace

std::pair<std::string, std::string> readGgufPair(FileCursor& cursor, std::uint64_t& alignment)
{
    const auto keyBytes = cursor.read<std::uint64_t>();
    if (keyBytes == 0 || keyBytes > longestKey)
        cursor.fail("a key has " + std::to_string(keyBytes) + " bytes; there may be 1 to 65535");
    if (!cursor.ok())
        return {};
    std::string key = cursor.readText(keyBytes);
    const ValueType type = readType(cursor);
    if (key != "general.alignment")
        return {std::move(key), type == ValueType::Array ? readArray(cursor) : readScalar(cursor, type)};
    if (type != ValueType::U32)
        cursor.fail("general.alignment is not of type u32");
    const auto value = cursor.read<std::uint32_t>();
    if (!std::has_single_bit(value) || value < 8 || value > 1u << 20)
        cursor.fail("general.alignment is " + std::to_string(value) + "; it is a power of two from 8 to 2^20");
    if (cursor.ok())
        alignment = value;
    return {std::move(key), textOf(value)};
}

}  // namespace quantoscope
