// SPDX-License-Identifier: GPL-3.0-or-later
// What a hand on mouse or keyboard does to the picture: moving the range's ends, zooming, panning.
#include "widgets/histogram_view.h"

#include <QKeyEvent>
#include <QMouseEvent>
#include <QWheelEvent>

#include <algorithm>
#include <cmath>

namespace quantoscope {

void HistogramView::moveClip(bool isLow, double value, bool finished)
{
    if (!m_content.map || !m_content.counts)
        return;
    const auto& totals = m_content.counts->totals();
    const double reach = std::max(std::abs(totals.min), std::abs(totals.max));
    // A range needs a width: a thousandth of the largest weight is narrower than anyone can use.
    const double least = reach * 1e-3;
    if (m_content.isSymmetric) {
        const double clip = std::clamp(isLow ? -value : value, least, reach);
        emit clipMoved(-clip, clip, finished);
    } else if (isLow) {
        emit clipMoved(std::clamp(value, std::min(0.0, totals.min), m_content.map->clipHigh - least),
                       m_content.map->clipHigh, finished);
    } else {
        emit clipMoved(m_content.map->clipLow,
                       std::clamp(value, m_content.map->clipLow + least, std::max(0.0, totals.max)), finished);
    }
}

void HistogramView::zoomBy(double factor, double centre)
{
    if (!m_content.counts || m_layout.isPerCode())
        return;
    setVisibleRange({centre + (m_range.low - centre) * factor, centre + (m_range.high - centre) * factor});
    emit rangeChanged();
}

void HistogramView::wheelEvent(QWheelEvent* event)
{
    const double turns = event->angleDelta().y() / 120.0;
    if (turns == 0 || !m_content.counts)
        return event->ignore();
    zoomBy(std::pow(0.8, turns), m_layout.x.toValue(event->position().x()));
    event->accept();
}

void HistogramView::mousePressEvent(QMouseEvent* event)
{
    if (event->button() != Qt::LeftButton || !m_content.counts)
        return event->ignore();
    m_pressedAt = event->position();
    if (m_isZoomed)
        m_panFrom = event->position().x();
}

void HistogramView::mouseMoveEvent(QMouseEvent* event)
{
    // A click that trembles is still a click.
    if (m_pressedAt && (event->position() - *m_pressedAt).manhattanLength() > 4)
        m_pressedAt.reset();
    if (!m_panFrom || m_pressedAt)
        return;
    const double by = (*m_panFrom - event->position().x()) / m_layout.x.pixelsPerUnit();
    m_panFrom = event->position().x();
    setVisibleRange({m_range.low + by, m_range.high + by});
    emit rangeChanged();
}

void HistogramView::mouseReleaseEvent(QMouseEvent* event)
{
    m_panFrom.reset();
    if (m_pressedAt && !m_layout.isPerCode() && m_layout.allPanels().contains(event->position()))
        emit weightPicked(m_layout.x.toValue(event->position().x()), 1 / m_layout.x.pixelsPerUnit());
    m_pressedAt.reset();
}

void HistogramView::mouseDoubleClickEvent(QMouseEvent*)
{
    if (!m_isZoomed)
        return;
    showEverything();
    emit rangeChanged();
}

void HistogramView::keyPressEvent(QKeyEvent* event)
{
    const double centre = (m_range.low + m_range.high) / 2, tenth = (m_range.high - m_range.low) / 10;
    switch (event->key()) {
    case Qt::Key_Plus:
    case Qt::Key_Equal: return zoomBy(0.8, centre);
    case Qt::Key_Minus: return zoomBy(1.25, centre);
    case Qt::Key_0:
        showEverything();
        emit rangeChanged();
        return;
    case Qt::Key_Less:
    case Qt::Key_Comma:
        setVisibleRange({m_range.low - tenth, m_range.high - tenth});
        emit rangeChanged();
        return;
    case Qt::Key_Greater:
    case Qt::Key_Period:
        setVisibleRange({m_range.low + tenth, m_range.high + tenth});
        emit rangeChanged();
        return;
    default: QWidget::keyPressEvent(event);
    }
}

}  // namespace quantoscope
