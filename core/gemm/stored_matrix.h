// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/gemm/large_pages.h"
#include "core/gemm/operand_storage.h"
#include "core/progress.h"
#include "core/result.h"

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace quantoscope {

/// Compulsory bytes of a matrix stored like this, scales included.
double storedBytes(const OperandStorage&, std::int64_t rows, std::int64_t columns);

/// A matrix as a kernel reads it. Each row begins at a multiple of 64 bytes and is filled up with
/// zero codes, so that wide loops need no special last step: zeros add nothing to a dot product.
struct StoredMatrix {
    OperandStorage storage;
    std::int64_t rows = 0, columns = 0;
    std::size_t rowBytes = 0;         ///< From one row to the next.
    std::vector<std::byte, LargePages<std::byte>> bytes;
    std::vector<float, LargePages<float>> scales;   ///< One, one a row, or rows × groups; empty for None.

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
