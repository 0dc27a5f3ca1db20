// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/number_line.h"
#include "widgets/plot_text.h"
#include "widgets/theme.h"

#include <QPainter>
#include <QPainterPath>

#include <algorithm>
#include <cmath>

namespace quantoscope {

namespace {

constexpr double leastTickDistance = 2.6;   // Closer ticks are drawn as a band.

QColor mixed(const QColor& from, const QColor& to, double share)
{
    const auto mix = [share](float a, float b) { return float(a + (b - a) * share); };
    return QColor::fromRgbF(mix(from.redF(), to.redF()), mix(from.greenF(), to.greenF()), mix(from.blueF(), to.blueF()));
}

/// The part of a run that is seen, as indices. Empty where last < first.
struct Seen {
    double first, last;
};
Seen seenPart(const UniformRun& run, double low, double high)
{
    if (run.step == 0)
        return run.first >= low && run.first <= high ? Seen{0, 0} : Seen{1, 0};
    return {std::max(0.0, std::ceil((low - run.first) / run.step)),
            std::min(run.count - 1, std::floor((high - run.first) / run.step))};
}

/// Pixels between neighbours where they lie closest.
double leastDistance(const UniformRun& run, const Seen& seen, const NumberLineScale& scale)
{
    if (run.step == 0 || seen.last <= seen.first)
        return 1e9;
    const double first = run.first + seen.first * run.step, last = run.first + seen.last * run.step;
    return std::min(scale.toPixel(first + run.step) - scale.toPixel(first), scale.toPixel(last) - scale.toPixel(last - run.step));
}

}  // namespace

QSize NumberLine::sizeHint() const
{
    return {600, int(28 + 25 * laneCount() + 30)};
}

QSize NumberLine::minimumSizeHint() const
{
    const double line = QFontMetricsF(uiFont(11)).height();
    return {300, int(2 * line + 22 + line * 0.96 * laneCount())};
}

NumberLine::Places NumberLine::places() const
{
    double names = 0, spacings = 0;
    const QFontMetricsF nameMetrics(uiFont(12, QFont::DemiBold)), spacingMetrics(uiFont(12));
    for (const NumberLane& lane : m_lanes) {
        names = std::max(names, nameMetrics.horizontalAdvance(lane.name));
        spacings = std::max(spacings, spacingMetrics.horizontalAdvance(lane.spacing));
    }
    const double labelHeight = nameMetrics.height();
    const double axis = labelHeight + 9;
    const double top = labelHeight + 9;
    const double pitch = std::clamp((height() - top - axis) / std::max(1, laneCount()), 8.0, 60.0);
    const double left = std::max(names + 16, 70.0);
    return {left, std::max(left + 50, width() - spacings - 14), top, std::min(pitch * (pitch > 16 ? 0.84 : 0.9), 38.0), pitch,
            top + pitch * std::max(1, laneCount())};
}

NumberLineScale NumberLine::scale() const
{
    const Places at = places();
    return {m_view, at.left, at.right - at.left};
}

void NumberLine::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    const Theme& colours = theme();
    const Places at = places();
    const NumberLineScale mapping(m_view, at.left, at.right - at.left);

    for (int i = 0; i < laneCount(); ++i) {
        const NumberLane& lane = m_lanes[std::size_t(i)];
        const QRectF rect(at.left, at.top + i * at.lanePitch + (at.lanePitch - at.laneHeight) / 2, at.right - at.left, at.laneHeight);
        paintLane(painter, lane, rect, mapping);
        // Lanes thinner than a letter keep their names as small as letters may be.
        const double pixels = at.lanePitch < 15 ? 11 : 12;
        painter.setFont(uiFont(pixels, lane.selected ? QFont::DemiBold : QFont::Normal));
        painter.setPen(lane.selected ? colours.text : colours.muted);
        const QRectF line(0, at.top + i * at.lanePitch, width(), at.lanePitch);
        painter.drawText(line, Qt::AlignLeft | Qt::AlignVCenter | Qt::TextDontClip, lane.name);
        painter.drawText(line, Qt::AlignRight | Qt::AlignVCenter | Qt::TextDontClip, lane.spacing);
    }
    paintAxis(painter, at, mapping);
    paintMarker(painter, at, mapping);
    for (int i = 0; i < laneCount(); ++i)
        paintStored(painter, m_lanes[std::size_t(i)],
                    {at.left, at.top + i * at.lanePitch, at.right - at.left, at.lanePitch}, mapping);
    if (hasFocus()) {
        painter.setBrush(Qt::NoBrush);
        painter.setPen(QPen(colours.accent, 1.5));
        painter.drawRoundedRect(QRectF(at.left - 4, at.top - 2, at.right - at.left + 8, at.axisTop - at.top + 4), 5, 5);
    }
}

