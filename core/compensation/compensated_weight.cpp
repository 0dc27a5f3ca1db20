// SPDX-License-Identifier: Apache-2.0
// One weight of a tensor that a method of error compensation went over.
#include "core/compensation/compensation.h"

#include <fmt/format.h>

#include <cmath>

namespace quantoscope {

namespace {

/// All weights, and what they become; `asked` may be empty.
struct Stored {
    std::vector<float> weights;
    CompensatedWeights made;
};

Result<Stored> storedUnder(const TensorSource& source, const TensorInfo& info, const CompensatedScheme& scheme, const Activations* activations,
                           std::optional<std::int64_t> asked, const Progress& progress)
{
    Stored stored;
    stored.weights.resize(std::size_t(info.count));
    if (auto read = source.read(info, {0, info.count}, std::span<float>(stored.weights)); !read)
        return tl::unexpected(read.error());
    const CompensationTask task{info.name, info.rows(), info.columns(), stored.weights, scheme.scheme, activations, asked};
    auto made = quantizeWeights(task, scheme.method, progress);
    if (!made)
        return tl::unexpected(made.error());
    stored.made = std::move(*made);
    return stored;
}

}  // namespace

Result<StoredWeight> storedWeightOf(const TensorSource& source, const TensorInfo& info, const CompensatedScheme& scheme,
                                    const Activations* activations, std::int64_t index, const Progress& progress)
{
    if (!scheme.method)
        return storedWeightOf(source, info, scheme.scheme, index, progress);
    if (index < 0 || index >= info.count)
        return failure(Error::Kind::Usage, fmt::format("{} has weights 0 to {}; there is no weight {}.", info.name, info.count - 1, index));
    auto stored = storedUnder(source, info, scheme, activations, index, progress);
    if (!stored)
        return tl::unexpected(stored.error());
    if (stored->made.asked)
        return std::move(*stored->made.asked);
    StoredWeight weight;
    weight.index = index;
    weight.value = double(stored->weights[std::size_t(index)]);
    weight.stored = double(stored->made.values[std::size_t(index)]);
    return weight;
}

Result<std::optional<std::int64_t>> findLargestError(const TensorSource& source, const TensorInfo& info, const CompensatedScheme& scheme,
                                                     const Activations* activations, const Progress& progress)
{
    if (!scheme.method)
        return findLargestError(source, info, scheme.scheme, progress);
    const auto stored = storedUnder(source, info, scheme, activations, {}, progress);
    if (!stored)
        return tl::unexpected(stored.error());
    std::optional<std::int64_t> found;
    double largest = -1;
    for (std::size_t i = 0; i < stored->weights.size(); ++i) {
        const double error = std::abs(double(stored->made.values[i]) - double(stored->weights[i]));
        if (error > largest && std::isfinite(error)) {
            largest = error;
            found = std::int64_t(i);
        }
    }
    return found;
}

}  // namespace quantoscope
