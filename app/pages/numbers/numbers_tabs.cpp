// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/pages/numbers/block_panel.h"
#include "app/pages/numbers/build_panel.h"
#include "app/pages/numbers/line_card.h"
#include "app/pages/numbers/numbers_figure.h"
#include "app/pages/numbers/rows_card.h"
#include "app/built_formats.h"
#include "app/profile.h"

#include <QJsonArray>

// The tabs Build a format and Block, and the built formats in the profile.

namespace quantoscope {

void NumbersFigure::connectBuildAndBlock()
{
    connect(m_lineCard->build(), &BuildPanel::built, this, [this](const QString& id, const QString& text, const QString& mergeKey) {
        edit([&](NumbersState& s) { s.built = id; }, text, mergeKey);
    });
    connect(m_lineCard->build(), &BuildPanel::addRequested, this, [this](const QString& id) {
        if (!m_saved.contains(id))
            saveFormats(m_saved + QStringList(id));
        edit([&](NumbersState& s) {
            if (s.indexOf(id) < 0)
                s.formats.push_back(chosenFormat(id));
            s.selected = id;
        }, tr("add a built format"));
        refresh();
    });
    connect(m_lineCard->build(), &BuildPanel::valueChosen, this, [this](const QString& text) { enterValue(text); });
    connect(m_lineCard->build(), &BuildPanel::forgetRequested, this, [this](const QString& id) {
        QStringList kept = m_saved;
        kept.removeAll(id);
        saveFormats(kept);
        refresh();
    });
    connect(m_lineCard->block(), &BlockPanel::edited, this, [this](const BlockSettings& settings, const QString& text, const QString& mergeKey) {
        edit([&](NumbersState& s) { s.block = settings; }, text, mergeKey);
    });
}

void NumbersFigure::setProfile(Profile* profile)
{
    m_profile = profile;
    m_saved = builtFormats(*profile);
    m_lineCard->setSavedFormats(m_saved);
    m_rowsCard->setSavedFormats(m_saved);
    refresh();
}

void NumbersFigure::saveFormats(const QStringList& ids)
{
    m_saved = ids;
    m_lineCard->setSavedFormats(ids);
    m_rowsCard->setSavedFormats(ids);
    if (!m_profile)
        return;
    const Result<void> written = keepBuiltFormats(*m_profile, ids);
    if (!written)
        emit problem(QString::fromStdString(written.error().message));
}

}  // namespace quantoscope
