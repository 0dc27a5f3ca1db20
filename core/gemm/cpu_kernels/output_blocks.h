// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/gemm/pulse.h"
#include "core/parallel_for.h"

#include <algorithm>
#include <cstdint>

namespace quantoscope::cpu {

/// A rectangle of y that one thread computes alone.
struct OutputBlock {
    std::int64_t firstRow, rows;         ///< Of x and y.
    std::int64_t firstColumn, columns;   ///< Columns of y are rows of W.
};

/// 48 rows of W are a multiple of every tile width; 128 rows of x by 1024 FP32 columns are 512 KiB, which
/// a second-level cache holds while the tiles of W pass over it.
inline constexpr std::int64_t blockRows = 128, blockColumns = 48;

/// Visits all of y in blocks, on all cores or on this one; false once the pulse says stop.
template <class Work>
bool forEachOutputBlock(std::int64_t rows, std::int64_t columns, const Pulse& pulse, const Work& work, bool onAllCores = true)
{
    const std::int64_t down = (rows + blockRows - 1) / blockRows, across = (columns + blockColumns - 1) / blockColumns;
    const auto visit = [&](std::size_t index) {
        if (!pulse.goesOn())
            return;
        const std::int64_t i = std::int64_t(index) % down * blockRows, j = std::int64_t(index) / down * blockColumns;
        work(OutputBlock{i, std::min(blockRows, rows - i), j, std::min(blockColumns, columns - j)});
    };
    if (onAllCores)
        return parallelFor(std::size_t(down * across), visit, pulse.progress().stop) && pulse.goesOn();
    for (std::size_t index = 0; index < std::size_t(down * across); ++index)
        visit(index);
    return pulse.goesOn();
}

}  // namespace quantoscope::cpu
