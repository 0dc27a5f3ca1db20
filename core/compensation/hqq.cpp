// SPDX-License-Identifier: Apache-2.0
#include "core/compensation/hqq.h"

#include "core/compensation/compensation.h"
#include "core/quantization/element.h"
#include "core/quantization/scale_units.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

namespace quantoscope {

namespace {

double codeOf(double weight, const HqqGroup& group, int largestCode)
{
    return std::clamp(std::nearbyint(weight * group.scale + group.zero), 0.0, double(largestCode));
}

HqqGroup minMaxGroup(std::span<const float> weights, int largestCode)
{
    double low = std::numeric_limits<double>::infinity(), high = -low;
    for (const float w : weights) {
        if (!std::isfinite(w))
            continue;
        low = std::min(low, double(w));
        high = std::max(high, double(w));
    }
    if (!(low < high))   // Empty, or one value: code 0 stands for it exactly.
        return {1, low <= high ? -low : 0};
    const double scale = largestCode / (high - low);
    return {scale, -low * scale};
}

}  // namespace

double shrink(double x, double beta, double norm)
{
    const double size = std::abs(x);
    if (size == 0)
        return 0;
    const double threshold = (norm == 1 ? 1 : std::pow(size, norm - 1)) / beta;
    return std::copysign(std::max(size - threshold, 0.0), x);
}

HqqFit fitHqq(std::span<const std::span<const float>> groups, int largestCode, const HqqSettings& settings)
{
    HqqFit fit;
    for (const auto& weights : groups)
        fit.groups.push_back(minMaxGroup(weights, largestCode));
    std::vector<HqqGroup> present = fit.groups;
    double beta = settings.beta;
    for (int iteration = 0; iteration < settings.iterations; ++iteration, beta *= settings.kappa) {
        double sum = 0, count = 0;
        std::vector<HqqGroup> next = present;
        for (std::size_t g = 0; g < groups.size(); ++g) {
            double zeros = 0, finite = 0;
            for (const float w : groups[g]) {
                if (!std::isfinite(w))
                    continue;
                const double code = codeOf(w, present[g], largestCode);
                const double error = w - (code - present[g].zero) / present[g].scale;
                sum += std::abs(error);
                zeros += code - (w - shrink(error, beta, settings.norm)) * present[g].scale;
                ++finite;
            }
            count += finite;
            if (finite > 0)
                next[g].zero = zeros / finite;
        }
        const double error = count > 0 ? sum / count : 0;
        if (!fit.errors.empty() && !(error < fit.errors.back()))
            break;
        fit.errors.push_back(error);
        fit.groups = present;
        present = std::move(next);
    }
    return fit;
}

namespace {

std::optional<std::string> obstacle(const QuantizationScheme& scheme)
{
    if (scheme.kind != QuantizationScheme::Kind::Uniform || !isIntegerElement(scheme.element) || elementBits(scheme.element) > 8)
        return "HQQ moves the zero point of integers; give it int1 to int8, for example int4,group=64,hqq.";
    if (scheme.granularity.kind != Granularity::Kind::Group
        && !(scheme.granularity.kind == Granularity::Kind::Channel && scheme.granularity.axis == 0))
        return "HQQ fits a zero point to groups or rows; write group=64 or channel.";
    if ((scheme.scale != "fp32" && scheme.scale != "fp16" && scheme.scale != "bf16") || !scheme.tensorScale.empty())
        return "HQQ's zero points are real numbers stored as the scales are; scale takes fp32, fp16 or bf16.";
    if (scheme.clip.kind != Clip::Kind::MinMax)
        return "HQQ takes its scales from minimum and maximum; leave out clip.";
    return {};
}

/// The codes count from 0, and the zero point is no whole number.
StoredWeight describe(double value, double code, double step, double zero, int bits)
{
    StoredWeight weight;
    weight.value = value;
    weight.codeBits = bits;
    weight.code = std::isnan(value) ? 0 : std::int64_t(code);
    weight.step = step;
    weight.own.emplace();
    weight.own->bits = bits;
    weight.own->code = std::uint64_t(*weight.code);
    weight.own->format = "uint" + std::to_string(bits);
    weight.own->scale = step;
    weight.own->offset = -zero * step;
    for (int i = 0; i < 1 << bits; ++i)
        weight.own->values.push_back(double(asFloat((i - zero) * step)));
    weight.stored = weight.own->value();
    return weight;
}

}  // namespace

Result<CompensatedWeights> quantizeByHqq(const CompensationTask& task, const Progress& progress)
{
    const QuantizationScheme& scheme = task.scheme;
    if (const auto problem = obstacle(scheme))
        return failure(Error::Kind::Usage, *problem);
    const std::int64_t length = scheme.granularity.kind == Granularity::Kind::Group ? scheme.granularity.group : task.columns;
    std::vector<std::span<const float>> groups;
    for (std::int64_t row = 0; row < task.rows; ++row)
        for (std::int64_t first = 0; first < task.columns; first += length)
            groups.push_back(task.weights.subspan(std::size_t(row * task.columns + first),
                                                  std::size_t(std::min(length, task.columns - first))));
    if (progress.cancelled())
        return cancelled();
    const int largestCode = (1 << elementBits(scheme.element)) - 1;
    const HqqFit fit = fitHqq(groups, largestCode);

    const NumberFormat& format = *findNumberFormat(scheme.scale);
    const auto stored = [&](double x) { return valueOf(format, encode(format, x, {.overflow = Overflow::Saturate})); };
    CompensatedWeights result;
    std::int64_t first = 0;
    for (std::size_t g = 0; g < groups.size(); ++g) {
        const double step = stored(1 / fit.groups[g].scale);
        const HqqGroup group{step > 0 ? 1 / step : 0, stored(fit.groups[g].zero)};
        for (const float w : groups[g]) {
            const double weight = std::isnan(w) ? 0 : std::isinf(w) ? std::copysign(1e300, double(w)) : double(w);
            result.values.push_back(asFloat((codeOf(weight, group, largestCode) - group.zero) * step));
        }
        if (const auto count = std::int64_t(groups[g].size()); task.asked && *task.asked >= first && *task.asked < first + count) {
            const double value = groups[g][std::size_t(*task.asked - first)];
            result.asked = describe(value, codeOf(value, group, largestCode), step, group.zero, elementBits(scheme.element));
            result.asked->index = *task.asked;
            result.asked->unit = std::int64_t(g);
            result.asked->neighbours = count;
        }
        first += std::int64_t(groups[g].size());
    }
    const double scaleBits = 2.0 * bitsOf(format) * double(groups.size());   // A step and a zero each.
    result.bitsPerWeight = elementBits(scheme.element) + (task.weights.empty() ? 0 : scaleBits / double(task.weights.size()));
    return result;
}

}  // namespace quantoscope
