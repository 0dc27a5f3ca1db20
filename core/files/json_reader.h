// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace quantoscope {

/// Walks JSON text (RFC 8259) from front to back and copies nothing it is not asked for: the header
/// of half a million tensors costs one pass. Failure is sticky, as in ByteReader: after the first
/// problem every call returns nothing, and `problem()` and `position()` say what and where. Depth
/// never comes from the text: objects that matter are entered by the caller, others are skipped with
/// a counted stack.
class JsonReader {
public:
    explicit JsonReader(std::string_view text)
        : m_text(text)
    {
    }

    /// The members of an object or the elements of a list, one at a time.
    class Items {
    public:
        /// Moves to the next element of a list; false at its end.
        bool next();
        /// Moves to the next member of an object and reads its key; false at its end.
        bool next(std::string& key);

    private:
        friend class JsonReader;
        Items(JsonReader& reader, char close)
            : m_reader(reader)
            , m_close(close)
        {
        }
        JsonReader& m_reader;
        char m_close;
        bool m_isFirst = true;
    };

    Items object();   ///< Enters “{”.
    Items list();     ///< Enters “[”.

    /// The next value that is not white space begins with this character.
    char peek();
    void readString(std::string& text);
    std::uint64_t readUnsigned();   ///< A whole number without sign, fraction or exponent.
    /// Passes over a value of any kind; returns its text.
    std::string_view skipValue();
    /// Only white space is left.
    bool expectEnd();

    bool ok() const { return m_problem.empty(); }
    const std::string& problem() const { return m_problem; }   ///< Ends a sentence: "a comma is missing".
    std::size_t position() const { return m_position; }        ///< Of the problem, or of what is read next.
    void fail(std::string problem);

private:
    bool expect(char c);
    void skipSpace();
    bool readEscape(std::string& text);
    std::uint32_t readHexDigits();
    void skipNumber();
    void skipString();
    void skipWord();

    std::string_view m_text;
    std::size_t m_position = 0;
    std::string m_problem;
};

/// Where text stops being valid UTF-8 (no overlong forms, no surrogates); npos where it is valid.
std::size_t findInvalidUtf8(std::string_view text);

}  // namespace quantoscope
