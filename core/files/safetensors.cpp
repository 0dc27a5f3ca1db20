// SPDX-License-Identifier: Apache-2.0
// The format: huggingface/safetensors, README.md and safetensors/src/tensor.rs. Stricter than the
// reference reader in one thing: a name that comes twice is refused, since readers disagree on which
// one wins. White space before the header is tolerated, as the reference does.
#include "core/files/byte_reader.h"
#include "core/files/file_formats.h"
#include "core/files/json_reader.h"
#include "core/files/name_order.h"

#include <array>

namespace quantoscope {

namespace {

constexpr std::uint64_t lengthBytes = 8;
constexpr std::uint64_t longestHeader = 100'000'000;   // MAX_HEADER_SIZE of the reference
// Bounds what a header of that length can make the program keep; the largest model known has half as many.
constexpr std::size_t mostEntries = 1'000'000;
constexpr std::size_t highestRank = 64;                // NumPy's own limit

tl::unexpected<Error> malformed(std::string message)
{
    return failure(Error::Kind::Malformed, std::move(message));
}

/// Bits of one element. C64 is listed without values: it has no row among the storage types.
int bitsOf(std::string_view typeName)
{
    if (typeName == "C64")
        return 64;
    const StorageType* type = findStorageType(typeName);
    return type ? type->bits : 0;
}

class HeaderParser {
public:
    HeaderParser(std::string_view header, std::string fileName)
        : m_json(header)
        , m_fileName(std::move(fileName))
    {
    }

    Result<TensorDirectory> parse()
    {
        if (m_json.peek() != '{')
            m_json.fail("it is not a JSON object");
        auto members = m_json.object();
        std::string key;
        bool hasMetadata = false;
        while (members.next(key)) {
            if (key != "__metadata__")
                readTensor(key);
            else if (std::exchange(hasMetadata, true))
                m_json.fail("__metadata__ comes twice");
            else
                readMetadata();
        }
        if (!m_json.expectEnd())
            return malformed("The header is damaged at byte " + std::to_string(lengthBytes + m_json.position()) + ": "
                             + m_json.problem() + ".");
        return std::move(m_directory);
    }

private:
    void readMetadata()
    {
        auto members = m_json.object();
        std::pair<std::string, std::string> entry;
        while (members.next(entry.first)) {
            m_json.readString(entry.second);
            m_directory.metadata.push_back(entry);
            if (m_directory.metadata.size() > mostEntries)
                m_json.fail("__metadata__ has more than a million entries");
        }
    }

    void readTensor(const std::string& name)
    {
        TensorInfo tensor;
        std::array<bool, 3> seen{};
        auto members = m_json.object();
        while (members.next(m_key)) {
            if (m_key == "dtype")
                readOnce(seen[0], [&] { readType(tensor); });
            else if (m_key == "shape")
                readOnce(seen[1], [&] { readShape(tensor); });
            else if (m_key == "data_offsets")
                readOnce(seen[2], [&] { readOffsets(tensor); });
            else
                m_json.skipValue();
        }
        if (seen != std::array{true, true, true})
            m_json.fail("the tensor " + quotedName(name) + " lacks its dtype, shape or data_offsets");
        if (m_directory.tensors.size() == mostEntries)
            m_json.fail("it lists more than a million tensors");
        if (!m_json.ok())
            return;
        tensor.name = name;
        tensor.file = m_fileName;
        m_directory.tensors.push_back(std::move(tensor));
    }

    template <class Read>
    void readOnce(bool& seen, Read read)
    {
        if (std::exchange(seen, true))
            return m_json.fail("“" + m_key + "” comes twice in one entry");
        read();
    }

    void readType(TensorInfo& tensor)
    {
        m_json.readString(tensor.typeName);
        tensor.type = findStorageType(tensor.typeName);
        if (m_json.ok() && bitsOf(tensor.typeName) == 0)
            m_json.fail("the type " + quotedName(tensor.typeName) + " is not one of safetensors");
    }

    void readShape(TensorInfo& tensor)
    {
        auto sizes = m_json.list();
        while (sizes.next()) {
            const std::uint64_t size = m_json.readUnsigned();
            if (size > std::uint64_t(INT64_MAX))
                m_json.fail("a dimension is too large");
            if (tensor.shape.size() == highestRank)
                m_json.fail("a tensor has more than 64 dimensions");
            if (!m_json.ok())
                return;
            tensor.shape.push_back(std::int64_t(size));
        }
    }

    void readOffsets(TensorInfo& tensor)
    {
        std::array<std::uint64_t, 2> ends{};
        std::size_t count = 0;
        auto offsets = m_json.list();
        while (offsets.next()) {
            const std::uint64_t offset = m_json.readUnsigned();
            if (count < ends.size())
                ends[count] = offset;
            ++count;
        }
        if (count != ends.size() || ends[1] < ends[0])
            m_json.fail("data_offsets are not a begin and an end");
        // Kept from the start of the data for now: the header may claim anything up to 2^64.
        tensor.offset = ends[0];
        tensor.bytes = ends[1] - ends[0];
    }

