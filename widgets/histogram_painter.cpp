// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/histogram_painter.h"

#include "widgets/plot_text.h"
#include "widgets/theme.h"

#include <QCoreApplication>
#include <QPainter>
#include <QPainterPath>

#include <algorithm>
#include <cmath>

namespace quantoscope {

bool HistogramFrame::hasStep() const
{
    // Where one value is all there is, shares per step are as large as the step is: per bin they say something.
    const bool isOneValue = content.counts && content.counts->totals().min == content.counts->totals().max;
    return content.map && !isOneValue;
}

double HistogramFrame::step() const
{
    return hasStep() ? referenceStep(*content.map) : before.binWidth();
}

double HistogramFrame::clipLow() const
{
    return content.map ? content.map->clipLow : content.counts->totals().min;
}

double HistogramFrame::clipHigh() const
{
    return content.map ? content.map->clipHigh : content.counts->totals().max;
}

namespace {

/// To whole device pixels, so that unsmoothed edges are sharp at any scale.
double snapped(const QPainter& painter, double position)
{
    const double ratio = painter.device()->devicePixelRatioF();
    return std::round(position * ratio) / ratio;
}

QColor withAlpha(QColor colour, double alpha)
{
    colour.setAlphaF(float(alpha));
    return colour;
}

/// Steps from left to right with both ends on the axis; fills under them with `fill` if it is valid.
void drawSteps(QPainter& painter, const HistogramFrame& frame, const QRectF& panel, const BinnedShares& shares,
               double factor, const QColor& line, double width, const QColor& fill)
{
    const AxisScale y = frame.layout.y(panel, frame.floor, frame.top, frame.isLogarithmic());
    const double bottom = snapped(painter, panel.bottom());
    const double pixels = panel.width() / double(shares.shares.size());
    QPolygonF outline;
    outline.reserve(qsizetype(2 * shares.shares.size() + 2));
    outline << QPointF(snapped(painter, panel.left()), bottom);
    for (std::size_t i = 0; i < shares.shares.size(); ++i) {
        const double left = snapped(painter, panel.left() + double(i) * pixels);
        const double right = snapped(painter, panel.left() + double(i + 1) * pixels);
        const double height = std::max(panel.top(), snapped(painter, y.toPixel(shares.shares[i] * factor)));
        outline << QPointF(left, height) << QPointF(right, height);
    }
    outline << QPointF(snapped(painter, panel.right()), bottom);
    if (fill.isValid()) {
        painter.setPen(Qt::NoPen);
        painter.setBrush(fill);
        painter.drawPolygon(outline);
        painter.setBrush(Qt::NoBrush);
    }
    painter.setPen(QPen(line, width));
    painter.drawPolyline(outline);
}

/// One bar per level, none wider than what a single value may seem to cover.
void drawStems(QPainter& painter, const HistogramFrame& frame, const HistogramContent& content, const QColor& colour,
               bool pale)
{
    const LevelMap& map = *content.map;
    const QuantizationError& error = content.error;
    const QRectF& panel = frame.layout.after;
    const AxisScale& x = frame.layout.x;
    const AxisScale y = frame.layout.y(panel, frame.floor, frame.top, frame.isLogarithmic());
    const double unit = 1 / painter.device()->devicePixelRatioF();
    const double bottom = snapped(painter, panel.bottom());
    for (std::size_t i = 0; i < map.levels.size() && i < error.perLevel.size(); ++i) {
        const double level = map.levels[i];
        if (error.perLevel[i] <= 0 || level < x.low || level > x.high)
            continue;
        const double share = error.perLevel[i] / std::max(1.0, error.count);
        const double clipped = i == 0 ? error.clippedLow : i + 1 == map.levels.size() ? error.clippedHigh : 0;
        const double kept = std::max(0.0, error.perLevel[i] - clipped) / std::max(1.0, error.count);
        // Levels are values, not ranges: a stem is never wider than half the way to its neighbour.
        const double spacing = std::min(i > 0 ? level - map.levels[i - 1] : INFINITY,
                                        i + 1 < map.levels.size() ? map.levels[i + 1] - level : INFINITY);
        const double width = std::max(unit, snapped(painter, std::clamp(spacing * x.pixelsPerUnit() * 0.5, 1.0,
                                                                        pale ? 3.0 : 11.0)));
        const double left = snapped(painter, x.toPixel(level) - width / 2);
        const double top = std::max(panel.top(), snapped(painter, y.toPixel(share)));
        const double keptTop = clipped > 0 ? std::max(panel.top(), snapped(painter, y.toPixel(kept))) : top;
        painter.fillRect(QRectF(left, keptTop, width, bottom - keptTop), colour);
        if (pale || clipped <= 0 || keptTop <= top)
            continue;
        const QRectF hatched(left, top, width, keptTop - top);
        painter.fillRect(hatched, theme().card);
        fillHatched(painter, hatched, colour);
        painter.setPen(QPen(colour, 1));
        painter.drawRect(hatched.adjusted(0.5, 0.5, -0.5, 0));
    }
}

/// What is cut off at the top of the panel keeps its number.
void drawCutStems(QPainter& painter, const HistogramFrame& frame)
{
    const LevelMap& map = *frame.content.map;
    painter.setFont(uiFont(11, QFont::DemiBold));
    painter.setPen(theme().quantized);
    for (const std::size_t i : {std::size_t{0}, map.levels.size() - 1}) {
        const double share = frame.content.error.perLevel[i] / std::max(1.0, frame.content.error.count);
        if (share <= frame.top || map.levels[i] < frame.layout.x.low || map.levels[i] > frame.layout.x.high)
            continue;
        const QString text = QStringLiteral("▲ ") + percentText(share);
        const double width = painter.fontMetrics().horizontalAdvance(text);
        const double x = frame.layout.x.toPixel(map.levels[i]);
        const QRectF panel = frame.layout.after;
        const double left = i == 0 ? std::max(panel.left(), x - width - 10) : std::min(panel.right() - width, x + 10);
        const QRectF plate(left - 2, panel.top() + panel.height() * 0.4, width + 4, painter.fontMetrics().height());
        painter.fillRect(plate, theme().card);
        painter.drawText(plate, Qt::AlignCenter, text);
    }
}

}  // namespace

void drawPanelGrounds(QPainter& painter, const HistogramFrame& frame, bool hatched)
{
    const Theme& t = theme();
    const HistogramLayout& layout = frame.layout;
    for (const QRectF& panel : {layout.before, layout.after, layout.error}) {
        if (panel.isEmpty())
            continue;
        if (hatched) {
            painter.fillRect(panel, withAlpha(t.axis, t.id == ThemeId::Projector ? 0.1 : 0.14));
            fillHatched(painter, panel, withAlpha(t.axis, t.id == ThemeId::Projector ? 0.7 : 0.5));
        }
        painter.setPen(QPen(t.grid, 1));
        for (const AxisTick& tick : linearTicks(layout.x.low, layout.x.high, int(panel.width() / 80))) {
            const double x = snapped(painter, layout.x.toPixel(tick.value));
            painter.fillRect(QRectF(x, panel.top(), 1, panel.height()), t.grid);
        }
    }
}

void drawXAxis(QPainter& painter, const HistogramFrame& frame)
{
    const Theme& t = theme();
    const HistogramLayout& layout = frame.layout;
    const QRectF panels = layout.allPanels();
    painter.setFont(uiFont(12));
    const QFontMetricsF metrics(painter.font());
    for (const AxisTick& tick : linearTicks(layout.x.low, layout.x.high, int(panels.width() / 80))) {
        const double x = layout.x.toPixel(tick.value);
        painter.fillRect(QRectF(snapped(painter, x), panels.bottom(), 1, 4), t.axis);
        painter.setPen(t.muted);
        const double width = metrics.horizontalAdvance(tick.label);
        painter.drawText(QPointF(std::min(x - width / 2, panels.right() + 10 - width), layout.tickBaseline), tick.label);
    }

    const auto& totals = frame.content.counts->totals();
    const auto tr = [](const char* text) { return QCoreApplication::translate("HistogramView", text); };
    painter.setPen(t.text);
    painter.setFont(uiFont(12, QFont::DemiBold));
    const QFontMetricsF bold(painter.font());
    const QString title = tr("weight");
    painter.drawText(QPointF(panels.center().x() - bold.horizontalAdvance(title) / 2, layout.titleBaseline), title);
    const QString low = roundedNumber(totals.min, 4), high = roundedNumber(totals.max, 4);
    const QString left = frame.before.below > 0
        ? QStringLiteral("◂ ") + tr("%1 beyond, from %2").arg(wholeNumber(frame.before.below), low)
        : tr("none beyond, min %1").arg(low);
    const QString right = frame.before.above > 0
        ? tr("%1 beyond, to %2").arg(wholeNumber(frame.before.above), high) + QStringLiteral(" ▸")
        : tr("none beyond, max %1").arg(high);
    const double room = panels.width() / 2 - bold.horizontalAdvance(title) / 2 - 8;
    const auto draw = [&](QString text, bool strong, bool atRight) {
        painter.setPen(strong ? t.text : t.muted);
        painter.setFont(uiFont(12, strong ? QFont::DemiBold : QFont::Normal));
        // Beside the title in little room: that nothing lies beyond goes first, then where what does ends.
        const QFontMetricsF metrics(painter.font());
        if (metrics.horizontalAdvance(text) > room)
            text = strong ? text.section(u',', 0, 0) + (atRight ? QStringLiteral(" ▸") : QString()) : text.section(QStringLiteral(", "), 1);
        if (metrics.horizontalAdvance(text) > room)
            return;
        const double width = metrics.horizontalAdvance(text);
        painter.drawText(QPointF(atRight ? panels.right() - width : panels.left(), layout.titleBaseline), text);
    };
    draw(left, frame.before.below > 0, false);
    draw(right, frame.before.above > 0, true);
}

void drawYAxes(QPainter& painter, const HistogramFrame& frame)
{
    const Theme& t = theme();
    const HistogramLayout& layout = frame.layout;
    painter.setFont(uiFont(12));
    const QFontMetricsF metrics(painter.font());
    const auto axis = [&](const QRectF& panel, const AxisScale& y, const std::vector<AxisTick>& ticks) {
        for (const AxisTick& tick : ticks) {
            if (layout.isPerCode() && tick.value > 1)   // room above the bars, not a share
                continue;
            const double at = snapped(painter, y.toPixel(tick.value));
            if (at > panel.bottom() + 0.5 || at < panel.top() - 0.5)
                continue;
            painter.fillRect(QRectF(panel.left(), at, panel.width(), 1), t.grid);
            painter.setPen(t.muted);
            painter.drawText(QPointF(panel.left() - 8 - metrics.horizontalAdvance(tick.label),
                                     at + metrics.capHeight() / 2), tick.label);
        }
    };
    const auto shareTicks = [&](const QRectF& panel) {
        const int atMost = std::max(2, int(panel.height() / (metrics.height() * 2.2)));
        return asPercent(frame.isLogarithmic() ? logarithmicTicks(frame.floor, frame.top, atMost)
                                               : linearTicks(0, frame.top, atMost));
    };
    if (layout.isPerCode()) {
        axis(layout.codes, layout.y(layout.codes, frame.floor, frame.top, false), shareTicks(layout.codes));
    } else {
        for (const QRectF& panel : {layout.before, layout.after})
            axis(panel, layout.y(panel, frame.floor, frame.top, frame.isLogarithmic()), shareTicks(panel));
    }
    if (layout.hasError()) {
        const int atMost = std::max(2, int(layout.error.height() / (metrics.height() * 1.6)));
        axis(layout.error, layout.y(layout.error, -frame.errorLimit, frame.errorLimit, false),
             linearTicks(-frame.errorLimit, frame.errorLimit, atMost));
    }

    const auto tr = [](const char* text) { return QCoreApplication::translate("HistogramView", text); };
    const QString title = layout.isPerCode()                              ? tr("share of weights")
                        : !frame.hasStep()                                ? tr("share of weights per bin")
                        : frame.content.map->step > 0                     ? tr("share of weights per step Δ")
                                                                          : tr("share of weights per mean step");
    const QRectF panels = layout.isPerCode() ? layout.codes : layout.before.united(layout.after);
    painter.save();
    painter.translate(layout.titleX, panels.center().y());
    painter.rotate(-90);
    painter.setPen(t.muted);
    painter.drawText(QPointF(-metrics.horizontalAdvance(title) / 2, metrics.capHeight() / 2), title);
    painter.restore();
}

void drawBefore(QPainter& painter, const HistogramFrame& frame)
{
    const Theme& t = theme();
    const double factor = frame.step() / frame.before.binWidth();
    drawSteps(painter, frame, frame.layout.before, frame.before, factor, t.original, std::max(1.0, std::floor(t.stroke)),
              withAlpha(t.original, t.isDark ? 0.4 : 0.34));
}

void drawAfter(QPainter& painter, const HistogramFrame& frame)
{
    const Theme& t = theme();
    if (frame.stored) {
        drawSteps(painter, frame, frame.layout.after, *frame.stored, frame.step() / frame.stored->binWidth(), t.quantized,
                  1, withAlpha(t.quantized, t.isDark ? 0.5 : 0.75));
    }
    if (frame.ghost && !frame.ghost->content.map && frame.ghost->content.dequantized) {
        const BinnedShares before = binnedShares(*frame.ghost->content.dequantized, frame.layout.x.low, frame.layout.x.high,
                                                 int(frame.before.shares.size()));
        drawSteps(painter, frame, frame.layout.after, before, frame.step() / before.binWidth(), withAlpha(t.quantized, 0.4), 1,
                  withAlpha(t.quantized, 0.15));
    }
    if (frame.ghost && frame.ghost->content.map)
        drawStems(painter, frame, frame.ghost->content, withAlpha(t.quantized, 0.3), true);
    if (frame.content.map)
        drawStems(painter, frame, frame.content, t.quantized, false);
    const double factor = frame.step() / frame.before.binWidth();
    drawSteps(painter, frame, frame.layout.after, frame.before, factor, t.original, std::max(1.0, std::floor(t.stroke)), {});
    if (frame.content.map && !frame.isLogarithmic())
        drawCutStems(painter, frame);
}

/// From where the weight was to where it is stored, with a ring at either end.
void drawMarkedWeight(QPainter& painter, const HistogramFrame& frame)
{
    if (!frame.marked || frame.layout.isPerCode())
        return;
    const AxisScale& x = frame.layout.x;
    if (frame.marked->value < x.low || frame.marked->value > x.high)
        return;
    const QPointF from(x.toPixel(frame.marked->value), frame.layout.before.bottom() - 4);
    const QPointF to(x.toPixel(std::clamp(frame.marked->stored, x.low, x.high)), frame.layout.after.top() + 6);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(QPen(theme().accent, 1.6));
    painter.drawLine(from, to);
    painter.drawLine(to, QPointF(to.x(), frame.layout.after.bottom()));
    painter.setBrush(theme().card);
    painter.drawEllipse(from, 4.5, 4.5);
    painter.setBrush(theme().accent);
    painter.drawEllipse(QPointF(to.x(), frame.layout.after.bottom() - 4), 4.5, 4.5);
    painter.setBrush(Qt::NoBrush);
    painter.setRenderHint(QPainter::Antialiasing, false);
}

void drawClipLabels(QPainter& painter, const HistogramFrame& frame)
{
    if (!frame.content.hasHandles || !frame.content.map || frame.layout.isPerCode())
        return;
    const Theme& t = theme();
    const HistogramLayout& layout = frame.layout;
    painter.setFont(monoFont(12, QFont::Medium));
    const QFontMetricsF metrics(painter.font());
    painter.setRenderHint(QPainter::Antialiasing);
    const auto pill = [&](double value) {
        const double x = layout.x.toPixel(value);
        QString text = fixedNumber(value, 4);
        if (std::abs(value) < 0.01 || std::abs(value) >= 100)
            text = roundedNumber(value, 3);
        if (x < layout.x.lowPixel - 1)
            text.prepend(QStringLiteral("◂ "));
        if (x > layout.x.highPixel + 1)
            text.append(QStringLiteral(" ▸"));
        const double width = metrics.horizontalAdvance(text) + 12;
        const double centre = std::clamp(x, layout.x.lowPixel - 8 + width / 2, layout.x.highPixel + 8 - width / 2);
        return std::pair{QRectF(centre - width / 2, layout.pillTop, width, layout.pillHeight), text};
    };
    auto [low, lowText] = pill(frame.clipLow());
    auto [high, highText] = pill(frame.clipHigh());
    // Two values close together move apart instead of covering each other.
    if (const double overlap = low.right() + 3 - high.left(); overlap > 0) {
        low.translate(-overlap / 2, 0);
        high.translate(overlap / 2, 0);
    }
    for (const auto& [area, text] : {std::pair{low, lowText}, std::pair{high, highText}}) {
        painter.setPen(Qt::NoPen);
        painter.setBrush(t.accent);
        painter.drawRoundedRect(area, 4, 4);
        painter.setPen(t.onAccent);
        painter.drawText(area, Qt::AlignCenter, text);
    }
    painter.setRenderHint(QPainter::Antialiasing, false);
}

}  // namespace quantoscope
