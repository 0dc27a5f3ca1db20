// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/quantization/quantization_scheme.h"
#include "core/statistics/value_counts.h"

#include <span>

namespace quantoscope {

/// A scalar quantizer with one scale for everything: what a per-tensor scheme is once its range is
/// fixed. A value between thresholds[i-1] and thresholds[i] is stored as levels[i].
struct LevelMap {
    std::vector<double> levels;           ///< Ascending, distinct.
    std::vector<double> thresholds;       ///< levels.size() − 1, ascending.
    std::vector<std::int64_t> codes;      ///< Of each level, as shown: −7 … 7.
    double step = 0;                      ///< Δ; 0 where steps differ.
    std::int64_t zeroPoint = 0;           ///< The code that stands for 0, where it is not code 0.
    double clipLow = 0, clipHigh = 0;     ///< Weights outside are clipped: stored as the outermost level.

    /// Where a value goes that lies exactly on a threshold.
    enum class Tie { EvenCode, Lower, Upper, AwayFromZero } tie = Tie::EvenCode;
    bool tieGoesUp(std::size_t threshold) const;
    std::size_t indexOf(double value) const;   ///< Of the level that a value is stored as; NaN as 0 would be.

    std::size_t size() const { return levels.size(); }
};

/// The level map of a scheme whose range ends at low and high (symmetric schemes: −high … high).
/// Empty for block formats, whose levels differ from block to block.
LevelMap levelMapOf(const QuantizationScheme&, double low, double high);

struct ClipRange { double low, high; };
/// Where the scheme's clip rule puts the range of this tensor.
ClipRange clipRangeOf(const QuantizationScheme&, const ValueCounts&);
/// The fitted codebook of a Codebook scheme, ascending.
std::vector<double> codebookOf(const QuantizationScheme&, const ValueCounts&);
/// How far the levels of a Codebook scheme are from the best there are for this tensor; where counts are in
/// bins, from the best that do not divide one.
struct CodebookGap {
    double meanSquaredError, optimalMeanSquaredError;
    double decibels;   ///< Of SQNR that the optimum gains; 0 where both are without error.
};
CodebookGap codebookGapOf(const QuantizationScheme&, const ValueCounts&);
/// The whole per-tensor scheme at once.
LevelMap levelMapOf(const QuantizationScheme&, const ValueCounts&);

/// Figures of a quantization: what `qscope quantize` prints and the result card shows.
struct QuantizationError {
    double count = 0;
    double meanSquaredError = 0;
    double sqnrDb = 0;              ///< 10 log10(Σx²/Σe²); infinity where there is no error.
    double largestError = 0;
    double cosine = 1;
    double gain = 1;                ///< Σx·x̂/Σx̂²: the factor on all levels that would lower the error most.
    double clippedLow = 0, clippedHigh = 0;   ///< Numbers of weights.
    int levelsUsed = 0;
    double uncertainty = 0;         ///< Relative, of the mean squared error; 0 where exact.
    std::vector<double> perLevel;   ///< Weights stored as each level, in level order.
};

/// O(levels · log bins), whatever the tensor's size. Exact where every bin is one value; else a bin that
/// one threshold cuts is estimated by spreading its values evenly, and `uncertainty` bounds by how
/// much that can be wrong (from the exact count and sum of the bin).
QuantizationError errorOf(const ValueCounts&, const LevelMap&);

/// One point of the cost curve.
struct ClipCost { double clip; double sqnrDb; double meanSquaredError = 0; };
/// SQNR against a symmetric (or one-sided scaled) clip from a small fraction of the largest value up to
/// it, in equal ratios.
std::vector<ClipCost> clipCostCurve(const QuantizationScheme&, const ValueCounts&, int points);

/// The calibration methods, in the order of their columns: what pickers, marks and `qscope calibrate` list.
struct CalibrationMethod {
    std::string_view id;      ///< As `clip=` takes it.
    std::string_view name;    ///< "Least squared error"
    Clip clip;
    bool forIntegersOnly;     ///< kl and aciq are defined for evenly spaced levels.
};
std::span<const CalibrationMethod> calibrationMethods();

/// Where each calibration method clips, and at what cost: rows of `qscope calibrate`, marks on the curve.
struct CalibrationMark {
    std::string_view id;      ///< "minmax", "percentile:99.9", "mse", "kl", "aciq:laplace", "moving-average"
    std::string name;
    double low, high;
    double meanSquaredError;
    double sqnrDb;
};
std::vector<CalibrationMark> calibrationMarks(const QuantizationScheme&, const ValueCounts&);
/// The same with the tensor at hand: percentiles and histograms are exact even where counts are in bins,
/// and a tensor of batches (two axes or more) has the mark "moving-average" over its first axis too.
Result<std::vector<CalibrationMark>> calibrationMarks(const TensorSource&, const TensorInfo&, const QuantizationScheme&,
                                                      const ValueCounts&, const Progress&);

}  // namespace quantoscope
