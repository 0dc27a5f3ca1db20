// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/files/file_bytes.h"

#include <algorithm>
#include <array>
#include <concepts>
#include <cstring>
#include <optional>
#include <string>
#include <vector>

namespace quantoscope {

/// Reads a long header front to back through a small window: strings nobody asks for are passed over,
/// not read. Failure is sticky, as in ByteReader; `error()` says what went wrong.
class FileCursor {
public:
    explicit FileCursor(const FileBytes& file)
        : m_file(file)
    {
    }

    template <class T>
        requires std::integral<T> || std::floating_point<T>
    T read()
    {
        std::array<std::byte, sizeof(T)> raw{};
        readBytes(raw);
        T value;
        std::memcpy(&value, raw.data(), sizeof value);
        return value;
    }

    /// `length` is checked against what is left of the file before anything is allocated.
    std::string readText(std::uint64_t length)
    {
        if (!has(length))
            return {};
        std::string text(length, '\0');
        readBytes(std::as_writable_bytes(std::span(text)));
        return text;
    }

    void skip(std::uint64_t count)
    {
        if (has(count))
            m_position += count;
    }

    /// Fails where fewer than `count` bytes are left.
    bool has(std::uint64_t count)
    {
        if (count > left())
            fail("it ends too early: " + std::to_string(count) + " bytes are needed and " + std::to_string(left()) + " are left");
        return ok();
    }

    void fail(std::string problem)
    {
        if (!m_error)
            m_error = Error{Error::Kind::Malformed, "The header is damaged at byte " + std::to_string(m_position) + ": " + problem + "."};
    }
    std::uint64_t position() const { return m_position; }
    std::uint64_t left() const { return m_file.size() - m_position; }
    bool ok() const { return !m_error; }
    const Error& error() const { return *m_error; }

private:
    void readBytes(std::span<std::byte> into)
    {
        while (!into.empty() && has(into.size())) {
            if (m_position < m_start || m_position >= m_start + m_window.size())
                loadWindow();
            if (!ok())
                return;
            const std::size_t within = std::size_t(m_position - m_start);
            const std::size_t some = std::min(into.size(), m_window.size() - within);
            std::memcpy(into.data(), m_window.data() + within, some);
            into = into.subspan(some);
            m_position += some;
        }
    }
    void loadWindow()
    {
        constexpr std::uint64_t windowBytes = 256 * 1024;
        m_start = m_position;
        m_window.resize(std::min(windowBytes, left()));
        if (auto got = m_file.read(m_start, m_window); !got && !m_error)
            m_error = got.error();
    }

    const FileBytes& m_file;
    std::uint64_t m_position = 0;
    std::uint64_t m_start = 0;
    std::vector<std::byte> m_window;
    std::optional<Error> m_error;
};

}  // namespace quantoscope
