// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/compensation/compensation.h"
#include "core/language/speaking.h"

#include <memory>

namespace quantoscope {

/// What flows into every matrix of a model, by the index of its weight; nullptr for embeddings, into which
/// nothing flows.
using ModelActivations = std::vector<std::shared_ptr<const Activations>>;
/// Sums over all positions of the words, in the model as it is.
Result<ModelActivations> activationsOf(const WordsModel&, std::span<const std::string> words, const Progress& = {});

/// A model after a scheme went over its matrices, and what that cost them.
struct QuantizedWordsModel {
    WordsModel model;
    double bitsPerWeight = 0;   ///< Over the matrices; scales, zero points and codebooks counted.
    double sqnrDb = 0;          ///< Of all their weights together: 10 log10(Σw²/Σ(w − ŵ)²).
    /// The same of what the matrices answer to their activations, the mean of their relative errors; inputs
    /// that a method rounds are not counted here. NaN without activations.
    double outputSqnrDb = 0;
};

/// Applies the scheme to every matrix, each with scales or a codebook of its own. Gains stay FP32. Where
/// a method needs activations, embeddings are rounded to nearest. The error names what does not fit.
Result<QuantizedWordsModel> quantizeModel(const WordsModel&, const CompensatedScheme&, const ModelActivations&,
                                          const Progress& = {});

/// What a scheme does to what the model is for.
struct WordsUnderScheme {
    double bitsPerWeight = 0, sqnrDb = 0, outputSqnrDb = 0;
    WordLoss loss;
    std::vector<std::string> words;
};
/// One weight put to another value: what flipping a bit of its code does.
struct ChangedWeight {
    std::string name;          ///< Of its matrix.
    std::int64_t index = 0;    ///< In C order.
    float value = 0;
    friend bool operator==(const ChangedWeight&, const ChangedWeight&) = default;
};
/// The error says what there is no such weight of.
Result<void> changeWeight(WordsModel&, const ChangedWeight&);

/// What a model says: the loss on all of `heldOut`, and words it invents.
struct ModelSays {
    WordLoss loss;
    std::vector<std::string> words;
};
Result<ModelSays> whatModelSays(const WordsModel&, std::span<const std::string> heldOut, std::size_t samples, std::uint64_t seed,
                                const Progress& = {});

/// The loss is on all of `heldOut`.
Result<WordsUnderScheme> wordsUnderScheme(const WordsModel&, const CompensatedScheme&, const ModelActivations&,
                                          std::span<const std::string> heldOut, std::size_t samples,
                                          std::uint64_t seed, const Progress& = {});

}  // namespace quantoscope
