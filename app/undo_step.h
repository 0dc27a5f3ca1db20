// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/link.h"

#include <QUndoCommand>

#include <functional>

namespace quantoscope {

/// A change of what is shown: the page and the workspace before and after, two links. Undoing it goes
/// back to the page concerned. Steps with the same merge key that follow each other become one.
class UndoStep : public QUndoCommand {
public:
    UndoStep(const QString& text, const QString& mergeKey, Link before, Link after,
             std::function<void(const Link&)> show);

    void undo() override;
    void redo() override;
    int id() const override { return 1; }
    bool mergeWith(const QUndoCommand* next) override;

private:
    QString m_mergeKey;
    Link m_before;
    Link m_after;
    std::function<void(const Link&)> m_show;
    bool m_isDone = true;   ///< Pushing calls redo(): what the person did needs no doing again.
};

}  // namespace quantoscope
