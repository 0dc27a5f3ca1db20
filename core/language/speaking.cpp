// SPDX-License-Identifier: Apache-2.0
#include "core/language/speaking.h"

#include "core/random.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>

namespace quantoscope {

namespace {

/// About 600 positions: the arrays of a layer stay within the cache, and a batch takes a few milliseconds.
constexpr std::size_t wordsTogether = 64;

/// Draws from the softmax: the largest log-probability after adding Gumbel noise (E. J. Gumbel,
/// "Statistical theory of extreme values", 1954); the draw is exact. With the same noise two nearly
/// equal distributions nearly always give the same letter.
Symbol drawn(std::span<const float> logProbabilities, const RandomStream& random, std::size_t position)
{
    Symbol best = endOfWord;
    double highest = -std::numeric_limits<double>::infinity();
    for (std::size_t symbol = 0; symbol < symbolCount; ++symbol) {
        const double noise = -std::log(-std::log(random.uniform(position * symbolCount + symbol)));
        if (const double height = logProbabilities[symbol] + noise; height > highest) {
            highest = height;
            best = Symbol(symbol);
        }
    }
    return best;
}

}  // namespace

Result<void> forEachBatch(const WordsModel& model, std::span<const std::string> words, const Progress& progress,
                          const WordsModel::Observer& observer,
                          const std::function<void(const WordBatch&, std::span<const float>)>& visit)
{
    for (std::size_t first = 0; first < words.size(); first += wordsTogether) {
        const std::size_t end = std::min(words.size(), first + wordsTogether);
        WordBatch batch;
        for (std::size_t i = first; i < end; ++i)
            batch.append(words[i]);
        const std::vector<float> table = model.logProbabilities(batch, {progress.stop}, observer);
        if (progress.cancelled() || table.empty())
            return cancelled();
        visit(batch, table);
        progress.report(double(end) / double(words.size()));
    }
    return {};
}

Result<WordLoss> lossOf(const WordsModel& model, std::span<const std::string> words, const Progress& progress)
{
    WordLoss loss;
    std::vector<std::pair<double, double>> perWord;   ///< Bits, characters
    const auto done = forEachBatch(model, words, progress, {}, [&](const WordBatch& batch, std::span<const float> table) {
        for (std::size_t word = 0; word < batch.words(); ++word) {
            const std::size_t first = batch.starts[word], length = batch.starts[word + 1] - first;
            double bits = 0;
            for (std::size_t at = 0; at < length; ++at)
                bits -= double(table[(first + at) * symbolCount + batch.target(word, at)]) / std::numbers::ln2;
            perWord.emplace_back(bits, double(length));
        }
    });
    if (!done)
        return tl::unexpected(done.error());
    double bits = 0, characters = 0;
    for (const auto& [b, n] : perWord) {
        bits += b;
        characters += n;
    }
    if (perWord.empty())
        return loss;
    loss.words = perWord.size();
    loss.characters = std::size_t(characters);
    loss.bitsPerCharacter = bits / characters;
    // Words, not characters, are drawn independently: the error of a ratio of two sums over words.
    double squares = 0;
    for (const auto& [b, n] : perWord)
        squares += (b - loss.bitsPerCharacter * n) * (b - loss.bitsPerCharacter * n);
    loss.standardError = std::sqrt(squares) / characters;
    return loss;
}

Result<std::vector<std::string>> inventWords(const WordsModel& model, std::size_t count, std::uint64_t seed, const Progress& progress)
{
    std::vector<std::string> words(count);
    for (std::size_t first = 0; first < count; first += wordsTogether) {
        std::vector<std::size_t> unfinished;
        for (std::size_t i = first; i < std::min(count, first + wordsTogether); ++i)
            unfinished.push_back(i);
        for (std::size_t position = 0; !unfinished.empty(); ++position) {
            WordBatch batch;
            for (const std::size_t i : unfinished)
                batch.append(words[i]);
            const std::vector<float> table = model.logProbabilities(batch, {progress.stop});
            if (progress.cancelled() || table.empty())
                return cancelled();
            std::vector<std::size_t> remaining;
            for (std::size_t k = 0; k < unfinished.size(); ++k) {
                const std::size_t i = unfinished[k], last = batch.starts[k + 1] - 1;
                const Symbol symbol = drawn(std::span(table).subspan(last * symbolCount, symbolCount), RandomStream(seed, i), position);
                if (symbol == endOfWord)
                    continue;
                words[i] += char('a' + symbol - 1);
                if (words[i].size() < longestWord)
                    remaining.push_back(i);
            }
            unfinished = std::move(remaining);
        }
        progress.report(double(std::min(count, first + wordsTogether)) / double(count));
    }
    return words;
}

}  // namespace quantoscope
