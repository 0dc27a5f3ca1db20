// SPDX-License-Identifier: Apache-2.0
#include "core/language/words_model.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <optional>

namespace quantoscope {

namespace {

constexpr std::string_view otherModel = "Only the sample model, which invents English words, can speak here";
constexpr std::int64_t largestWidth = 1024, mostBlocks = 32;   ///< 1.6 GB of FP32: a model of this kind is small.

/// Reads weight after weight and remembers the first thing that is wrong.
class Loader {
public:
    Loader(const TensorSource& source, const Progress& progress) : m_source(source), m_progress(progress) {}

    /// Reads a weight of that shape (a gain is one row) and returns its index.
    std::size_t read(const std::string& name, std::int64_t rows, std::int64_t columns)
    {
        const std::size_t index = weights.size();
        weights.push_back({name, rows, columns, {}});
        if (m_problem)
            return index;
        const TensorInfo* const info = findTensor(m_source, name);
        const Shape shape = rows == 1 ? Shape{columns} : Shape{rows, columns};
        if (!info || !info->hasValues() || (info->shape != shape && info->shape != Shape{rows, columns})) {
            m_problem = Error{Error::Kind::Unsupported,
                              info ? fmt::format("{}: its {} is {}, not {}.", otherModel, name, shapeText(info->shape), shapeText(shape))
                                   : fmt::format("{}; this one has no {}.", otherModel, name)};
            return index;
        }
        weights.back().values.resize(std::size_t(info->count));
        if (m_progress.cancelled())
            m_problem = cancelled().value();
        else if (auto done = m_source.read(*info, {0, info->count}, std::span<float>(weights.back().values)); !done)
            m_problem = done.error();
        return index;
    }

    std::vector<WordsModel::Weight> weights;
    const std::optional<Error>& problem() const { return m_problem; }

private:
    const TensorSource& m_source;
    const Progress& m_progress;
    std::optional<Error> m_problem;
};

std::int64_t metadataNumber(const TensorSource& source, std::string_view key)
{
    std::int64_t number = 0;
    for (const auto& [name, value] : source.metadata())
        if (name == key)
            std::from_chars(value.data(), value.data() + value.size(), number);
    return number;
}

/// The two extents of a matrix, nothing where there is none of that name.
Shape matrixShape(const TensorSource& source, std::string_view name)
{
    const TensorInfo* const info = findTensor(source, name);
    return info && info->shape.size() == 2 ? info->shape : Shape{};
}

}  // namespace

Result<WordsModel> WordsModel::load(const TensorSource& source, const Progress& progress)
{
    const Shape tokens = matrixShape(source, "token_embd.weight");
    const Shape positions = matrixShape(source, "position_embd.weight");
    const Shape up = matrixShape(source, "blk.0.ffn_up.weight");
    const std::int64_t heads = metadataNumber(source, "heads"), blocks = metadataNumber(source, "blocks");
    if (tokens.empty() || positions.empty() || up.empty() || tokens[0] != symbolCount || positions[0] > 1024
        || tokens[1] < 1 || tokens[1] > largestWidth || up[0] < 1 || up[0] > 4 * largestWidth || heads < 1
        || tokens[1] % heads != 0 || blocks < 1 || blocks > mostBlocks || positions[0] < std::int64_t(longestWord) + 1)
        return failure(Error::Kind::Unsupported, fmt::format("{}.", otherModel));

    const std::int64_t width = tokens[1], inner = up[0];
    Loader loader(source, progress);
    WordsModel model;
    model.m_heads = heads;
    model.m_tokens = loader.read("token_embd.weight", symbolCount, width);
    model.m_positions = loader.read("position_embd.weight", positions[0], width);
    for (std::int64_t number = 0; number < blocks; ++number) {
        const auto weight = [&](const char* name, std::int64_t rows, std::int64_t columns) {
            return loader.read(fmt::format("blk.{}.{}.weight", number, name), rows, columns);
        };
        Block block;
        block.attentionNorm = weight("attn_norm", 1, width);
        block.query = weight("attn_q", width, width);
        block.key = weight("attn_k", width, width);
        block.value = weight("attn_v", width, width);
        block.attentionOutput = weight("attn_output", width, width);
        block.feedForwardNorm = weight("ffn_norm", 1, width);
        block.up = weight("ffn_up", inner, width);
        block.down = weight("ffn_down", width, inner);
        model.m_blocks.push_back(block);
    }
    model.m_outputNorm = loader.read("output_norm.weight", 1, width);
    model.m_output = loader.read("output.weight", symbolCount, width);
    if (loader.problem())
        return tl::unexpected(*loader.problem());
    model.m_weights = std::move(loader.weights);
    return model;
}

const WordsModel::Weight* WordsModel::find(std::string_view name) const
{
    const auto found = std::find_if(m_weights.begin(), m_weights.end(), [&](const Weight& weight) { return weight.name == name; });
    return found == m_weights.end() ? nullptr : &*found;
}

std::vector<std::size_t> WordsModel::matrices() const
{
    std::vector<std::size_t> indices;
    for (std::size_t i = 0; i < m_weights.size(); ++i)
        if (m_weights[i].rows > 1)
            indices.push_back(i);
    return indices;
}

}  // namespace quantoscope
