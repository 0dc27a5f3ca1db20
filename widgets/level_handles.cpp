// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/level_handles.h"

#include "widgets/plot_text.h"
#include "widgets/theme.h"

#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>

#include <algorithm>
#include <cmath>

namespace quantoscope {

LevelHandles::LevelHandles(QWidget* parent)
    : ValueSlider(parent)
{
    setAccessibleName(tr("Levels"));
    setCursor(Qt::SizeHorCursor);
    connect(this, &ValueSlider::moved, this, [this](double value, bool finished) { emit levelMoved(m_selected, limited(value), finished); });
}

void LevelHandles::setLevels(const std::vector<double>& levels, const AxisScale& x)
{
    m_levels = levels;
    m_x = x;
    select(std::clamp(m_selected, 0, std::max(0, int(levels.size()) - 1)));
    update();
}

void LevelHandles::select(int index)
{
    m_selected = index;
    if (std::size_t(index) >= m_levels.size())
        return;
    // The slider's own range is the axis; limited() keeps the order of the levels.
    setRange(m_x.low, m_x.high, (m_x.high - m_x.low) / 400);
    setValue(m_levels[std::size_t(index)]);
    update();
}

QString LevelHandles::valueText() const
{
    return tr("level %1 of %2, %3").arg(m_selected + 1).arg(m_levels.size()).arg(roundedNumber(value(), 4));
}

double LevelHandles::pixelOf(double level) const
{
    return m_x.toPixel(level) - m_x.lowPixel + margin;
}

std::optional<int> LevelHandles::pinAt(double x) const
{
    std::optional<int> nearest;
    double least = 9;
    for (std::size_t i = 0; i < m_levels.size(); ++i) {
        const double distance = std::abs(pixelOf(m_levels[i]) - x);
        if (distance < least) {
            least = distance;
            nearest = int(i);
        }
    }
    return nearest;
}

double LevelHandles::limited(double value) const
{
    // Levels stay distinct: a thousandth of the axis is nearer than anyone can tell apart.
    const double gap = (m_x.high - m_x.low) * 1e-3;
    const auto index = std::size_t(m_selected);
    if (index > 0)
        value = std::max(value, m_levels[index - 1] + gap);
    if (index + 1 < m_levels.size())
        value = std::min(value, m_levels[index + 1] - gap);
    return double(float(value));   // levels are stored as FP32
}

void LevelHandles::paintEvent(QPaintEvent*)
{
    const Theme& t = theme();
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    for (std::size_t i = 0; i < m_levels.size(); ++i) {
        const double x = pixelOf(m_levels[i]);
        if (x < 0 || x > width())
            continue;
        const bool isSelected = int(i) == m_selected && (hasFocus() || m_isDragged);
        const double half = isSelected ? 5.5 : 4.5;
        const QPolygonF pin{{QPointF(x, 0), QPointF(x + half, 5), QPointF(x + half, heightOfPin - 1),
                             QPointF(x - half, heightOfPin - 1), QPointF(x - half, 5)}};
        painter.setPen(QPen(t.accent, isSelected ? 2 : 1.3));
        painter.setBrush(isSelected ? t.accent : t.card);
        painter.drawPolygon(pin);
    }
}

void LevelHandles::mousePressEvent(QMouseEvent* event)
{
    const auto pin = pinAt(event->position().x());
    if (event->button() != Qt::LeftButton || !pin)
        return event->ignore();
    m_isDragged = true;
    m_hasMoved = false;
    select(*pin);
    setFocus(Qt::MouseFocusReason);
}

void LevelHandles::mouseMoveEvent(QMouseEvent* event)
{
    if (!m_isDragged)
        return;
    m_hasMoved = true;
    emit levelMoved(m_selected, limited(m_x.toValue(event->position().x() - margin + m_x.lowPixel)), false);
}

void LevelHandles::mouseReleaseEvent(QMouseEvent* event)
{
    if (!m_isDragged || event->button() != Qt::LeftButton)
        return;
    m_isDragged = false;
    update();
    if (m_hasMoved)   // a click alone only chooses
        emit levelMoved(m_selected, limited(m_x.toValue(event->position().x() - margin + m_x.lowPixel)), true);
}

void LevelHandles::keyPressEvent(QKeyEvent* event)
{
    const int step = event->key() == Qt::Key_Up ? 1 : event->key() == Qt::Key_Down ? -1 : 0;
    if (step == 0)
        return ValueSlider::keyPressEvent(event);
    select(std::clamp(m_selected + step, 0, std::max(0, int(m_levels.size()) - 1)));
}

}  // namespace quantoscope
