// SPDX-License-Identifier: Apache-2.0
#include "core/tensors/held_values.h"

namespace quantoscope {

Result<std::span<const float>> valuesOf(const TensorSource& source, const TensorInfo& info, ElementRange range,
                                        std::vector<float>& buffer)
{
    const auto count = std::size_t(range.count);
    if (const auto* const held = dynamic_cast<const HeldValues*>(&source)) {
        if (auto checked = checkRange(info, range, count); !checked)
            return tl::unexpected(checked.error());
        return held->heldValues().subspan(std::size_t(range.first), count);
    }
    buffer.resize(count);
    if (auto read = source.read(info, range, std::span<float>(buffer)); !read)
        return tl::unexpected(read.error());
    return std::span<const float>(buffer);
}

}  // namespace quantoscope
