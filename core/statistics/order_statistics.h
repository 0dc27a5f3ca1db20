// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/statistics/value_counts.h"

#include <functional>
#include <vector>

namespace quantoscope {

/// numpy.percentile's definition (method "linear") for each share between 0 and 1 of the sorted finite
/// values of a tensor, exactly: at once where the counts are exact, by sorting where there are few, else by one streaming
/// pass (FP32; four for wider types) that counts inside the bins that hold the quantiles. `ofMagnitude` asks for
/// |x| instead of x. Zeros where nothing is finite. `look` is shown every chunk (chunkElements) that the pass over FP32
/// reads, on all cores, so that whoever needs them too need not read them again.
using LookAtChunk = std::function<void(std::size_t chunk, std::span<const float> values)>;
Result<std::vector<double>> exactQuantiles(const TensorSource&, const TensorInfo&, const ValueCounts&,
                                           std::span<const double> shares, bool ofMagnitude, const Progress& = {},
                                           const LookAtChunk& look = {});

/// numpy's interpolation between two neighbours of the sorted list, with its care that the result
/// never leaves [a, b].
inline double interpolate(double a, double b, double t)
{
    return t < 0.5 ? a + (b - a) * t : b - (b - a) * (1 - t);
}

}  // namespace quantoscope
