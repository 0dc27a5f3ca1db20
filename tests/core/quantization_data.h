// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/statistics/value_counts.h"
#include "core/tensors/synthetic_tensors.h"

#include <nlohmann/json.hpp>

#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

namespace quantoscope::test {

/// Files of tests/data/quantization: numbers printed by other people's programs.
inline std::string quantizationBytes(const std::string& name)
{
    std::ifstream file(std::string(TEST_DATA "/quantization/") + name, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

inline nlohmann::json quantizationJson(const std::string& name)
{
    return nlohmann::json::parse(quantizationBytes(name));
}

inline std::vector<float> quantizationArray(const std::string& name)
{
    const std::string bytes = quantizationBytes(name + ".f32.bin");
    std::vector<float> values(bytes.size() / 4);
    std::memcpy(values.data(), bytes.data(), values.size() * 4);
    return values;
}

/// "0x1.8p+3", "-1.25" or a JSON number.
inline double numberOf(const nlohmann::json& json)
{
    return json.is_string() ? std::strtod(json.get<std::string>().c_str(), nullptr) : json.get<double>();
}

/// Values of a synthetic tensor, made once.
inline std::vector<float> syntheticValues(const SyntheticRecipe& recipe)
{
    const auto source = makeSyntheticTensor(recipe);
    std::vector<float> values(std::size_t(recipe.count));
    (void)(*source)->read((*source)->tensors().front(), {0, recipe.count}, std::span<float>(values));
    return values;
}

/// A distribution as counts: bins of width `step` on ±`limit`, each at its middle, `density` scaled to whole numbers.
template <class Density>
ValueCounts countsOfDensity(Density density, double limit, double step)
{
    std::vector<CountBin> bins;
    ValueCounts::Totals totals;
    for (double x = -limit + step / 2; x < limit; x += step) {
        const auto n = std::uint64_t(density(x) * step * 1e16 + 0.5);
        if (n == 0)
            continue;
        bins.push_back({x, x, n, double(n) * x, double(n) * x * x});
        totals.count += n;
    }
    totals.finite = totals.count;
    totals.min = bins.front().low;
    totals.max = bins.back().high;
    return ValueCounts(std::move(bins), totals, true);
}

}  // namespace quantoscope::test
