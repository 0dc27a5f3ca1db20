// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/quantization/element.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

namespace quantoscope {

/// The scale of a run, and where its range ends.
struct RunScale {
    AffineScale scale;
    double clipLow = 0, clipHigh = 0;
    bool holdsAll = false;   ///< All finite values of the run lie between the clips: known, not just likely.
};

/// Where kernels put what they make of consecutive runs; null where nobody wants it.
struct StoredRuns {
    std::uint16_t* levels;
    float* dequantized;

    StoredRuns from(std::size_t at) const { return {levels ? levels + at : nullptr, dequantized ? dequantized + at : nullptr}; }
    void put(const std::uint16_t* fromLevels, const float* fromDequantized, std::size_t count) const
    {
        if (levels)
            std::copy_n(fromLevels, count, levels);
        if (dequantized)
            std::copy_n(fromDequantized, count, dequantized);
    }
};

/// Sums kept in eight lanes whatever the width of the processor, so that every processor adds the
/// same numbers in the same order. Element i of a run belongs to lane i mod 8.
struct LaneSums {
    static constexpr std::size_t lanes = 8;
    using Lane = std::array<double, lanes>;

    Lane squaredError{}, squares{}, products{}, storedSquares{};
    double largestError = 0;
    std::uint64_t notFinite = 0, clippedLow = 0, clippedHigh = 0;
};

}  // namespace quantoscope
