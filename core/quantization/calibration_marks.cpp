// SPDX-License-Identifier: Apache-2.0
// What the choices of a clip cost: the curve, and each method's place on it.
#include "core/quantization/element.h"
#include "core/quantization/level_map.h"
#include "core/quantization/moving_average.h"
#include "core/quantization/unit_ranges.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace quantoscope {

namespace {

constexpr std::array methods{
    CalibrationMethod{"minmax", "Smallest to largest value", {}, false},
    CalibrationMethod{"percentile:99", "99 % percentile", {.kind = Clip::Kind::Percentile, .percentile = 99}, false},
    CalibrationMethod{"percentile:99.9", "99.9 % percentile", {.kind = Clip::Kind::Percentile, .percentile = 99.9}, false},
    CalibrationMethod{"percentile:99.99", "99.99 % percentile", {.kind = Clip::Kind::Percentile, .percentile = 99.99}, false},
    CalibrationMethod{"mse", "Least squared error", {.kind = Clip::Kind::LeastSquares}, false},
    CalibrationMethod{"kl", "Least divergence (KL)", {.kind = Clip::Kind::Entropy}, true},
    CalibrationMethod{"aciq:laplace", "ACIQ, Laplace", {.kind = Clip::Kind::Aciq, .model = Clip::Model::Laplace}, true},
    CalibrationMethod{"aciq:gauss", "ACIQ, normal", {.kind = Clip::Kind::Aciq, .model = Clip::Model::Gauss}, true},
    CalibrationMethod{"aciq", "ACIQ, the likelier", {.kind = Clip::Kind::Aciq}, true},
};

bool suits(const CalibrationMethod& method, const QuantizationScheme& scheme)
{
    return !method.forIntegersOnly || isIntegerElement(scheme.element);
}

CalibrationMark markAt(std::string_view id, std::string_view name, const QuantizationScheme& scheme,
                       const ValueCounts& counts, const ClipRange& range)
{
    const QuantizationError error = errorOf(counts, levelMapOf(scheme, range.low, range.high));
    return {id, std::string(name), range.low, range.high, error.meanSquaredError, error.sqnrDb};
}

/// Every method that suits the scheme, where `rangeOf` puts its range.
template <class RangeOf>
Result<std::vector<CalibrationMark>> marksOf(const QuantizationScheme& scheme, const ValueCounts& counts, RangeOf rangeOf)
{
    std::vector<CalibrationMark> marks;
    for (const CalibrationMethod& method : methods) {
        if (scheme.kind != QuantizationScheme::Kind::Uniform || !suits(method, scheme))
            continue;
        QuantizationScheme variant = scheme;
        variant.clip = method.clip;
        if (method.clip.kind == Clip::Kind::LeastSquares)
            variant.scaleRule.reset();   // It finds the scale itself.
        const Result<ClipRange> range = rangeOf(variant);
        if (!range)
            return tl::unexpected(range.error());
        marks.push_back(markAt(method.id, method.name, variant, counts, *range));
    }
    return marks;
}

}  // namespace

std::span<const CalibrationMethod> calibrationMethods()
{
    return methods;
}

std::vector<CalibrationMark> calibrationMarks(const QuantizationScheme& scheme, const ValueCounts& counts)
{
    return *marksOf(scheme, counts, [&](const QuantizationScheme& variant) -> Result<ClipRange> { return clipRangeOf(variant, counts); });
}

Result<std::vector<CalibrationMark>> calibrationMarks(const TensorSource& source, const TensorInfo& info,
                                                      const QuantizationScheme& scheme, const ValueCounts& counts,
                                                      const Progress& progress)
{
    double done = 0;
    // All percentiles by one reading.
    const bool byCounts = counts.isExact() || counts.totals().finite == 0 || scheme.kind != QuantizationScheme::Kind::Uniform;
    std::vector<QuantizationScheme> percentiles;
    for (const CalibrationMethod& method : methods)
        if (!byCounts && method.clip.kind == Clip::Kind::Percentile)
            percentiles.emplace_back(scheme).clip = method.clip;
    const auto percentileClips = percentileRanges(source, info, percentiles, counts, {progress.stop});
    if (!percentileClips)
        return tl::unexpected(percentileClips.error());
    auto marks = marksOf(scheme, counts, [&](const QuantizationScheme& variant) -> Result<ClipRange> {
        progress.report(done++ / double(methods.size() + 1));
        for (std::size_t i = 0; i < percentiles.size(); ++i)
            if (variant.clip == percentiles[i].clip)
                return (*percentileClips)[i];
        return rangeOfTensor(source, info, variant, counts, {progress.stop});
    });
    if (!marks || scheme.kind != QuantizationScheme::Kind::Uniform)
        return marks;
    if (info.shape.size() >= 2) {
        const auto average = movingAverageRange(source, info, MovingAverage::usualConstant, {progress.stop});
        if (!average)
            return tl::unexpected(average.error());
        QuantizationScheme byHand = scheme;
        byHand.clip = {.kind = Clip::Kind::ByHand, .low = average->low, .high = average->high};
        marks->push_back(markAt("moving-average", "Moving average over the first axis", byHand, counts, clipRangeOf(byHand, counts)));
    }
    return marks;
}

std::vector<ClipCost> clipCostCurve(const QuantizationScheme& scheme, const ValueCounts& counts, int points)
{
    QuantizationScheme whole = scheme;
    whole.clip = {};
    const auto& totals = counts.totals();
    if (totals.finite == 0 || points < 2 || scheme.kind != QuantizationScheme::Kind::Uniform)
        return {};
    const ClipRange full = clipRangeOf(whole, counts);
    const double largest = std::max(-full.low, full.high);
    if (largest == 0)
        return {};
    // Below half the root mean square no clip is sensible; the largest value may be a far outlier.
    const double rms = std::sqrt(totals.sumOfSquares / double(totals.finite));
    const double smallest = std::min(0.5, rms / 2 / largest);
    std::vector<ClipCost> curve;
    for (int i = 0; i < points; ++i) {
        const double factor = std::pow(smallest, double(points - 1 - i) / (points - 1));
        const QuantizationError error = errorOf(counts, levelMapOf(scheme, full.low * factor, full.high * factor));
        curve.push_back({largest * factor, error.sqnrDb, error.meanSquaredError});
    }
    return curve;
}

}  // namespace quantoscope
