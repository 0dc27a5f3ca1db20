// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <vector>

namespace quantoscope {

/// How the half-quadratic solver goes: the authors' settings (hqq/core/optimize.py).
struct HqqSettings {
    double norm = 0.7;      ///< p of the lp norm; 1 is soft thresholding.
    double beta = 10;
    double kappa = 1.01;
    int iterations = 20;
};

/// The zero of one group of weights: codes are round(w·scale + zero), clamped to 0 … largestCode, and stand
/// for (code − zero)/scale.
struct HqqGroup {
    double scale = 1, zero = 0;
};

/// sign(x)·max(|x| − |x|^(p−1)/β, 0): what of an error counts as sparse.
double shrink(double x, double beta, double norm);

struct HqqFit {
    std::vector<HqqGroup> groups;
    std::vector<double> errors;   ///< mean |w − ŵ| of every iteration that lowered it, the first with the min-max zero.
};
/// H. Badri and A. Shaji, "Half-Quadratic Quantization of Large Machine Learning Models", 2023: scales
/// from minimum and maximum stay; zeros alternate with the sparse error until mean |w − ŵ| over the whole
/// matrix drops no more. The zeros of the least error seen are kept. `groups` are stretches of weights.
HqqFit fitHqq(std::span<const std::span<const float>> groups, int largestCode, const HqqSettings& = {});

}  // namespace quantoscope
