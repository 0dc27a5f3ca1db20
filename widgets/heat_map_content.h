// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/progress.h"
#include "core/result.h"
#include "core/tensors/tensor.h"

#include <memory>
#include <vector>

namespace quantoscope {

/// One weight and where it sits; row and column of the tensor seen as a matrix.
struct PlacedValue {
    std::int64_t row = 0, column = 0;
    double value = 0;
};

/// A tensor seen as a matrix (its last dimension across, all others down) in at most so many cells, and
/// its largest values. Drawn at any size from this; the tensor is read once.
struct HeatMapContent {
    static constexpr int mostRows = 512, mostColumns = 1024;
    static constexpr std::size_t largestKept = 50;

    std::int64_t rows = 0, columns = 0;      ///< Of the tensor.
    int gridRows = 0, gridColumns = 0;
    std::vector<float> largest;              ///< Largest |weight| of each cell; 0 where none is finite.
    std::int64_t rowStride = 1;              ///< Above 1 only every so many rows were read.
    std::vector<PlacedValue> largestValues;  ///< Of what was read, largest first; equal ones in file order.
    double absoluteMaximum = 0;

    float cell(int row, int column) const { return largest[std::size_t(row) * std::size_t(gridColumns) + std::size_t(column)]; }
    std::int64_t firstRowOf(int gridRow) const { return std::int64_t(__int128(gridRow) * rows / gridRows); }
    std::int64_t firstColumnOf(int gridColumn) const { return std::int64_t(__int128(gridColumn) * columns / gridColumns); }
};

/// Elements read at most: above, rows are sampled evenly, and the content says so.
inline constexpr std::int64_t heatMapBudget = std::int64_t{1} << 29;

Result<std::shared_ptr<const HeatMapContent>> heatMapOf(const TensorSource&, const TensorInfo&, const Progress& = {},
                                                        std::int64_t budget = heatMapBudget);

/// A few single weights: rows × columns from a corner on.
struct WeightWindow {
    std::int64_t row = 0, column = 0;
    int rows = 0, columns = 0;
    std::vector<double> values;   ///< Row after row; empty until read.

    bool holds(std::int64_t r, std::int64_t c) const
    {
        return r >= row && r < row + rows && c >= column && c < column + columns;
    }
    double at(std::int64_t r, std::int64_t c) const
    {
        return values[std::size_t(r - row) * std::size_t(columns) + std::size_t(c - column)];
    }
};
Result<WeightWindow> readWindow(const TensorSource&, const TensorInfo&, WeightWindow, const Progress& = {});

}  // namespace quantoscope
