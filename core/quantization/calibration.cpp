// SPDX-License-Identifier: Apache-2.0
// Where the range of a scale ends.
#include "core/quantization/aciq_clip.h"
#include "core/quantization/element.h"
#include "core/quantization/entropy_clip.h"
#include "core/quantization/least_squares.h"
#include "core/quantization/level_map.h"

#include <algorithm>
#include <cmath>

namespace quantoscope {

namespace {

/// A range as a scheme can have it: one free number for symmetric schemes, two for asymmetric ones.
ClipRange rangeFor(const QuantizationScheme& scheme, double low, double high)
{
    if (scheme.symmetry == Symmetry::Asymmetric && isIntegerElement(scheme.element))
        return {std::min(0.0, low), std::max(0.0, high)};
    if (const auto element = findElement(scheme.element); element && !element->isSigned)
        return {0, std::max(0.0, high)};
    const double largest = std::max(std::abs(low), std::abs(high));
    return {-largest, largest};
}

ClipRange percentileRange(const QuantizationScheme& scheme, const ValueCounts& counts, double percentile)
{
    const double share = percentile / 100;
    if (scheme.symmetry == Symmetry::Asymmetric && isIntegerElement(scheme.element))
        return rangeFor(scheme, counts.quantile(1 - share), counts.quantile(share));
    const double largest = counts.absoluteQuantile(share);
    return rangeFor(scheme, -largest, largest);
}

/// The part of the values' own range that lies within centre ± reach.
ClipRange clippedRange(const QuantizationScheme& scheme, const ValueCounts& counts, double centre, double reach)
{
    const auto& totals = counts.totals();
    return rangeFor(scheme, std::max(totals.min, centre - reach), std::min(totals.max, centre + reach));
}

ClipRange aciqRange(const QuantizationScheme& scheme, const ValueCounts& counts)
{
    const auto element = findElement(scheme.element);
    const bool centred = scheme.symmetry == Symmetry::Asymmetric;
    const bool oneSided = !element->isSigned && !centred;
    const AciqClip clip = aciqClipOf(counts, scheme.clip.model, element->bits + oneSided, centred);
    return clippedRange(scheme, counts, clip.centre, clip.reach);
}

}  // namespace

ClipRange entropyRange(const QuantizationScheme& scheme, const ValueCounts& counts, const MagnitudeHistogram& histogram)
{
    return clippedRange(scheme, counts, 0, entropyClipOf(histogram, entropySearchOf(scheme)));
}

EntropySearch entropySearchOf(const QuantizationScheme& scheme)
{
    const auto element = findElement(scheme.element);
    return entropySearchFor(element->bits, element->isSigned);
}

ClipRange clipRangeOf(const QuantizationScheme& scheme, const ValueCounts& counts)
{
    switch (scheme.clip.kind) {
    case Clip::Kind::MinMax:
        break;
    case Clip::Kind::Percentile:
        return percentileRange(scheme, counts, scheme.clip.percentile);
    case Clip::Kind::LeastSquares:
        return leastSquaresRange(scheme, counts, rangeFor(scheme, counts.totals().min, counts.totals().max));
    case Clip::Kind::Entropy:
        return entropyRange(scheme, counts, magnitudesOf(counts, entropySearchOf(scheme).bins));
    case Clip::Kind::Aciq:
        return aciqRange(scheme, counts);
    case Clip::Kind::ByHand:
        return rangeFor(scheme, scheme.clip.low, scheme.clip.high);
    }
    return rangeFor(scheme, counts.totals().min, counts.totals().max);
}

}  // namespace quantoscope
