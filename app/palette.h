// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace quantoscope {

class MainWindow;

/// Something the palette can do: its name, what it is, where it belongs, and what choosing it does.
struct PaletteEntry {
    QString title;
    QString details;
    QString shortcut;
    std::function<void()> run;
};

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
    /// The lowest score that would still be kept in this source: nothing below need be offered.
    int threshold() const;

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

/// Asks all sources, or one.
std::vector<PaletteMatches::Match> findInPalette(MainWindow&, const QString& query, const QString& onlySource = {});

}  // namespace quantoscope
