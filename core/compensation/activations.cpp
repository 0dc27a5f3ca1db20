// SPDX-License-Identifier: Apache-2.0
#include "core/compensation/activations.h"

#include "core/gemm/blas_product.h"
#include "core/random.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>

namespace quantoscope {

namespace {

/// Tokens whose products are added in one go; bounds the scratch memory.
constexpr std::int64_t tokensTogether = 1024;

}  // namespace

Activations::Activations(std::int64_t columns)
    : m_columns(columns)
    , m_gram(std::size_t(columns * columns))
    , m_sums(std::size_t(columns))
    , m_largest(std::size_t(columns))
{
}

void Activations::add(std::span<const float> rows)
{
    const auto columns = std::size_t(m_columns);
    std::vector<const float*> good;
    for (std::size_t at = 0; at + columns <= rows.size(); at += columns)
        if (std::all_of(rows.data() + at, rows.data() + at + columns, [](float x) { return std::isfinite(x); }))
            good.push_back(rows.data() + at);
    for (const float* const row : good) {
        if (std::int64_t(m_kept.size()) < keptTokens * m_columns)
            m_kept.insert(m_kept.end(), row, row + columns);
        for (std::size_t i = 0; i < columns; ++i) {
            m_sums[i] += std::abs(double(row[i]));
            m_largest[i] = std::max(m_largest[i], std::abs(double(row[i])));
        }
    }
    m_tokens += std::int64_t(good.size());
    std::vector<double> transposed, product(m_gram.size());
    for (std::size_t first = 0; first < good.size(); first += tokensTogether) {
        const std::size_t count = std::min<std::size_t>(tokensTogether, good.size() - first);
        transposed.resize(columns * count);
        for (std::size_t token = 0; token < count; ++token)
            for (std::size_t i = 0; i < columns; ++i)
                transposed[i * count + token] = good[first + token][i];
        multiplyByBlas(m_columns, m_columns, std::int64_t(count), transposed.data(), std::int64_t(count), transposed.data(),
                       std::int64_t(count), product.data(), Pulse({}));
        for (std::size_t i = 0; i < m_gram.size(); ++i)
            m_gram[i] += product[i];
    }
}

std::vector<double> Activations::meanMagnitudes() const
{
    std::vector<double> means(m_sums);
    for (double& mean : means)
        mean /= double(std::max<std::int64_t>(1, m_tokens));
    return means;
}

Result<SyntheticActivations> parseSyntheticActivations(std::string_view text)
{
    SyntheticActivations recipe;
    const auto wrong = [&](std::string_view part) {
        return failure(Error::Kind::Usage,
                       fmt::format("\"{}\" is not understood in synthetic activations; write for example "
                                   "synthetic:rho=0.5,outliers=2,factor=20,tokens=1024,seed=7.", part));
    };
    if (text.starts_with("synthetic"))
        text.remove_prefix(9);
    if (text.starts_with(":"))
        text.remove_prefix(1);
    while (!text.empty()) {
        const std::size_t comma = text.find(',');
        const std::string_view part = text.substr(0, comma);
        text = comma == text.npos ? std::string_view{} : text.substr(comma + 1);
        const std::size_t equals = part.find('=');
        if (equals == part.npos)
            return wrong(part);
        const std::string_view name = part.substr(0, equals), value = part.substr(equals + 1);
        double number = 0;
        const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), number);
        const bool isNumber = error == std::errc() && end == value.data() + value.size();
        const bool isCount = isNumber && number >= 0 && number <= 1 << 20 && number == std::floor(number);
        if (name == "rho" && isNumber && std::abs(number) < 1)
            recipe.correlation = number;
        else if (name == "factor" && isNumber && number > 0 && number <= 1e6)
            recipe.factor = number;
        else if (name == "outliers" && isCount)
            recipe.outliers = std::int64_t(number);
        else if (name == "tokens" && isCount && number >= 1 && number <= 65536)
            recipe.tokens = std::int64_t(number);
        else if (name == "seed" && isCount)
            recipe.seed = std::uint64_t(number);
        else
            return wrong(part);
    }
    return recipe;
}

Activations makeActivations(const SyntheticActivations& recipe, std::int64_t columns)
{
    const auto width = std::size_t(columns);
    std::vector<double> size(width, 1.0);
    const RandomStream places(recipe.seed, 1), values(recipe.seed, 0);
    for (std::int64_t i = 0, draw = 0; i < std::min(recipe.outliers, columns); ++draw) {
        double& chosen = size[std::size_t(places.bits(std::uint64_t(draw)) % std::uint64_t(columns))];
        if (chosen != 1.0 && recipe.factor != 1)
            continue;   // Drawn before
        chosen = recipe.factor;
        ++i;
    }
    Activations activations(columns);
    const double fresh = std::sqrt(1 - recipe.correlation * recipe.correlation);
    std::vector<float> rows;
    for (std::int64_t token = 0; token < recipe.tokens; ++token) {
        double x = 0;
        for (std::size_t i = 0; i < width; ++i) {
            const double noise = values.normal(std::uint64_t(token) * width + i);
            x = i == 0 ? noise : recipe.correlation * x + fresh * noise;
            rows.push_back(float(x * size[i]));
        }
        if (std::int64_t(rows.size()) == tokensTogether * columns || token + 1 == recipe.tokens) {
            activations.add(rows);
            rows.clear();
        }
    }
    return activations;
}

Result<Activations> readActivations(const TensorSource& source, const TensorInfo& info, std::int64_t columns, const Progress& progress)
{
    if (!info.hasValues() || info.shape.empty() || info.columns() != columns)
        return failure(Error::Kind::Unsupported,
                       fmt::format("The activations in {} are {}; weights with rows of {} take a matrix with rows of {}, one for each token.",
                                   source.name(), shapeText(info.shape), columns, columns));
    Activations activations(columns);
    std::vector<float> rows;
    for (std::int64_t first = 0; first < info.rows(); first += tokensTogether) {
        if (progress.cancelled())
            return cancelled();
        const std::int64_t count = std::min(tokensTogether, info.rows() - first) * columns;
        rows.resize(std::size_t(count));
        if (auto read = source.read(info, {first * columns, count}, std::span<float>(rows)); !read)
            return tl::unexpected(read.error());
        activations.add(rows);
        progress.report(double(first) / double(info.rows()));
    }
    if (activations.tokens() == 0)
        return failure(Error::Kind::Unsupported, "The activations in " + source.name() + " hold no row of finite numbers.");
    return activations;
}

double outputEnergy(std::span<const double> matrix, const Activations& activations)
{
    const std::int64_t columns = activations.columns(), rows = std::int64_t(matrix.size()) / columns;
    std::vector<double> product(matrix.size());
    // XᵀX is symmetric, so rows of it are what multiplyByBlas wants.
    multiplyByBlas(rows, columns, columns, matrix.data(), columns, activations.gram().data(), columns, product.data(), Pulse({}));
    double energy = 0;
    for (std::size_t i = 0; i < matrix.size(); ++i)
        energy += product[i] * matrix[i];
    return std::max(0.0, energy);
}

double outputSqnrDb(std::span<const float> weights, std::span<const float> stored, const Activations& activations)
{
    std::vector<double> original(weights.begin(), weights.end()), error(weights.size());
    for (std::size_t i = 0; i < weights.size(); ++i)
        error[i] = original[i] - stored[i];
    const double lost = outputEnergy(error, activations);
    return lost > 0 ? 10 * std::log10(outputEnergy(original, activations) / lost) : std::numeric_limits<double>::infinity();
}

}  // namespace quantoscope
