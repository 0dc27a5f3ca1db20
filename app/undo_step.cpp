// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/undo_step.h"

#include <utility>

namespace quantoscope {

UndoStep::UndoStep(const QString& text, const QString& mergeKey, Link before, Link after,
                   std::function<void(const Link&)> show)
    : QUndoCommand(text)
    , m_mergeKey(mergeKey)
    , m_before(std::move(before))
    , m_after(std::move(after))
    , m_show(std::move(show))
{
}

void UndoStep::undo()
{
    m_isDone = false;
    m_show(m_before);
}

void UndoStep::redo()
{
    if (!std::exchange(m_isDone, true))
        m_show(m_after);
}

bool UndoStep::mergeWith(const QUndoCommand* next)
{
    const auto* step = dynamic_cast<const UndoStep*>(next);
    if (!step || m_mergeKey.isEmpty() || step->m_mergeKey != m_mergeKey || step->m_after.page != m_after.page)
        return false;
    m_after = step->m_after;
    setText(step->text());
    return true;
}

}  // namespace quantoscope
