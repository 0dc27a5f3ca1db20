// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/link.h"

#include <QObject>

#include <functional>

class QUndoStack;

namespace quantoscope {

class Workspace;

/// Undo and redo of whatever is shown: compares what was shown with what is shown and keeps the two as
/// one step. Pages only say that something changed.
class History : public QObject {
    Q_OBJECT

public:
    /// `present` says what is shown now, `show` shows it again.
    History(Workspace& workspace, std::function<Link()> present, std::function<void(const Link&)> show);

    void record(const QString& text, const QString& mergeKey = {});
    /// What is shown now is where the next step begins; going to a page is no step.
    void rebase();
    /// Something else than a page changed what is chosen: looked at once the present event is over.
    void recordLater(const QString& text);

signals:
    void recorded();

private:
    void restore(const Link& link);

    Workspace& m_workspace;
    std::function<Link()> m_present;
    std::function<void(const Link&)> m_show;
    Link m_last;
    bool m_isRestoring = false;
};

}  // namespace quantoscope
