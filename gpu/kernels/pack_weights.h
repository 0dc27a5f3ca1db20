// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/gemm/element_codec.h"
#include "gpu/kernels/scale_layout.h"
#include "gpu/kernels/weight_decode.h"

#include <cstddef>
#include <vector>

namespace quantoscope::gpu {

/// An operand as its kernel reads it.
struct PackedOperand {
    std::vector<std::byte> bytes;
    std::int64_t rowBytes = 0;
    std::vector<std::byte> scales;   ///< Of one row after the other, whole chunks; FP32 for ScaleSharing::Row.
};

/// x of a weight-only product: FP16 rows filled up with zeros to whole chunks of 128 columns.
inline PackedOperand packActivations(const std::byte* stored, std::int64_t rows, std::int64_t columns)
{
    PackedOperand packed;
    packed.rowBytes = 2 * chunkColumns * chunksOf(columns);
    packed.bytes.resize(std::size_t(rows * packed.rowBytes));
    const std::size_t storedBytes = storedRowBytes(ElementType::Fp16, columns);
    for (std::int64_t row = 0; row < rows; ++row)
        std::memcpy(packed.bytes.data() + row * packed.rowBytes, stored + std::size_t(row) * storedBytes, 2 * std::size_t(columns));
    return packed;
}

namespace pack_detail {

/// The code of one column as an unsigned number; zero beyond the last.
inline unsigned codeAt(const std::byte* row, int bits, std::int64_t column, std::int64_t columns)
{
    if (column >= columns)
        return 0;
    return bits == 8 ? unsigned(row[column]) : nibble(row, column);
}

inline void packRow(const std::byte* source, std::byte* target, int bits, bool isInterleaved, std::int64_t columns)
{
    const int chunkBytes = chunkColumns * bits / 8, unitBytes = unitColumns * bits / 8;
    for (std::int64_t chunk = 0; chunk < chunksOf(columns); ++chunk)
        for (int i = 0; i < 4; ++i)
            for (int q = 0; q < 4; ++q) {
                std::uint64_t unit = 0;
                for (int column = 0; column < unitColumns; ++column) {
                    const unsigned code = codeAt(source, bits, chunk * chunkColumns + firstColumnOfUnit(i, q) + column, columns);
                    unit |= std::uint64_t(code) << (bits * (isInterleaved ? interleavedNibble(column) : column));
                }
                std::memcpy(target + chunk * chunkBytes + placeOfUnit(bits, i, q) * unitBytes, &unit, std::size_t(unitBytes));
            }
}

inline void packScales(const OperandStorage& storage, const float* scales, std::int64_t rows, std::int64_t columns, PackedOperand& packed)
{
    if (storage.sharing == ScaleSharing::Row) {
        packed.scales.resize(4 * std::size_t(rows));
        std::memcpy(packed.scales.data(), scales, packed.scales.size());
        return;
    }
    const std::int64_t groups = groupsARow(storage, columns), wide = chunksOf(columns) * (chunkColumns / storage.groupColumns);
    const bool isPower = storage.scaleFormat == ScaleFormat::E8m0;
    packed.scales.resize(std::size_t(rows * wide) * (isPower ? 1 : 2));
    for (std::int64_t row = 0; row < rows; ++row)
        for (std::int64_t group = 0; group < groups; ++group) {
            const float scale = scales[row * groups + group];
            const std::size_t place = std::size_t(row * wide + group);
            if (isPower) {
                packed.scales[place] = std::byte(scaleCode(storage.scaleFormat, scale));
            } else {
                const auto code = std::uint16_t(encodeNarrow<NarrowFp16>(scale));
                std::memcpy(packed.scales.data() + 2 * place, &code, 2);
            }
        }
}

}  // namespace pack_detail

/// W of a weight-only product: gpu/kernels/weight_layout.h says how. Exact: no code and no scale changes.
inline PackedOperand packWeights(const OperandStorage& storage, const std::byte* stored, const float* scales,
                                 std::int64_t rows, std::int64_t columns)
{
    const int bits = bitsOf(storage.element);
    PackedOperand packed;
    packed.rowBytes = chunksOf(columns) * chunkColumns * bits / 8;
    packed.bytes.resize(std::size_t(rows * packed.rowBytes));
    const std::size_t storedBytes = storedRowBytes(storage.element, columns);
    for (std::int64_t row = 0; row < rows; ++row)
        pack_detail::packRow(stored + std::size_t(row) * storedBytes, packed.bytes.data() + row * packed.rowBytes, bits,
                             bits == 4 && storage.element != ElementType::Nf4, columns);
    pack_detail::packScales(storage, scales, rows, columns, packed);
    return packed;
}

}  // namespace quantoscope::gpu
