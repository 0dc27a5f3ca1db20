// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/exclusive_row.h"

#include <QButtonGroup>
#include <QHBoxLayout>
#include <QKeyEvent>

#include <optional>

namespace quantoscope {

namespace {

/// Where a key moves the choice, of `count` buttons; nothing for a key that moves none.
std::optional<int> placeAfterKey(int key, int now, int count)
{
    switch (key) {
    case Qt::Key_Left:
    case Qt::Key_Up: return now - 1;
    case Qt::Key_Right:
    case Qt::Key_Down: return now + 1;
    case Qt::Key_Home: return 0;
    case Qt::Key_End: return count - 1;
    default: return std::nullopt;
    }
}

}  // namespace

RowButton::RowButton(const QString& id, const QString& text, QWidget* parent)
    : QRadioButton(text, parent)
{
    setObjectName(id);
    setCursor(Qt::PointingHandCursor);
    setAttribute(Qt::WA_Hover);
}

void RowButton::keyPressEvent(QKeyEvent* event)
{
    if (placeAfterKey(event->key(), 0, 1))
        event->ignore();
    else
        QRadioButton::keyPressEvent(event);
}

ExclusiveRow::ExclusiveRow(const QMargins& margins, int spacing, QWidget* parent)
    : QWidget(parent)
    , m_group(new QButtonGroup(this))
    , m_layout(new QHBoxLayout(this))
{
    m_layout->setContentsMargins(margins);
    m_layout->setSpacing(spacing);
    m_group->setExclusive(true);
    setSizePolicy(QSizePolicy::Maximum, QSizePolicy::Fixed);
    connect(m_group, &QButtonGroup::buttonClicked, this,
            [this](QAbstractButton* button) { emit chosen(button->objectName()); });
}

void ExclusiveRow::addButton(RowButton* button)
{
    m_group->addButton(button);
    m_layout->addWidget(button);
    if (m_group->buttons().size() == 1)
        button->setChecked(true);
}

void ExclusiveRow::clear()
{
    for (QAbstractButton* button : m_group->buttons()) {
        m_group->removeButton(button);
        m_layout->removeWidget(button);
        button->hide();
        button->deleteLater();
    }
}

QString ExclusiveRow::current() const
{
    const QAbstractButton* button = m_group->checkedButton();
    return button ? button->objectName() : QString();
}

void ExclusiveRow::setCurrent(const QString& id)
{
    for (QAbstractButton* button : m_group->buttons()) {
        if (button->objectName() == id)
            button->setChecked(true);
    }
}

void ExclusiveRow::keyPressEvent(QKeyEvent* event)
{
    const QList<QAbstractButton*> buttons = m_group->buttons();
    const int now = int(buttons.indexOf(m_group->checkedButton()));
    const auto next = placeAfterKey(event->key(), now, int(buttons.size()));
    if (!next)
        return QWidget::keyPressEvent(event);
    if (*next < 0 || *next >= buttons.size() || *next == now || !buttons[*next]->isEnabled())
        return;
    buttons[*next]->setChecked(true);
    buttons[*next]->setFocus(Qt::TabFocusReason);
    emit chosen(buttons[*next]->objectName());
}

}  // namespace quantoscope
