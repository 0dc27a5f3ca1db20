// SPDX-License-Identifier: Apache-2.0
#include "core/gemm/error_growth.h"

#include "core/formats/narrow_float.h"
#include "core/parallel_for.h"
#include "core/random.h"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <limits>
#include <numbers>

namespace quantoscope {
namespace {

float roundToE4m3(double value)
{
    return decodeNarrow<NarrowE4m3>(encodeNarrow<NarrowE4m3>(float(value), true));
}

/// RandomStream::normal for counters from 0 on; both numbers of a pair at once.
std::vector<float> makeVector(std::size_t count, GrowthData data, const RandomStream& stream)
{
    std::vector<float> values(count + count % 2);
    for (std::size_t i = 0; i < values.size(); i += 2) {
        const double radius = std::sqrt(-2 * std::log(stream.uniform(i)));
        const double angle = 2 * std::numbers::pi * stream.uniform(i + 1);
        values[i] = roundToE4m3(radius * std::cos(angle));
        values[i + 1] = roundToE4m3(radius * std::sin(angle));
    }
    values.resize(count);
    if (data == GrowthData::Magnitudes)
        for (float& value : values)
            value = std::abs(value);
    return values;
}

struct Truth {
    double exact = 0, magnitude = 0;   ///< aᵀb, |a|ᵀ|b|
};

Truth truthOf(std::span<const float> a, std::span<const float> b)
{
    Truth truth;
    for (std::size_t i = 0; i < a.size(); ++i) {
        const double product = double(a[i]) * b[i];
        truth.exact += product;
        truth.magnitude += std::abs(product);
    }
    return truth;
}

/// What one trial adds to one point.
struct Contribution {
    double error = 0, exact = 0, share = 0;
};

Contribution contributionOf(const SumMethod& method, std::span<const float> a, std::span<const float> b, const Truth& truth)
{
    const double error = dotBy(method, a, b) - truth.exact;
    if (!std::isfinite(error))   // Overflow of an FP16 sum.
        return {std::numeric_limits<double>::infinity(), truth.exact, std::numeric_limits<double>::infinity()};
    return {error, truth.exact, error == 0 ? 0 : std::abs(error) / truth.magnitude};
}

}  // namespace

Result<std::vector<GrowthCurve>> measureErrorGrowth(const GrowthQuestion& question, const Progress& progress)
{
    const std::vector<SumMethod> methods =
        question.methods.empty() ? std::vector<SumMethod>(sumMethods().begin(), sumMethods().end()) : question.methods;
    std::vector<std::int64_t> lengths = question.lengths;
    for (std::int64_t k = 16; question.lengths.empty() && k <= 65536; k *= 2)
        lengths.push_back(k);
    for (const std::int64_t k : lengths)
        if (k < 1 || k > (1 << 22))
            return failure(Error::Kind::Usage, "The length of a sum must lie between 1 and 4 194 304.");
    if (question.trials < 1 || question.trials > 65536)
        return failure(Error::Kind::Usage, "Between 1 and 65 536 sums can be tried at each length.");

    const std::size_t trials = std::size_t(question.trials), points = methods.size() * lengths.size();
    const std::size_t longest = std::size_t(*std::max_element(lengths.begin(), lengths.end()));
    std::vector<Contribution> contributions(trials * points);
    std::atomic<std::size_t> done = 0;
    const bool finished = parallelFor(trials, [&](std::size_t trial) {
        const auto a = makeVector(longest, question.data, RandomStream(question.seed + trial, 1));
        const auto b = makeVector(longest, question.data, RandomStream(question.seed + trial, 2));
        for (std::size_t at = 0; at < lengths.size(); ++at) {
            const std::span left = std::span(a).first(std::size_t(lengths[at])), right = std::span(b).first(std::size_t(lengths[at]));
            const Truth truth = truthOf(left, right);
            for (std::size_t method = 0; method < methods.size() && !progress.cancelled(); ++method)
                contributions[trial * points + method * lengths.size() + at] = contributionOf(methods[method], left, right, truth);
        }
        progress.report(double(++done) / double(trials));
    }, progress.stop);
    if (!finished || progress.cancelled())
        return cancelled();

    std::vector<GrowthCurve> curves;
    for (std::size_t method = 0; method < methods.size(); ++method) {
        GrowthCurve curve{methods[method], {}};
        for (std::size_t at = 0; at < lengths.size(); ++at) {
            GrowthPoint point{lengths[at], 0, 0, worstCaseBound(methods[method], lengths[at]),
                              probabilisticBound(methods[method], lengths[at], question.trials)};
            double wrong = 0, right = 0;
            for (std::size_t trial = 0; trial < trials; ++trial) {
                const Contribution& one = contributions[trial * points + method * lengths.size() + at];
                wrong += one.error * one.error;
                right += one.exact * one.exact;
                point.normwise = std::max(point.normwise, one.share);
            }
            point.relative = wrong == 0 ? 0 : std::sqrt(wrong / right);
            curve.points.push_back(point);
        }
        curves.push_back(std::move(curve));
    }
    return curves;
}

}  // namespace quantoscope
