// SPDX-License-Identifier: Apache-2.0
#include "core/gemm/q4_k_rows.h"

#include "core/quantization/block_format.h"

#include <algorithm>
#include <vector>

namespace quantoscope {

void storeQ4kRow(std::span<const float> values, std::byte* row)
{
    static const BlockFormat& format = *findBlockFormat("q4_k");
    const std::size_t whole = values.size() / q4kColumns * q4kColumns;
    if (whole > 0)
        format.encode(values.first(whole), {}, row, nullptr);
    if (whole == values.size())
        return;
    std::vector<float> last(q4kColumns);
    std::copy(values.begin() + std::ptrdiff_t(whole), values.end(), last.begin());
    format.encode(last, {}, row + whole / q4kColumns * q4kBytes, nullptr);
}

void decodeQ4kRow(const std::byte* row, std::int64_t first, std::span<double> values)
{
    Q4kScales scales;
    std::int64_t known = -1;
    for (std::size_t i = 0; i < values.size(); ++i) {
        const std::int64_t column = first + std::int64_t(i), block = column / q4kColumns, part = column % q4kColumns / 32;
        const std::byte* bytes = row + std::size_t(block) * q4kBytes;
        if (block != known)
            scales = scalesOfQ4k(bytes);
        known = block;
        const unsigned code = unsigned(bytes[16 + part / 2 * 32 + column % 32]) >> (part % 2 * 4) & 15u;
        values[i] = double(scales.d) * scales.scale(part) * code - double(scales.dmin) * scales.min(part);
    }
}

}  // namespace quantoscope
