// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/language/speaking.h"
#include "core/quantization/quantization_scheme.h"

namespace quantoscope {

/// A model after a scheme went over its matrices, and what that cost them.
struct QuantizedWordsModel {
    WordsModel model;
    double bitsPerWeight = 0;   ///< Over the matrices; scales, zero points and codebooks counted.
    double sqnrDb = 0;          ///< Of all their weights together: 10 log10(Σw²/Σ(w − ŵ)²).
};

/// Applies the scheme to every matrix, each with scales or a codebook of its own. Gains stay FP32.
/// The error names the matrix that the scheme does not fit.
Result<QuantizedWordsModel> quantizeModel(const WordsModel&, const QuantizationScheme&, const Progress& = {});

/// What a scheme does to what the model is for.
struct WordsUnderScheme {
    double bitsPerWeight = 0;
    double sqnrDb = 0;
    WordLoss loss;
    std::vector<std::string> words;
};
Result<WordsUnderScheme> wordsUnderScheme(const WordsModel&, const QuantizationScheme&,
                                          std::span<const std::string> heldOut, std::size_t samples,
                                          std::uint64_t seed, const Progress& = {});

}  // namespace quantoscope
