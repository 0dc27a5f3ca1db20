// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/histogram_painter.h"

#include "widgets/fitting_text.h"
#include "widgets/plot_text.h"
#include "widgets/theme.h"

#include <QCoreApplication>
#include <QPainter>

#include <algorithm>
#include <cmath>
#include <utility>

namespace quantoscope {

static QString words(const char* text)
{
    return QCoreApplication::translate("HistogramView", text);
}

/// "Every 64 weights have a range of their own: no handles." without what follows from it, for little room.
static QString withoutConsequence(const QString& note)
{
    const qsizetype colon = note.lastIndexOf(QLatin1String(": "));
    return colon < 0 ? note : note.left(colon) + u'.';
}

QRectF drawCaption(QPainter& painter, const QRectF& panel, Corner corner, double offsetY, const QString& bold,
                   const QString& small, const QColor& colour)
{
    const QFont boldFont = uiFont(13, QFont::DemiBold), smallFont = uiFont(12);
    const QFontMetricsF boldMetrics(boldFont), smallMetrics(smallFont);
    const double width = std::max(boldMetrics.horizontalAdvance(bold), smallMetrics.horizontalAdvance(small)) + 10;
    const double boldHeight = bold.isEmpty() ? 0 : boldMetrics.height();
    const double height = boldHeight + (small.isEmpty() ? 0 : smallMetrics.height()) + 4;
    const double left = corner == Corner::TopRight ? panel.right() - width - 5 : panel.left() + 5;
    const double top = corner == Corner::BottomLeft ? panel.bottom() - height - 4 - offsetY : panel.top() + 5 + offsetY;
    const QRectF plate(left, top, width, height);
    QColor ground = theme().card;
    ground.setAlphaF(0.9f);
    painter.fillRect(plate, ground);
    const auto flags = (corner == Corner::TopRight ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignTop;
    painter.setFont(boldFont);
    painter.setPen(colour);
    painter.drawText(plate.adjusted(5, 2, -5, 0), flags, bold);
    painter.setFont(smallFont);
    painter.setPen(theme().muted);
    painter.drawText(plate.adjusted(5, 2 + boldHeight, -5, 0), flags, small);
    return plate;
}

/// "+7", as codes of signed integers are written.
static QString signedCode(std::int64_t code)
{
    return (code > 0 ? QStringLiteral("+") : QString()) + wholeNumber(double(code));
}

static std::vector<QRectF> drawClippedCounts(QPainter& painter, const HistogramFrame& frame, double firstHeight)
{
    const HistogramContent& content = frame.content;
    const LevelMap& map = *content.map;
    const bool narrow = frame.layout.before.width() < 680 * theme().typeScale;
    const auto storedAs = [&](const char* outermost, std::size_t level) {
        if (frame.layout.before.width() < 460 * theme().typeScale)   // The handle would stand in it.
            return QString();
        const QString text = level < map.codes.size() ? signedCode(map.codes[level]) : roundedNumber(map.levels[level], 3);
        return (narrow ? words("stored as %1") : words(outermost)).arg(text);
    };
    const QRectF& panel = frame.layout.before;
    std::vector<QRectF> plates;
    if (content.error.clippedLow > 0) {
        plates.push_back(drawCaption(painter, panel, Corner::TopLeft, firstHeight + 5,
                    words("%1 clipped").arg(wholeNumber(content.error.clippedLow)),
                    storedAs("stored as the lowest level, %1", 0), theme().error));
    }
    if (content.error.clippedHigh > 0) {
        plates.push_back(drawCaption(painter, panel, Corner::TopRight, 0,
                                     words("%1 clipped").arg(wholeNumber(content.error.clippedHigh)),
                                     storedAs("stored as the top level, %1", map.levels.size() - 1), theme().error));
    }
    return plates;
}

static void drawEndStemLabel(QPainter& painter, const HistogramFrame& frame)
{
    const HistogramContent& content = frame.content;
    const QRectF& panel = frame.layout.after;
    const double x = frame.layout.x.toPixel(content.map->levels.back());
    const QString text = words("hatched: clipped here");
    painter.setFont(uiFont(12));
    const QFontMetricsF metrics(painter.font());
    const double width = metrics.horizontalAdvance(text) + 8;
    if (content.error.clippedHigh <= 0 || x + 14 + width > panel.right() || x < panel.left())
        return;
    const AxisScale y = frame.layout.y(panel, frame.floor, frame.top, frame.isLogarithmic());
    const double share = content.error.perLevel.back() / std::max(1.0, content.error.count);
    const double top = std::clamp(y.toPixel(share) - 4, panel.top() + panel.height() * 0.45,
                                  panel.bottom() - metrics.height() - 8);
    const QRectF plate(x + 14, top, width, metrics.height());
    painter.fillRect(plate, theme().card);
    painter.setPen(theme().quantized);
    painter.drawText(plate, Qt::AlignCenter, text);
}

static QRectF drawAfterCaption(QPainter& painter, const HistogramFrame& frame)
{
    const HistogramContent& content = frame.content;
    QString small;
    if (content.map) {
        const bool narrow = frame.layout.after.width() < 680 * theme().typeScale;
        small = content.error.levelsUsed == 1 ? words("one level · line: before")
                                              : (narrow ? words("%1 levels · line: before") : words("%1 levels stored · grey line: before"))
                                                    .arg(content.error.levelsUsed);
    } else if (content.counts && content.counts->totals().finite == 0) {
        small = words("nothing finite to store");
    } else {
        small = content.dequantized ? frame.layout.after.width() < 680 * theme().typeScale ? words("as stored · line: before") : words("values as stored · grey line: before") : words("being quantized …");
    }
    const QRectF plate = drawCaption(painter, frame.layout.after, Corner::TopLeft, 0, words("After"), small, theme().quantized);
    if (!frame.ghost) {
        // Bars beyond the shared axis say how far they go.
        const double highest = frame.stored && !frame.stored->shares.empty()
                                 ? *std::max_element(frame.stored->shares.begin(), frame.stored->shares.end()) * frame.step() / frame.stored->binWidth()
                                 : 0;
        if (highest > frame.top)
            drawCaption(painter, frame.layout.after, Corner::TopRight, 0, {}, words("highest bar %1").arg(percentText(highest)), theme().muted);
        return plate;
    }
    const auto& ghost = frame.ghost->content;
    const QString detail = ghost.map ? words("%1 levels, Δ %2").arg(ghost.error.levelsUsed)
                                           .arg(roundedNumber(referenceStep(*ghost.map), 3))
                                     : QString();
    drawCaption(painter, frame.layout.after, Corner::TopRight, 0, words("Ghost: %1").arg(frame.ghost->title), detail,
                theme().muted);
    return plate;
}

static std::vector<QRectF> drawErrorCaption(QPainter& painter, const HistogramFrame& frame)
{
    if (!frame.layout.hasError())
        return {};
    const Theme& t = theme();
    const QRectF title = drawCaption(painter, frame.layout.error, Corner::BottomLeft, 0, words("Error"),
                                     words("stored − weight"), t.error);
    if (!frame.content.map)
        return {title};
    const LevelMap& map = *frame.content.map;
    const double inner = largestInnerError(map);
    const bool half = map.step > 0 && std::abs(inner / map.step - 0.5) < 1e-3;
    const bool whole = map.step > 0 && std::abs(inner / map.step - 1) < 1e-3;
    const QString bound = half ? QStringLiteral("Δ/2") : whole ? QStringLiteral("Δ") : roundedNumber(inner, 3);
    const QString text = frame.content.hasHandles ? words("at most %1 between the handles") : words("at most %1");
    return {title, drawCaption(painter, frame.layout.error, Corner::TopRight, 0, text.arg(bound),
                               map.step > 0 ? words("Δ = %1").arg(roundedNumber(map.step, 4)) : words("steps differ"),
                               t.error)};
}

std::vector<QRectF> drawCaptions(QPainter& painter, const HistogramFrame& frame)
{
    std::vector<QRectF> plates;
    if (frame.layout.isPerCode())
        return plates;
    const QRectF first = drawCaption(painter, frame.layout.before, Corner::TopLeft, 0, words("Before"), frame.caption,
                                     theme().text);
    if (!frame.content.note.isEmpty()) {
        // Beside the title where there is room, else below it, and never longer than the panel.
        const QRectF& panel = frame.layout.before;
        const QFontMetricsF metrics(uiFont(12));
        const bool isBeside = metrics.horizontalAdvance(frame.content.note) < panel.width() - first.width() - 36;
        drawCaption(painter, panel, isBeside ? Corner::TopRight : Corner::TopLeft, isBeside ? 0 : first.height(), {},
                    metrics.elidedText(longestThatFits({frame.content.note, withoutConsequence(frame.content.note)}, metrics, panel.width() - 24),
                                       Qt::ElideRight, panel.width() - 24), theme().muted);
    }
    if (frame.content.map) {
        plates = drawClippedCounts(painter, frame, first.height());
        drawEndStemLabel(painter, frame);
    }
    plates.insert(plates.end(), {first, drawAfterCaption(painter, frame)});
    const auto errorPlates = drawErrorCaption(painter, frame);
    plates.insert(plates.end(), errorPlates.begin(), errorPlates.end());
    return plates;
}

void drawPrediction(QPainter& painter, const HistogramFrame& frame)
{
    if (!frame.prediction || frame.layout.isPerCode())
        return;
    const QRectF panels = frame.layout.allPanels();
    painter.setFont(uiFont(12, QFont::DemiBold));
    const QFontMetricsF metrics(painter.font());
    const QString text = words("predicted");
    bool isLabelled = false;
    for (const double side : {1.0, -1.0}) {
        if (side < 0 && !frame.content.isSymmetric)
            continue;
        const double x = frame.layout.x.toPixel(side * *frame.prediction);
        if (x < panels.left() || x > panels.right())
            continue;
        painter.setPen(QPen(theme().prediction, 2, Qt::DashLine));
        painter.drawLine(QPointF(x, panels.top()), QPointF(x, panels.bottom()));
        if (std::exchange(isLabelled, true))
            continue;
        const double width = metrics.horizontalAdvance(text) + 8;
        const QRectF plate(std::min(x + 6, panels.right() - width), panels.top() + panels.height() * 0.27, width,
                           metrics.height() + 2);
        painter.fillRect(plate, theme().predictionSoft);
        painter.setPen(theme().prediction);
        painter.drawText(plate, Qt::AlignCenter, text);
    }
}

}  // namespace quantoscope
