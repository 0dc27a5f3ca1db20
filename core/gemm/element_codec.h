// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/formats/narrow_float.h"
#include "core/gemm/e2m1_levels.h"
#include "core/gemm/nf4_levels.h"
#include "core/gemm/operand_storage.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <span>

namespace quantoscope {

// Standard library only: the GPU worker's own tests store matrices exactly as the program does.

/// What the largest magnitude under a scale becomes.
inline double largestStoredCode(ElementType element)
{
    switch (element) {
    case ElementType::E4m3: return 448;
    case ElementType::Int8: return 127;
    case ElementType::Int4: return 7;
    case ElementType::E2m1: return 6;
    default: return 1;   // NF4's levels end at ±1.
    }
}

inline float largestMagnitude(std::span<const float> values)
{
    float largest = 0;
    for (const float value : values)
        largest = std::max(largest, std::abs(value));
    return largest;
}

/// The first value of the largest magnitude, with its sign.
inline float farthestFromZero(std::span<const float> values)
{
    float farthest = 0;
    for (const float value : values)
        if (std::abs(value) > std::abs(farthest))
            farthest = value;
    return farthest;
}

/// The power of two that brings the largest magnitude into the binade of the element's largest value:
/// the rule of OCP's specification, section 6.3. It rounds down, so values above may be clipped.
inline float powerOfTwoScale(float largest, ElementType element)
{
    if (largest == 0)
        return 1;
    const int exponent = std::ilogb(largest) - std::ilogb(largestStoredCode(element));
    return std::ldexp(1.0f, std::clamp(exponent, -127, 127));
}

/// The scale of values that share one. `matrixScale` is what stands above it in NVFP4, else 1.
inline float scaleFor(std::span<const float> values, const OperandStorage& storage, float matrixScale = 1)
{
    if (storage.scaleFormat == ScaleFormat::E8m0)
        return powerOfTwoScale(largestMagnitude(values), storage.element);
    const float scale = storage.usesLowestCode ? farthestFromZero(values) / -8
                                               : float(largestMagnitude(values) / largestStoredCode(storage.element));
    float rounded = scale;
    if (storage.scaleFormat == ScaleFormat::Ue4m3)
        rounded = decodeNarrow<NarrowE4m3>(encodeNarrow<NarrowE4m3>(scale / matrixScale, true));
    else if (storage.sharing == ScaleSharing::Group && storage.scaleFormat == ScaleFormat::Usual)
        rounded = decodeNarrow<NarrowFp16>(encodeNarrow<NarrowFp16>(scale, true));
    return rounded != 0 ? rounded : 1;   // All zeros: any scale does.
}

/// The scale of a whole matrix: the only one (Matrix), or the one above the others (NVFP4, whose group
/// scales then fill the range of E4M3); 1 where there is none.
inline float matrixScaleFor(std::span<const float> values, const OperandStorage& storage)
{
    if (storage.sharing == ScaleSharing::Matrix)
        return scaleFor(values, storage);
    const float largest = storage.scaleFormat == ScaleFormat::Ue4m3 ? largestMagnitude(values) : 0;
    return largest == 0 ? 1 : float(largest / (448 * largestStoredCode(storage.element)));
}

inline int integerCode(double value, int lowest, int highest)
{
    return int(std::nearbyint(std::clamp<double>(value, lowest, highest)));
}

/// Two codes a byte, the earlier column in the low half.
inline void putNibble(std::byte* row, std::int64_t column, unsigned code)
{
    row[column / 2] |= std::byte(column % 2 ? code << 4 : code);
}

inline unsigned nibble(const std::byte* row, std::int64_t column)
{
    return unsigned(row[column / 2]) >> (column % 2 ? 4 : 0) & 15u;
}

/// Writes the code of one value that is already divided by its scale, into a row of zero bytes.
inline void putElement(const OperandStorage& storage, std::byte* row, std::int64_t column, double value)
{
    const auto put = [&](auto stored) { std::memcpy(row + column * std::int64_t(sizeof stored), &stored, sizeof stored); };
    switch (storage.element) {
    case ElementType::Fp64: return put(value);
    case ElementType::Fp32: return put(float(value));
    case ElementType::Tf32: return put(roundToTf32(float(value)));
    case ElementType::Fp16: return put(std::uint16_t(encodeNarrow<NarrowFp16>(float(value))));
    case ElementType::Bf16: return put(std::uint16_t(encodeNarrow<NarrowBf16>(float(value))));
    case ElementType::E4m3: return put(std::uint8_t(encodeNarrow<NarrowE4m3>(float(value), true)));
    case ElementType::Int8: return put(std::int8_t(integerCode(value, -127, 127)));
    case ElementType::Int4: return putNibble(row, column, unsigned(integerCode(value, storage.usesLowestCode ? -8 : -7, 7)) & 15u);
    case ElementType::Nf4: return putNibble(row, column, nearestNf4Code(value));
    case ElementType::E2m1: return putNibble(row, column, nearestE2m1Code(value));
    case ElementType::Q4k: return;   // In whole blocks, by storeQ4kRow().
    }
}

inline double elementAt(ElementType element, const std::byte* row, std::int64_t column)
{
    const auto get = [&](auto stored) {
        std::memcpy(&stored, row + column * std::int64_t(sizeof stored), sizeof stored);
        return stored;
    };
    switch (element) {
    case ElementType::Fp64: return get(double{});
    case ElementType::Fp32:
    case ElementType::Tf32: return get(float{});
    case ElementType::Fp16: return decodeNarrow<NarrowFp16>(get(std::uint16_t{}));
    case ElementType::Bf16: return decodeNarrow<NarrowBf16>(get(std::uint16_t{}));
    case ElementType::E4m3: return decodeNarrow<NarrowE4m3>(get(std::uint8_t{}));
    case ElementType::Int8: return get(std::int8_t{});
    case ElementType::Int4: return int(nibble(row, column) ^ 8u) - 8;
    case ElementType::Nf4: return nf4Levels[nibble(row, column)];
    case ElementType::E2m1: return e2m1Value(nibble(row, column));
    case ElementType::Q4k: return 0;   // In whole blocks, by decodeQ4kRow().
    }
    return 0;
}

/// Where the scales of a row begin among all scales.
inline std::int64_t firstScaleOfRow(const OperandStorage& storage, std::int64_t row, std::int64_t columns)
{
    switch (storage.sharing) {
    case ScaleSharing::Row: return row;
    case ScaleSharing::Group: return row / storage.groupRows * groupsARow(storage, columns);
    default: return 0;
    }
}

/// Scales that rows have in common and that must be there before a row is stored: the matrix's (Matrix,
/// NVFP4), and those of blocks of several rows. `scales` has scaleCount() of them; returns the matrix's.
inline float prepareScales(std::span<const float> values, std::int64_t rows, std::int64_t columns,
                           const OperandStorage& storage, float matrixScale, std::span<float> scales)
{
    if (storage.sharing == ScaleSharing::Matrix)
        scales[0] = matrixScale;
    if (storage.scaleFormat == ScaleFormat::Ue4m3)
        scales.back() = matrixScale;
    if (storage.groupRows == 1)
        return matrixScale;
    const std::int64_t groups = groupsARow(storage, columns);
    for (std::int64_t first = 0; first < rows; first += storage.groupRows)
        for (std::int64_t group = 0; group < groups; ++group) {
            const std::int64_t column = group * storage.groupColumns, count = std::min<std::int64_t>(storage.groupColumns, columns - column);
            float largest = 0;
            for (std::int64_t row = first; row < std::min(rows, first + storage.groupRows); ++row)
                largest = std::max(largest, largestMagnitude(values.subspan(std::size_t(row * columns + column), std::size_t(count))));
            scales[std::size_t(first / storage.groupRows * groups + group)] = scaleFor(std::span(&largest, 1), storage);
        }
    return matrixScale;
}

/// Rounds one row into `target`, which is zero, and writes its scales at `scales` (one for Row, one a
/// group for Group) or uses `matrixScale` or what prepareScales() left there.
inline void storeRow(std::span<const float> values, const OperandStorage& storage, float matrixScale, std::byte* target, float* scales)
{
    if (storage.element == ElementType::Fp32) {
        std::memcpy(target, values.data(), values.size_bytes());
        return;
    }
    const auto columns = std::int64_t(values.size());
    const std::int64_t group = storage.sharing == ScaleSharing::Group ? storage.groupColumns : columns;
    for (std::int64_t first = 0; first < columns; first += group) {
        const auto part = values.subspan(std::size_t(first), std::size_t(std::min(group, columns - first)));
        double scale = 1;
        if (storage.sharing == ScaleSharing::Matrix)
            scale = matrixScale;
        else if (storage.groupRows > 1)
            scale = scales[first / group];
        else if (storage.sharing != ScaleSharing::None)
            scale = scales[first / group] = scaleFor(part, storage, matrixScale);
        if (storage.scaleFormat == ScaleFormat::Ue4m3)
            scale *= matrixScale;   // Exact in FP64.
        for (std::size_t column = 0; column < part.size(); ++column)
            putElement(storage, target, first + std::int64_t(column), double(part[column]) / scale);
    }
}

/// What stands before a whole row: its scale, the matrix's, or 1. Group scales are in decodeStoredRow.
inline double rowScaleOf(const OperandStorage& storage, std::span<const float> scales, std::int64_t row)
{
    if (storage.sharing == ScaleSharing::Row)
        return scales[std::size_t(row)];
    if (storage.sharing == ScaleSharing::Matrix || storage.scaleFormat == ScaleFormat::Ue4m3)
        return scales.back();
    return 1;
}

/// The stored values of `values.size()` columns from `first`, without rowScaleOf. Exact. `source` is the
/// stored row, `columns` how many the matrix has.
inline void decodeStoredRow(const OperandStorage& storage, const std::byte* source, std::span<const float> scales,
                            std::int64_t row, std::int64_t columns, std::int64_t first, std::span<double> values)
{
    const bool isGrouped = storage.sharing == ScaleSharing::Group;
    const float* own = isGrouped ? scales.data() + firstScaleOfRow(storage, row, columns) : nullptr;
    for (std::size_t i = 0; i < values.size(); ++i) {
        const std::int64_t column = first + std::int64_t(i);
        values[i] = elementAt(storage.element, source, column);
        if (isGrouped)
            values[i] *= own[column / storage.groupColumns];
    }
}

}  // namespace quantoscope
