// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/gemm/cpu_kernels/cpu_kernel.h"

#include <hwy/aligned_allocator.h>

#include <array>
#include <cstdint>

namespace quantoscope::cpu {

/// x in INT8 with a scale for every 256, beside Q4_K's blocks.
struct Q4kX {
    std::int64_t rows = 0, blocks = 0;
    std::int64_t codesARow = 0;   ///< From one row to the next, a line more than there are, as in GroupedX.
    hwy::AlignedFreeUniquePtr<std::int8_t[]> codes;    ///< [row][block][256], parts of 32 in the order asked for.
    hwy::AlignedFreeUniquePtr<std::int16_t[]> sums;    ///< [row][block][8]: of each part's codes, in their own order.
    hwy::AlignedFreeUniquePtr<double[]> scales;        ///< [row][block]

    const std::int8_t* codesOf(std::int64_t row, std::int64_t block) const { return codes.get() + row * codesARow + block * 256; }
    const std::int16_t* sumsOf(std::int64_t row, std::int64_t block) const { return sums.get() + (row * blocks + block) * 8; }
    const double* scalesOf(std::int64_t row) const { return scales.get() + row * blocks; }
};
Q4kX prepareQ4k(const StoredMatrix& x, const std::array<int, 8>& orderOfParts, const Progress&);

/// Rows `i` of x, as many as the entry of the table is for, against row j of W.
using Q4kTile = void(const Q4kX& x, std::int64_t i, const StoredMatrix& w, std::int64_t j, float* y);

Multiply multiplyQ4kPanelsVnni;   ///< A batch, the same; in q4_k_panels_vnni.cpp.
Multiply multiplyQ4kPanelsAvx2;   ///< A batch, only where the processor has AVX2; in q4_k_panels_avx2.cpp.
Multiply multiplyQ4kVnni;    ///< Only where hasVnni(); in q4_k_vnni.cpp.
Multiply multiplyQ4kPairs;   ///< On any processor; by AVX2 where it has it.

}  // namespace quantoscope::cpu
