// SPDX-License-Identifier: Apache-2.0
#include "core/quantization/block_format.h"

#include <vector>

namespace quantoscope {

std::span<const BlockFormat> blockFormats()
{
    static const std::vector<BlockFormat> all = [] {
        std::vector<BlockFormat> rows;
        for (const auto family : {bitsandbytesFormats(), mxFormats(), ggmlFormats(), ggmlKFormats(), ggmlIq4Formats()})
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

}  // namespace quantoscope
