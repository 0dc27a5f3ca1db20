// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

namespace quantoscope {

/// Sums kept in eight lanes whatever the width of the processor, so that every processor adds the
/// same numbers in the same order. Element i of a run belongs to lane i mod 8.
struct LaneSums {
    static constexpr std::size_t lanes = 8;
    using Lane = std::array<double, lanes>;

    Lane squaredError{}, squares{}, products{}, storedSquares{}, largestError{};
    std::uint64_t notFinite = 0, clippedLow = 0, clippedHigh = 0;
};

/// A uniform quantizer: level = clamp(rne(x / step) + zero, lowest, highest) − lowest.
struct IntegerGrid {
    double step;            ///< Not 0.
    double zero, lowest, highest;
    double clipLow, clipHigh;
};

/// Where kernels put the values of consecutive runs.
struct StoredRuns {
    std::uint16_t* levels;
    float* dequantized;   ///< May be null: nobody wants them.
};

/// Quantizes consecutive runs, each with a grid of its own, to nearest even, ties told apart exactly,
/// and adds the errors up. Lanes begin anew with every run. `lengths` has one length a grid.
void quantizeToGrids(const float* values, std::span<const IntegerGrid> grids, std::span<const std::size_t> lengths,
                     StoredRuns, LaneSums&);

}  // namespace quantoscope
