// SPDX-License-Identifier: Apache-2.0
// The format: numpy/lib/_format_impl.py. The header is a Python dictionary; only literals of exactly
// its three keys are read, nothing is ever evaluated.
#include "core/files/byte_reader.h"
#include "core/files/file_formats.h"
#include "core/files/json_reader.h"

#include <algorithm>
#include <array>
#include <charconv>

namespace quantoscope {

namespace {

constexpr std::string_view magic = "\x93NUMPY";
constexpr std::uint32_t longestHeader = 10'000;   // NumPy's own default limit
constexpr std::size_t highestRank = 64;           // NumPy's own limit

tl::unexpected<Error> malformed(std::string message)
{
    return failure(Error::Kind::Malformed, std::move(message));
}

/// What the dictionary says.
struct Header {
    std::string descr;
    bool isFortran = false;
    Shape shape;
};

/// Reads the literals that NumPy writes: strings without escapes, True, False, tuples of whole numbers.
/// Failure is sticky; `problem` says what, `position` where.
class HeaderParser {
public:
    explicit HeaderParser(std::string_view text)
        : m_text(text)
    {
    }

    bool parse(Header& header)
    {
        std::array<bool, 3> seen{};
        expect('{');
        while (ok() && !take('}')) {
            const std::string key = readString();
            expect(':');
            if (key == "descr")
                once(seen[0], [&] { header.descr = readDescr(); });
            else if (key == "fortran_order")
                once(seen[1], [&] { header.isFortran = readBool(); });
            else if (key == "shape")
                once(seen[2], [&] { header.shape = readShape(); });
            else
                fail("the key “" + key + "” is not one of descr, fortran_order and shape");
            if (ok() && !take(',') && peek() != '}')
                fail("“,” or “}” is expected");
        }
        if (seen != std::array{true, true, true})
            fail("descr, fortran_order or shape is missing");
        skipSpace();
        if (m_position < m_text.size())
            fail("something follows the dictionary");
        return ok();
    }

    const std::string& problem() const { return m_problem; }
    std::size_t position() const { return m_position; }

private:
    bool ok() const { return m_problem.empty(); }
    void fail(std::string problem)
    {
        if (ok())
            m_problem = std::move(problem);
    }
    void skipSpace()
    {
        while (m_position < m_text.size() && std::string_view(" \t\n\r\f").find(m_text[m_position]) != std::string_view::npos)
            ++m_position;
    }
    char peek()
    {
        skipSpace();
        return m_position < m_text.size() ? m_text[m_position] : '\0';
    }
    bool take(char c)
    {
        if (!ok() || peek() != c || m_position == m_text.size())
            return false;
        ++m_position;
        return true;
    }
    void expect(char c)
    {
        if (!take(c))
            fail(std::string("“") + c + "” is expected");
    }
    template <class Read>
    void once(bool& seen, Read read)
    {
        if (std::exchange(seen, true))
            return fail("a key comes twice");
        read();
    }

    std::string readString()
    {
        const char quote = peek();
        if (!ok() || (quote != '\'' && quote != '"')) {
            fail("a string is expected");
            return {};
        }
        const std::size_t start = ++m_position;
        while (m_position < m_text.size() && m_text[m_position] != quote && m_text[m_position] != '\\' && m_text[m_position] != '\n')
            ++m_position;
        if (m_position == m_text.size() || m_text[m_position] != quote) {
            fail("a plain string is expected");
            return {};
        }
        return std::string(m_text.substr(start, m_position++ - start));
    }
    std::string readDescr()
    {
        if (peek() == '[')
            fail("the elements are records of several fields, not numbers; save the fields as arrays of their own");
        return readString();
    }
    bool readBool()
    {
        skipSpace();
        for (const auto& [word, value] : {std::pair<std::string_view, bool>{"True", true}, {"False", false}}) {
            if (m_text.substr(m_position, word.size()) == word) {
                m_position += word.size();
                return value;
            }
        }
        fail("True or False is expected");
        return false;
    }
    /// "(2, 3)", "(2,)", "()"; a single number in parentheses is a number in Python, not a shape.
    Shape readShape()
    {
        Shape shape;
        bool hasComma = false;
        expect('(');
        while (ok() && !take(')')) {
            shape.push_back(readSize());
            if (shape.size() > highestRank)
                fail("the shape has more than 64 dimensions");
            const bool comma = take(',');
            hasComma = hasComma || comma;
            if (ok() && !comma && peek() != ')')
                fail("“,” or “)” is expected");
        }
        if (shape.size() == 1 && !hasComma)
            fail("the shape is a number, not a tuple");
        return shape;
    }
    std::int64_t readSize()
    {
        skipSpace();
        std::int64_t size = 0;
        const char* const start = m_text.data() + m_position;
        const char* const stop = m_text.data() + m_text.size();
        const auto [end, problem] = std::from_chars(start, stop, size);
        if (problem == std::errc::result_out_of_range || (problem == std::errc() && size < 0)) {
            fail("a dimension is negative or beyond 63 bits");
            return 0;
        }
        if (problem != std::errc() || (*start == '0' && end - start > 1)) {
            fail("a dimension is not a whole number");
            return 0;
        }
        m_position += std::size_t(end - start);
        if (m_position < m_text.size() && m_text[m_position] == 'L')   // Python 2's long
            ++m_position;
        return size;
    }

