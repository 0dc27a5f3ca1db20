// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/formats/narrow_float.h"
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

inline float scaleFor(std::span<const float> values, const OperandStorage& storage)
{
    const float scale = storage.usesLowestCode ? farthestFromZero(values) / -8
                                               : float(largestMagnitude(values) / largestStoredCode(storage.element));
    const float rounded = storage.sharing == ScaleSharing::Group
        ? decodeNarrow<NarrowFp16>(encodeNarrow<NarrowFp16>(scale, true)) : scale;
    return rounded != 0 ? rounded : 1;   // All zeros: any scale does.
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
    }
    return 0;
}

/// Rounds one row into `target`, which is zero, and writes its scales (one for Row, one a group for
/// Group) or uses `matrixScale`.
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
        float scale = 1;
        if (storage.sharing == ScaleSharing::Matrix)
            scale = matrixScale;
        else if (storage.sharing != ScaleSharing::None)
            scale = scales[first / group] = scaleFor(part, storage);
        for (std::size_t column = 0; column < part.size(); ++column)
            putElement(storage, target, first + std::int64_t(column), double(part[column]) / scale);
    }
}

}  // namespace quantoscope
