// SPDX-License-Identifier: Apache-2.0
#include "core/tensors/synthetic_tensors.h"

#include "core/random.h"
#include "core/tensors/held_values.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstring>

namespace quantoscope {

namespace {

using Generator = float (*)(const SyntheticRecipe&, std::int64_t index);

struct DistributionRow {
    SyntheticDistribution distribution;
    Generator value;
};

float normalValue(const SyntheticRecipe& recipe, std::int64_t index)
{
    return float(recipe.scale * RandomStream(recipe.seed).normal(std::uint64_t(index)));
}

/// Inverse of the distribution function; 1 - 2|u - 1/2| is exact and never 0.
float laplaceValue(const SyntheticRecipe& recipe, std::int64_t index)
{
    const double u = RandomStream(recipe.seed).uniform(std::uint64_t(index));
    const double magnitude = -std::log(2 * std::min(u, 1 - u)) * recipe.scale / std::numbers::sqrt2;
    return float(u < 0.5 ? -magnitude : magnitude);
}

/// Bailey, "Polar generation of random variates with the t-distribution", Mathematics of Computation
/// 62 (1994), the form without rejection. Scaled to the wanted deviation where there is one, that is
/// above two degrees of freedom.
float studentValue(const SyntheticRecipe& recipe, std::int64_t index)
{
    const RandomStream stream(recipe.seed);
    const double freedom = recipe.degreesOfFreedom;
    const double u = stream.uniform(2 * std::uint64_t(index));
    const double v = stream.uniform(2 * std::uint64_t(index) + 1);
    const double t = std::sqrt(freedom * std::expm1(-2 / freedom * std::log(u))) * std::cos(2 * std::numbers::pi * v);
    const double deviation = freedom > 2 ? std::sqrt(freedom / (freedom - 2)) : 1;
    return float(recipe.scale * t / deviation);
}

float uniformValue(const SyntheticRecipe& recipe, std::int64_t index)
{
    return float(recipe.scale * (2 * RandomStream(recipe.seed).uniform(std::uint64_t(index)) - 1));
}

/// Two normal humps at ±0.9 of the deviation; their own width makes the whole come to it.
float bimodalValue(const SyntheticRecipe& recipe, std::int64_t index)
{
    constexpr double centre = 0.9;
    constexpr double width = 0.43588989435406735;   // sqrt(1 - 0.9²)
    const bool left = RandomStream(recipe.seed, 1).bits(std::uint64_t(index)) >> 63;
    const double hump = width * RandomStream(recipe.seed).normal(std::uint64_t(index));
    return float(recipe.scale * (hump + (left ? -centre : centre)));
}

float outlierValue(const SyntheticRecipe& recipe, std::int64_t index)
{
    const bool isOutlier = RandomStream(recipe.seed, 1).uniform(std::uint64_t(index)) < recipe.outlierShare;
    const double value = recipe.scale * RandomStream(recipe.seed).normal(std::uint64_t(index));
    return float(isOutlier ? value * recipe.outlierFactor : value);
}

constexpr std::array rows{
    DistributionRow{{"normal", "Normal", "The bell curve: what most weights look like after training."}, normalValue},
    DistributionRow{{"laplace", "Laplace", "A sharp peak with heavier tails than the bell curve."}, laplaceValue},
    DistributionRow{{"student", "Student t", "Tails as heavy as its degrees of freedom are few."}, studentValue},
    DistributionRow{{"uniform", "Uniform", "Every value between two ends equally often: what integers fit best."}, uniformValue},
    DistributionRow{{"bimodal", "Bimodal", "Two humps with little between them, as in some gates and embeddings."}, bimodalValue},
    DistributionRow{{"outliers", "Normal with outliers", "The bell curve with a few values many times larger, as in the activations of large models."}, outlierValue},
};

const DistributionRow* findDistribution(std::string_view id)
{
    const auto row = std::find_if(rows.begin(), rows.end(), [&](const DistributionRow& candidate) { return candidate.distribution.id == id; });
    return row == rows.end() ? nullptr : &*row;
}

/// One F32 tensor.
class OneTensor : public TensorSource {
public:
    OneTensor(std::string name, std::string tensorName, Shape shape, std::int64_t count)
        : m_name(std::move(name))
    {
        m_tensor.name = std::move(tensorName);
        m_tensor.typeName = "F32";
        m_tensor.type = findStorageType("F32");
        m_tensor.shape = std::move(shape);
        m_tensor.count = count;
        m_tensor.bytes = std::uint64_t(count) * sizeof(float);
    }

