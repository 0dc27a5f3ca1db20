// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/sparkline.h"

#include "widgets/theme.h"

#include <QPainter>
#include <QPolygonF>

#include <algorithm>
#include <cmath>

namespace quantoscope {

namespace {

QColor mixed(const QColor& from, const QColor& to, double share)
{
    const auto part = [share](float a, float b) { return float(a + (b - a) * share); };
    return QColor::fromRgbF(part(from.redF(), to.redF()), part(from.greenF(), to.greenF()), part(from.blueF(), to.blueF()));
}

/// Relative luminance of WCAG 2.
double luminance(const QColor& colour)
{
    const auto linear = [](double c) { return c <= 0.04045 ? c / 12.92 : std::pow((c + 0.055) / 1.055, 2.4); };
    return 0.2126 * linear(colour.redF()) + 0.7152 * linear(colour.greenF()) + 0.0722 * linear(colour.blueF());
}

}  // namespace

void drawSparkline(QPainter& painter, const QRectF& area, const SparkBars& bars, const QColor& ink)
{
    const double pitch = area.width() / double(bars.size());
    const bool hasGaps = pitch >= 3;
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing, !hasGaps);
    for (std::size_t i = 0; i < bars.size(); ++i) {
        if (bars[i] == 0)
            continue;
        const double left = std::round(area.left() + pitch * double(i));
        const double right = std::round(area.left() + pitch * double(i + 1)) - (hasGaps ? 1 : 0);
        const double height = std::max(1.0, area.height() * bars[i] / 255);
        painter.fillRect(QRectF(left, area.bottom() - height, right - left, height), ink);
    }
    painter.restore();
}

double DotScale::position(double value) const
{
    return std::clamp((value - low) / (high - low), 0.0, 1.0);
}

void drawDotAxis(QPainter& painter, const QRectF& area, const DotScale& scale)
{
    const Theme& t = theme();
    painter.setPen(QPen(t.border, 2));
    const double y = std::round(area.center().y());
    painter.drawLine(QPointF(area.left(), y), QPointF(area.right(), y));
    if (scale.threshold > scale.low && scale.threshold < scale.high) {
        const double x = std::round(area.left() + area.width() * scale.position(scale.threshold));
        painter.setPen(QPen(t.axis, 1));
        painter.drawLine(QPointF(x, y - 6), QPointF(x, y + 6));
    }
}

void drawDotOnAxis(QPainter& painter, const QRectF& area, double value, const DotScale& scale)
{
    const Theme& t = theme();
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    drawDotAxis(painter, area, scale);
    const QPointF at(area.left() + area.width() * scale.position(value), std::round(area.center().y()));
    painter.setPen(Qt::NoPen);
    if (value < scale.threshold) {
        painter.setBrush(t.error);
        painter.drawPolygon(QPolygonF{at + QPointF(0, -5), at + QPointF(5, 0), at + QPointF(0, 5), at + QPointF(-5, 0)});
    } else {
        painter.setBrush(t.quantized);
        painter.drawEllipse(at, 3.6, 3.6);
    }
    painter.restore();
}

QColor rampColour(double share)
{
    const Theme& t = theme();
    const QColor pale = mixed(t.card, t.accent, t.isDark ? 0.10 : 0.06);
    const QColor strong = t.isDark ? t.accent : t.accent.darker(125);
    return mixed(pale, strong, std::clamp(share, 0.0, 1.0));
}

QColor divergingColour(double share)
{
    const Theme& t = theme();
    const double size = std::clamp(std::abs(share), 0.0, 1.0);
    return mixed(t.card, share < 0 ? t.error : t.isDark ? t.accent : t.accent.darker(115), size);
}

QColor inkOn(const QColor& ground)
{
    const double light = luminance(ground);
    return 1.05 / (light + 0.05) > (light + 0.05) / 0.05 ? QColor(Qt::white) : QColor(0x14181F);
}

}  // namespace quantoscope
