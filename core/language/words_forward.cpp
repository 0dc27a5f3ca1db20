// SPDX-License-Identifier: Apache-2.0
#include "core/compensation/compensation.h"
#include "core/gemm/blas_product.h"
#include "core/language/words_model.h"

#include <algorithm>
#include <cmath>

namespace quantoscope {

/// One pass through the model. Every array is [positions, width] with the positions of all words one
/// under another: no padding, and every layer is one matrix product.
class WordsForward {
public:
    WordsForward(const WordsModel& model, const WordBatch& batch, const Progress& progress,
                 const WordsModel::Observer& observer)
        : m_model(model)
        , m_batch(batch)
        , m_observer(observer)
        , m_pulse(progress)
        , m_rows(batch.symbols.size())
        , m_width(std::size_t(model.m_weights[model.m_tokens].columns))
    {
    }

    std::vector<float> run()
    {
        std::vector<float> hidden = embed();
        for (const WordsModel::Block& block : m_model.m_blocks) {
            std::vector<float> x = normalised(hidden, block.attentionNorm);
            add(hidden, product(attention(product(x, block.query), product(x, block.key), product(x, block.value)),
                                block.attentionOutput));
            x = product(normalised(hidden, block.feedForwardNorm), block.up);
            for (float& value : x)
                value = std::max(value, 0.0f) * std::max(value, 0.0f);
            add(hidden, product(x, block.down));
            if (!m_goesOn)
                return {};
        }
        std::vector<float> logits = product(normalised(hidden, m_model.m_outputNorm), m_model.m_output);
        for (std::size_t row = 0; row < m_rows; ++row)
            toLogProbabilities(std::span(logits).subspan(row * symbolCount, symbolCount));
        return m_goesOn ? logits : std::vector<float>{};
    }

private:
    std::vector<float> embed() const
    {
        const float* const tokens = m_model.m_weights[m_model.m_tokens].values.data();
        const float* const positions = m_model.m_weights[m_model.m_positions].values.data();
        std::vector<float> hidden(m_rows * m_width);
        for (std::size_t word = 0; word < m_batch.words(); ++word)
            for (std::size_t row = m_batch.starts[word]; row < m_batch.starts[word + 1]; ++row)
                for (std::size_t i = 0; i < m_width; ++i)
                    hidden[row * m_width + i] = tokens[m_batch.symbols[row] * m_width + i]
                                              + positions[(row - m_batch.starts[word]) * m_width + i];
        return hidden;
    }

    std::vector<float> normalised(const std::vector<float>& hidden, std::size_t gain) const
    {
        constexpr double epsilon = 1e-5;
        const std::vector<float>& gains = m_model.m_weights[gain].values;
        std::vector<float> result(hidden.size());
        for (std::size_t row = 0; row < m_rows; ++row) {
            const float* const in = hidden.data() + row * m_width;
            double squares = 0;
            for (std::size_t i = 0; i < m_width; ++i)
                squares += double(in[i]) * in[i];
            const float factor = float(1 / std::sqrt(squares / double(m_width) + epsilon));
            for (std::size_t i = 0; i < m_width; ++i)
                result[row * m_width + i] = in[i] * factor * gains[i];
        }
        return result;
    }

    std::vector<float> product(const std::vector<float>& x, std::size_t weight)
    {
        const WordsModel::Weight& w = m_model.m_weights[weight];
        if (m_observer)
            m_observer(weight, x);
        if (w.roundsInputs)
            return product(rounded(x, w), w);
        return product(x, w);
    }

    std::vector<float> product(const std::vector<float>& x, const WordsModel::Weight& w)
    {
        std::vector<float> y(m_rows * std::size_t(w.rows));
        m_goesOn = m_goesOn
            && multiplyByBlas(std::int64_t(m_rows), w.rows, w.columns, x.data(), w.columns, w.values.data(), w.columns,
                              y.data(), m_pulse);
        return y;
    }

    static std::vector<float> rounded(std::vector<float> x, const WordsModel::Weight& w)
    {
        const std::size_t columns = std::size_t(w.columns);
        for (std::size_t i = 0; i < x.size() && !w.inputScales.empty(); ++i)
            x[i] /= w.inputScales[i % columns];
        roundRowsToInt8(x, w.columns);
        for (std::size_t i = 0; i < x.size() && !w.inputScales.empty(); ++i)
            x[i] *= w.inputScales[i % columns];
        return x;
    }

    /// Causal attention, head by head, within each word. The words are short: plain loops beat calls.
    std::vector<float> attention(const std::vector<float>& query, const std::vector<float>& key,
                                 const std::vector<float>& value) const
    {
        const std::size_t headWidth = m_width / std::size_t(m_model.m_heads);
        const float scale = float(1 / std::sqrt(double(headWidth)));
        std::vector<float> mixed(query.size(), 0.0f), weights;
        for (std::size_t word = 0; word < m_batch.words(); ++word)
            for (std::size_t row = m_batch.starts[word]; row < m_batch.starts[word + 1]; ++row)
                for (std::size_t head = 0; head < m_width; head += headWidth) {
                    const std::size_t first = m_batch.starts[word];
                    weights.assign(row - first + 1, 0.0f);
                    for (std::size_t s = first; s <= row; ++s) {
                        float score = 0;
                        for (std::size_t i = head; i < head + headWidth; ++i)
                            score += query[row * m_width + i] * key[s * m_width + i];
                        weights[s - first] = score * scale;
                    }
                    softmax(weights);
                    for (std::size_t s = first; s <= row; ++s)
                        for (std::size_t i = head; i < head + headWidth; ++i)
                            mixed[row * m_width + i] += weights[s - first] * value[s * m_width + i];
                }
        return mixed;
    }

    static void softmax(std::span<float> scores)
    {
        const float largest = *std::max_element(scores.begin(), scores.end());
        float sum = 0;
        for (float& score : scores)
            sum += score = std::exp(score - largest);
        for (float& score : scores)
            score /= sum;
    }

    static void toLogProbabilities(std::span<float> logits)
    {
        const double largest = *std::max_element(logits.begin(), logits.end());
        double sum = 0;
        for (const float logit : logits)
            sum += std::exp(logit - largest);
        const double total = largest + std::log(sum);
        for (float& logit : logits)
            logit = float(logit - total);
    }

    static void add(std::vector<float>& hidden, const std::vector<float>& update)
    {
        for (std::size_t i = 0; i < hidden.size(); ++i)
            hidden[i] += update[i];
    }

    const WordsModel& m_model;
    const WordBatch& m_batch;
    const WordsModel::Observer& m_observer;
    const Pulse m_pulse;
    const std::size_t m_rows, m_width;
    bool m_goesOn = true;
};

std::vector<float> WordsModel::logProbabilities(const WordBatch& batch, const Progress& progress, const Observer& observer) const
{
    if (batch.symbols.empty())
        return {};
    return WordsForward(*this, batch, progress, observer).run();
}

}  // namespace quantoscope
