// SPDX-License-Identifier: Apache-2.0
#include "core/files/json_reader.h"

#include <charconv>
#include <cstring>
#include <vector>

namespace quantoscope {

namespace {

constexpr std::size_t deepest = 128;   // as serde_json, which the reference reader of safetensors uses

bool isDigit(char c)
{
    return c >= '0' && c <= '9';
}

void appendUtf8(std::string& text, std::uint32_t point)
{
    const auto continuation = [&](int shift) { text += char(0x80 | (point >> shift & 0x3F)); };
    if (point < 0x80) {
        text += char(point);
    } else if (point < 0x800) {
        text += char(0xC0 | point >> 6);
        continuation(0);
    } else if (point < 0x10000) {
        text += char(0xE0 | point >> 12);
        continuation(6);
        continuation(0);
    } else {
        text += char(0xF0 | point >> 18);
        continuation(12);
        continuation(6);
        continuation(0);
    }
}

}  // namespace

void JsonReader::fail(std::string problem)
{
    if (m_problem.empty())
        m_problem = std::move(problem);
}

void JsonReader::skipSpace()
{
    while (m_position < m_text.size()) {
        const char c = m_text[m_position];
        if (c != ' ' && c != '\n' && c != '\r' && c != '\t')
            return;
        ++m_position;
    }
}

char JsonReader::peek()
{
    if (!ok())
        return 0;
    skipSpace();
    if (m_position < m_text.size())
        return m_text[m_position];
    fail("it ends too early");
    return 0;
}

bool JsonReader::expect(char c)
{
    const char found = peek();
    if (!ok())
        return false;
    if (found != c) {
        fail(std::string("“") + c + "” is expected");
        return false;
    }
    ++m_position;
    return true;
}

JsonReader::Items JsonReader::object()
{
    expect('{');
    return {*this, '}'};
}

JsonReader::Items JsonReader::list()
{
    expect('[');
    return {*this, ']'};
}

bool JsonReader::Items::next()
{
    const char c = m_reader.peek();
    if (!m_reader.ok())
        return false;
    if (c == m_close) {
        ++m_reader.m_position;
        return false;
    }
    if (!m_isFirst && !m_reader.expect(','))
        return false;
    m_isFirst = false;
    return m_reader.ok();
}

bool JsonReader::Items::next(std::string& key)
{
    if (!next())
        return false;
    m_reader.readString(key);
    return m_reader.expect(':');
}

void JsonReader::readString(std::string& text)
{
    text.clear();
    if (!expect('"'))
        return;
    while (m_position < m_text.size()) {
        const std::size_t start = m_position;
        while (m_position < m_text.size() && m_text[m_position] != '"' && m_text[m_position] != '\\'
               && static_cast<unsigned char>(m_text[m_position]) >= 0x20)
            ++m_position;
        text.append(m_text, start, m_position - start);
        if (m_position == m_text.size())
            break;
        const char c = m_text[m_position];
        if (c == '"') {
            ++m_position;
            return;
        }
        if (c != '\\')
            return fail("a control character stands in a string");
        if (!readEscape(text))
            return;
    }
    fail("a string is not closed");
}

bool JsonReader::readEscape(std::string& text)
{
    ++m_position;
    const char kind = m_position < m_text.size() ? m_text[m_position] : 0;
    constexpr std::string_view written = "\"\\/bfnrt";
    constexpr std::string_view meant = "\"\\/\b\f\n\r\t";
    if (const std::size_t plain = written.find(kind); kind && plain != written.npos) {
        text += meant[plain];
        ++m_position;
        return true;
    }
    if (kind != 'u') {
        fail("an escape in a string is not known to JSON");
        return false;
    }
    ++m_position;
    std::uint32_t point = readHexDigits();
    if (point >= 0xD800 && point < 0xDC00 && m_text.substr(m_position, 2) == "\\u") {
        m_position += 2;
        const std::uint32_t low = readHexDigits();
        point = low >= 0xDC00 && low < 0xE000 ? 0x10000 + ((point - 0xD800) << 10) + (low - 0xDC00) : 0xD800;
    }
    if (point >= 0xD800 && point < 0xE000)
        fail("half a surrogate pair stands alone in a string");
    if (!ok())
        return false;
    appendUtf8(text, point);
    return true;
}

std::uint32_t JsonReader::readHexDigits()
{
    const std::string_view digits = m_text.substr(m_position, 4);
    std::uint32_t value = 0;
    const auto [end, problem] = std::from_chars(digits.data(), digits.data() + digits.size(), value, 16);
    if (digits.size() < 4 || problem != std::errc() || end != digits.data() + 4) {
        fail("four hexadecimal digits are expected after \\u");
        return 0;
    }
    m_position += 4;
    return value;
}

std::uint64_t JsonReader::readUnsigned()
{
    if (!isDigit(peek())) {
        fail("a whole number is expected");
        return 0;
    }
    const char* const start = m_text.data() + m_position;
    const char* const stop = m_text.data() + m_text.size();
    std::uint64_t value = 0;
    const auto [end, problem] = std::from_chars(start, stop, value);
    if (problem != std::errc()) {
        fail("a number is larger than 64 bits can hold");
        return 0;
    }
    const bool hasMore = end != stop && (*end == '.' || *end == 'e' || *end == 'E');
    if (hasMore || (*start == '0' && end - start > 1)) {
        fail("a whole number in plain digits is expected");
        return 0;
    }
    m_position += std::size_t(end - start);
    return value;
}

void JsonReader::skipString()
{
    ++m_position;
    while (m_position < m_text.size() && m_text[m_position] != '"') {
        const char c = m_text[m_position];
        if (static_cast<unsigned char>(c) < 0x20)
            return fail("a control character stands in a string");
        if (c != '\\') {
            ++m_position;
            continue;
        }
        std::string ignored;
        if (!readEscape(ignored))
            return;
    }
    if (m_position == m_text.size())
        return fail("a string is not closed");
    ++m_position;
}

void JsonReader::skipNumber()
{
    const auto digits = [&] {
        const std::size_t start = m_position;
        while (m_position < m_text.size() && isDigit(m_text[m_position]))
            ++m_position;
        if (m_position == start)
            fail("a number has a digit too few");
        return m_position - start;
    };
    const auto at = [&](std::string_view any) { return m_position < m_text.size() && any.find(m_text[m_position]) != any.npos; };
    if (at("-"))
        ++m_position;
    const bool leadingZero = at("0");
    if (digits() > 1 && leadingZero)
        return fail("a number begins with a needless zero");
    if (at(".")) {
        ++m_position;
        digits();
    }
    if (at("eE")) {
        ++m_position;
        if (at("+-"))
            ++m_position;
        digits();
    }
}

void JsonReader::skipWord()
{
    for (const std::string_view word : {"true", "false", "null"}) {
        if (m_text.substr(m_position, word.size()) == word) {
            m_position += word.size();
            return;
        }
    }
    fail("this is not JSON");
}

std::string_view JsonReader::skipValue()
{
    peek();
    const std::size_t start = m_position;
    std::vector<Items> open;
    std::string key;
    do {
        if (!open.empty()) {
            const bool more = open.back().m_close == '}' ? open.back().next(key) : open.back().next();
            if (!more) {
                open.pop_back();
                continue;
            }
        }
        const char c = peek();
        if (open.size() >= deepest)
            fail("lists or objects are nested more than 128 deep");
        else if (c == '{')
            open.push_back(object());
        else if (c == '[')
            open.push_back(list());
        else if (c == '"')
            skipString();
        else if (c == '-' || isDigit(c))
            skipNumber();
        else
            skipWord();
    } while (ok() && !open.empty());
    return ok() ? m_text.substr(start, m_position - start) : std::string_view();
}

bool JsonReader::expectEnd()
{
    if (!ok())
        return false;
    skipSpace();
    if (m_position < m_text.size())
        fail("something follows the end");
    return ok();
}

std::size_t findInvalidUtf8(std::string_view text)
{
    const auto at = [&](std::size_t i) { return i < text.size() ? static_cast<unsigned char>(text[i]) : 0u; };
    std::size_t i = 0;
    while (i < text.size()) {
        // Eight plain characters at a time: nearly every header is plain.
        std::uint64_t eight;
        if (i + sizeof eight <= text.size()) {
            std::memcpy(&eight, text.data() + i, sizeof eight);
            if ((eight & 0x8080808080808080u) == 0) {
                i += sizeof eight;
                continue;
            }
        }
        const unsigned first = at(i);
        if (first < 0x80) {
            ++i;
            continue;
        }
        const int length = first >= 0xC2 && first < 0xE0 ? 2 : first >= 0xE0 && first < 0xF0 ? 3 : first >= 0xF0 && first < 0xF5 ? 4 : 0;
        if (length == 0)
            return i;
        // The second byte says whether the form is overlong, a surrogate, or beyond U+10FFFF.
        const unsigned lowest = first == 0xE0 ? 0xA0 : first == 0xF0 ? 0x90 : 0x80;
        const unsigned highest = first == 0xED ? 0x9F : first == 0xF4 ? 0x8F : 0xBF;
        if (at(i + 1) < lowest || at(i + 1) > highest)
            return i;
        for (int k = 2; k < length; ++k)
            if ((at(i + std::size_t(k)) & 0xC0) != 0x80)
                return i;
        i += std::size_t(length);
    }
    return text.npos;
}

}  // namespace quantoscope
