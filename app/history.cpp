// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/history.h"

#include "app/undo_step.h"
#include "app/workspace.h"

#include <QTimer>

namespace quantoscope {

History::History(Workspace& workspace, std::function<Link()> present, std::function<void(const Link&)> show)
    : m_workspace(workspace)
    , m_present(std::move(present))
    , m_show(std::move(show))
{
    connect(&workspace, &Workspace::modelChanged, this, [this] { recordLater(tr("open a model")); });
    connect(&workspace, &Workspace::tensorChanged, this, [this] { recordLater(tr("choose a tensor")); });
    connect(&workspace, &Workspace::schemeChanged, this, [this] { recordLater(tr("choose a scheme")); });
    // A step that reopens a file is restored when the file is open, or could not be opened.
    connect(&workspace, &Workspace::openingChanged, this, [this] {
        if (!m_isRestoring || m_workspace.isOpening())
            return;
        QTimer::singleShot(0, this, [this] {
            m_isRestoring = false;
            rebase();
        });
    });
}

void History::record(const QString& text, const QString& mergeKey)
{
    if (m_isRestoring)
        return;
    Link now = m_present();
    if (now == m_last)
        return;
    // Pages change by going there; a step compares one page with itself.
    if (now.page == m_last.page) {
        m_workspace.undoStack().push(new UndoStep(text, mergeKey, m_last, now, [this](const Link& link) { restore(link); }));
        emit recorded();
    }
    m_last = std::move(now);
}

void History::rebase()
{
    m_last = m_present();
}

void History::recordLater(const QString& text)
{
    if (!m_isRestoring)
        QTimer::singleShot(0, this, [this, text] { record(text); });
}

void History::restore(const Link& link)
{
    m_isRestoring = true;
    m_show(link);
    m_isRestoring = m_workspace.isOpening();
    rebase();
}

}  // namespace quantoscope
