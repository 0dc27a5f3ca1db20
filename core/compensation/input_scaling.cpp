// SPDX-License-Identifier: Apache-2.0
// AWQ and SmoothQuant: a factor for every input column, undone on the other side of the product.
#include "core/compensation/input_scaling.h"

#include <algorithm>
#include <cmath>

namespace quantoscope {

std::vector<double> awqScales(std::span<const double> meanMagnitudes, double power)
{
    std::vector<double> scales;
    for (const double mean : meanMagnitudes)
        scales.push_back(std::max(1e-4, std::pow(mean, power)));   // The authors' floor; pow(0, 0) is 1.
    const auto [low, high] = std::minmax_element(scales.begin(), scales.end());
    const double middle = scales.empty() ? 1 : std::sqrt(*low * *high);
    for (double& scale : scales)
        scale /= middle;
    return scales;
}

std::vector<double> smoothQuantScales(std::span<const double> largestInputs, std::span<const double> largestWeights, double strength)
{
    std::vector<double> scales;
    for (std::size_t i = 0; i < largestInputs.size(); ++i) {
        const double scale = std::pow(largestInputs[i], strength) / std::pow(largestWeights[i], 1 - strength);
        scales.push_back(largestInputs[i] > 0 && largestWeights[i] > 0 ? scale : 1);
    }
    return scales;
}

namespace {

/// Q(W·diag(s))·diag(s)⁻¹
Result<CompensatedWeights> quantizeScaled(const CompensationTask& task, std::span<const double> scales, const Progress& progress)
{
    const auto columns = std::size_t(task.columns);
    std::vector<float> scaled(task.weights.size());
    for (std::size_t i = 0; i < scaled.size(); ++i)
        scaled[i] = float(task.weights[i] * scales[i % columns]);
    CompensationTask inner = task;
    inner.weights = scaled;
    auto result = quantizeWeights(inner, nullptr, {progress.stop});
    if (result)
        for (std::size_t i = 0; i < scaled.size(); ++i)
            result->values[i] = float(result->values[i] / scales[i % columns]);
    if (result && result->asked) {
        StoredWeight& asked = *result->asked;
        const auto place = std::size_t(asked.index);
        asked.columnFactor = scales[place % columns];
        asked.value = double(task.weights[place]);
        asked.stored = double(result->values[place]);
        if (asked.own) {
            for (double& value : asked.own->values)
                value = double(float(value / asked.columnFactor));
            asked.own->scale /= asked.columnFactor;
            asked.own->offset /= asked.columnFactor;
        }
    }
    return result;
}

}  // namespace

Result<CompensatedWeights> quantizeByAwq(const CompensationTask& task, const Progress& progress)
{
    constexpr int steps = 20;   // The authors' grid: r = 0, 1/20, … 19/20.
    const std::vector<double> means = task.activations->meanMagnitudes();
    std::vector<double> error(task.weights.size());
    CompensatedWeights best;
    double least = 0;
    int bestStep = 0;
    // r = 0 is the scheme alone, rounded once and not through a factor of 1/s · s.
    const auto attempt = [&](const CompensationTask& some, int step) {
        return step == 0 ? quantizeWeights(some, nullptr, {progress.stop})
                         : quantizeScaled(some, awqScales(means, double(step) / steps), progress);
    };
    CompensationTask search = task;
    search.asked.reset();
    for (int step = 0; step < steps; ++step) {
        auto tried = attempt(search, step);
        if (!tried)
            return tried;
        for (std::size_t i = 0; i < error.size(); ++i)
            error[i] = double(task.weights[i]) - tried->values[i];
        const double lost = outputEnergy(error, *task.activations);
        if (step == 0 || lost < least) {
            least = lost;
            bestStep = step;
            best = std::move(*tried);
        }
        progress.report(double(step + 1) / steps);
    }
    return task.asked ? attempt(task, bestStep) : best;
}

Result<CompensatedWeights> quantizeBySmoothQuant(const CompensationTask& task, const Progress& progress)
{
    const auto columns = std::size_t(task.columns);
    std::vector<double> largest(columns);
    for (std::size_t i = 0; i < task.weights.size(); ++i)
        if (std::isfinite(task.weights[i]))
            largest[i % columns] = std::max(largest[i % columns], std::abs(double(task.weights[i])));
    const std::vector<double> scales = smoothQuantScales(task.activations->largestMagnitudes(), largest);
    auto result = quantizeScaled(task, scales, progress);
    if (result) {
        result->inputScales.assign(scales.begin(), scales.end());
        result->roundsInputs = true;
    }
    return result;
}

}  // namespace quantoscope
