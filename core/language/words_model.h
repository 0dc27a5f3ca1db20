// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/language/words.h"
#include "core/progress.h"
#include "core/tensors/tensor.h"

#include <functional>

namespace quantoscope {

/// A decoder-only transformer over letters, in FP32: pre-norm with RMSNorm, learned positions, squared
/// ReLU, no biases. assets/models/README.md defines it; sizes come from the tensors' shapes and the
/// file's metadata.
class WordsModel {
public:
    /// A matrix as stored: [outputs, inputs], row by row. A gain has one row.
    struct Weight {
        std::string name;
        std::int64_t rows = 0, columns = 0;
        std::vector<float> values;
        /// Inputs are rounded to INT8, one scale a position, after a division by these factors (none: 1),
        /// which is undone again: what quantized activations are, with weights in their own basis.
        bool roundsInputs = false;
        std::vector<float> inputScales = {};
    };
    struct Block {
        std::size_t attentionNorm, query, key, value, attentionOutput, feedForwardNorm, up, down;   ///< Into weights().
    };

    /// Reads all weights. Unsupported, with a sentence for the person, where the source is another kind of model.
    static Result<WordsModel> load(const TensorSource&, const Progress& = {});

    const std::vector<Weight>& weights() const { return m_weights; }
    /// What `name` is stored as; nullptr where there is no such weight.
    const Weight* find(std::string_view name) const;
    /// Puts other values into a weight; as many as it has.
    void setValues(std::size_t weight, std::vector<float> values) { m_weights[weight].values = std::move(values); }
    void setInputRounding(std::size_t weight, std::vector<float> inputScales)
    {
        m_weights[weight].roundsInputs = true;
        m_weights[weight].inputScales = std::move(inputScales);
    }
    /// The weights a scheme applies to: matrices, by index.
    std::vector<std::size_t> matrices() const;

    std::int64_t context() const { return m_weights[m_positions].rows; }
    const std::vector<Block>& blocks() const { return m_blocks; }
    std::size_t output() const { return m_output; }
    /// Whether a weight is multiplied with inputs; the embeddings are looked up by row.
    bool isProduct(std::size_t weight) const { return m_weights[weight].rows > 1 && weight != m_tokens && weight != m_positions; }

    /// Sees what flows into every matrix product, before any rounding: [positions, columns of the weight].
    using Observer = std::function<void(std::size_t weight, std::span<const float> inputs)>;
    /// Natural logarithms of the probabilities of the next symbol after every position of the batch,
    /// [positions, 27]. Words have at most context() positions. Empty once cancelled.
    std::vector<float> logProbabilities(const WordBatch&, const Progress& = {}, const Observer& = {}) const;

private:
    friend class WordsForward;
    std::vector<Weight> m_weights;
    std::vector<Block> m_blocks;
    std::size_t m_tokens = 0, m_positions = 0, m_outputNorm = 0, m_output = 0;
    std::int64_t m_heads = 1;
};

}  // namespace quantoscope
