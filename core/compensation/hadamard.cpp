// SPDX-License-Identifier: Apache-2.0
// Random rotation before quantization, as in S. Ashkboos et al., "QuaRot: Outlier-Free 4-Bit Inference in
// Rotated LLMs", 2024. In a model the inverse is applied to the inputs; here it is undone on the weights,
// which gives the same products.
#include "core/compensation/hadamard.h"

#include "core/compensation/compensation.h"
#include "core/random.h"

#include <cmath>

namespace quantoscope {

namespace {

constexpr std::uint64_t signSeed = 7;

double signOf(std::uint64_t seed, std::size_t column)
{
    return RandomStream(seed).bits(column) >> 63 ? -1 : 1;
}

/// v ← v·H/√n by butterflies, n·log2 n additions. H is symmetric and its own inverse up to n.
void transform(std::span<double> v)
{
    const std::size_t n = v.size();
    for (std::size_t half = 1; half < n; half *= 2)
        for (std::size_t first = 0; first < n; first += 2 * half)
            for (std::size_t i = first; i < first + half; ++i) {
                const double a = v[i], b = v[i + half];
                v[i] = a + b;
                v[i + half] = a - b;
            }
    const double scale = 1 / std::sqrt(double(n));
    for (double& x : v)
        x *= scale;
}

}  // namespace

std::int64_t rotationLength(std::int64_t columns)
{
    return columns & -columns;
}

void rotateRow(std::span<double> row, std::uint64_t seed)
{
    const auto length = std::size_t(rotationLength(std::int64_t(row.size())));
    for (std::size_t i = 0; i < row.size(); ++i)
        row[i] *= signOf(seed, i);
    for (std::size_t first = 0; first < row.size(); first += length)
        transform(row.subspan(first, length));
}

void rotateRowBack(std::span<double> row, std::uint64_t seed)
{
    const auto length = std::size_t(rotationLength(std::int64_t(row.size())));
    for (std::size_t first = 0; first < row.size(); first += length)
        transform(row.subspan(first, length));
    for (std::size_t i = 0; i < row.size(); ++i)
        row[i] *= signOf(seed, i);
}

Result<CompensatedWeights> quantizeRotated(const CompensationTask& task, const Progress& progress)
{
    const auto columns = std::size_t(task.columns);
    const std::uint64_t seed = task.scheme.rounding.seed != 0 ? task.scheme.rounding.seed : signSeed;
    const auto rotated = [&](std::span<const float> values, void (*rotate)(std::span<double>, std::uint64_t)) {
        std::vector<float> result(values.size());
        std::vector<double> row(columns);
        for (std::size_t first = 0; first < values.size() && columns > 0; first += columns) {
            for (std::size_t i = 0; i < columns; ++i)
                row[i] = values[first + i];
            rotate(row, seed);
            for (std::size_t i = 0; i < columns; ++i)
                result[first + i] = float(row[i]);
        }
        return result;
    };
    const std::vector<float> turned = rotated(task.weights, rotateRow);
    CompensationTask inner = task;
    inner.weights = turned;
    inner.asked.reset();   // A code is about a mixture of weights now.
    auto result = quantizeWeights(inner, nullptr, progress);
    if (result)
        result->values = rotated(result->values, rotateRowBack);
    return result;
}

}  // namespace quantoscope
