// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/clip_slider.h"

#include "widgets/plot_text.h"
#include "widgets/theme.h"

#include <QMouseEvent>
#include <QPainter>

#include <algorithm>

namespace quantoscope {

ClipSlider::ClipSlider(QWidget* parent)
    : ValueSlider(parent)
{
    setCursor(Qt::PointingHandCursor);
}

QString ClipSlider::valueText() const
{
    return QStringLiteral("±") + roundedNumber(value(), 4);
}

double ClipSlider::valueAt(double x) const
{
    const double part = (x - margin) / std::max(1.0, width() - 2.0 * margin);
    return minimum() + std::clamp(part, 0.0, 1.0) * (maximum() - minimum());
}

void ClipSlider::paintEvent(QPaintEvent*)
{
    const Theme& t = theme();
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const double span = std::max(1e-300, maximum() - minimum());
    const double x = margin + (value() - minimum()) / span * (width() - 2 * margin), y = height() / 2.0;
    painter.setPen(QPen(t.axis, 4, Qt::SolidLine, Qt::RoundCap));
    painter.drawLine(QPointF(x, y), QPointF(width() - margin, y));
    painter.setPen(QPen(t.accent, 4, Qt::SolidLine, Qt::RoundCap));
    painter.drawLine(QPointF(margin, y), QPointF(x, y));
    painter.setPen(QPen(t.accent, hasFocus() ? 3.5 : 2));
    painter.setBrush(t.card);
    painter.drawEllipse(QPointF(x, y), 7.5, 7.5);
}

void ClipSlider::mousePressEvent(QMouseEvent* event)
{
    if (event->button() != Qt::LeftButton)
        return event->ignore();
    m_isDragged = true;
    const double span = maximum() - minimum();
    const double thumb = margin + (value() - minimum()) / std::max(1e-300, span) * (width() - 2 * margin);
    if (std::abs(event->position().x() - thumb) > 9)
        moveTo(valueAt(event->position().x()), false);
}

void ClipSlider::mouseMoveEvent(QMouseEvent* event)
{
    if (m_isDragged)
        moveTo(valueAt(event->position().x()), false);
}

void ClipSlider::mouseReleaseEvent(QMouseEvent* event)
{
    if (!m_isDragged || event->button() != Qt::LeftButton)
        return;
    m_isDragged = false;
    emit moved(value(), true);
}

}  // namespace quantoscope
