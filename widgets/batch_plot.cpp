// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/batch_plot.h"

#include "widgets/gemm_mark.h"
#include "widgets/label_placer.h"
#include "widgets/plot_axis.h"
#include "widgets/plot_text.h"
#include "widgets/theme.h"

#include <QPainter>

#include <algorithm>
#include <cmath>

namespace quantoscope {

std::optional<double> crossoverOf(const BatchLine& line)
{
    for (std::size_t i = 1; i < line.points.size(); ++i) {
        const auto [m0, s0] = line.points[i - 1];
        const auto [m1, s1] = line.points[i];
        if (s0 > 1 && s1 <= 1) {
            const double share = std::log(s0) / (std::log(s0) - std::log(s1));
            return std::exp(std::log(m0) + share * (std::log(m1) - std::log(m0)));
        }
    }
    return std::nullopt;
}

BatchPlot::BatchPlot(QWidget* parent)
    : QWidget(parent)
{
    setAccessibleName(tr("Speed against batch size"));
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Expanding);
}

void BatchPlot::setLines(std::vector<BatchLine> lines, const QString& baseline)
{
    m_lines = std::move(lines);
    m_baseline = baseline;
    QStringList texts;
    for (const BatchLine& line : m_lines) {
        const auto crossover = crossoverOf(line);
        if (crossover)
            texts << tr("%1 stops paying at M = %2").arg(line.name, wholeNumber(std::round(*crossover)));
    }
    setAccessibleDescription(texts.join(QStringLiteral("; ")));
    update();
}

void BatchPlot::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setFont(uiFont(12));
    const double line = painter.fontMetrics().height();
    double nameWidth = painter.fontMetrics().horizontalAdvance(m_baseline);
    double low = 0.5, high = 2, largestM = 64;
    for (const BatchLine& each : m_lines) {
        nameWidth = std::max<double>(nameWidth, QFontMetricsF(uiFont(11, QFont::DemiBold)).horizontalAdvance(each.name));
        for (const auto& [m, speed] : each.points) {
            low = std::min(low, speed);
            high = std::max(high, speed);
            largestM = std::max(largestM, m);
        }
    }
    const QRectF area = QRectF(rect()).adjusted(painter.fontMetrics().horizontalAdvance(QStringLiteral("1/4 ×")) + 10, 4,
                                                -(nameWidth + 10), -(2 * line + 10));
    const AxisScale batch{1, largestM, area.left(), area.right(), true};
    const AxisScale speed{std::exp2(std::floor(std::log2(low))), std::exp2(std::ceil(std::log2(high))), area.bottom(), area.top(), true};

    const double one = speed.toPixel(1);
    if (m_lines.empty()) {
        painter.setPen(theme().muted);
        painter.drawText(QRectF(rect()), Qt::AlignCenter | Qt::TextWordWrap, tr("Not measured yet for this layer."));
        return;
    }
    fillHatched(painter, QRectF(QPointF(area.left(), one), area.bottomRight()), theme().error);
    for (int power = int(std::lround(std::log2(speed.low))); power <= int(std::lround(std::log2(speed.high))); ++power) {
        const double y = speed.toPixel(std::exp2(power));
        painter.setPen(theme().grid);
        painter.drawLine(QPointF(area.left(), y), QPointF(area.right(), y));
        painter.setPen(theme().muted);
        const QString label = power >= 0 ? QStringLiteral("%1 ×").arg(1 << power) : QStringLiteral("1/%1 ×").arg(1 << -power);
        painter.drawText(QRectF(0, y - line / 2, area.left() - 8, line), Qt::AlignRight | Qt::AlignVCenter, label);
    }
    for (double m = 1; m <= largestM; m *= 4) {
        painter.setPen(theme().muted);
        painter.drawText(QRectF(batch.toPixel(m) - 30, area.bottom() + 4, 60, line), Qt::AlignCenter, wholeNumber(m));
    }
    painter.drawText(QRectF(area.left(), area.bottom() + line + 6, area.width(), line), Qt::AlignCenter, tr("M: rows (tokens) at once"));
    painter.setPen(QPen(theme().text, 1.4));
    painter.drawLine(QPointF(area.left(), one), QPointF(area.right(), one));

    // Names stand at the line's end; where ends meet they move apart.
    LabelPlacer placer(QRectF(area.right() + 6, area.top() - line, nameWidth + 4, area.height() + 2 * line));
    painter.setFont(uiFont(11, QFont::DemiBold));
    const auto name = [&](const QString& text, double y, const QColor& colour) {
        const QRectF place = placer.place(QPointF(area.right() + 6 + nameWidth / 2 + 2, y), -painter.fontMetrics().height() / 2.0,
                                          QSizeF(nameWidth, painter.fontMetrics().height()));
        painter.setPen(colour);
        painter.drawText(place, Qt::AlignLeft | Qt::AlignVCenter, text);
    };
    for (const BatchLine& each : m_lines) {
        const QColor colour = colourOf(each.mark);
        QPolygonF points;
        for (const auto& [m, value] : each.points)
            points << QPointF(batch.toPixel(m), speed.toPixel(value));
        painter.setPen(QPen(colour, theme().stroke));
        painter.setBrush(Qt::NoBrush);
        painter.drawPolyline(points);
        for (const QPointF& point : points)
            drawGemmMark(painter, point, 3, each.mark, colour, colour);
        if (!points.empty())
            name(each.name, points.back().y(), colour);
    }
    if (!m_lines.empty())
        name(m_baseline, one, theme().text);
}

}  // namespace quantoscope
