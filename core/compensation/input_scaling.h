// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/compensation/compensation.h"

namespace quantoscope {

/// s_j = mean|x_j|^r, divided by √(max s · min s): J. Lin et al., "AWQ: Activation-aware Weight
/// Quantization for On-Device LLM Compression and Acceleration", 2023, section 3.2, and their code.
/// Their second step, clipping each group, is `clip=mse` of a scheme here.
std::vector<double> awqScales(std::span<const double> meanMagnitudes, double power);

/// s_j = max|x_j|^α / max|w_j|^(1−α): G. Xiao et al., "SmoothQuant: Accurate and Efficient Post-Training
/// Quantization for Large Language Models", 2023, equation 4. 1 where a column is all zero.
std::vector<double> smoothQuantScales(std::span<const double> largestInputs, std::span<const double> largestWeights,
                                      double strength = 0.5);

}  // namespace quantoscope
