// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/quantization/quantization_scheme.h"
#include "core/statistics/value_counts.h"

namespace quantoscope {

/// What ACIQ (Banner, Nahshan and Soudry, "Post-training 4-bit quantization of convolution networks for
/// rapid-deployment", NeurIPS 2019) makes of a tensor.
struct AciqClip {
    Clip::Model model;     ///< Laplace or Gauss: the one asked for, or the likelier.
    double centre = 0;     ///< 0 for symmetric ranges, else the mean.
    double spread = 0;     ///< mean |x − centre| for Laplace, the root mean square for Gauss
    double reach = 0;      ///< Values are clipped at centre ± reach.
};

/// The clip, in units of the spread, of least expected squared error: what is clipped plus Δ²/12 between
/// 2^bits levels. Solves the paper's equation, so it holds for any number of bits; the paper's tables are
/// its solutions for 2 to 8.
double aciqRatio(Clip::Model, int bits);

/// `centred`: about the mean (asymmetric schemes), else about 0. One-sided integers count as one bit more,
/// since half their range would go unused.
AciqClip aciqClipOf(const ValueCounts&, Clip::Model, int bits, bool centred);

}  // namespace quantoscope
