// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/gemm/tensor_core_model.h"

#include <cstdint>
#include <span>
#include <string_view>

namespace quantoscope {

/// One way to add the K products of a dot product. A row of the table in sum_methods.cpp; a copy with another
/// `parts` or `unit.promoteEvery` is a method as well.
struct SumMethod {
    enum class Order {
        OneAfterTheOther,   ///< sum = round(sum + a·b)
        SplitK,             ///< `parts` slices of K, each one after the other, then the slices' sums.
        Pairwise,           ///< Neighbours, then neighbours of sums: a tree.
        Compensated,        ///< Kahan: what a step loses goes into the next one.
        MatrixUnit,         ///< As `unit` does it.
    };
    std::string_view id, name, sentence;
    Order order = Order::OneAfterTheOther;
    bool isFp16 = false;      ///< Sums rounded to FP16 instead of FP32; not for MatrixUnit.
    int parts = 1;            ///< For SplitK
    TensorCoreModel unit{};   ///< For MatrixUnit

    /// Computed by the model of a matrix unit, not by this processor's own arithmetic: to be said beside it.
    bool isModel() const { return order == Order::MatrixUnit; }
};

std::span<const SumMethod> sumMethods();
const SumMethod* findSumMethod(std::string_view id);

/// a · b, values of FP16 or E4M3, as many in `a` as in `b`.
double dotBy(const SumMethod&, std::span<const float> a, std::span<const float> b);

/// What |computed − exact| / (|a|ᵀ|b|) of a dot product of K products is promised to stay below.
/// γₙ = n·u / (1 − n·u) for n roundings in a row (Higham, "Accuracy and Stability of Numerical Algorithms",
/// 2002, section 3.1): K of them one after the other, K/parts + parts − 1 split, log₂ K pairwise; 2u and a
/// term in K·u² compensated (section 4.3). For a matrix unit of b products and F fraction bits the same with
/// K/b steps that lose (b + 1)·2⁻ᶠ and the cut of the sum. Infinity: no guarantee.
double worstCaseBound(const SumMethod&, std::int64_t k);

/// exp(λ√n·u + n·u²/(1 − u)) − 1, below which all of `sums` dot products stay with the given probability if
/// roundings err independently and with mean zero (Higham and Mary, SIAM J. Sci. Comput. 41, 2019, theorem
/// 2.4). Cutting off errs to one side: infinity for units that do so.
double probabilisticBound(const SumMethod&, std::int64_t k, std::int64_t sums, double probability = 0.99);

}  // namespace quantoscope
