// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/quantization/run_scale.h"

namespace quantoscope {

/// Quantizes consecutive runs, each with a scale of its own: level = clamp(rne(x / step) + zero, lowest,
/// highest) − lowest, ties told apart exactly; and adds the errors up. Steps are not 0. Lanes begin anew with
/// every run. `lengths` has one length a scale.
void quantizeToGrids(const float* values, const CodeSpan&, std::span<const RunScale>, std::span<const std::size_t> lengths,
                     StoredRuns, LaneSums&);

/// The same for runs each with a grid of its own around zero, whose end is its largest magnitude: that over `largest` is
/// the step, which takes its place. Returns false, with nothing quantized, where a step is not between 2^-100 and 2^100.
bool quantizeToOwnGrids(const float* values, const CodeSpan&, float largest, std::span<float> magnitudes,
                        std::span<const std::size_t> lengths, StoredRuns, LaneSums&);

}  // namespace quantoscope
