// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/gemm/sum_methods.h"
#include "core/progress.h"
#include "core/result.h"

#include <string>
#include <vector>

namespace quantoscope {

/// Values of the two vectors. Sums of products of both signs stay small, those of one sign grow with K.
enum class GrowthData { Normal, Magnitudes };   ///< N(0, 1), or |N(0, 1)|.

/// How the error of a dot product grows with its length.
struct GrowthQuestion {
    std::vector<SumMethod> methods;        ///< Empty: all of sumMethods().
    std::vector<std::int64_t> lengths;     ///< K; empty: powers of two from 16 to 65 536.
    GrowthData data = GrowthData::Normal;
    int trials = 64;                       ///< Dot products at each K.
    std::uint64_t seed = 7;
};

struct GrowthPoint {
    std::int64_t k = 0;
    double relative = 0;        ///< √(Σ error² / Σ exact²) over the trials.
    double normwise = 0;        ///< The largest |error| / (|a|ᵀ|b|): what the bounds are about.
    double bound = 0;           ///< worstCaseBound(); infinity: no guarantee.
    double probableBound = 0;   ///< probabilisticBound() of all trials; infinity: none.
};

struct GrowthCurve {
    SumMethod method;
    std::vector<GrowthPoint> points;   ///< In the order of the lengths.
};

/// Adds the same products in every way. Both vectors are rounded to E4M3 first: then products are exact in
/// FP32 and in FP16, and all of the error is that of the sums. The exact sums are FP64's.
Result<std::vector<GrowthCurve>> measureErrorGrowth(const GrowthQuestion&, const Progress& = {});

}  // namespace quantoscope
