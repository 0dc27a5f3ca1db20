// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/choice_chart.h"

#include "widgets/theme.h"
#include "widgets/value_slider.h"

#include <QEvent>
#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>

#include <algorithm>

namespace quantoscope {

ChoiceChart::ChoiceChart(const QString& accessibleName, QWidget* parent)
    : QWidget(parent)
{
    installPlotAccessibility();
    setFocusPolicy(Qt::StrongFocus);
    setMouseTracking(true);
    setProperty("chartDescription", QString());   // Before the name, which may make the interface for a listening screen reader.
    setAccessibleName(accessibleName);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Expanding);
}

void ChoiceChart::setSelected(const QString& id)
{
    if (id == m_selected)
        return;
    m_selected = id;
    selectionChanged();
    update();
}

void ChoiceChart::setHovered(const QString& id)
{
    if (id == m_hovered)
        return;
    m_hovered = id;
    update();
}

void ChoiceChart::choose(const QString& id)
{
    setSelected(id);
    emit chosen(id);
}

void ChoiceChart::paintFocus(QPainter& painter) const
{
    if (!hasFocus())
        return;
    painter.setPen(QPen(theme().accent, 1.5));
    painter.setBrush(Qt::NoBrush);
    painter.drawRoundedRect(QRectF(rect()).adjusted(1, 1, -1, -1), 6, 6);
}

void ChoiceChart::mousePressEvent(QMouseEvent* event)
{
    const QString id = at(event->position());
    if (!id.isEmpty() || mayChooseNothing())
        choose(id);
}

void ChoiceChart::mouseMoveEvent(QMouseEvent* event)
{
    const QString id = at(event->position());
    if (id == m_hovered)
        return;
    setHovered(id);
    setCursor(id.isEmpty() ? Qt::ArrowCursor : Qt::PointingHandCursor);
    emit hovered(id);
}

void ChoiceChart::leaveEvent(QEvent* event)
{
    QWidget::leaveEvent(event);
    if (m_hovered.isEmpty())
        return;
    setHovered({});
    emit hovered({});
}

void ChoiceChart::keyPressEvent(QKeyEvent* event)
{
    const QStringList ids = order();
    const qsizetype last = ids.size() - 1, now = ids.indexOf(m_selected);
    qsizetype next = 0;
    switch (event->key()) {
    case Qt::Key_Right:
    case Qt::Key_Down: next = now + 1; break;   // From nothing: the first.
    case Qt::Key_Left:
    case Qt::Key_Up: next = now < 0 ? last : now - 1; break;
    case Qt::Key_Home: next = 0; break;
    case Qt::Key_End: next = last; break;
    default: return QWidget::keyPressEvent(event);
    }
    if (ids.isEmpty())
        return QWidget::keyPressEvent(event);
    choose(ids[std::clamp<qsizetype>(next, 0, last)]);
}

void ChoiceChart::changeEvent(QEvent* event)
{
    if (event->type() == QEvent::PaletteChange || event->type() == QEvent::FontChange)
        update();
    QWidget::changeEvent(event);
}

}  // namespace quantoscope
