// SPDX-License-Identifier: Apache-2.0
#include "core/quantization/scheme_contradiction.h"

#include "core/quantization/block_format.h"
#include "core/quantization/element.h"

#include <fmt/format.h>

namespace quantoscope {

namespace {

using Outcome = std::optional<std::string>;   ///< What is wrong, or nothing.

/// A name taken from a program means what that program does; only MX leaves a choice open.
Outcome contradictionOfBlock(const QuantizationScheme& scheme)
{
    QuantizationScheme plain = schemeOfBlock(*findBlockFormat(scheme.element));
    if (takesScaleRule(scheme))
        plain.scaleRule = scheme.scaleRule;
    if (scheme == plain)
        return {};
    return fmt::format("{} is a format with everything fixed{}; write element={} and options for one of your own.",
                       scheme.element, takesScaleRule(scheme) ? " but scale-rule" : "",
                       scheme.element);
}

Outcome contradictionOfCodebook(const QuantizationScheme& scheme)
{
    if (scheme.granularity.kind != Granularity::Kind::Tensor)
        return "A codebook is for the whole tensor; leave out channel, group and block.";
    if (scheme.clip.kind != Clip::Kind::MinMax)
        return "A codebook needs no clip; leave out clip.";
    if (const auto element = findElement(scheme.scale);
        scheme.scale != "fp32" && scheme.scale != "tf32" && (!element || element->kind != Element::Kind::Float || !element->isSigned))
        return "A codebook's levels need signs and fractions; scale takes fp32, fp16, bf16, e4m3 or another signed float for it.";
    if (!scheme.tensorScale.empty())
        return "A codebook has levels and no scales; leave out tensor-scale.";
    if (scheme.scaleRule)
        return "A codebook has levels and no scales; leave out scale-rule.";
    if (scheme.symmetry == Symmetry::Asymmetric || scheme.range == CodeRange::Full)
        return "A codebook's levels lie where they lie; leave out asymmetric and range.";
    if (scheme.rounding.rounding != Rounding::NearestEven)
        return "A codebook stores the nearest level; leave out rounding.";
    return {};
}

Outcome contradictionOfClip(const QuantizationScheme& scheme)
{
    const bool isInteger = isIntegerElement(scheme.element);
    if (scheme.clip.kind == Clip::Kind::Entropy && !isInteger)
        return fmt::format("clip=kl compares histograms with integers of so many bits; for {} use clip=mse or clip=percentile:P.",
                           scheme.element);
    if (scheme.clip.kind == Clip::Kind::Entropy && scheme.granularity.kind == Granularity::Kind::Group)
        return "clip=kl compares histograms, and a group has too few values for one; use clip=mse, or channel in place of group.";
    if (scheme.clip.kind == Clip::Kind::Aciq && !isInteger)
        return fmt::format("clip=aciq is a formula for evenly spaced levels; for {} use clip=mse or clip=percentile:P.", scheme.element);
    return {};
}

/// A rule says which power of two a largest magnitude gets; what has none, or has found its scale already, needs no rule.
Outcome contradictionOfScaleRule(const QuantizationScheme& scheme)
{
    if (!scheme.scaleRule)
        return {};
    if (!isPowerOfTwoScale(scheme.scale))
        return "scale-rule says which power of two a scale becomes: add scale=e8m0, or take an MX format, such as "
               "mxfp4,scale-rule=even.";
    if (scheme.symmetry == Symmetry::Asymmetric)
        return "scale-rule goes by the largest magnitude, and asymmetric by both ends; leave out one of them.";
    if (!scheme.tensorScale.empty())
        return "scale-rule makes scales by themselves, not multiples of the tensor's; leave out scale-rule or tensor-scale.";
    if (scheme.clip.kind == Clip::Kind::LeastSquares)
        return "clip=mse finds the power of two of least error itself; leave out scale-rule or clip=mse.";
    if (*scheme.scaleRule == PowerOfTwoRule::Even && !hasFractionBits(scheme.element))
        return fmt::format("scale-rule=even rounds to the element's fraction bits, whose number differs from level to level in {}; "
                           "take floor, ceil or rceil.", scheme.element);
    return {};
}

Outcome contradictionOfUniform(const QuantizationScheme& scheme)
{
    if (scheme.fit != Fit::Optimal)
        return "fit belongs to codebooks, such as levels=16,fit=lloyd.";
    if (scheme.symmetry == Symmetry::Asymmetric && !isIntegerElement(scheme.element))
        return fmt::format("asymmetric does not go with {}: only integers have a zero point; leave it out.", scheme.element);
    if (scheme.range == CodeRange::Full && scheme.element == "int1")
        return "range=full does not go with int1, whose two levels are −Δ and +Δ; leave it out.";
    if (!scheme.tensorScale.empty() && scheme.granularity.kind == Granularity::Kind::Tensor)
        return "tensor-scale is for scales of parts of the tensor; add channel, group=N or block=RxC.";
    if (!scheme.tensorScale.empty() && scheme.scale == "fp32")
        return "tensor-scale gains nothing for FP32 scales; add scale=e4m3, fp16, bf16 or e8m0.";
    if (scheme.tensorScale.empty() && needsTensorScale(scheme.scale))
        return fmt::format("scale={} has too little range to be a scale by itself; add tensor-scale=fp32, and channel, "
                           "group=N or block=RxC.", scheme.scale);
    if (const Outcome problem = contradictionOfScaleRule(scheme))
        return problem;
    return contradictionOfClip(scheme);
}

}  // namespace

QuantizationScheme schemeOfBlock(const BlockFormat& format)
{
    QuantizationScheme scheme;
    scheme.kind = QuantizationScheme::Kind::Block;
    scheme.element = format.id;
    scheme.granularity = {.kind = Granularity::Kind::Group, .group = format.elements};
    return scheme;
}

bool takesScaleRule(const QuantizationScheme& scheme)
{
    return scheme.kind == QuantizationScheme::Kind::Block && findBlockFormat(scheme.element)->takesScaleRule;
}

std::optional<std::string> contradictionIn(const QuantizationScheme& scheme)
{
    switch (scheme.kind) {
    case QuantizationScheme::Kind::Block: return contradictionOfBlock(scheme);
    case QuantizationScheme::Kind::Codebook: return contradictionOfCodebook(scheme);
    case QuantizationScheme::Kind::Uniform: break;
    }
    return contradictionOfUniform(scheme);
}

}  // namespace quantoscope
