// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace quantoscope {

// Standard library only: the GPU worker reads matrices that the program has stored.

/// How one element of an operand lies in memory.
enum class ElementType { Fp64, Fp32, Tf32, Fp16, Bf16, E4m3, Int8, Int4, Nf4 };

/// Which elements have a scale in common. Scales are FP32: the largest magnitude over the largest code.
enum class ScaleSharing { None, Matrix, Row, Group };

/// How an operand is stored: the rounding that happens before anything is multiplied.
struct OperandStorage {
    ElementType element = ElementType::Fp32;
    ScaleSharing sharing = ScaleSharing::None;
    int groupColumns = 0;   ///< For Group: neighbours along K that share a scale, which is then FP16.
    /// INT4 as in Q4_0: codes -8 to 7, and a scale with the sign that makes the largest magnitude -8.
    bool usesLowestCode = false;

    friend bool operator==(const OperandStorage&, const OperandStorage&) = default;
};

constexpr int bitsOf(ElementType element)
{
    return std::array{64, 32, 32, 16, 16, 8, 8, 4, 4}[std::size_t(element)];   // In the order of ElementType.
}

/// From one row to the next: whole multiples of 64 bytes.
constexpr std::size_t storedRowBytes(ElementType element, std::int64_t columns)
{
    return (std::size_t(columns) * std::size_t(bitsOf(element)) + 511) / 512 * 64;
}

/// How many FP32 scales a stored matrix has.
constexpr std::int64_t scaleCount(const OperandStorage& storage, std::int64_t rows, std::int64_t columns)
{
    switch (storage.sharing) {
    case ScaleSharing::None: return 0;
    case ScaleSharing::Matrix: return 1;
    case ScaleSharing::Row: return rows;
    case ScaleSharing::Group: return rows * ((columns + storage.groupColumns - 1) / storage.groupColumns);
    }
    return 0;
}

}  // namespace quantoscope
