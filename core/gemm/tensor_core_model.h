// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string_view>

namespace quantoscope {

/// How a matrix unit adds products: a model computed on the processor, for machines without one. Each
/// step takes `productsAStep` exact products and the running sum, aligns all to the largest exponent,
/// cuts them to `fractionBits` and adds the rest exactly (Fasi et al., PeerJ CS 330, 2021; MMA-Sim,
/// arXiv 2511.10909; Khattak and Mikaitis, arXiv 2512.07004).
struct TensorCoreModel {
    std::string_view id, name, sentence;
    enum class Unit { Fp32Fma, AlignAndTruncate, Fp16Sums } unit = Unit::AlignAndTruncate;
    int productsAStep = 32;
    int fractionBits = 25;       ///< Kept of every aligned term.
    int mantissaBits = 23;       ///< Of the sum after each step, truncated: 23 is FP32, 13 Hopper's FP8 sums.
    int promoteEvery = 0;        ///< Products after which the sum moves into an FP32 one; 0: never.
};

/// The rows of the table of units.
std::span<const TensorCoreModel> tensorCoreModels();
const TensorCoreModel* findTensorCoreModel(std::string_view id);

/// a · b as the unit computes it. Operands are values of the unit's input format, so that a product of
/// two is exact in FP64; as many in `a` as in `b`.
float dotByModel(const TensorCoreModel&, std::span<const float> a, std::span<const float> b);

}  // namespace quantoscope
