// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/gemm/gemm_backend.h"

namespace quantoscope {

/// The two FP32 matrices of a problem: x[M,K] and w[N,K], row-major.
struct GemmOperands {
    GemmShape shape;
    std::vector<float> x;
    std::shared_ptr<const std::vector<float>> w;
};

/// Why a problem makes no sense or does not fit into memory, as a sentence.
std::optional<std::string> problemObstacle(const GemmShape&, std::uint64_t memoryBytes);

/// The same seed gives the same matrices on every machine. Normal: N(0, 1). Uniform: −1…1.
/// Outliers: N(0, 1), with three input channels of x sixty times as large, as the activations of
/// large language models have them (Dettmers et al., "LLM.int8()", 2022).
Result<GemmOperands> makeGemmOperands(const GemmProblem&, const Progress& = {});

}  // namespace quantoscope
