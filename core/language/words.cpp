// SPDX-License-Identifier: Apache-2.0
#include "core/language/words.h"

#include "core/data_folder.h"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>

namespace quantoscope {

void WordBatch::append(std::string_view word)
{
    symbols.push_back(endOfWord);
    for (const char letter : word)
        symbols.push_back(Symbol(letter - 'a' + 1));
    starts.push_back(symbols.size());
}

Symbol WordBatch::target(std::size_t word, std::size_t at) const
{
    const std::size_t next = starts[word] + at + 1;
    return next < starts[word + 1] ? symbols[next] : endOfWord;
}

std::filesystem::path sampleModelFolder()
{
    return dataFolder() / "assets" / "models";
}

Result<std::vector<std::string>> readWordList(const std::filesystem::path& path)
{
    std::ifstream file(path);
    if (!file)
        return failure(Error::Kind::NotFound, path.string() + " cannot be opened; it is installed with the sample model.");
    std::vector<std::string> words;
    constexpr std::size_t mostWords = 1 << 20;
    for (std::string line; words.size() < mostWords && std::getline(file, line);) {
        const bool isWord = !line.empty() && line.size() <= longestWord
            && std::all_of(line.begin(), line.end(), [](char c) { return c >= 'a' && c <= 'z'; });
        if (!isWord)
            return failure(Error::Kind::Malformed,
                           fmt::format("{}, line {}: a word has 1 to {} letters a to z.", path.string(),
                                       words.size() + 1, longestWord));
        words.push_back(std::move(line));
    }
    if (words.empty())
        return failure(Error::Kind::Malformed, path.string() + " holds no words; it has one a line.");
    return words;
}

Result<std::vector<std::string>> heldOutWords()
{
    return readWordList(sampleModelFolder() / "words.held_out.txt");
}

Result<std::vector<std::string>> calibrationWords()
{
    return readWordList(sampleModelFolder() / "words.calibration.txt");
}

}  // namespace quantoscope