    JsonReader m_json;
    std::string m_fileName;
    std::string m_key;
    TensorDirectory m_directory;
};

bool liesBefore(const TensorInfo& a, const TensorInfo& b)
{
    return a.offset != b.offset ? a.offset < b.offset : a.bytes < b.bytes;
}

/// The element count, and whether it takes exactly the bytes that the offsets enclose.
Result<void> checkSize(TensorInfo& tensor)
{
    const auto count = elementCount(tensor.shape);
    std::uint64_t bits = 0;
    if (!count || __builtin_mul_overflow(std::uint64_t(*count), std::uint64_t(bitsOf(tensor.typeName)), &bits))
        return malformed("The shape of tensor " + quotedName(tensor.name) + ", " + shapeText(tensor.shape)
                         + ", is larger than any file.");
    if (bits % 8 != 0)
        return malformed("The tensor " + quotedName(tensor.name) + " of type " + tensor.typeName
                         + " does not fill whole bytes with its shape " + shapeText(tensor.shape) + ".");
    if (bits / 8 != tensor.bytes)
        return malformed("The tensor " + quotedName(tensor.name) + " needs " + std::to_string(bits / 8)
                         + " bytes for its shape and type, but its data_offsets enclose " + std::to_string(tensor.bytes)
                         + ".");
    tensor.count = *count;
    return {};
}

/// Tensors in file order, without holes, overlaps or anything after the last: the rule that also keeps
/// a second file from hiding in this one.
Result<void> placeTensors(std::vector<TensorInfo>& tensors, std::uint64_t dataStart, std::uint64_t dataBytes)
{
    if (!std::is_sorted(tensors.begin(), tensors.end(), liesBefore))
        std::stable_sort(tensors.begin(), tensors.end(), liesBefore);
    std::uint64_t end = 0;
    for (TensorInfo& tensor : tensors) {
        if (tensor.offset != end)
            return malformed("The tensor " + quotedName(tensor.name) + " begins at byte " + std::to_string(tensor.offset)
                             + " of the data, but the one before it ends at " + std::to_string(end)
                             + ": tensors lie side by side, without holes and overlaps.");
        if (auto checked = checkSize(tensor); !checked)
            return checked;
        if (tensor.bytes > dataBytes - end)
            return malformed("The file is cut short: tensor " + quotedName(tensor.name) + " ends at byte "
                             + std::to_string(end + tensor.bytes) + " of the data, of which there are "
                             + std::to_string(dataBytes) + ".");
        end += tensor.bytes;
        tensor.offset += dataStart;
    }
    if (end != dataBytes)
        return malformed(std::to_string(dataBytes - end) + " bytes after the last tensor, from byte "
                         + std::to_string(dataStart + end) + " of the file on, belong to none.");
    return {};
}

Result<void> refuseDuplicates(const TensorDirectory& directory)
{
    const auto tensorName = [&](std::size_t i) -> std::string_view { return directory.tensors[i].name; };
    if (const auto twice = NameOrder(directory.tensors.size(), tensorName).duplicate())
        return malformed("Two tensors are called " + quotedName(tensorName(*twice)) + ".");
    const auto metadataKey = [&](std::size_t i) -> std::string_view { return directory.metadata[i].first; };
    if (const auto twice = NameOrder(directory.metadata.size(), metadataKey).duplicate())
        return malformed("__metadata__ holds " + quotedName(metadataKey(*twice)) + " twice.");
    return {};
}

}  // namespace

bool startsLikeSafetensors(std::span<const std::byte> start)
{
    ByteReader reader(start);
    const auto length = reader.read<std::uint64_t>();
    const auto first = reader.read<char>();
    return reader.ok() && length <= longestHeader && first == '{';
}

Result<TensorDirectory> readSafetensorsDirectory(const FileBytes& file)
{
    if (file.size() < lengthBytes)
        return malformed("The file is too short for a safetensors file: it has " + std::to_string(file.size())
                         + " bytes, and the first 8 say how long the header is.");
    std::uint64_t length = 0;
    if (auto got = file.read(0, std::as_writable_bytes(std::span(&length, 1))); !got)
        return tl::unexpected(got.error());
    if (length > longestHeader || length > file.size() - lengthBytes)
        return malformed("The first 8 bytes say that the header has " + std::to_string(length) + " bytes; the file has "
                         + std::to_string(file.size() - lengthBytes) + " after them, and the format allows 100 000 000.");
    std::string header(length, '\0');
    if (auto got = file.read(lengthBytes, std::as_writable_bytes(std::span(header))); !got)
        return tl::unexpected(got.error());
    if (const std::size_t bad = findInvalidUtf8(header); bad != header.npos)
        return malformed("The header is not text: byte " + std::to_string(lengthBytes + bad) + " is not valid UTF-8.");

    const std::uint64_t dataStart = lengthBytes + length;
    auto directory = HeaderParser(header, file.name()).parse();
    if (!directory)
        return directory;
    if (auto unique = refuseDuplicates(*directory); !unique)
        return tl::unexpected(unique.error());
    if (auto placed = placeTensors(directory->tensors, dataStart, file.size() - dataStart); !placed)
        return tl::unexpected(placed.error());
    return directory;
}

}  // namespace quantoscope
