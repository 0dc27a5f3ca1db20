// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/clip_handle.h"

#include "widgets/theme.h"

#include <QMouseEvent>
#include <QPainter>

namespace quantoscope {

ClipHandle::ClipHandle(QWidget* parent)
    : ValueSlider(parent)
{
    setCursor(Qt::SizeHorCursor);
}

void ClipHandle::paintEvent(QPaintEvent*)
{
    const Theme& t = theme();
    QPainter painter(this);
    const double x = width() / 2.0;
    const double line = t.stroke > 1.5 ? 2.5 : 1.5;
    QRegion visible(rect());
    for (const QRectF& gap : m_gaps)
        visible -= gap.translated(-pos()).toAlignedRect();
    painter.setClipRegion(visible);
    painter.fillRect(QRectF(x - line / 2, 0, line, height()), t.accent);
    painter.setClipping(false);

    painter.setRenderHint(QPainter::Antialiasing);
    const double half = 13 * std::min(1.4, t.typeScale);
    const QRectF grip(x - 5, m_gripCentre - half, 10, 2 * half);
    if (hasFocus()) {
        painter.setPen(QPen(t.accent, 2));
        painter.setBrush(t.card);
        painter.drawRoundedRect(grip.adjusted(-3, -3, 3, 3), 8, 8);
    }
    painter.setPen(QPen(t.card, hasFocus() ? 0 : 1));
    painter.setBrush(underMouse() || m_isDragged ? t.text : t.accent);
    painter.drawRoundedRect(grip, 5, 5);
    painter.setPen(QPen(t.onAccent, 1.4));
    for (const double offset : {-4.0, 0.0, 4.0})
        painter.drawLine(QPointF(x - 2.2, m_gripCentre + offset), QPointF(x + 2.2, m_gripCentre + offset));
}

void ClipHandle::mousePressEvent(QMouseEvent* event)
{
    if (event->button() != Qt::LeftButton)
        return event->ignore();
    m_isDragged = true;
    m_hasMoved = false;
    m_grabOffset = width() / 2.0 - event->position().x();
    raise();
    update();
}

void ClipHandle::mouseMoveEvent(QMouseEvent* event)
{
    if (!m_isDragged)
        return;
    m_hasMoved = true;
    emit draggedTo(mapToParent(event->position()).x() + m_grabOffset, false);
}

void ClipHandle::mouseReleaseEvent(QMouseEvent* event)
{
    if (!m_isDragged || event->button() != Qt::LeftButton)
        return;
    m_isDragged = false;
    update();
    if (m_hasMoved)   // a click alone changes nothing
        emit draggedTo(mapToParent(event->position()).x() + m_grabOffset, true);
}

void ClipHandle::mouseDoubleClickEvent(QMouseEvent*)
{
    emit bestRequested();
}

}  // namespace quantoscope
