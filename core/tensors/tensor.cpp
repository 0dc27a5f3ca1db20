// SPDX-License-Identifier: Apache-2.0
#include "core/tensors/tensor.h"

namespace quantoscope {

const TensorInfo* findTensor(const TensorSource& source, std::string_view name)
{
    const std::span<const TensorInfo> tensors = source.tensors();
    for (const TensorInfo& tensor : tensors)
        if (tensor.name == name)
            return &tensor;
    // NumPy gives its arrays no name: whoever does not want to repeat the file's says "array".
    if (name == "array" && tensors.size() == 1 && source.name().ends_with(".npy"))
        return &tensors.front();
    return nullptr;
}

std::string shapeText(const Shape& shape)
{
    if (shape.empty())
        return "scalar";
    std::string text;
    for (const std::int64_t size : shape) {
        if (!text.empty())
            text += " × ";
        text += std::to_string(size);
    }
    return text;
}

std::optional<std::int64_t> elementCount(std::span<const std::int64_t> shape)
{
    std::int64_t count = 1;
    for (const std::int64_t size : shape)
        if (size < 0 || __builtin_mul_overflow(count, size, &count))
            return std::nullopt;
    return count;
}

Result<void> checkRange(const TensorInfo& tensor, ElementRange range, std::size_t room)
{
    const bool inside = range.first >= 0 && range.count >= 0 && range.first <= tensor.count
        && range.count <= tensor.count - range.first;
    if (!inside || std::uint64_t(range.count) > room)
        return failure(Error::Kind::Usage,
                       "Elements " + std::to_string(range.first) + " and the " + std::to_string(range.count)
                           + " from there on are not all within " + tensor.name + ", which has "
                           + std::to_string(tensor.count) + ".");
    return {};
}

}  // namespace quantoscope
