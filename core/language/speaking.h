// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/language/words_model.h"

namespace quantoscope {

/// How many of the held-out words the loss is measured on: those of words.reference.json.
inline constexpr std::size_t lossWords = 500;

/// How well a model predicts words, the end of each counted as a character.
struct WordLoss {
    double bitsPerCharacter = 0;
    double standardError = 0;   ///< Of that mean, from the spread between words.
    std::size_t words = 0, characters = 0;
};
Result<WordLoss> lossOf(const WordsModel&, std::span<const std::string> words, const Progress& = {});

/// Calls the model on the words in fixed stretches, so that memory is bounded and a stop is seen.
/// `visit` gets each stretch and its log-probabilities.
Result<void> forEachBatch(const WordsModel&, std::span<const std::string> words, const Progress&,
                          const WordsModel::Observer&,
                          const std::function<void(const WordBatch&, std::span<const float> logProbabilities)>& visit);

/// Words drawn letter by letter at temperature 1. Word i depends on seed, i and the model alone, and
/// its random numbers on seed and i: the same words under another model differ only where a choice does.
Result<std::vector<std::string>> inventWords(const WordsModel&, std::size_t count, std::uint64_t seed,
                                             const Progress& = {});

}  // namespace quantoscope
