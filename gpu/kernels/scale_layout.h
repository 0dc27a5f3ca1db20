// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/formats/narrow_float.h"
#include "core/gemm/operand_storage.h"

#include <bit>
#include <cstring>
#include <span>
#include <vector>

/// Scales as cuBLASLt wants them (cuBLAS documentation, "Narrow Precision Data Types Usage"). core keeps
/// FP32, row after row; what is here only moves and narrows them, exactly. Plain C++, tested without a GPU.
namespace quantoscope::gpu {

/// Block scales of 8 bits lie in tiles of 128 rows × 4 neighbours along K, 512 bytes each, the tiles row
/// after row: the byte of row `row` and group `group`.
constexpr std::int64_t tiledScalePlace(std::int64_t row, std::int64_t group, std::int64_t groupsARow)
{
    const std::int64_t tilesAcross = (groupsARow + 3) / 4, tile = row / 128 * tilesAcross + group / 4;
    return tile * 512 + row % 32 * 16 + row % 128 / 32 * 4 + group % 4;
}

constexpr std::int64_t tiledScaleBytes(std::int64_t rows, std::int64_t groupsARow)
{
    return (rows + 127) / 128 * ((groupsARow + 3) / 4) * 512;
}

inline std::uint8_t scaleCode(ScaleFormat format, float scale)
{
    if (format == ScaleFormat::Ue4m3)
        return std::uint8_t(encodeNarrow<NarrowE4m3>(scale));
    return std::uint8_t(std::bit_cast<std::uint32_t>(scale) >> 23);   // A power of two; 2^-127, a subnormal, is code 0.
}

/// MXFP8 and NVFP4. Padding is zero bytes.
inline std::vector<std::byte> tileScales(const OperandStorage& storage, std::span<const float> scales, std::int64_t rows, std::int64_t columns)
{
    const std::int64_t groups = groupsARow(storage, columns);
    std::vector<std::byte> bytes(std::size_t(tiledScaleBytes(rows, groups)));
    for (std::int64_t row = 0; row < rows; ++row)
        for (std::int64_t group = 0; group < groups; ++group)
            bytes[std::size_t(tiledScalePlace(row, group, groups))] =
                std::byte(scaleCode(storage.scaleFormat, scales[std::size_t(row * groups + group)]));
    return bytes;
}

/// FP8 with a scale for 128 neighbours along K (VEC128): all rows of the first group, then all of the second.
inline std::vector<float> transposeScales(std::span<const float> scales, std::int64_t rows, std::int64_t groups)
{
    std::vector<float> result(std::size_t(rows * groups));
    for (std::int64_t row = 0; row < rows; ++row)
        for (std::int64_t group = 0; group < groups; ++group)
            result[std::size_t(group * rows + row)] = scales[std::size_t(row * groups + group)];
    return result;
}

/// FP8 with a scale for 128 × 128 (BLK128x128): along K, each row of blocks filled up to a multiple of four.
inline std::vector<float> padBlockScales(std::span<const float> scales, std::int64_t blockRows, std::int64_t groups)
{
    const std::int64_t stride = (groups + 3) / 4 * 4;
    std::vector<float> result(std::size_t(blockRows * stride));
    for (std::int64_t row = 0; row < blockRows; ++row)
        std::memcpy(result.data() + row * stride, scales.data() + row * groups, 4 * std::size_t(groups));
    return result;
}

/// The bytes of one operand's scales as its kernel by cuBLASLt reads them.
inline std::vector<std::byte> libraryScales(const OperandStorage& storage, const float* stored, std::int64_t rows, std::int64_t columns)
{
    const std::span scales(stored, std::size_t(scaleCount(storage, rows, columns)));
    if (storage.scaleFormat == ScaleFormat::E8m0 || storage.scaleFormat == ScaleFormat::Ue4m3)
        return tileScales(storage, scales, rows, columns);
    std::vector<float> arranged(scales.begin(), scales.end());
    const std::int64_t groups = groupsARow(storage, columns);
    if (storage.sharing == ScaleSharing::Group)
        arranged = storage.groupRows == 1 ? transposeScales(scales, rows, groups)
                                          : padBlockScales(scales, (rows + storage.groupRows - 1) / storage.groupRows, groups);
    std::vector<std::byte> bytes(4 * arranged.size());
    if (!bytes.empty())
        std::memcpy(bytes.data(), arranged.data(), bytes.size());
    return bytes;
}

}  // namespace quantoscope::gpu