void NumberLine::paintLane(QPainter& painter, const NumberLane& lane, const QRectF& rect, const NumberLineScale& mapping) const
{
    const Theme& colours = theme();
    const QColor background = mixed(colours.card, colours.original, 0.09);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(Qt::NoPen);
    painter.setBrush(background);
    painter.drawRoundedRect(rect, 3, 3);
    painter.setRenderHint(QPainter::Antialiasing, false);
    painter.setClipRect(rect);

    const double low = mapping.low(), high = mapping.high();
    const auto first = std::lower_bound(lane.runs.begin(), lane.runs.end(), low,
                                        [](const UniformRun& run, double value) { return run.last() < value; });
    QList<QLineF> lines;
    double filledTo = rect.left() - 1;
    for (auto run = first; run != lane.runs.end() && run->first <= high; ++run) {
        const Seen seen = seenPart(*run, low, high);
        if (seen.last < seen.first)
            continue;
        const double from = mapping.toPixel(run->first + seen.first * run->step);
        const double to = mapping.toPixel(run->first + seen.last * run->step);
        if (leastDistance(*run, seen, mapping) >= leastTickDistance) {
            for (double k = seen.first; k <= seen.last; ++k) {
                const double x = std::round(mapping.toPixel(run->first + k * run->step)) + 0.5;
                if (x >= filledTo + 1 || run->step == 0)
                    lines.append(QLineF(x, rect.top() + 1, x, rect.bottom() - 1));
            }
            continue;
        }
        // Darker where more numbers share a pixel: one hundredfold is one step that the eye can tell.
        const double perPixel = (seen.last - seen.first + 1) / std::max(1.0, to - from);
        const double share = std::clamp(0.34 + 0.06 * std::log2(std::max(1.0, perPixel)), 0.34, 0.78);
        const double left = std::max(from, filledTo);
        painter.fillRect(QRectF(left, rect.top(), std::max(1.0, to - left + 1), rect.height()), mixed(background, colours.original, share));
        filledTo = std::max(filledTo, to);
    }
    painter.setPen(QPen(mixed(colours.card, colours.text, lane.selected ? 0.85 : 0.62), lane.selected ? 2 : 1.5));
    painter.drawLines(lines);
    painter.setClipping(false);
    painter.setRenderHint(QPainter::Antialiasing);
}

void NumberLine::paintStored(QPainter& painter, const NumberLane& lane, const QRectF& rect, const NumberLineScale& mapping) const
{
    const Theme& colours = theme();
    const double radius = std::clamp(rect.height() * 0.2, 3.5, 7.0);
    const auto dot = [&](double value, const QColor& fill, bool ring) {
        const double x = mapping.toPixel(value), y = rect.center().y();
        painter.setPen(QPen(colours.card, 1.5));
        painter.setBrush(fill);
        if (x < rect.left() || x > rect.right()) {
            // Beyond the edge: an arrowhead that points to it.
            const bool beyondLeft = x < rect.left();
            const double tip = beyondLeft ? rect.left() : rect.right(), base = beyondLeft ? tip + radius * 2 : tip - radius * 2;
            painter.drawPolygon(QPolygonF({{tip, y}, {base, y - radius}, {base, y + radius}}));
            return;
        }
        if (ring) {
            painter.setBrush(Qt::NoBrush);
            painter.setPen(QPen(colours.text, 1.6));
            painter.drawEllipse(QPointF(x, y), radius + 3, radius + 3);
            painter.setPen(QPen(colours.card, 1.5));
            painter.setBrush(fill);
        }
        painter.drawEllipse(QPointF(x, y), radius, radius);
    };
    if (lane.ghost && lane.ghost != lane.stored)
        dot(*lane.ghost, mixed(colours.card, colours.accent, 0.4), false);
    if (lane.stored)
        dot(*lane.stored, colours.accent, lane.selected);
}

void NumberLine::paintAxis(QPainter& painter, const Places& at, const NumberLineScale& mapping) const
{
    const Theme& colours = theme();
    painter.setFont(uiFont(12));
    const QFontMetricsF metrics(painter.font());
    // Labels get longer as one zooms in: ask for as many as fit with their real widths.
    double widest = 44;
    std::vector<AxisTick> ticks;
    for (int attempt = 0; attempt < 3; ++attempt) {
        ticks = mapping.ticks(widest + 34);
        for (const AxisTick& tick : ticks)
            widest = std::max(widest, metrics.horizontalAdvance(tick.label));
    }
    for (const AxisTick& tick : ticks) {
        const double x = mapping.toPixel(tick.value);
        if (x < at.left - 1 || x > at.right + 1)
            continue;
        painter.setPen(QPen(colours.axis, 1));
        painter.drawLine(QPointF(x, at.axisTop + 1), QPointF(x, at.axisTop + 5));
        painter.setPen(colours.muted);
        const double half = metrics.horizontalAdvance(tick.label) / 2;
        painter.drawText(QPointF(std::clamp(x - half, 0.0, width() - 2 * half), at.axisTop + 6 + metrics.ascent()), tick.label);
    }
}

void NumberLine::paintMarker(QPainter& painter, const Places& at, const NumberLineScale& mapping) const
{
    if (!m_marker)
        return;
    const Theme& colours = theme();
    const double x = mapping.toPixel(*m_marker);
    const QFont font = uiFont(12, QFont::DemiBold);
    const QFontMetricsF metrics(font);
    painter.setFont(font);
    painter.setPen(colours.text);
    const bool inside = x >= at.left && x <= at.right;
    const QString text = metrics.elidedText(inside ? m_markerText : x < at.left ? QStringLiteral("← ") + m_markerText : m_markerText + QStringLiteral(" →"),
                                            Qt::ElideMiddle, 180);
    const double half = metrics.horizontalAdvance(text) / 2;
    const double textX = std::clamp(x - half, at.left - 4, std::max(at.left, at.right - 2 * half));
    painter.drawText(QPointF(textX, metrics.ascent()), text);
    if (!inside)
        return;
    const double tip = at.top;
    painter.setPen(Qt::NoPen);
    painter.setBrush(colours.text);
    painter.drawPolygon(QPolygonF({{x - 4, tip - 7}, {x + 4, tip - 7}, {x, tip - 1}}));
    QPen dashes(colours.text, 1.4);
    dashes.setDashPattern({2, 2});
    painter.setPen(dashes);
    painter.drawLine(QPointF(x, tip), QPointF(x, at.axisTop));
}

}  // namespace quantoscope
