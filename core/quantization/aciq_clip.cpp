// SPDX-License-Identifier: Apache-2.0
#include "core/quantization/aciq_clip.h"

#include <cmath>
#include <numbers>

namespace quantoscope {

namespace {

/// Half the derivative of the expected squared error by the clip a, at spread 1: rounding costs
/// a²/(3·4^bits); clipping 2e^−a for Laplace and 2[(1 + a²)Q(a) − aφ(a)] for Gauss.
double slope(Clip::Model model, double a, int bits)
{
    const double rounding = a / (3 * std::pow(4.0, bits));
    if (model == Clip::Model::Laplace)
        return rounding - std::exp(-a);
    const double tail = std::erfc(a / std::numbers::sqrt2) / 2;
    const double density = std::exp(-a * a / 2) / std::sqrt(2 * std::numbers::pi);
    return rounding - 2 * (density - a * tail);
}

/// Σ |x − centre|; values of the one bin that holds the centre count as its mean.
double absoluteDeviation(const ValueCounts& counts, double centre)
{
    double sum = 0;
    for (const CountBin& bin : counts.bins()) {
        const double excess = bin.sum - double(bin.count) * centre;
        sum += std::abs(excess);
    }
    return sum;
}

}  // namespace

double aciqRatio(Clip::Model model, int bits)
{
    double low = 0, high = 64;   // the slope rises all the way and is positive long before 64 for 16 bits
    for (int i = 0; i < 200 && low < high; ++i) {
        const double middle = (low + high) / 2;
        if (middle == low || middle == high)
            break;
        (slope(model, middle, bits) < 0 ? low : high) = middle;
    }
    return (low + high) / 2;
}

AciqClip aciqClipOf(const ValueCounts& counts, Clip::Model model, int bits, bool centred)
{
    const auto& totals = counts.totals();
    const double n = double(totals.finite);
    AciqClip clip{model == Clip::Model::Likelier ? Clip::Model::Laplace : model};
    if (!(n > 0))
        return clip;
    clip.centre = centred ? totals.sum / n : 0;
    const double deviation = absoluteDeviation(counts, clip.centre) / n;
    const double variance = std::max(0.0, totals.sumOfSquares / n - (centred ? clip.centre * clip.centre : 0));
    if (model == Clip::Model::Likelier && deviation > 0 && variance > 0) {
        // Largest logarithms of the likelihood, per value.
        const double laplace = -std::log(2 * deviation) - 1;
        const double gauss = -0.5 * std::log(2 * std::numbers::pi * variance) - 0.5;
        clip.model = laplace >= gauss ? Clip::Model::Laplace : Clip::Model::Gauss;
    }
    clip.spread = clip.model == Clip::Model::Laplace ? deviation : std::sqrt(variance);
    clip.reach = clip.spread * aciqRatio(clip.model, bits);
    return clip;
}

}  // namespace quantoscope
