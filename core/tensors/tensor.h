// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/progress.h"
#include "core/result.h"
#include "core/tensors/block_type.h"
#include "core/tensors/storage_type.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace quantoscope {

using Shape = std::vector<std::int64_t>;   ///< Outermost dimension first, as in NumPy. Empty: a scalar.

/// Where one tensor lies in a file and how its bytes are to be read.
struct TensorInfo {
    std::string name;
    std::string typeName;                ///< In safetensors' spelling or the container's own: "F32".
    const StorageType* type = nullptr;   ///< Of plain numbers; nullptr otherwise.
    const BlockType* block = nullptr;    ///< Of values packed in blocks with shared scales; nullptr otherwise.
    Shape shape;
    std::int64_t count = 0;              ///< Elements; the checked product of the shape.
    std::uint64_t offset = 0;            ///< Of the first byte, from the start of its file.
    std::uint64_t bytes = 0;
    std::string file;                    ///< Name of the file it lies in.
    std::string layout = "C";            ///< "C", "Fortran", or the name of a packed layout.
    bool bigEndian = false;

    bool hasValues() const { return type || block; }   ///< Others are listed only: complex numbers, text.
    std::int64_t columns() const { return shape.empty() ? 1 : shape.back(); }
    std::int64_t rows() const { return columns() > 0 ? count / columns() : 0; }
};

/// Elements [first, first + count) in C order.
struct ElementRange {
    std::int64_t first = 0;
    std::int64_t count = 0;
};

/// Something that has tensors: an open model file, or a generator of examples. Reading is safe from
/// several threads at once. Values are read in ranges; nothing ever holds a whole tensor.
class TensorSource {
public:
    virtual ~TensorSource() = default;

    virtual std::string name() const = 0;   ///< For people: the file's name, or "normal, seed 7".
    virtual std::span<const TensorInfo> tensors() const = 0;
    virtual std::span<const std::pair<std::string, std::string>> metadata() const = 0;

    /// Decodes a range in C order.
    virtual Result<void> read(const TensorInfo&, ElementRange, std::span<double> values) const = 0;
    /// The same, rounded to FP32; exact for every storage type of at most 24 significant bits.
    virtual Result<void> read(const TensorInfo&, ElementRange, std::span<float> values) const = 0;
    /// The stored bytes of a range of elements, in file order, for types whose elements are whole
    /// bytes and tensors in C order: the fast path of counting. Unsupported otherwise.
    virtual Result<void> readBytes(const TensorInfo&, ElementRange, std::span<std::byte>) const = 0;
};

const TensorInfo* findTensor(const TensorSource&, std::string_view name);

/// "4096 × 11008"
std::string shapeText(const Shape&);

/// The product of a shape; nothing where a dimension is negative or the product leaves 63 bits.
std::optional<std::int64_t> elementCount(std::span<const std::int64_t> shape);

/// Whether a range lies within a tensor and `room` values can take it: every source asks this first.
Result<void> checkRange(const TensorInfo&, ElementRange, std::size_t room);

}  // namespace quantoscope