    std::string_view m_text;
    std::size_t m_position = 0;
    std::string m_problem;
};

struct NumpyType {
    std::string typeName;
    const StorageType* type = nullptr;
    std::int64_t bytes = 0;
    bool bigEndian = false;
};

struct NumpyTypeRow {
    std::string_view descr;   ///< Without the byte order.
    std::string_view id;      ///< Of the storage type, or a name alone where values are not shown.
};
constexpr std::array numberRows{
    NumpyTypeRow{"b1", "BOOL"}, NumpyTypeRow{"i1", "I8"},   NumpyTypeRow{"i2", "I16"}, NumpyTypeRow{"i4", "I32"},
    NumpyTypeRow{"i8", "I64"},  NumpyTypeRow{"u1", "U8"},   NumpyTypeRow{"u2", "U16"}, NumpyTypeRow{"u4", "U32"},
    NumpyTypeRow{"u8", "U64"},  NumpyTypeRow{"f2", "F16"},  NumpyTypeRow{"f4", "F32"}, NumpyTypeRow{"f8", "F64"},
    NumpyTypeRow{"f16", "F128"}, NumpyTypeRow{"c8", "C64"}, NumpyTypeRow{"c16", "C128"}, NumpyTypeRow{"c32", "C256"},
};

/// Text (S, U), raw bytes (V, how extension types are saved) and times (M8, m8) are listed under
/// NumPy's own name, without values.
Result<NumpyType> listedType(std::string_view descr, std::string_view kind, bool bigEndian)
{
    const bool isTime = kind.starts_with("M8") || kind.starts_with("m8");
    if (isTime && (kind.size() == 2 || (kind[2] == '[' && kind.back() == ']')))
        return NumpyType{std::string(kind), nullptr, 8, bigEndian};
    std::uint32_t length = 0;
    const auto [end, problem] = std::from_chars(kind.data() + 1, kind.data() + kind.size(), length);
    const bool isListed = kind[0] == 'S' || kind[0] == 'U' || kind[0] == 'V';
    if (!isListed || problem != std::errc() || end != kind.data() + kind.size() || length > 1u << 28)
        return failure(Error::Kind::Unsupported, "NumPy knows no elements of type " + quotedName(descr) + ".");
    return NumpyType{std::string(kind), nullptr, kind[0] == 'U' ? 4 * std::int64_t(length) : std::int64_t(length), bigEndian};
}

Result<NumpyType> parseDescr(std::string_view descr)
{
    std::string_view kind = descr;
    const char order = kind.empty() ? ' ' : kind.front();
    if (order == '<' || order == '>' || order == '=' || order == '|')
        kind.remove_prefix(1);
    if (kind.starts_with('O'))
        return failure(Error::Kind::Unsupported,
                       "The array holds Python objects, stored as a pickle that could run code when opened; it is not read.");
    const auto row = std::find_if(numberRows.begin(), numberRows.end(), [&](const NumpyTypeRow& candidate) { return candidate.descr == kind; });
    if (row == numberRows.end() && kind.size() < 2)
        return failure(Error::Kind::Unsupported, "NumPy knows no elements of type " + quotedName(descr) + ".");
    if (row == numberRows.end())
        return listedType(descr, kind, order == '>');
    NumpyType type{std::string(row->id), findStorageType(row->id), 0, false};
    std::from_chars(kind.data() + 1, kind.data() + kind.size(), type.bytes);
    type.bigEndian = order == '>' && type.bytes > 1;
    return type;
}

/// The header's text and where it ends.
Result<std::pair<std::string, std::uint64_t>> readHeaderText(const FileBytes& file)
{
    std::array<std::byte, 12> buffer{};
    const std::span start = std::span(buffer).first(std::min<std::uint64_t>(buffer.size(), file.size()));
    if (auto got = file.read(0, start); !got)
        return tl::unexpected(got.error());
    ByteReader reader(start);
    if (reader.readText(magic.size()) != magic)
        return malformed("The file does not begin as an NPY file does, with byte 0x93 and “NUMPY”.");
    const int major = reader.read<std::uint8_t>();
    const int minor = reader.read<std::uint8_t>();
    const std::uint32_t length = major == 1 ? reader.read<std::uint16_t>() : reader.read<std::uint32_t>();
    if (reader.ok() && (major < 1 || major > 3 || minor != 0))
        return failure(Error::Kind::Unsupported,
                       "NPY version " + std::to_string(major) + "." + std::to_string(minor) + " is not known; there are 1.0, 2.0 and 3.0.");
    if (!reader.ok() || length > file.size() - reader.position())
        return malformed("The file ends inside its NPY header.");
    if (length > longestHeader)
        return malformed("The NPY header has " + std::to_string(length) + " bytes; more than 10 000 are not read, by NumPy neither.");
    std::string header(length, '\0');
    if (auto got = file.read(reader.position(), std::as_writable_bytes(std::span(header))); !got)
        return tl::unexpected(got.error());
    if (const std::size_t bad = findInvalidUtf8(header); major == 3 && bad != header.npos)
        return malformed("The NPY header is not text: byte " + std::to_string(reader.position() + bad) + " is not valid UTF-8.");
    return std::pair{std::move(header), std::uint64_t(reader.position()) + length};
}

std::string withoutSuffix(std::string name)
{
    if (name.ends_with(".npy") && name.size() > 4)
        name.resize(name.size() - 4);
    return name;
}

}  // namespace

bool startsLikeNpy(std::span<const std::byte> start)
{
    return ByteReader(start).readText(magic.size()) == magic;
}

Result<TensorDirectory> readNpyDirectory(const FileBytes& file)
{
    const auto text = readHeaderText(file);
    if (!text)
        return tl::unexpected(text.error());
    Header header;
    HeaderParser parser(text->first);
    if (!parser.parse(header))
        return malformed("The NPY header is damaged at byte " + std::to_string(text->second - text->first.size() + parser.position())
                         + ": " + parser.problem() + ".");
    const auto type = parseDescr(header.descr);
    if (!type)
        return tl::unexpected(type.error());

    TensorInfo tensor;
    const auto count = elementCount(header.shape);
    std::int64_t bytes = 0;
    if (!count || __builtin_mul_overflow(*count, type->bytes, &bytes))
        return malformed("The shape of the array, " + shapeText(header.shape) + ", is larger than any file.");
    const std::uint64_t dataBytes = file.size() - text->second;
    if (std::uint64_t(bytes) > dataBytes)
        return malformed("The file is cut short: its shape " + shapeText(header.shape) + " needs " + std::to_string(bytes)
                         + " bytes of data from byte " + std::to_string(text->second) + " on, and there are "
                         + std::to_string(dataBytes) + ".");
    tensor.name = withoutSuffix(file.name());
    tensor.typeName = type->typeName;
    tensor.type = type->type;
    tensor.count = *count;
    tensor.offset = text->second;
    tensor.bytes = std::uint64_t(bytes);
    tensor.file = file.name();
    // With one dimension or fewer the two orders are the same; C is the one with the short ways.
    tensor.layout = header.isFortran && header.shape.size() > 1 ? "Fortran" : "C";
    tensor.bigEndian = type->bigEndian;
    tensor.shape = std::move(header.shape);
    return TensorDirectory{{std::move(tensor)}, {}, {}};
}

}  // namespace quantoscope
