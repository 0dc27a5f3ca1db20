// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/palette.h"

#include "core/tensors/tensor.h"

#include <QCoreApplication>

#include <algorithm>
#include <functional>
#include <iterator>

namespace quantoscope {

namespace {

char folded(char c)
{
    return c >= 'A' && c <= 'Z' ? char(c - 'A' + 'a') : c;
}

bool isWordStart(std::string_view text, std::size_t at)
{
    if (at == 0)
        return true;
    const char before = text[at - 1];
    return before == ' ' || before == '.' || before == '_' || before == '-' || before == '/';
}

/// Where a folded word occurs in a text of any case.
std::size_t find(std::string_view text, std::string_view word)
{
    const auto at = std::search(text.begin(), text.end(), word.begin(), word.end(),
                                [](char a, char b) { return folded(a) == b; });
    return at == text.end() ? std::string_view::npos : std::size_t(at - text.begin());
}

}  // namespace

PaletteMatches::PaletteMatches(QString query)
    : m_query(query.trimmed())
{
    for (const QString& word : m_query.split(u' ', Qt::SkipEmptyParts)) {
        m_words.push_back(word);
        m_foldedWords.push_back(word.toLower().toStdString());
    }
}

int PaletteMatches::score(const QString& text) const
{
    return score(std::string_view(text.toLower().toStdString()));
}

int PaletteMatches::score(std::string_view text) const
{
    // The start of the text, the start of a word, anywhere; a short text before a long one.
    int total = 1000;
    for (const std::string& word : m_foldedWords) {
        const std::size_t at = find(text, word);
        if (at == std::string_view::npos)
            return 0;
        total += at == 0 ? 300 : isWordStart(text, at) ? 200 : 50;
        if (text.size() == word.size())
            total += 200;
    }
    return total - int(std::min<std::size_t>(text.size(), 100));
}

void PaletteMatches::beginSource(const QString& heading, int limit)
{
    closeSource();
    m_heading = heading;
    m_limit = limit;
    m_threshold = 0;
    ++m_sourceNumber;
}

void PaletteMatches::offer(PaletteEntry entry, const QString& otherWords)
{
    const int byTitle = score(entry.title);
    // What is found by its description only stands below what is found by its name.
    const int byWords = score(entry.title + u' ' + entry.details + u' ' + otherWords) - 400;
    offerScored(std::max(byTitle, byWords), std::move(entry));
}

void PaletteMatches::offerScored(int score, PaletteEntry entry)
{
    if (score <= 0 || score <= threshold() || isFull())
        return;
    m_source.push_back({score, m_sourceNumber, m_heading, std::move(entry)});
    if (int(m_source.size()) >= 2 * m_limit + 16) {
        std::ranges::stable_sort(m_source, std::greater(), &Match::score);
        m_source.resize(std::size_t(m_limit));
        m_threshold = m_source.back().score;
    }
}

bool PaletteMatches::isFull() const
{
    return m_query.isEmpty() && int(m_source.size()) >= m_limit;
}

void PaletteMatches::closeSource()
{
    if (!m_query.isEmpty())
        std::ranges::stable_sort(m_source, std::greater(), &Match::score);
    if (int(m_source.size()) > m_limit)
        m_source.resize(std::size_t(m_limit));
    std::ranges::move(m_source, std::back_inserter(m_kept));
    m_source.clear();
}

std::vector<PaletteMatches::Match> PaletteMatches::take()
{
    closeSource();
    if (m_query.isEmpty())
        return std::move(m_kept);
    // Sources stay together, the one with the best answer first.
    std::vector<int> best(std::size_t(m_sourceNumber + 1), 0);
    for (const Match& match : m_kept)
        best[std::size_t(match.source)] = std::max(best[std::size_t(match.source)], match.score);
    std::ranges::stable_sort(m_kept, [&](const Match& a, const Match& b) {
        const int bestA = best[std::size_t(a.source)], bestB = best[std::size_t(b.source)];
        if (bestA != bestB)
            return bestA > bestB;
        return a.source != b.source ? a.source < b.source : a.score > b.score;
    });
    return std::move(m_kept);
}

TensorHits findTensorsNamed(const TensorSource& model, const QString& query, const Progress& progress)
{
    const PaletteMatches matches(query);
    TensorHits hits;
    const auto tensors = model.tensors();
    const auto keepBest = [&] {
        std::ranges::stable_sort(hits, std::greater(), &TensorHit::score);
        hits.resize(std::min<std::size_t>(hits.size(), mostTensorsListed));
    };
    int lowest = 0;
    for (std::uint32_t i = 0; i < tensors.size(); ++i) {
        if (i % 4096 == 0 && progress.cancelled())
            return {};
        // Nobody asked for one: they are all as good, and the file's order is what one knows.
        if (query.trimmed().isEmpty() && hits.size() == mostTensorsListed)
            break;
        const int score = matches.score(std::string_view(tensors[i].name));
        if (score <= lowest)
            continue;
        hits.push_back({query.trimmed().isEmpty() ? 1 : score, i});
        if (hits.size() == 2 * mostTensorsListed) {
            keepBest();
            lowest = hits.back().score;
        }
    }
    keepBest();
    return hits;
}

std::vector<PaletteMatches::Match> findInPalette(MainWindow& window, const QString& query, const QString& onlySource,
                                                 const TensorHits* tensors)
{
    PaletteMatches matches(query);
    matches.setTensors(tensors);
    for (const PaletteSource& source : paletteSources()) {
        if (!onlySource.isEmpty() && onlySource != QLatin1String(source.id))
            continue;
        const bool isAlone = !onlySource.isEmpty();
        matches.beginSource(QCoreApplication::translate("PaletteSources", source.heading),
                            isAlone ? int(mostTensorsListed) : source.limit);
        source.find(window, matches);
    }
    return matches.take();
}

}  // namespace quantoscope
