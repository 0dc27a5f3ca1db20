// SPDX-License-Identifier: Apache-2.0
#include "core/quantization/block_format.h"

#include <vector>

namespace quantoscope {

std::span<const BlockFormat> blockFormats()
{
    static const std::vector<BlockFormat> all = [] {
        std::vector<BlockFormat> rows;
        for (const auto family : {bitsandbytesFormats(), mxFormats(), signFormats(), ggmlFormats(), ggmlKFormats(), ggmlIq4Formats()})
            rows.insert(rows.end(), family.begin(), family.end());
        return rows;
    }();
    return all;
}

const BlockFormat* findBlockFormat(std::string_view id)
{
    for (const BlockFormat& format : blockFormats())
        if (format.id == id)
            return &format;
    return nullptr;
}

std::size_t BlockFormat::scaleBytesOf(std::size_t values) const
{
    const auto each = std::size_t(elements), blocks = (values + each - 1) / each;
    if (scaleEvery == 0)
        return blocks * std::size_t(scaleBytes);
    return (values + std::size_t(scaleEvery) - 1) / std::size_t(scaleEvery) + 4 * blocks;
}

std::size_t BlockFormat::codeBytesOf(std::size_t values) const
{
    const auto each = std::size_t(elements), rest = values % each;
    return values / each * std::size_t(codeBytes) + (rest * std::size_t(codeBytes) + each - 1) / each;
}

std::int64_t outerScaleCount(const BlockFormat& format, const std::vector<std::int64_t>& shape)
{
    for (const std::int64_t extent : shape)
        if (extent == 0)
            return 0;
    if (format.outerScale == OuterScale::MeanOfFilter && shape.size() > 1)
        return shape.front();
    return format.outerScale == OuterScale::None ? 0 : 1;
}

}  // namespace quantoscope
