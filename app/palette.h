// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/progress.h"

#include <QString>

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace quantoscope {

class MainWindow;
class TensorSource;

/// Something the palette can do: its name, what it is, where it belongs, and what choosing it does.
struct PaletteEntry {
    QString title;
    QString details;
    QString shortcut;
    std::function<void()> run;
};

/// A tensor whose name answers a query, by its place in the model.
struct TensorHit {
    int score;
    std::uint32_t tensor;
};
using TensorHits = std::vector<TensorHit>;
inline constexpr std::size_t mostTensorsListed = 2000;
/// So many names are searched while a person types; more of them elsewhere.
inline constexpr std::size_t namesSearchedAtOnce = 20000;

/// The best `mostTensorsListed`, best first; touches nothing of the window.
TensorHits findTensorsNamed(const TensorSource&, const QString& query, const Progress& = {});

/// What a query finds, best first. Sources offer; what does not match is not kept.
class PaletteMatches {
public:
    explicit PaletteMatches(QString query);

    const QString& query() const { return m_query; }
    /// How well a text answers the query; 0: not at all. Every word of the query must occur.
    int score(const QString& text) const;
    /// The same for many plain names (half a million tensors), without making a QString of each.
    int score(std::string_view text) const;

    void beginSource(const QString& heading, int limit);
    void offer(PaletteEntry entry, const QString& otherWords = {});
    void offerScored(int score, PaletteEntry entry);
    /// What does not score higher would not be kept in this source and need not be offered.
    int threshold() const { return m_threshold; }
    /// No query, and as many offered as are shown: nothing more is kept, whatever it is.
    bool isFull() const;

    /// What was found among a model's names elsewhere; nullptr where they are to be searched here.
    void setTensors(const TensorHits* tensors) { m_tensors = tensors; }
    const TensorHits* tensors() const { return m_tensors; }

    struct Match {
        int score;
        int source;
        QString heading;
        PaletteEntry entry;
    };
    std::vector<Match> take();

private:
    QString m_query;
    std::vector<QString> m_words;
    std::vector<std::string> m_foldedWords;
    std::vector<Match> m_kept;
    std::vector<Match> m_source;
    QString m_heading;
    int m_sourceNumber = -1;
    int m_limit = 0;
    int m_threshold = 0;
    const TensorHits* m_tensors = nullptr;
    void closeSource();
};

/// One kind of thing the palette finds. The rows are in palette_sources.cpp.
struct PaletteSource {
    const char* id;        ///< "tensors": the top line opens the palette on one source alone.
    const char* heading;
    int limit;             ///< The most entries shown of it.
    void (*find)(MainWindow&, PaletteMatches&);
};
std::span<const PaletteSource> paletteSources();

/// Asks all sources, or one. The names of a model are searched here unless what they hold is given.
std::vector<PaletteMatches::Match> findInPalette(MainWindow&, const QString& query, const QString& onlySource = {},
                                                 const TensorHits* tensors = nullptr);

}  // namespace quantoscope
