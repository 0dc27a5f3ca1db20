// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/tensors/tensor.h"

#include <memory>

namespace quantoscope {

/// A distribution to draw example weights from. The rows are in synthetic_tensors.cpp.
struct SyntheticDistribution {
    std::string_view id;         ///< "normal", "laplace", "student", "uniform", "bimodal", "outliers"
    std::string_view name;
    std::string_view sentence;
};
std::span<const SyntheticDistribution> syntheticDistributions();

struct SyntheticRecipe {
    std::string distribution = "normal";
    std::int64_t count = 65536;
    std::int64_t columns = 0;    ///< 0: a square-ish power of two that divides count, else one row.
    double scale = 0.02;         ///< Standard deviation (half width for uniform).
    double outlierShare = 0.001; ///< For "outliers".
    double outlierFactor = 20;
    double degreesOfFreedom = 4; ///< For "student".
    std::uint64_t seed = 7;
};

/// "normal,count=N,seed=K[,scale=S…]" as `--synthetic` takes it.
Result<SyntheticRecipe> parseSyntheticRecipe(std::string_view);
std::string syntheticRecipeText(const SyntheticRecipe&);
/// One F32 tensor named after the distribution, computed on demand from a counter-based generator.
Result<std::shared_ptr<const TensorSource>> makeSyntheticTensor(const SyntheticRecipe&);
/// Pasted numbers as a tensor: F32 values in one row.
std::shared_ptr<const TensorSource> makeTensor(std::string name, std::vector<float> values, Shape shape);

}  // namespace quantoscope
