// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/result.h"

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace quantoscope {

/// What the sample model reads and writes: 0 begins and ends a word, 1 to 26 are the letters a to z.
using Symbol = std::uint8_t;
inline constexpr Symbol endOfWord = 0;
inline constexpr int symbolCount = 27;
inline constexpr std::size_t longestWord = 20;

/// Words one behind the other, each as the model reads it: the marker, then its letters.
struct WordBatch {
    std::vector<Symbol> symbols;
    std::vector<std::size_t> starts;   ///< Of each word in `symbols`, and the end of the last.

    WordBatch() : starts{0} {}
    /// `word` consists of at most `longestWord` letters a to z.
    void append(std::string_view word);
    std::size_t words() const { return starts.size() - 1; }
    /// What follows position `at` of `word`: its next letter, or the end.
    Symbol target(std::size_t word, std::size_t at) const;
};

/// Lists of words, installed beside the sample model.
std::filesystem::path sampleModelFolder();
/// The words on which the loss is measured, none of which the model was trained on.
Result<std::vector<std::string>> heldOutWords();
/// Words of the training for methods that look at activations.
Result<std::vector<std::string>> calibrationWords();
/// A file of one word a line; the error names the line that is no word of 1 to 20 letters a to z.
Result<std::vector<std::string>> readWordList(const std::filesystem::path&);

}  // namespace quantoscope
