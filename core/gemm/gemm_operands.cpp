// SPDX-License-Identifier: Apache-2.0
#include "core/gemm/gemm_operands.h"

#include "core/parallel_for.h"
#include "core/random.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <set>

namespace quantoscope {
namespace {

constexpr std::size_t chunk = 1 << 15;   // Even, so that no pair of normal numbers is cut.

/// RandomStream::normal for a run of counters; makes both numbers of a pair at once.
void fillNormal(const RandomStream& stream, std::size_t first, std::span<float> values)
{
    for (std::size_t i = 0; i < values.size(); i += 2) {
        const double radius = std::sqrt(-2 * std::log(stream.uniform(first + i)));
        const double angle = 2 * std::numbers::pi * stream.uniform(first + i + 1);
        values[i] = float(radius * std::cos(angle));
        if (i + 1 < values.size())
            values[i + 1] = float(radius * std::sin(angle));
    }
}

bool fill(std::vector<float>& values, GemmData data, const RandomStream& stream, const Progress& progress)
{
    return parallelFor((values.size() + chunk - 1) / chunk, [&](std::size_t index) {
        const std::size_t first = index * chunk;
        const auto part = std::span(values).subspan(first, std::min(chunk, values.size() - first));
        if (data != GemmData::Uniform)
            return fillNormal(stream, first, part);
        for (std::size_t i = 0; i < part.size(); ++i)
            part[i] = float(2 * stream.uniform(first + i) - 1);
    }, progress.stop);
}

void makeOutlierChannels(std::vector<float>& x, std::int64_t columns, const RandomStream& stream)
{
    std::set<std::size_t> channels;   // Distinct: a channel drawn twice would grow 3600-fold.
    for (std::uint64_t draw = 0; channels.size() < std::size_t(std::min<std::int64_t>(3, columns)); ++draw)
        channels.insert(stream.bits(draw) % std::uint64_t(columns));
    for (const std::size_t channel : channels)
        for (std::size_t i = channel; i < x.size(); i += std::size_t(columns))
            x[i] *= 60;
}

}  // namespace

std::optional<std::string> problemObstacle(const GemmShape& shape, std::uint64_t memoryBytes)
{
    constexpr std::int64_t largest = 1 << 24;
    for (const std::int64_t size : {shape.m, shape.n, shape.k})
        if (size < 1 || size > largest)
            return "M, N and K must each lie between 1 and 16 777 216.";
    // Two FP32 operands, their stored copies, and the result.
    const double bytes = 12 * (double(shape.m) * double(shape.k) + double(shape.n) * double(shape.k))
        + 8 * double(shape.m) * double(shape.n);
    if (bytes > 0.7 * double(memoryBytes))
        return "The matrices need " + std::to_string(std::int64_t(std::ceil(bytes / 1e9))) + " GB and this machine has "
            + std::to_string(std::int64_t(double(memoryBytes) / 1e9)) + " GB of memory: choose a smaller shape.";
    return {};
}

Result<GemmOperands> makeGemmOperands(const GemmProblem& problem, const Progress& progress)
{
    const auto [m, n, k] = problem.shape;
    GemmOperands operands{problem.shape, std::vector<float>(std::size_t(m * k)), problem.weights};
    if (!fill(operands.x, problem.data, RandomStream(problem.seed, 0), progress))
        return cancelled();
    if (problem.data == GemmData::Outliers)
        makeOutlierChannels(operands.x, k, RandomStream(problem.seed, 2));
    if (!operands.w) {
        auto w = std::make_shared<std::vector<float>>(std::size_t(n * k));
        const GemmData data = problem.data == GemmData::Uniform ? GemmData::Uniform : GemmData::Normal;
        if (!fill(*w, data, RandomStream(problem.seed, 1), progress))
            return cancelled();
        operands.w = std::move(w);
    }
    if (operands.w->size() != std::size_t(n) * std::size_t(k))
        return failure(Error::Kind::Usage, "The weights have " + std::to_string(operands.w->size())
                           + " values, but N times K is " + std::to_string(n * k) + ".");
    return operands;
}

}  // namespace quantoscope