    std::string name() const override { return m_name; }
    std::span<const TensorInfo> tensors() const override { return {&m_tensor, 1}; }
    std::span<const std::pair<std::string, std::string>> metadata() const override { return {}; }

private:
    std::string m_name;
    TensorInfo m_tensor;
};

/// Values that a recipe makes, any of them at any time, from several threads.
class ComputedTensor final : public OneTensor {
public:
    ComputedTensor(std::string name, SyntheticRecipe recipe, Generator value, Shape shape)
        : OneTensor(std::move(name), recipe.distribution, std::move(shape), recipe.count)
        , m_recipe(std::move(recipe))
        , m_value(value)
    {
    }

    Result<void> read(const TensorInfo& tensor, ElementRange range, std::span<double> values) const override
    {
        return fill(tensor, range, values);
    }
    Result<void> read(const TensorInfo& tensor, ElementRange range, std::span<float> values) const override
    {
        return fill(tensor, range, values);
    }
    Result<void> readBytes(const TensorInfo& tensor, ElementRange range, std::span<std::byte> bytes) const override
    {
        if (auto checked = checkRange(tensor, range, bytes.size() / sizeof(float)); !checked)
            return checked;
        for (std::int64_t i = 0; i < range.count; ++i) {
            const float value = m_value(m_recipe, range.first + i);
            std::memcpy(bytes.data() + i * sizeof value, &value, sizeof value);
        }
        return {};
    }

private:
    template <class T>
    Result<void> fill(const TensorInfo& tensor, ElementRange range, std::span<T> values) const
    {
        if (auto checked = checkRange(tensor, range, values.size()); !checked)
            return checked;
        for (std::int64_t i = 0; i < range.count; ++i)
            values[std::size_t(i)] = m_value(m_recipe, range.first + i);
        return {};
    }

    SyntheticRecipe m_recipe;
    Generator m_value;
};

/// Values that somebody has.
class HeldTensor final : public OneTensor, public HeldValues {
public:
    HeldTensor(std::string name, std::vector<float> values, Shape shape)
        : OneTensor(name, name, std::move(shape), std::int64_t(values.size()))
        , m_values(std::move(values))
    {
    }

    std::span<const float> heldValues() const override { return m_values; }

    Result<void> read(const TensorInfo& tensor, ElementRange range, std::span<double> values) const override
    {
        return copy(tensor, range, values);
    }
    Result<void> read(const TensorInfo& tensor, ElementRange range, std::span<float> values) const override
    {
        return copy(tensor, range, values);
    }
    Result<void> readBytes(const TensorInfo& tensor, ElementRange range, std::span<std::byte> bytes) const override
    {
        if (auto checked = checkRange(tensor, range, bytes.size() / sizeof(float)); !checked)
            return checked;
        std::memcpy(bytes.data(), m_values.data() + range.first, std::size_t(range.count) * sizeof(float));
        return {};
    }

private:
    template <class T>
    Result<void> copy(const TensorInfo& tensor, ElementRange range, std::span<T> values) const
    {
        if (auto checked = checkRange(tensor, range, values.size()); !checked)
            return checked;
        std::copy_n(m_values.data() + range.first, range.count, values.data());
        return {};
    }

    std::vector<float> m_values;
};

/// As many columns as the largest power of two that divides `count` and is no more than its root;
/// fewer than 16 would make a ribbon, so then all is one row.
Shape shapeFor(std::int64_t count)
{
    std::int64_t columns = 1;
    while (count % (2 * columns) == 0 && 2 * columns <= count / (2 * columns))
        columns *= 2;
    return columns < 16 ? Shape{count} : Shape{count / columns, columns};
}

template <class T>
bool parse(std::string_view text, T& value)
{
    const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), value);
    return problem == std::errc() && end == text.data() + text.size();
}

std::string shortest(double value)
{
    std::array<char, 32> text;
    return {text.data(), std::to_chars(text.data(), text.data() + text.size(), value).ptr};
}

bool setOption(SyntheticRecipe& recipe, std::string_view key, std::string_view value)
{
    if (key == "count")
        return parse(value, recipe.count);
    if (key == "columns")
        return parse(value, recipe.columns);
    if (key == "scale")
        return parse(value, recipe.scale);
    if (key == "outliers")
        return parse(value, recipe.outlierShare);
    if (key == "factor")
        return parse(value, recipe.outlierFactor);
    if (key == "freedom")
        return parse(value, recipe.degreesOfFreedom);
    if (key == "seed")
        return parse(value, recipe.seed);
    return false;
}

