// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/progress.h"
#include "core/result.h"

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace quantoscope {

/// How one element of an operand lies in memory.
enum class ElementType { Fp64, Fp32, Tf32, Fp16, Bf16, E4m3, Int8, Int4, Nf4 };

/// Which elements have a scale in common. Scales are FP32: the largest magnitude over the largest code.
enum class ScaleSharing { None, Matrix, Row, Group };

/// How an operand is stored: the rounding that happens before anything is multiplied.
struct OperandStorage {
    ElementType element = ElementType::Fp32;
    ScaleSharing sharing = ScaleSharing::None;
    int groupColumns = 0;   ///< For Group: neighbours along K that share a scale, which is then FP16.

    friend bool operator==(const OperandStorage&, const OperandStorage&) = default;
};

int bitsOf(ElementType);
/// Compulsory bytes of a matrix stored like this, scales included.
double storedBytes(const OperandStorage&, std::int64_t rows, std::int64_t columns);

/// A matrix as a kernel reads it. Each row begins at a multiple of 64 bytes and is filled up with
/// zero codes, so that wide loops need no special last step: zeros add nothing to a dot product.
struct StoredMatrix {
    OperandStorage storage;
    std::int64_t rows = 0, columns = 0;
    std::size_t rowBytes = 0;         ///< From one row to the next.
    std::vector<std::byte> bytes;
    std::vector<float> scales;        ///< One, one a row, or rows × groups; empty for None.

    const std::byte* row(std::int64_t index) const { return bytes.data() + std::size_t(index) * rowBytes; }
    template <class Element>
    const Element* rowAs(std::int64_t index) const { return reinterpret_cast<const Element*>(row(index)); }
    std::int64_t groups() const { return (columns + storage.groupColumns - 1) / storage.groupColumns; }

    /// What stands before the whole row: its scale, the matrix's, or 1. Group scales are inside decodeRow.
    double rowScale(std::int64_t index) const;
    /// The stored values of `values.size()` columns from `first`, without rowScale. Exact.
    void decodeRow(std::int64_t row, std::int64_t first, std::span<double> values) const;
};

/// Rounds a row-major FP32 matrix into its storage: nearest even, symmetric, restricted range (−127…127).
Result<StoredMatrix> storeMatrix(std::span<const float> values, std::int64_t rows, std::int64_t columns,
                                 const OperandStorage&, const Progress& = {});

}  // namespace quantoscope
