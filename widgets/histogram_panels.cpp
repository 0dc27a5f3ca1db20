// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/histogram_painter.h"

#include "widgets/plot_text.h"
#include "widgets/theme.h"

#include <QCoreApplication>
#include <QPainter>
#include <QPolygonF>

#include <algorithm>
#include <cmath>

namespace quantoscope {

namespace {

/// The saw: at each threshold the error jumps from below to above. Only the visible part.
QPolygonF staircase(const HistogramFrame& frame, const AxisScale& y)
{
    const LevelMap& map = *frame.content.map;
    const AxisScale& x = frame.layout.x;
    QPolygonF line;
    const auto add = [&](double weight, double level) {
        const double visible = std::clamp(weight, x.low, x.high);
        line << QPointF(x.toPixel(visible), y.toPixel(level - visible));
    };
    for (std::size_t i = 0; i < map.levels.size(); ++i) {
        const double from = i == 0 ? x.low : map.thresholds[i - 1];
        const double to = i + 1 == map.levels.size() ? x.high : map.thresholds[i];
        if (to < x.low || from > x.high || to < from)
            continue;
        add(from, map.levels[i]);
        add(to, map.levels[i]);
    }
    return line;
}

/// Where the teeth are narrower than three pixels they are a band: drawn column by column from the
/// smallest to the largest error in it.
void drawBand(QPainter& painter, const HistogramFrame& frame, const AxisScale& y)
{
    const LevelMap& map = *frame.content.map;
    const QRectF& panel = frame.layout.error;
    const double unit = 1 / painter.device()->devicePixelRatioF();
    const QColor colour = theme().error;
    std::size_t level = 0;
    for (double left = panel.left(); left < panel.right(); left += unit) {
        const double from = frame.layout.x.toValue(left), to = frame.layout.x.toValue(left + unit);
        while (level + 1 < map.levels.size() && map.thresholds[level] <= from)
            ++level;
        double lowest = map.levels[level] - from, highest = lowest;
        std::size_t last = level;
        while (last + 1 < map.levels.size() && map.thresholds[last] < to) {
            lowest = std::min(lowest, map.levels[last] - map.thresholds[last]);
            highest = std::max(highest, map.levels[last + 1] - map.thresholds[last]);
            ++last;
        }
        lowest = std::min(lowest, map.levels[last] - to);
        const double top = std::max(panel.top(), y.toPixel(highest)), bottom = std::min(panel.bottom(), y.toPixel(lowest));
        painter.fillRect(QRectF(left, top - unit / 2, unit, std::max(1.5, bottom - top + unit)), colour);
    }
}

/// From the smallest to the largest error of the weights in each bin.
void drawErrorEnvelope(QPainter& painter, const HistogramFrame& frame, const AxisScale& y)
{
    const DequantizedPicture& picture = *frame.content.dequantized;
    const QRectF& panel = frame.layout.error;
    const double cellsPerUnit = double(picture.stored.size()) / (picture.high - picture.low);
    const double bins = double(frame.before.shares.size());
    QColor colour = theme().error;
    colour.setAlphaF(0.75f);
    for (double bin = 0; bin < bins; ++bin) {
        const double from = frame.before.low + bin * frame.before.binWidth();
        const double first = std::floor((from - picture.low) * cellsPerUnit);
        const double last = std::floor((from + frame.before.binWidth() - picture.low) * cellsPerUnit);
        double lowest = INFINITY, highest = -INFINITY;
        for (double cell = std::max(0.0, first); cell <= std::min(last, double(picture.stored.size()) - 1); ++cell) {
            if (std::isnan(picture.lowestError[std::size_t(cell)]))
                continue;
            lowest = std::min<double>(lowest, picture.lowestError[std::size_t(cell)]);
            highest = std::max<double>(highest, picture.highestError[std::size_t(cell)]);
        }
        if (lowest > highest)
            continue;
        const double left = std::round(panel.left() + panel.width() * bin / bins);
        const double right = std::round(panel.left() + panel.width() * (bin + 1) / bins);
        const double top = std::max(panel.top(), y.toPixel(highest)), bottom = std::min(panel.bottom(), y.toPixel(lowest));
        painter.fillRect(QRectF(left, top - 0.5, right - left, bottom - top + 1), colour);
    }
}

}  // namespace

void drawError(QPainter& painter, const HistogramFrame& frame)
{
    const QRectF& panel = frame.layout.error;
    if (panel.isEmpty())
        return;
    const Theme& t = theme();
    const AxisScale y = frame.layout.y(panel, -frame.errorLimit, frame.errorLimit, false);
    painter.fillRect(QRectF(panel.left(), std::round(y.toPixel(0)), panel.width(), 1), t.axis);
    if (frame.content.dequantized && !frame.content.map)
        return drawErrorEnvelope(painter, frame, y);
    if (!frame.content.map)
        return;
    const LevelMap& map = *frame.content.map;
    if (referenceStep(map) * frame.layout.x.pixelsPerUnit() < 3)
        return drawBand(painter, frame, y);
    painter.save();
    painter.setClipRect(panel.adjusted(0, -1, 0, 1));
    painter.setRenderHint(QPainter::Antialiasing);
    // Up to one pixel Qt has a fast way for lines; above it this one line costs as much as all the rest.
    painter.setPen(QPen(t.error, t.stroke < 1.5 ? 1.0 : t.stroke));
    painter.drawPolyline(staircase(frame, y));
    painter.restore();
}

void drawCodes(QPainter& painter, const HistogramFrame& frame)
{
    const Theme& t = theme();
    const std::vector<std::int64_t>& codes = frame.content.map ? frame.content.map->codes : frame.content.codes;
    const std::size_t count = frame.content.map ? frame.content.map->levels.size() : codes.size();
    const QuantizationError& error = frame.content.error;
    const QRectF& panel = frame.layout.codes;
    const AxisScale y = frame.layout.y(panel, frame.floor, frame.top, false);
    const double slot = panel.width() / double(count);
    const double gap = slot > 6 ? std::min(6.0, slot * 0.2) : slot > 2 ? 1 : 0;
    painter.setFont(uiFont(12));
    const QFontMetricsF metrics(painter.font());
    const auto codeText = [&](std::size_t i) {
        return wholeNumber(double(i < codes.size() ? codes[i] : std::int64_t(i)));
    };
    const double widest = std::max(metrics.horizontalAdvance(codeText(0)),
                                   metrics.horizontalAdvance(codeText(count - 1))) + 8;
    const int stride = std::max(1, int(std::ceil(widest / slot)));
    // Labels count from zero, so that it always has one and both signs share theirs.
    const std::int64_t zero = codes.empty() ? 0 : codes.front();
    painter.fillRect(QRectF(panel.left(), panel.bottom(), panel.width(), 1), t.axis);
    double widestCount = 0;
    for (const double weights : error.perLevel)
        widestCount = std::max(widestCount, metrics.horizontalAdvance(wholeNumber(weights)));
    for (std::size_t i = 0; i < count && i < error.perLevel.size(); ++i) {
        const double share = error.perLevel[i] / std::max(1.0, error.count);
        const double clipped = (i == 0 ? error.clippedLow : i + 1 == count ? error.clippedHigh : 0)
                             / std::max(1.0, error.count);
        const QRectF area(panel.left() + double(i) * slot + gap / 2, y.toPixel(share), slot - gap,
                          panel.bottom() - y.toPixel(share));
        painter.fillRect(area, t.quantized);
        if (clipped > 0) {
            const QRectF hatched(area.left(), area.top(), area.width(), y.toPixel(share - clipped) - area.top());
            painter.fillRect(hatched, t.card);
            fillHatched(painter, hatched, t.quantized);
            painter.setPen(QPen(t.quantized, 1));
            painter.drawRect(hatched.adjusted(0.5, 0.5, -0.5, 0));
        }
        painter.setPen(t.muted);
        if ((zero + std::int64_t(i)) % stride == 0) {
            const QString text = codeText(i);
            painter.drawText(QPointF(area.center().x() - metrics.horizontalAdvance(text) / 2, frame.layout.tickBaseline), text);
        }
        const QString weights = wholeNumber(error.perLevel[i]);
        if (widestCount + 2 < slot) {
            painter.setPen(error.perLevel[i] > 0 ? t.text : t.faint);
            painter.drawText(QPointF(area.center().x() - metrics.horizontalAdvance(weights) / 2, area.top() - 4), weights);
        }
    }
    const auto tr = [](const char* text) { return QCoreApplication::translate("HistogramView", text); };
    painter.setFont(uiFont(12, QFont::DemiBold));
    painter.setPen(t.text);
    painter.drawText(QRectF(panel.left(), frame.layout.titleBaseline - metrics.ascent(), panel.width(), metrics.height()),
                     Qt::AlignHCenter, tr("code"));
    drawCaption(painter, panel, Corner::TopLeft, 0, tr("One bar per code"),
                (widestCount + 2 < slot ? tr("%1 codes used, weights over each") : tr("%1 codes used")).arg(error.levelsUsed), t.quantized);
    if (error.clippedLow + error.clippedHigh > 0) {
        drawCaption(painter, panel, Corner::TopRight, 0,
                    tr("%1 clipped").arg(wholeNumber(error.clippedLow + error.clippedHigh)),
                    tr("hatched, on the end bars"), t.error);
    }
}

namespace {

/// Values up and across with one unit: the diagonal is a weight stored as itself.
void drawTransfer(QPainter& painter, const HistogramFrame& frame, const AxisScale& y)
{
    const Theme& t = theme();
    const AxisScale& x = frame.layout.x;
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(QPen(t.original, 1, Qt::DashLine));
    painter.drawLine(QPointF(x.toPixel(x.low), y.toPixel(x.low)), QPointF(x.toPixel(x.high), y.toPixel(x.high)));
    if (frame.content.map) {
        const LevelMap& map = *frame.content.map;
        QPolygonF line;
        for (std::size_t i = 0; i < map.levels.size(); ++i) {
            const double from = std::max(x.low, i == 0 ? x.low : map.thresholds[i - 1]);
            const double to = std::min(x.high, i + 1 == map.levels.size() ? x.high : map.thresholds[i]);
            if (to > from)
                line << QPointF(x.toPixel(from), y.toPixel(map.levels[i])) << QPointF(x.toPixel(to), y.toPixel(map.levels[i]));
        }
        painter.setPen(QPen(t.quantized, t.stroke + 0.5));
        painter.drawPolyline(line);
    } else if (frame.content.dequantized) {
        const DequantizedPicture& picture = *frame.content.dequantized;
        const double cell = (picture.high - picture.low) / double(picture.stored.size());
        QColor colour = t.quantized;
        colour.setAlphaF(0.7f);
        for (std::size_t i = 0; i < picture.lowestError.size(); ++i) {
            const double weight = picture.low + (double(i) + 0.5) * cell;
            if (std::isnan(picture.lowestError[i]) || weight < x.low || weight > x.high)
                continue;
            const double top = y.toPixel(weight + double(picture.highestError[i])), bottom = y.toPixel(weight + double(picture.lowestError[i]));
            painter.fillRect(QRectF(x.toPixel(weight) - 0.5, top - 0.5, std::max(1.0, cell * x.pixelsPerUnit()), std::max(1.0, bottom - top)), colour);
        }
    }
    painter.setRenderHint(QPainter::Antialiasing, false);
}

void drawErrorShares(QPainter& painter, const HistogramFrame& frame, const AxisScale& y)
{
    const Theme& t = theme();
    const QRectF& panel = frame.layout.after;
    const double each = panel.width() / double(frame.errors->shares.size());
    for (std::size_t i = 0; i < frame.errors->shares.size(); ++i) {
        const double top = std::round(y.toPixel(frame.errors->shares[i]));
        const double left = std::round(panel.left() + double(i) * each), right = std::round(panel.left() + double(i + 1) * each);
        const QRectF bar(left, top, right - left, panel.bottom() - top);
        if (bar.height() <= 0)
            continue;
        const double weight = frame.layout.x.toValue((left + right) / 2);
        const bool isClipped = frame.content.map && (weight < frame.clipLow() || weight > frame.clipHigh());
        if (!isClipped) {
            painter.fillRect(bar, t.error);
            continue;
        }
        painter.fillRect(bar, t.card);
        fillHatched(painter, bar, t.error);
        painter.fillRect(QRectF(bar.left(), bar.top(), bar.width(), 1), t.error);
    }
    painter.fillRect(QRectF(panel.left(), panel.bottom(), panel.width(), 1), t.axis);
}

/// How much of the error lies outside the range.
double clippedShare(const HistogramFrame& frame)
{
    double share = frame.errors->below + frame.errors->above;
    for (std::size_t i = 0; i < frame.errors->shares.size(); ++i) {
        const double weight = frame.errors->low + (double(i) + 0.5) * frame.errors->binWidth();
        if (weight < frame.clipLow() || weight > frame.clipHigh())
            share += frame.errors->shares[i];
    }
    return share;
}

}  // namespace

std::vector<QRectF> drawStaircase(QPainter& painter, const HistogramFrame& frame)
{
    const Theme& t = theme();
    const auto tr = [](const char* text) { return QCoreApplication::translate("HistogramView", text); };
    const QRectF upper = frame.layout.before, lower = frame.layout.after;
    const AxisScale transfer{frame.layout.x.low, frame.layout.x.high, upper.bottom(), upper.top(), false};
    const AxisScale shares{0, frame.errorTop, lower.bottom(), lower.top(), false};
    painter.setFont(uiFont(12));
    const QFontMetricsF metrics(painter.font());
    const auto axis = [&](const QRectF& panel, const AxisScale& y, const std::vector<AxisTick>& ticks, const QString& title) {
        for (const AxisTick& tick : ticks) {
            const double at = std::round(y.toPixel(tick.value));
            painter.fillRect(QRectF(panel.left(), at, panel.width(), 1), t.grid);
            painter.setPen(t.muted);
            painter.drawText(QPointF(panel.left() - 8 - metrics.horizontalAdvance(tick.label), at + metrics.capHeight() / 2), tick.label);
        }
        if (metrics.horizontalAdvance(title) > panel.height() + 16)
            return;
        painter.save();
        painter.translate(frame.layout.titleX, panel.center().y());
        painter.rotate(-90);
        painter.drawText(QPointF(-metrics.horizontalAdvance(title) / 2, metrics.capHeight() / 2), title);
        painter.restore();
    };
    const auto count = [&](const QRectF& panel) { return std::max(2, int(panel.height() / (metrics.height() * 2.2))); };
    axis(upper, transfer, linearTicks(transfer.low, transfer.high, count(upper)), tr("stored value"));
    axis(lower, shares, asPercent(linearTicks(0, frame.errorTop, count(lower))), tr("share of squared error"));
    painter.save();
    painter.setClipRect(upper.adjusted(0, -1, 0, 1));
    drawTransfer(painter, frame, transfer);
    painter.restore();
    std::vector<QRectF> captions;
    captions.push_back(drawCaption(painter, upper, Corner::TopLeft, 0, tr("Staircase"), tr("dashed: stored as it is"), t.quantized));
    if (!frame.errors)
        return captions;
    drawErrorShares(painter, frame, shares);
    const double clipped = frame.content.map ? clippedShare(frame) : 0;
    captions.push_back(drawCaption(painter, lower, Corner::TopLeft, 0, tr("Where the error comes from"),
                                   frame.content.map ? tr("rounding %1, clipping %2, hatched").arg(percentText(1 - clipped), percentText(clipped))
                                                     : tr("squared error of the weights in each bin"),
                                   t.error));
    return captions;
}

}  // namespace quantoscope
