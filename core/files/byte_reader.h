// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <bit>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>

namespace quantoscope {

/// Reads little-endian values one after another. A read past the end returns zero and marks the
/// reader as failed, so a parser may read a whole header first and ask `ok()` once.
class ByteReader {
public:
    explicit ByteReader(std::span<const std::byte> bytes)
        : m_bytes(bytes)
    {
    }

    template <class T>
        requires std::integral<T> || std::floating_point<T>
    T read()
    {
        static_assert(std::endian::native == std::endian::little);
        T value{};
        if (const auto source = take(sizeof value); !source.empty())
            std::memcpy(&value, source.data(), sizeof value);
        return value;
    }

    std::string_view readText(std::size_t length)
    {
        const auto text = take(length);
        return {reinterpret_cast<const char*>(text.data()), text.size()};
    }

    std::span<const std::byte> take(std::size_t count)
    {
        m_failed = m_failed || count > m_bytes.size() - m_position;
        if (m_failed)
            return {};
        const auto taken = m_bytes.subspan(m_position, count);
        m_position += count;
        return taken;
    }

    std::size_t position() const { return m_position; }
    bool ok() const { return !m_failed; }

private:
    std::span<const std::byte> m_bytes;
    std::size_t m_position = 0;
    bool m_failed = false;
};

}  // namespace quantoscope
