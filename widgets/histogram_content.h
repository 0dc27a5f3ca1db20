// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/quantization/level_map.h"
#include "core/statistics/value_counts.h"

#include <QString>

#include <memory>
#include <optional>
#include <vector>

namespace quantoscope {

/// What is left of a tensor whose scales are many: no single level map exists, so the picture comes
/// from the exact pass over the values, in equal cells from low to high.
struct DequantizedPicture {
    double low = 0, high = 0;
    std::vector<double> stored;        ///< Weights by what they are stored as, per cell.
    std::vector<float> lowestError;    ///< Smallest stored − weight of the weights in each cell; NaN in empty cells.
    std::vector<float> highestError;
    std::vector<double> squaredError;  ///< Of the weights in each cell, sums.
    double count = 0;                  ///< Weights seen.
};

/// What the before-and-after picture shows: counts of the weights, and what quantization makes of them.
struct HistogramContent {
    std::shared_ptr<const ValueCounts> counts;
    std::optional<LevelMap> map;                             ///< Of a scheme with one scale.
    QuantizationError error;                                 ///< Of `map`, or of the exact pass.
    std::vector<std::int64_t> codes;                         ///< Of error.perLevel where there is no map: one bar a code.
    std::shared_ptr<const DequantizedPicture> dequantized;   ///< Of a scheme with many.
    bool hasHandles = true;
    bool hasLevelHandles = false;                            ///< Levels that can be placed by hand.
    bool isSymmetric = true;
    QString note;                                            ///< Instead of handles: why there are none.

    bool hasCodes() const { return map || (!codes.empty() && codes.size() == error.perLevel.size()); }
};

/// Steps of the picture at one zoom: equal bins of the visible range.
struct BinnedShares {
    double low = 0, high = 1;
    std::vector<double> shares;   ///< Of all finite weights, per bin.
    double below = 0, above = 0;  ///< Numbers of weights outside the range.

    double binWidth() const { return (high - low) / double(shares.size()); }
};
BinnedShares binnedShares(const ValueCounts&, double low, double high, int bins);
BinnedShares binnedShares(const DequantizedPicture&, double low, double high, int bins);

/// The share that each bin of weights has in the whole squared error.
BinnedShares errorShares(const ValueCounts&, const LevelMap&, double low, double high, int bins);
BinnedShares errorShares(const DequantizedPicture&, double low, double high, int bins);

/// How many bins suit a tensor of this many weights in a picture this wide.
int suitableBins(double weights, double pixels);

/// The unit of the y axis: the step, or the mean step where steps differ.
double referenceStep(const LevelMap&);
/// The largest |stored − weight| between the ends of the range.
double largestInnerError(const LevelMap&);
/// What a weight is stored as.
double storedValue(const LevelMap&, double weight);

}  // namespace quantoscope
