// SPDX-License-Identifier: Apache-2.0
// The format: ggml, docs/gguf.md and src/gguf.cpp, versions 2 and 3, little-endian.
#include "core/files/byte_reader.h"
#include "core/files/file_cursor.h"
#include "core/files/file_formats.h"
#include "core/files/gguf_metadata.h"
#include "core/files/name_order.h"
#include "core/tensors/block_type.h"

#include <array>

namespace quantoscope {

namespace {

constexpr std::string_view magic = "GGUF";
constexpr std::uint64_t mostEntries = 1'000'000;
constexpr std::uint64_t longestName = 256;   // the specification says 64; files in use have a few more
constexpr std::uint32_t highestRank = 4;

tl::unexpected<Error> malformed(std::string message)
{
    return failure(Error::Kind::Malformed, std::move(message));
}

/// What a tensor's entry says, before it is known where the data begin.
struct Entry {
    TensorInfo tensor;
    std::uint32_t typeId = 0;
};

struct PlainType {
    std::uint32_t ggmlId;
    std::string_view id;   ///< Of the storage type.
};
constexpr std::array plainTypes{
    PlainType{0, "F32"}, PlainType{1, "F16"}, PlainType{24, "I8"}, PlainType{25, "I16"},
    PlainType{26, "I32"}, PlainType{27, "I64"}, PlainType{28, "F64"}, PlainType{30, "BF16"},
};

/// Types that once were in files, with layouts of their own, and are no more.
bool isRemoved(std::uint32_t typeId)
{
    return typeId == 4 || typeId == 5 || (typeId >= 31 && typeId <= 33) || (typeId >= 36 && typeId <= 38);
}

Entry readEntry(FileCursor& cursor)
{
    Entry entry;
    const auto nameBytes = cursor.read<std::uint64_t>();
    if (nameBytes > longestName)
        cursor.fail("a tensor name has " + std::to_string(nameBytes) + " bytes; more than 256 are not read");
    if (!cursor.ok())
        return entry;
    entry.tensor.name = cursor.readText(nameBytes);
    if (entry.tensor.name.find('\0') != std::string::npos)
        cursor.fail("a tensor name holds the character NUL");
    const auto rank = cursor.read<std::uint32_t>();
    if (rank > highestRank)
        cursor.fail("a tensor has " + std::to_string(rank) + " dimensions; there may be 4");
    for (std::uint32_t d = 0; d < rank && cursor.ok(); ++d) {
        const auto size = cursor.read<std::int64_t>();
        if (size < 0)
            cursor.fail("a dimension is negative or beyond 63 bits");
        // The file has the fastest dimension first.
        entry.tensor.shape.insert(entry.tensor.shape.begin(), size);
    }
    entry.typeId = cursor.read<std::uint32_t>();
    entry.tensor.offset = cursor.read<std::uint64_t>();
    return entry;
}

/// The type and the bytes of a tensor; of an unknown type the bytes stay 0.
Result<void> setType(Entry& entry)
{
    TensorInfo& tensor = entry.tensor;
    const auto count = elementCount(tensor.shape);
    if (!count)
        return malformed("The shape of tensor " + quotedName(tensor.name) + ", " + shapeText(tensor.shape) + ", is larger than any file.");
    tensor.count = *count;
    std::uint64_t blockElements = 1, blockBytes = 0;
    for (const PlainType& plain : plainTypes) {
        if (plain.ggmlId == entry.typeId) {
            tensor.type = findStorageType(plain.id);
            tensor.typeName = plain.id;
            blockBytes = std::uint64_t(tensor.type->bits) / 8;
        }
    }
    if (const BlockType* block = findBlockType(entry.typeId)) {
        tensor.typeName = block->id;
        tensor.layout = "blocks of " + std::to_string(block->elements);
        tensor.block = block->decode ? block : nullptr;
        blockElements = std::uint64_t(block->elements);
        blockBytes = std::uint64_t(block->bytes);
    }
    if (blockBytes == 0 && isRemoved(entry.typeId))
        return failure(Error::Kind::Unsupported, "The tensor " + quotedName(tensor.name) + " is of type " + std::to_string(entry.typeId)
                                                     + ", which was removed from ggml; convert the model again.");
    if (blockBytes == 0) {
        tensor.typeName = "unknown type " + std::to_string(entry.typeId);
        return {};
    }
    if (std::uint64_t(tensor.columns()) % blockElements != 0)
        return malformed("The rows of tensor " + quotedName(tensor.name) + " have " + std::to_string(tensor.columns())
                         + " values, which is no multiple of the " + std::to_string(blockElements) + " in a block of "
                         + tensor.typeName + ".");
    if (__builtin_mul_overflow(std::uint64_t(tensor.count) / blockElements, blockBytes, &tensor.bytes))
        return malformed("The tensor " + quotedName(tensor.name) + " is larger than any file.");
    return {};
}

/// Tensors lie one after another, each at a multiple of the alignment: checked for every one of them
/// before rounding up, which could wrap around.
Result<void> placeTensors(std::vector<Entry>& entries, std::uint64_t dataStart, std::uint64_t fileSize, std::uint64_t alignment)
{
    const std::uint64_t dataBytes = fileSize > dataStart ? fileSize - dataStart : 0;
    std::uint64_t end = 0;
    for (std::size_t i = 0; i < entries.size(); ++i) {
        if (auto typed = setType(entries[i]); !typed)
            return typed;
        TensorInfo& tensor = entries[i].tensor;
        if (tensor.offset != end)
            return malformed("The tensor " + quotedName(tensor.name) + " begins at byte " + std::to_string(tensor.offset)
                             + " of the data, not at " + std::to_string(end) + " where the one before it ends.");
        if (tensor.typeName.starts_with("unknown")) {
            const std::uint64_t next = i + 1 < entries.size() ? entries[i + 1].tensor.offset : dataBytes;
            if (next < end || next > dataBytes)
                return failure(Error::Kind::Unsupported, "The tensor " + quotedName(tensor.name) + " is of type "
                                   + std::to_string(entries[i].typeId) + ", which the program does not know, and its size does not follow from the next tensor's place.");
            tensor.bytes = next - end;
        }
        if (end > dataBytes || tensor.bytes > dataBytes - end)
            return malformed("The file is cut short: tensor " + quotedName(tensor.name) + " needs " + std::to_string(tensor.bytes)
                             + " bytes from byte " + std::to_string(end) + " of the data on, of which there are " + std::to_string(dataBytes) + ".");
        // Inside the file, so the sum and its rounding cannot wrap.
        end = (end + tensor.bytes + alignment - 1) / alignment * alignment;
        tensor.offset += dataStart;
    }
    return {};
}

Result<void> checkVersion(std::uint32_t version)
{
    if (version == 2 || version == 3)
        return {};
    if (version != 0 && (version & 0xFFFF) == 0)
        return failure(Error::Kind::Unsupported, "The file is a big-endian GGUF; only little-endian ones are read.");
    return failure(Error::Kind::Unsupported, "GGUF version " + std::to_string(version) + " is not read; versions 2 and 3 are.");
}

Result<void> refuseDuplicates(const TensorDirectory& directory)
{
    const auto tensorName = [&](std::size_t i) -> std::string_view { return directory.tensors[i].name; };
    if (const auto twice = NameOrder(directory.tensors.size(), tensorName).duplicate())
        return malformed("Two tensors are called " + quotedName(tensorName(*twice)) + ".");
    const auto key = [&](std::size_t i) -> std::string_view { return directory.metadata[i].first; };
    if (const auto twice = NameOrder(directory.metadata.size(), key).duplicate())
        return malformed("The metadata hold the key " + quotedName(key(*twice)) + " twice.");
    return {};
}

}  // namespace

bool startsLikeGguf(std::span<const std::byte> start)
{
    return ByteReader(start).readText(magic.size()) == magic;
}

Result<TensorDirectory> readGgufDirectory(const FileBytes& file)
{
    FileCursor cursor(file);
    if (cursor.readText(magic.size()) != magic)
        return malformed("The file does not begin with “GGUF”.");
    const auto version = cursor.read<std::uint32_t>();
    if (auto known = checkVersion(version); cursor.ok() && !known)
        return tl::unexpected(known.error());
    const auto tensorCount = cursor.read<std::uint64_t>();
    const auto pairCount = cursor.read<std::uint64_t>();
    // The shortest pair: an empty key's length, a type and a byte; the shortest tensor: no name, no dimension.
    constexpr std::uint64_t pairBytes = 8 + 4 + 1, tensorBytes = 8 + 4 + 4 + 8;
    if (cursor.ok() && (pairCount > std::min(mostEntries, cursor.left() / pairBytes) || tensorCount > std::min(mostEntries, cursor.left() / tensorBytes)))
        return malformed("The header promises " + std::to_string(pairCount) + " pairs of metadata and " + std::to_string(tensorCount)
                         + " tensors, more than the file can hold or the program reads (a million).");

    TensorDirectory directory;
    std::uint64_t alignment = 32;
    for (std::uint64_t i = 0; i < pairCount && cursor.ok(); ++i)
        directory.metadata.push_back(readGgufPair(cursor, alignment));
    std::vector<Entry> entries;
    for (std::uint64_t i = 0; i < tensorCount && cursor.ok(); ++i)
        entries.push_back(readEntry(cursor));
    if (!cursor.ok())
        return tl::unexpected(cursor.error());

    const std::uint64_t dataStart = (cursor.position() + alignment - 1) / alignment * alignment;
    if (auto placed = placeTensors(entries, dataStart, file.size(), alignment); !placed)
        return tl::unexpected(placed.error());
    directory.tensors.reserve(entries.size());
    for (Entry& entry : entries) {
        entry.tensor.file = file.name();
        directory.tensors.push_back(std::move(entry.tensor));
    }
    if (auto unique = refuseDuplicates(directory); !unique)
        return tl::unexpected(unique.error());
    return directory;
}

}  // namespace quantoscope
