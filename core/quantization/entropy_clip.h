// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/quantization/level_map.h"
#include "core/statistics/value_counts.h"

#include <span>
#include <vector>

namespace quantoscope {

/// A histogram of |x| over equal bins from 0 to `largest`.
struct MagnitudeHistogram {
    double largest = 0;
    std::vector<double> counts;
};

/// How finely |x| is counted, and how the search steps, for integers that have `magnitudes` levels of
/// magnitude (128 for INT8): 2048 bins and every one of them as TensorRT has it; for integers of more than
/// 8 bits both in proportion, which TensorRT leaves undefined.
struct EntropySearch {
    int magnitudes;
    int bins;
    int firstBin;
    int stride;
};
EntropySearch entropySearchFor(int bits, bool isSigned);
EntropySearch entropySearchOf(const QuantizationScheme&);   ///< For integer elements.

/// Bins of counts that hold many values are spread evenly.
MagnitudeHistogram magnitudesOf(const ValueCounts&, int bins);
/// The same from every value of the tensor: exact.
Result<MagnitudeHistogram> magnitudesOf(const TensorSource&, const TensorInfo&, double largest, int bins, const Progress&);

/// The number of bins that a clip of least Kullback-Leibler divergence keeps, as TensorRT's entropy
/// calibration searches for it (S. Migacz, "8-bit inference with TensorRT", GTC 2017), in the reading of
/// ModelOpt's calib/histogram.py: the first bin counts as many as the second; the reference is the kept
/// bins with everything beyond added to the last; the quantized distribution is the kept bins without it,
/// averaged over the bins of a level that are not empty; of equal divergences the widest clip.
std::size_t leastDivergentBins(std::span<const double> counts, const EntropySearch&);

/// Where |x| is clipped.
double entropyClipOf(const MagnitudeHistogram&, const EntropySearch&);
/// The range of a scheme with `clip=kl`, never wider than the values.
ClipRange entropyRange(const QuantizationScheme&, const ValueCounts&, const MagnitudeHistogram&);

}  // namespace quantoscope
