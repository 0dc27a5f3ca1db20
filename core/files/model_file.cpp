// SPDX-License-Identifier: Apache-2.0
#include "core/files/model_file.h"

#include "core/files/file_formats.h"
#include "core/files/fortran_order.h"
#include "core/tensors/block_rows.h"
#include "core/tensors/element_decoder.h"

#include <algorithm>
#include <array>
#include <map>

namespace quantoscope {

namespace {

/// Values of a directory, decoded range by range.
class ModelFile final : public TensorSource {
public:
    ModelFile(std::string name, TensorDirectory directory)
        : m_name(std::move(name))
        , m_tensors(std::move(directory.tensors))
        , m_metadata(std::move(directory.metadata))
    {
        for (auto& file : directory.shards)
            m_files.emplace(file->name(), std::move(file));
    }

    std::string name() const override { return m_name; }
    std::span<const TensorInfo> tensors() const override { return m_tensors; }
    std::span<const std::pair<std::string, std::string>> metadata() const override { return m_metadata; }

    Result<void> read(const TensorInfo& tensor, ElementRange range, std::span<double> values) const override
    {
        return named(readValues(tensor, range, values));
    }
    Result<void> read(const TensorInfo& tensor, ElementRange range, std::span<float> values) const override
    {
        return named(readValues(tensor, range, values));
    }
    Result<void> readBytes(const TensorInfo& tensor, ElementRange range, std::span<std::byte> bytes) const override
    {
        if (!tensor.type || tensor.type->bits % 8 != 0 || tensor.layout != "C" || tensor.bigEndian)
            return failure(Error::Kind::Unsupported, "The stored bytes of " + quotedName(tensor.name) + " cannot be read as they lie.");
        const auto elementBytes = std::uint64_t(tensor.type->bits) / 8;
        if (auto checked = checkRange(tensor, range, bytes.size() / elementBytes); !checked)
            return checked;
        const auto file = fileOf(tensor);
        if (!file)
            return tl::unexpected(file.error());
        return named((*file)->read(tensor.offset + std::uint64_t(range.first) * elementBytes,
                                   bytes.first(std::uint64_t(range.count) * elementBytes)));
    }

private:
    Result<const FileBytes*> fileOf(const TensorInfo& tensor) const
    {
        const auto file = m_files.find(tensor.file);
        if (file == m_files.end())
            return failure(Error::Kind::Usage, "The tensor " + quotedName(tensor.name) + " is not one of " + m_name + ".");
        return file->second.get();
    }

    Result<void> named(Result<void> result) const
    {
        if (!result)
            result.error().message = m_name + ": " + result.error().message;
        return result;
    }

    template <class T>
    Result<void> readValues(const TensorInfo& tensor, ElementRange range, std::span<T> values) const
    {
        if (auto checked = checkRange(tensor, range, values.size()); !checked)
            return checked;
        if (tensor.block)
            return readBlocks(tensor, range, values);
        if (!tensor.type || !canDecode(*tensor.type))
            return failure(Error::Kind::Unsupported,
                           "The values of " + quotedName(tensor.name) + " are not shown: its type " + tensor.typeName + " is not one of plain numbers.");
        const auto file = fileOf(tensor);
        if (!file)
            return tl::unexpected(file.error());
        values = values.first(std::size_t(range.count));
        if (tensor.layout == "C" && !tensor.bigEndian && tensor.typeName == (sizeof(T) == 4 ? "F32" : "F64"))
            return (*file)->read(tensor.offset + std::uint64_t(range.first) * sizeof(T), std::as_writable_bytes(values));

        // Below the size from which malloc asks the system for fresh pages every time; turning an array
        // around is the faster the larger the part.
        const std::int64_t bufferBytes = tensor.layout == "Fortran" ? 1024 * 1024 : 120 * 1024;
        const std::int64_t step = bufferBytes * 8 / tensor.type->bits;
        std::vector<std::byte> buffer(std::size_t(std::min(step, range.count)) * std::size_t(tensor.type->bits) / 8 + 2);
        for (std::int64_t done = 0; done < range.count; done += step) {
            const ElementRange part{range.first + done, std::min(step, range.count - done)};
            const auto packed = readPacked(**file, tensor, part, buffer);
            if (!packed)
                return tl::unexpected(packed.error());
            decodeElements(*tensor.type, *packed, buffer, values.subspan(std::size_t(done), std::size_t(part.count)));
        }
        return {};
    }

