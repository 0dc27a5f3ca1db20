// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/gemm/cpu_kernels/cpu_kernel.h"

#include <hwy/aligned_allocator.h>

#include <array>
#include <cstdint>

namespace quantoscope::cpu {

/// x in INT8 with a scale a group, as the kernels that multiply it by grouped INT8 or INT4 weights want it.
/// A unit is what one vector of W holds: as many columns as bytes for INT8, twice as many for INT4, whose
/// even columns are the low halves and whose odd columns are the high halves of the bytes.
struct GroupedX {
    std::int64_t rows = 0, units = 0, groups = 0;       ///< Units and groups of a row.
    std::int64_t unitColumns = 0, lanes = 0;            ///< Lanes: 32-bit sums in a vector.
    // Where a unit's scales of W are: a unit has several groups, or a group 2^unitsAGroup units.
    std::int64_t groupsAUnit = 1;
    int unitsAGroup = 0;
    std::int64_t groupsInLastUnit = 1;                  ///< The last unit may reach beyond K.
    std::array<std::int32_t, 16> groupOfLane{};         ///< Within the unit.
    /// From one row to the next, in numbers. A line more than there are: rows a power of two apart would fall
    /// into the same few lines of the cache and drive each other out.
    std::int64_t codesARow = 0, lanesARow = 0;
    hwy::AlignedFreeUniquePtr<std::int8_t[]> codes;     ///< [row][unit][column in the order of W's]
    /// [row][unit][lane]: what each sum starts with. W enters as an unsigned number, 8 or 128 too large.
    hwy::AlignedFreeUniquePtr<std::int32_t[]> starts;
    hwy::AlignedFreeUniquePtr<float[]> scales;          ///< [row][unit][lane]

    const std::int8_t* codesOf(std::int64_t row, std::int64_t unit) const { return codes.get() + row * codesARow + unit * unitColumns; }
    const std::int32_t* startsOf(std::int64_t row, std::int64_t unit) const { return starts.get() + row * lanesARow + unit * lanes; }
    const float* scalesOf(std::int64_t row, std::int64_t unit) const { return scales.get() + row * lanesARow + unit * lanes; }
};
GroupedX prepareGrouped(const StoredMatrix& x, const StoredMatrix& w, std::int64_t vectorBytes, const Progress&);

/// Rows of y from `i` on, as many as the entry of the table is for, of column `j`.
using GroupedTile = void(const GroupedX& x, std::int64_t i, const StoredMatrix& w, std::int64_t j, float* y);

/// By AVX-512 VNNI, only where hasVnni(); in grouped_vnni.cpp.
Multiply multiplyGroupedVnni;
/// The same for a batch, in grouped_panels_vnni.cpp.
Multiply multiplyGroupedPanels;
/// INT4 weights for a batch, only where the processor has AVX2; in grouped_panels_avx2.cpp.
Multiply multiplyInt4PanelsAvx2;
/// On any processor; by AVX2 where it has it.
Multiply multiplyGroupedPairs;

}  // namespace quantoscope::cpu