/// One sentence that says what is wrong with a recipe, or nothing.
std::string problemWith(const SyntheticRecipe& recipe)
{
    constexpr std::int64_t most = std::int64_t{1} << 40;
    if (!findDistribution(recipe.distribution)) {
        std::string known;
        for (const DistributionRow& row : rows)
            known += (known.empty() ? "" : ", ") + std::string(row.distribution.id);
        return "There is no distribution called " + recipe.distribution + "; there are " + known + ".";
    }
    if (recipe.count < 1 || recipe.count > most)
        return "The count of a synthetic tensor is a whole number from 1 to 2^40.";
    if (recipe.columns < 0 || (recipe.columns > 0 && recipe.count % recipe.columns != 0))
        return "The columns of a synthetic tensor divide its count.";
    if (!std::isfinite(recipe.scale) || recipe.scale <= 0)
        return "The scale of a synthetic tensor is a number above 0.";
    if (!(recipe.outlierShare >= 0 && recipe.outlierShare <= 1))
        return "The share of outliers is a number from 0 to 1.";
    if (!std::isfinite(recipe.outlierFactor))
        return "The factor of outliers is a finite number.";
    if (!std::isfinite(recipe.degreesOfFreedom) || recipe.degreesOfFreedom <= 0)
        return "The degrees of freedom are a number above 0.";
    return {};
}

}  // namespace

std::span<const SyntheticDistribution> syntheticDistributions()
{
    static constexpr auto distributions = [] {
        std::array<SyntheticDistribution, rows.size()> all;
        for (std::size_t i = 0; i < all.size(); ++i)
            all[i] = rows[i].distribution;
        return all;
    }();
    return distributions;
}

Result<SyntheticRecipe> parseSyntheticRecipe(std::string_view text)
{
    SyntheticRecipe recipe;
    bool isFirst = true;
    for (std::size_t start = 0; start <= text.size();) {
        const std::size_t end = std::min(text.find(',', start), text.size());
        const std::string_view part = text.substr(start, end - start);
        start = end + 1;
        const std::size_t equals = part.find('=');
        if (isFirst)
            recipe.distribution = part;
        else if (equals == std::string_view::npos || !setOption(recipe, part.substr(0, equals), part.substr(equals + 1)))
            return failure(Error::Kind::Usage,
                           "“" + std::string(part) + "” is not an option of a synthetic tensor: write "
                           "count=N, columns=N, scale=S, outliers=SHARE, factor=F, freedom=V or seed=K.");
        isFirst = false;
    }
    if (std::string problem = problemWith(recipe); !problem.empty())
        return failure(Error::Kind::Usage, std::move(problem));
    return recipe;
}

std::string syntheticRecipeText(const SyntheticRecipe& recipe)
{
    const SyntheticRecipe plain;
    std::string text = recipe.distribution + ",count=" + std::to_string(recipe.count) + ",seed=" + std::to_string(recipe.seed);
    if (recipe.columns != plain.columns)
        text += ",columns=" + std::to_string(recipe.columns);
    if (recipe.scale != plain.scale)
        text += ",scale=" + shortest(recipe.scale);
    if (recipe.outlierShare != plain.outlierShare)
        text += ",outliers=" + shortest(recipe.outlierShare);
    if (recipe.outlierFactor != plain.outlierFactor)
        text += ",factor=" + shortest(recipe.outlierFactor);
    if (recipe.degreesOfFreedom != plain.degreesOfFreedom)
        text += ",freedom=" + shortest(recipe.degreesOfFreedom);
    return text;
}

Result<std::shared_ptr<const TensorSource>> makeSyntheticTensor(const SyntheticRecipe& recipe)
{
    if (std::string problem = problemWith(recipe); !problem.empty())
        return failure(Error::Kind::Usage, std::move(problem));
    const Shape shape = recipe.columns > 0 ? Shape{recipe.count / recipe.columns, recipe.columns} : shapeFor(recipe.count);
    const Generator value = findDistribution(recipe.distribution)->value;
    return std::make_shared<ComputedTensor>(recipe.distribution + ", seed " + std::to_string(recipe.seed), recipe, value, shape);
}

std::shared_ptr<const TensorSource> makeTensor(std::string name, std::vector<float> values, Shape shape)
{
    const auto count = std::int64_t(values.size());
    if (elementCount(shape) != count)
        shape = {count};
    return std::make_shared<HeldTensor>(std::move(name), std::move(values), std::move(shape));
}

}  // namespace quantoscope