    /// Blocks are decoded whole, in FP32; the ends of a range are cut out of theirs.
    template <class T>
    Result<void> readBlocks(const TensorInfo& tensor, ElementRange range, std::span<T> values) const
    {
        const auto file = fileOf(tensor);
        if (!file)
            return tl::unexpected(file.error());
        const BlockType& block = *tensor.block;
        const std::int64_t elements = block.elements;
        const std::int64_t blocksAtOnce = 100 * 1024 / block.bytes;
        const std::int64_t end = range.first + range.count;
        std::vector<std::byte> buffer;
        std::array<float, mostBlockElements> decoded;
        for (std::int64_t at = range.first; at < end;) {
            const std::int64_t firstBlock = at / elements;
            const std::int64_t blocks = std::min((end - 1) / elements + 1 - firstBlock, blocksAtOnce);
            buffer.resize(std::size_t(blocks * block.bytes));
            if (auto got = (*file)->read(tensor.offset + std::uint64_t(firstBlock) * std::uint64_t(block.bytes), buffer); !got)
                return got;
            const auto* const stored = reinterpret_cast<const std::uint8_t*>(buffer.data());
            if constexpr (sizeof(T) == sizeof(float)) {
                if (at == firstBlock * elements && at + blocks * elements <= end) {
                    decodeBlocks(block, stored, std::size_t(blocks), values.data() + (at - range.first));
                    at += blocks * elements;
                    continue;
                }
            }
            for (std::int64_t b = 0; b < blocks; ++b) {
                block.decode(stored + b * block.bytes, decoded.data());
                const std::int64_t start = (firstBlock + b) * elements;
                for (const std::int64_t stop = std::min(end, start + elements); at < stop; ++at)
                    values[std::size_t(at - range.first)] = decoded[std::size_t(at - start)];
            }
        }
        return {};
    }

    /// The bytes that hold a part's elements, put at the start of `buffer` in C order.
    static Result<ElementPacking> readPacked(const FileBytes& file, const TensorInfo& tensor, ElementRange part,
                                             std::span<std::byte> buffer)
    {
        const auto bits = std::uint64_t(tensor.type->bits);
        const ElementPacking packing{int(std::uint64_t(part.first) * bits % 8), tensor.bigEndian};
        Result<void> got;
        if (tensor.layout == "Fortran") {
            got = readFortranOrder(file, tensor, part, buffer.first(std::uint64_t(part.count) * bits / 8));
        } else {
            // In bits a position within a file of 2^63 bytes would not fit: eight elements at a time do.
            const std::uint64_t firstByte = std::uint64_t(part.first) / 8 * bits + std::uint64_t(part.first) % 8 * bits / 8;
            const std::uint64_t usedBits = std::uint64_t(packing.firstBit) + std::uint64_t(part.count) * bits;
            got = file.read(tensor.offset + firstByte, buffer.first((usedBits + 7) / 8));
        }
        if (!got)
            return tl::unexpected(got.error());
        return packing;
    }

    std::string m_name;
    std::vector<TensorInfo> m_tensors;
    std::vector<std::pair<std::string, std::string>> m_metadata;
    std::map<std::string, std::shared_ptr<const FileBytes>, std::less<>> m_files;   ///< By TensorInfo::file.
};

/// Checked once for all formats, whatever each reader checked itself: every tensor lies inside its file.
Result<void> checkPlaces(const TensorDirectory& directory)
{
    std::map<std::string_view, std::uint64_t> sizes;
    for (const auto& file : directory.shards)
        sizes.emplace(file->name(), file->size());
    for (const TensorInfo& tensor : directory.tensors) {
        const auto size = sizes.find(tensor.file);
        if (size == sizes.end() || tensor.offset > size->second || tensor.bytes > size->second - tensor.offset)
            return failure(Error::Kind::Malformed, "The tensor " + quotedName(tensor.name) + " reaches beyond the end of its file.");
    }
    return {};
}

Result<TensorDirectory> readDirectory(const std::shared_ptr<const FileBytes>& file)
{
    const auto format = recognizeFile(*file);
    if (!format)
        return tl::unexpected(format.error());
    auto directory = (*format)->readDirectory(*file);
    if (directory && directory->shards.empty())
        directory->shards.push_back(file);
    if (directory)
        if (auto checked = checkPlaces(*directory); !checked)
            return tl::unexpected(checked.error());
    return directory;
}

}  // namespace

Result<std::shared_ptr<const TensorSource>> openModelFile(const std::filesystem::path& path)
{
    const auto named = [&](Error error) {
        error.message = path.filename().string() + ": " + error.message;
        return tl::unexpected(std::move(error));
    };
    const auto file = FileBytes::open(path);
    if (!file)
        return named(file.error());
    auto directory = readDirectory(*file);
    if (!directory)
        return named(directory.error());
    return std::make_shared<ModelFile>((*file)->name(), std::move(*directory));
}

}  // namespace quantoscope
