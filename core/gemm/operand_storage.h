// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace quantoscope {

// Standard library only: the GPU worker reads matrices that the program has stored.

/// How one element of an operand lies in memory.
enum class ElementType {
    Fp64, Fp32, Tf32, Fp16, Bf16, E4m3, Int8, Int4, Nf4, E2m1,
    Q4k,   ///< Blocks of 256 as ggml's Q4_K has them, scales inside: not element by element (q4_k_rows.h).
};

/// Which elements have a scale in common: the largest magnitude over the largest code.
enum class ScaleSharing { None, Matrix, Row, Group };

/// What a scale is rounded to. In memory here it is FP32 whatever it is rounded to.
enum class ScaleFormat {
    Usual,   ///< FP16 for Group, else FP32.
    Fp32,
    E8m0,    ///< A power of two, as in the MX formats (OCP Microscaling Formats 1.0).
    Ue4m3,   ///< E4M3, under one more FP32 scale of the whole matrix that stands last: NVFP4.
};

/// How an operand is stored: the rounding that happens before anything is multiplied.
struct OperandStorage {
    ElementType element = ElementType::Fp32;
    ScaleSharing sharing = ScaleSharing::None;
    int groupColumns = 0;   ///< For Group: neighbours along K that share a scale.
    /// INT4 as in Q4_0: codes -8 to 7, and a scale with the sign that makes the largest magnitude -8.
    bool usesLowestCode = false;
    ScaleFormat scaleFormat = ScaleFormat::Usual;
    int groupRows = 1;      ///< For Group: rows that share it as well; 128 for FP8 by blocks of 128 × 128.

    friend bool operator==(const OperandStorage&, const OperandStorage&) = default;
};

constexpr int bitsOf(ElementType element)
{
    return std::array{64, 32, 32, 16, 16, 8, 8, 4, 4, 4, 4}[std::size_t(element)];   // In the order of ElementType.
}

/// From one row to the next: whole multiples of 64 bytes.
constexpr std::size_t storedRowBytes(ElementType element, std::int64_t columns)
{
    if (element == ElementType::Q4k)   // 144 bytes a block; the last one is filled up.
        return ((std::size_t(columns) + 255) / 256 * 144 + 63) / 64 * 64;
    return (std::size_t(columns) * std::size_t(bitsOf(element)) + 511) / 512 * 64;
}

/// Scales of one row, or of one row of groups.
constexpr std::int64_t groupsARow(const OperandStorage& storage, std::int64_t columns)
{
    return storage.sharing == ScaleSharing::Group ? (columns + storage.groupColumns - 1) / storage.groupColumns : 1;
}

/// How many FP32 scales a stored matrix has.
constexpr std::int64_t scaleCount(const OperandStorage& storage, std::int64_t rows, std::int64_t columns)
{
    switch (storage.sharing) {
    case ScaleSharing::None: return 0;
    case ScaleSharing::Matrix: return 1;
    case ScaleSharing::Row: return rows;
    case ScaleSharing::Group:
        return (rows + storage.groupRows - 1) / storage.groupRows * groupsARow(storage, columns)
            + (storage.scaleFormat == ScaleFormat::Ue4m3);
    }
    return 0;
}

}  // namespace quantoscope
