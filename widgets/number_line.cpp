// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/number_line.h"

#include "widgets/plot_text.h"
#include "widgets/value_slider.h"

#include <QKeyEvent>
#include <QMouseEvent>
#include <QWheelEvent>

#include <algorithm>
#include <cmath>
#include <limits>

namespace quantoscope {

NumberLine::NumberLine(QWidget* parent) : QWidget(parent)
{
    installPlotAccessibility();
    setProperty("chartDescription", QString());   // Before the name, which may make the interface for a listening screen reader.
    setFocusPolicy(Qt::StrongFocus);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Expanding);
    setAccessibleName(tr("Number line"));
}

void NumberLine::setLanes(std::vector<NumberLane> lanes)
{
    m_lanes = std::move(lanes);
    updateGeometry();
    describe();
    update();
}

void NumberLine::setMarker(std::optional<double> value, const QString& text)
{
    m_marker = value;
    m_markerText = text;
    describe();
    update();
}

void NumberLine::setView(const NumberLineView& view)
{
    m_view = view;
    limitView();
    update();
}

NumberLineView NumberLine::viewAround(double value, bool logarithmic)
{
    if (logarithmic)
        return {value == 0 ? 0.0 : NumberLineScale::octaves(value), value == 0 ? 336.0 : 24.0, true};
    const double span = value == 0 ? 2.0 : std::abs(value) * 0.25;
    return {value, span, false};
}

/// The farthest any lane reaches, for zooming out.
double NumberLine::largestMagnitude() const
{
    double largest = m_marker ? std::abs(*m_marker) : 1;
    for (const NumberLane& lane : m_lanes)
        if (!lane.runs.empty())
            largest = std::max({largest, std::abs(lane.runs.front().first), std::abs(lane.runs.back().last())});
    return std::min(largest, 4e307);   // The span is twice as much and has to stay finite.
}

void NumberLine::limitView()
{
    const double largest = largestMagnitude();
    double finest = largest;
    for (const NumberLane& lane : m_lanes)
        if (lane.ulp > 0)
            finest = std::min(finest, lane.ulp);
    if (m_view.logarithmic) {
        const double farthest = NumberLineScale::octaves(largest) + 2;
        m_view.span = std::clamp(m_view.span, 1e-9, 2.1 * farthest);
        m_view.centre = std::clamp(m_view.centre, -farthest, farthest);
    } else {
        // A little more than one ULP of the finest lane, and never less than doubles can tell apart.
        const double least = std::max({1.5 * finest, std::abs(m_view.centre) * 1e-15, 1e-300});
        m_view.span = std::clamp(m_view.span, std::min(least, 2.2 * largest), 2.2 * largest);
        // Beyond what the widest view holds FP64 has numbers too; only both ends have to stay finite.
        const double marker = m_marker && std::isfinite(*m_marker) ? std::abs(*m_marker) : 0;
        const double farthest = std::min(std::max(largest, marker), std::numeric_limits<double>::max() - m_view.span);
        m_view.centre = std::clamp(m_view.centre, -farthest, farthest);
    }
}

void NumberLine::zoom(double factor, double aroundPixel)
{
    const Places at = places();
    const double share = (aroundPixel - at.left) / (at.right - at.left) - 0.5;
    // With the typed value under the pointer zoom around it exactly: pixels are too coarse for a
    // thousandfold zoom.
    double fixed = m_view.centre + share * m_view.span;
    if (m_marker && std::abs(scale().toPixel(*m_marker) - aroundPixel) < 6)
        fixed = m_view.logarithmic ? NumberLineScale::octaves(*m_marker) : *m_marker;
    const double before = m_view.span;
    m_view.span *= factor;
    const double keptCentre = m_view.centre;
    limitView();
    m_view.centre = fixed + (keptCentre - fixed) * (m_view.span / before);
    limitView();
    update();
    emit viewChanged();
}

void NumberLine::pan(double pixels)
{
    const Places at = places();
    m_view.centre -= pixels / (at.right - at.left) * m_view.span;
    limitView();
    update();
    emit viewChanged();
}

void NumberLine::wheelEvent(QWheelEvent* event)
{
    const QPoint turned = event->angleDelta();
    if (std::abs(turned.x()) > std::abs(turned.y()))
        pan(turned.x() / 4.0);
    else
        zoom(std::pow(0.998, turned.y()), event->position().x());
    event->accept();
}

void NumberLine::mousePressEvent(QMouseEvent* event)
{
    if (event->button() != Qt::LeftButton)
        return;
    m_dragX = event->position().x();
    m_dragged = false;
    const Places at = places();
    const int lane = int(std::floor((event->position().y() - at.top) / at.lanePitch));
    if (lane >= 0 && lane < laneCount())
        emit laneActivated(lane);
}

void NumberLine::mouseMoveEvent(QMouseEvent* event)
{
    if (!m_dragX)
        return;
    const double moved = event->position().x() - *m_dragX;
    if (!m_dragged && std::abs(moved) < 3)
        return;   // A click that trembles is no drag.
    if (!m_dragged)
        setCursor(Qt::ClosedHandCursor);
    m_dragged = true;
    m_dragX = event->position().x();
    pan(moved);
}

void NumberLine::mouseReleaseEvent(QMouseEvent*)
{
    m_dragX.reset();
    unsetCursor();
}

void NumberLine::mouseDoubleClickEvent(QMouseEvent*)
{
    emit resetRequested();
}

void NumberLine::keyPressEvent(QKeyEvent* event)
{
    const Places at = places();
    const double middle = m_marker ? std::clamp(scale().toPixel(*m_marker), at.left, at.right) : (at.left + at.right) / 2;
    const double stride = (at.right - at.left) / (event->modifiers() & Qt::ShiftModifier ? 2 : 10);
    switch (event->key()) {
    case Qt::Key_Plus:
    case Qt::Key_Equal: zoom(0.7, middle); return;
    case Qt::Key_Minus: zoom(1 / 0.7, middle); return;
    case Qt::Key_Left: pan(stride); return;
    case Qt::Key_Right: pan(-stride); return;
    case Qt::Key_Home: emit resetRequested(); return;
    default: QWidget::keyPressEvent(event);
    }
}

void NumberLine::describe()
{
    QStringList parts;
    if (m_marker)
        parts << tr("Typed value %1.").arg(m_markerText);
    for (const NumberLane& lane : m_lanes)
        if (lane.stored)
            parts << tr("%1 stores %2, %3.").arg(lane.name, roundedNumber(*lane.stored, 9), lane.spacing);
    setProperty("chartDescription", parts.join(QLatin1Char(' ')));
}

bool NumberLine::event(QEvent* event)
{
    if (event->type() == QEvent::PaletteChange)
        update();
    return QWidget::event(event);
}

}  // namespace quantoscope
