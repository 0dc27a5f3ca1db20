// SPDX-License-Identifier: Apache-2.0
#include "core/language/words_under_scheme.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace quantoscope {

namespace {

/// A part of a longer computation, as its own progress.
Progress partOf(const Progress& whole, double from, double to)
{
    return {whole.stop, [&whole, from, to](double fraction) { whole.report(from + fraction * (to - from)); }};
}

/// Energy of a signal and of what was lost of it.
struct Loss {
    double squares = 0, lost = 0;
    double decibel() const { return lost > 0 ? 10 * std::log10(squares / lost) : std::numeric_limits<double>::infinity(); }
};

Loss weightLoss(std::span<const float> weights, std::span<const float> stored)
{
    Loss loss;
    for (std::size_t i = 0; i < weights.size(); ++i) {
        const double error = double(weights[i]) - stored[i];
        loss.squares += double(weights[i]) * weights[i];
        loss.lost += error * error;
    }
    return loss;
}

}  // namespace

Result<ModelActivations> activationsOf(const WordsModel& model, std::span<const std::string> words, const Progress& progress)
{
    std::vector<std::shared_ptr<Activations>> sums(model.weights().size());
    for (const WordsModel::Block& block : model.blocks()) {
        // Query, key and value read the same inputs.
        sums[block.query] = std::make_shared<Activations>(model.weights()[block.query].columns);
        sums[block.attentionOutput] = std::make_shared<Activations>(model.weights()[block.attentionOutput].columns);
        sums[block.up] = std::make_shared<Activations>(model.weights()[block.up].columns);
        sums[block.down] = std::make_shared<Activations>(model.weights()[block.down].columns);
    }
    sums[model.output()] = std::make_shared<Activations>(model.weights()[model.output()].columns);
    const auto watch = [&](std::size_t weight, std::span<const float> inputs) {
        if (sums[weight])
            sums[weight]->add(inputs);
    };
    if (auto done = forEachBatch(model, words, progress, watch, [](const WordBatch&, std::span<const float>) {}); !done)
        return tl::unexpected(done.error());
    ModelActivations result(sums.begin(), sums.end());
    for (const WordsModel::Block& block : model.blocks())
        result[block.key] = result[block.value] = result[block.query];
    return result;
}

Result<QuantizedWordsModel> quantizeModel(const WordsModel& model, const CompensatedScheme& scheme,
                                          const ModelActivations& activations, const Progress& progress)
{
    QuantizedWordsModel result{model};
    double bits = 0, count = 0, relative = 0, products = 0;
    Loss all;
    const std::vector<std::size_t> matrices = model.matrices();
    for (std::size_t i = 0; i < matrices.size(); ++i) {
        const std::size_t index = matrices[i];
        const WordsModel::Weight& weight = model.weights()[index];
        const Activations* const inputs = index < activations.size() ? activations[index].get() : nullptr;
        // Embeddings are looked up: nothing flows in that could be rounded or made up for.
        const bool isLookedUp = !model.isProduct(index);
        const CompensationMethod* const method = isLookedUp && scheme.method && scheme.method->isAboutInputs ? nullptr : scheme.method;
        auto stored = quantizeWeights({weight.name, weight.rows, weight.columns, weight.values, scheme.scheme, inputs}, method,
                                      {progress.stop});
        if (!stored)
            return tl::unexpected(stored.error());
        const Loss loss = weightLoss(weight.values, stored->values);
        all.squares += loss.squares;
        all.lost += loss.lost;
        bits += stored->bitsPerWeight * double(weight.values.size());
        count += double(weight.values.size());
        if (inputs) {
            relative += std::pow(10, -outputSqnrDb(weight.values, stored->values, *inputs) / 10);
            products += 1;
        }
        if (stored->roundsInputs)
            result.model.setInputRounding(index, std::move(stored->inputScales));
        result.model.setValues(index, std::move(stored->values));
        progress.report(double(i + 1) / double(matrices.size()));
    }
    result.bitsPerWeight = count > 0 ? bits / count : 0;
    result.sqnrDb = all.decibel();
    result.outputSqnrDb = products > 0 ? Loss{products, relative}.decibel() : std::numeric_limits<double>::quiet_NaN();
    return result;
}

Result<void> changeWeight(WordsModel& model, const ChangedWeight& change)
{
    for (std::size_t i = 0; i < model.weights().size(); ++i) {
        const WordsModel::Weight& weight = model.weights()[i];
        if (weight.name != change.name)
            continue;
        if (change.index < 0 || change.index >= std::int64_t(weight.values.size()))
            return failure(Error::Kind::Usage, weight.name + " has " + std::to_string(weight.values.size()) + " weights, counted from 0; there is no weight "
                                                   + std::to_string(change.index) + ".");
        std::vector<float> values = weight.values;
        values[std::size_t(change.index)] = change.value;
        model.setValues(i, std::move(values));
        return {};
    }
    return failure(Error::Kind::Usage, "The language model does not use " + change.name + ", so changing it changes nothing it says.");
}

Result<ModelSays> whatModelSays(const WordsModel& model, std::span<const std::string> heldOut, std::size_t samples, std::uint64_t seed,
                                const Progress& progress)
{
    const auto loss = lossOf(model, heldOut, partOf(progress, 0, 0.7));
    if (!loss)
        return tl::unexpected(loss.error());
    auto words = inventWords(model, samples, seed, partOf(progress, 0.7, 1));
    if (!words)
        return tl::unexpected(words.error());
    return ModelSays{*loss, std::move(*words)};
}

Result<WordsUnderScheme> wordsUnderScheme(const WordsModel& model, const CompensatedScheme& scheme,
                                          const ModelActivations& activations, std::span<const std::string> heldOut,
                                          std::size_t samples, std::uint64_t seed, const Progress& progress)
{
    auto quantized = quantizeModel(model, scheme, activations, partOf(progress, 0, 0.5));
    if (!quantized)
        return tl::unexpected(quantized.error());
    auto said = whatModelSays(quantized->model, heldOut, samples, seed, partOf(progress, 0.5, 1));
    if (!said)
        return tl::unexpected(said.error());
    return WordsUnderScheme{quantized->bitsPerWeight, quantized->sqnrDb, quantized->outputSqnrDb, said->loss, std::move(said->words)};
}

}  // namespace quantoscope
