// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/quantization/quantize.h"

#include <optional>

namespace quantoscope {

/// Figures of a scheme from a few pieces of a tensor: a first answer where the exact one takes a pass.
struct SampledError {
    QuantizationError error;      ///< Of the weights that were looked at.
    double sqnrUncertainty = 0;   ///< One standard error of the SQNR in dB, from how much the pieces differ.
    std::int64_t weights = 0;     ///< Looked at.
};

/// Quantizes about `weights` values in pieces spread evenly over the tensor, each piece a whole number of
/// groups, blocks, tiles or channels, so that their scales are what they are in the whole. Only a scale of
/// the whole tensor over the others' is that of the sample.
/// Empty where a scale needs values from everywhere: one scale for the tensor, unless it is set by hand, and
/// channels that are not rows.
std::optional<SampledError> sampledErrorOf(const TensorSource&, const TensorInfo&, const QuantizationScheme&,
                                           std::int64_t weights = 65536);

}  // namespace quantoscope
