// SPDX-License-Identifier: GPL-3.0-or-later
// The pictures of one column: what is stored against what was there, and the error between them.
#include "app/pages/quantize/comparison_view.h"

#include "widgets/plot_text.h"
#include "widgets/theme.h"

#include <QPainter>

#include <algorithm>
#include <cmath>

namespace quantoscope {

namespace {

QPolygonF stepsOf(const BinnedShares& shares, double perUnit, const QRectF& panel, const AxisScale& y)
{
    const double pixels = panel.width() / double(shares.shares.size());
    QPolygonF outline;
    outline << panel.bottomLeft();
    for (std::size_t i = 0; i < shares.shares.size(); ++i) {
        const double height = std::max(panel.top(), std::round(y.toPixel(shares.shares[i] * perUnit)));
        outline << QPointF(std::round(panel.left() + double(i) * pixels), height)
                << QPointF(std::round(panel.left() + double(i + 1) * pixels), height);
    }
    outline << panel.bottomRight();
    return outline;
}

/// The stretch of weights that a level stands for: between its thresholds, the outermost ones as far
/// outwards as inwards.
double widthOf(const LevelMap& map, std::size_t level)
{
    if (map.levels.size() < 2)
        return 1;
    const double below = level > 0 ? map.levels[level] - map.thresholds[level - 1] : map.thresholds[0] - map.levels[0];
    const double above = level + 1 < map.levels.size() ? map.thresholds[level] - map.levels[level] : below;
    return std::max(below + above, 1e-300);
}

}  // namespace

void ComparisonView::drawPicture(QPainter& painter, const Column& column, const Layout& layout) const
{
    const Theme& t = theme();
    painter.save();
    painter.setClipRect(layout.picture.adjusted(0, 0, 1, 1));
    double highest = 0;
    const QPolygonF before = stepsOf(m_before, m_unit / m_before.binWidth(), layout.picture, layout.y);
    QColor fill = t.original;
    fill.setAlphaF(t.isDark ? 0.3f : 0.22f);
    painter.setPen(Qt::NoPen);
    painter.setBrush(fill);
    painter.drawPolygon(before);
    painter.setBrush(Qt::NoBrush);
    if (column.content.map) {
        drawStems(painter, column, layout);
    } else if (column.content.dequantized) {
        const BinnedShares stored = binnedShares(*column.content.dequantized, m_low, m_high, int(m_before.shares.size()));
        const QPolygonF after = stepsOf(stored, m_unit / stored.binWidth(), layout.picture, layout.y);
        highest = *std::max_element(stored.shares.begin(), stored.shares.end()) * m_unit / stored.binWidth();
        QColor ink = t.quantized;
        ink.setAlphaF(t.isDark ? 0.5f : 0.7f);
        painter.setPen(Qt::NoPen);
        painter.setBrush(ink);
        painter.drawPolygon(after);
        painter.setBrush(Qt::NoBrush);
    }
    painter.setPen(QPen(t.original, 1));
    painter.drawPolyline(before);
    painter.restore();
    painter.fillRect(QRectF(layout.picture.left(), layout.picture.bottom(), layout.picture.width(), 1), t.axis);
    if (highest <= m_top)
        return;
    // Bars beyond the shared axis say how far they go.
    painter.setFont(uiFont(11));
    painter.setPen(t.muted);
    const QFontMetricsF metrics(painter.font());
    const QString text = QStringLiteral("▴ ") + percentText(highest);
    painter.drawText(QPointF(layout.picture.left() + 2, layout.picture.top() + metrics.ascent() + 2), text);
}

void ComparisonView::drawStems(QPainter& painter, const Column& column, const Layout& layout) const
{
    const Theme& t = theme();
    const LevelMap& map = *column.content.map;
    const QuantizationError& error = column.content.error;
    for (std::size_t i = 0; i < map.levels.size() && i < error.perLevel.size(); ++i) {
        if (error.perLevel[i] <= 0)
            continue;
        const double weights = error.perLevel[i] / std::max(1.0, error.count);
        const double clipped = (i == 0 ? error.clippedLow : i + 1 == map.levels.size() ? error.clippedHigh : 0) / std::max(1.0, error.count);
        const double cell = widthOf(map, i);
        const double width = std::max(1.0, std::round(std::clamp(cell * layout.x.pixelsPerUnit() * 0.55, 1.0, 12.0)));
        const double left = std::round(layout.x.toPixel(map.levels[i]) - width / 2);
        const double top = std::max(layout.picture.top(), std::round(layout.y.toPixel(weights * m_unit / cell)));
        const double kept = std::max(layout.picture.top(), std::round(layout.y.toPixel((weights - clipped) * m_unit / cell)));
        painter.fillRect(QRectF(left, kept, width, layout.picture.bottom() - kept), t.quantized);
        if (clipped > 0 && kept > top) {
            const QRectF hatched(left, top, width, kept - top);
            painter.fillRect(hatched, t.card);
            fillHatched(painter, hatched, t.quantized);
            painter.setPen(QPen(t.quantized, 1));
            painter.drawRect(hatched.adjusted(0.5, 0.5, -0.5, 0));
        }
    }
}

/// From the smallest to the largest error of the weights in each column of pixels.
void ComparisonView::drawErrors(QPainter& painter, const Column& column, const Layout& layout) const
{
    const Theme& t = theme();
    const QRectF& panel = layout.error;
    painter.save();
    painter.setClipRect(panel.adjusted(0, 0, 1, 1));
    painter.fillRect(QRectF(panel.left(), std::round(layout.errorY.toPixel(0)), panel.width(), 1), t.axis);
    QColor colour = t.error;
    colour.setAlphaF(0.8f);
    const auto bar = [&](double x, double lowest, double highest) {
        const double top = layout.errorY.toPixel(highest), bottom = layout.errorY.toPixel(lowest);
        painter.fillRect(QRectF(x, top - 0.75, 1, std::max(1.5, bottom - top)), colour);
    };
    const auto& totals = m_content.counts->totals();
    for (double x = std::floor(panel.left()); x < panel.right(); x += 1) {
        const double from = std::max(totals.min, layout.x.toValue(x)), to = std::min(totals.max, layout.x.toValue(x + 1));
        if (from > to)
            continue;
        double lowest = INFINITY, highest = -INFINITY;
        if (column.content.map) {
            const LevelMap& map = *column.content.map;
            const auto add = [&](double error) {
                lowest = std::min(lowest, error);
                highest = std::max(highest, error);
            };
            add(storedValue(map, from) - from);
            add(storedValue(map, to) - to);
            // At a threshold the error jumps from below to above.
            auto threshold = std::lower_bound(map.thresholds.begin(), map.thresholds.end(), from);
            for (; threshold != map.thresholds.end() && *threshold < to; ++threshold) {
                const auto i = std::size_t(threshold - map.thresholds.begin());
                add(map.levels[i] - *threshold);
                add(map.levels[i + 1] - *threshold);
            }
        } else if (column.content.dequantized) {
            const DequantizedPicture& picture = *column.content.dequantized;
            const double cells = double(picture.stored.size()) / (picture.high - picture.low);
            const auto last = std::size_t(std::clamp((to - picture.low) * cells, 0.0, double(picture.stored.size()) - 1));
            for (auto cell = std::size_t(std::clamp((from - picture.low) * cells, 0.0, double(last))); cell <= last; ++cell) {
                if (std::isnan(picture.lowestError[cell]))
                    continue;
                lowest = std::min<double>(lowest, picture.lowestError[cell]);
                highest = std::max<double>(highest, picture.highestError[cell]);
            }
        }
        if (lowest <= highest)
            bar(x, lowest, highest);
    }
    painter.restore();
}

}  // namespace quantoscope
