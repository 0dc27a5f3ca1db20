// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/pages/numbers/sum_chart.h"

#include "app/pages/numbers/number_texts.h"
#include "widgets/plot_axis.h"
#include "widgets/plot_text.h"
#include "widgets/theme.h"
#include "widgets/value_slider.h"

#include <QPainter>
#include <QPainterPath>

#include <algorithm>
#include <cmath>

namespace quantoscope {

namespace {

/// How a method is told from the others: a colour, and a mark for whoever sees no colours.
struct Style {
    QColor colour;
    double width;
};

Style styleOf(Summation summation)
{
    const Theme& colours = theme();
    switch (summation) {
    case Summation::Naive: return {colours.error, 1.4};
    case Summation::Pairwise: return {colours.accent, 1};
    case Summation::Kahan: return {colours.good, 1};
    case Summation::Blocked: return {colours.quantized, 1};
    case Summation::Stochastic: return {colours.prediction, 1};
    }
    return {colours.text, 1};
}

void drawMark(QPainter& painter, Summation summation, QPointF at, double radius)
{
    const QColor colour = styleOf(summation).colour;
    painter.setPen(QPen(theme().card, 1.2));
    painter.setBrush(colour);
    const auto polygon = [&](std::initializer_list<QPointF> corners) {
        QPolygonF shape;
        for (const QPointF& corner : corners)
            shape << at + corner * radius;
        painter.drawPolygon(shape);
    };
    switch (summation) {
    case Summation::Naive: painter.drawEllipse(at, radius, radius); break;
    case Summation::Pairwise: painter.drawRect(QRectF(at.x() - radius, at.y() - radius, 2 * radius, 2 * radius)); break;
    case Summation::Kahan: polygon({{0, -1.2}, {1.1, 0.9}, {-1.1, 0.9}}); break;
    case Summation::Blocked: polygon({{0, -1.3}, {1.3, 0}, {0, 1.3}, {-1.3, 0}}); break;
    case Summation::Stochastic: polygon({{0, 1.2}, {1.1, -0.9}, {-1.1, -0.9}}); break;
    }
}

QString nameOf(Summation summation)
{
    for (const SummationRow& row : summationRows())
        if (row.summation == summation)
            return QString::fromUtf8(row.name.data(), qsizetype(row.name.size()));
    return {};
}

}  // namespace

struct SumChart::Plot {
    QRectF area;
    AxisScale x, y;

    QPointF at(double terms, double sum) const { return {x.toPixel(terms), y.toPixel(sum)}; }
    QPainterPath path(const std::vector<std::size_t>& terms, const std::vector<double>& sums) const
    {
        QPainterPath path(at(0, 0));
        for (std::size_t i = 0; i < terms.size() && std::isfinite(sums[i]); ++i)
            path.lineTo(at(double(terms[i]), sums[i]));
        return path;
    }
};

SumChart::SumChart(QWidget* parent) : QWidget(parent)
{
    installPlotAccessibility();
    setProperty("chartDescription", QString());   // Before the name, which may make the interface for a listening screen reader.
    setAccessibleName(tr("Running sums"));
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Expanding);
}

void SumChart::show(const SumsContent& content)
{
    m_content = content;
    QStringList texts;
    for (const auto& [summation, sum] : content.sums) {
        QString words = tr("%1: %2").arg(nameOf(summation), exactText(sum.result, 12));
        if (sum.stuckAfter)
            words += QStringLiteral(", ") + stuckWords(sum);
        texts << words;
    }
    if (!content.sums.empty())
        texts << tr("exact: %1").arg(exactText(content.sums.front().second.exactResult, 12));
    setProperty("chartDescription", texts.join(QStringLiteral("; ")));
    update();
}

void SumChart::paintAxes(QPainter& painter, const Plot& plot) const
{
    const Theme& colours = theme();
    painter.setFont(uiFont(11));
    for (const AxisTick& tick : linearTicks(plot.y.low, plot.y.high, std::max(2, int(plot.area.height() / 34)))) {
        const double y = std::round(plot.y.toPixel(tick.value)) + 0.5;
        painter.setPen(QPen(tick.value == 0 ? colours.axis : colours.grid, 1));
        painter.drawLine(QPointF(plot.area.left(), y), QPointF(plot.area.right(), y));
        painter.setPen(colours.muted);
        painter.drawText(QRectF(0, y - 9, plot.area.left() - 8, 18), Qt::AlignRight | Qt::AlignVCenter, tick.label);
    }
    const double bottom = plot.area.bottom() + 3;
    for (const AxisTick& tick : linearTicks(0, plot.x.high, std::max(2, int(plot.area.width() / 90)))) {
        const double x = plot.x.toPixel(tick.value);
        if (x > plot.area.right() - 62)
            continue;   // The axis title stands there.
        painter.drawText(QRectF(x - 40, bottom, 80, 16), Qt::AlignHCenter, tick.label);
    }
    painter.drawText(QRectF(plot.area.right() - 90, bottom, 90, 16), Qt::AlignRight, tr("terms added"));
}

void SumChart::paintSum(QPainter& painter, const Plot& plot, std::size_t index) const
{
    const auto& [summation, sum] = m_content.sums[index];
    const Style style = styleOf(summation);
    painter.setBrush(Qt::NoBrush);
    painter.setPen(QPen(style.colour, style.width * theme().stroke, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
    painter.drawPath(plot.path(sum.terms, sum.sums));
    // Marks stand at different places for each method: lines that coincide show all their marks.
    const std::size_t count = sum.terms.size(), stride = std::max<std::size_t>(1, count / 5);
    for (std::size_t i = stride * (index + 1) / (m_content.sums.size() + 1); i < count; i += stride)
        if (std::isfinite(sum.sums[i]))
            drawMark(painter, summation, plot.at(double(sum.terms[i]), sum.sums[i]), 4.2);
}

void SumChart::paintStuck(QPainter& painter, const Plot& plot) const
{
    const Theme& colours = theme();
    const RunningSum& naive = m_content.of(Summation::Naive);
    if (!naive.stuckAfter || !std::isfinite(naive.result))
        return;
    if (double(*naive.stuckAfter) > 0.95 * double(naive.terms.back()))
        return;   // Under stochastic rounding a few unlucky terms at the end are no standstill.
    const QPointF place = plot.at(double(*naive.stuckAfter), naive.result);
    painter.setBrush(colours.card);
    painter.setPen(QPen(colours.error, 2));
    painter.drawEllipse(place, 6.5, 6.5);
    painter.setFont(uiFont(12, QFont::DemiBold));
    const QString words = stuckWords(naive);
    const double width = painter.fontMetrics().horizontalAdvance(words) + 8, height = painter.fontMetrics().height() + 2;
    // Below the flat line where there is room, else above it: never on the line itself.
    const bool below = place.y() + height + 14 < plot.area.bottom();
    // Right of where the exact sum climbs through the label's height, so that no line runs through it.
    const double clear = below ? place.y() - 4 : place.y() - height - 16;
    double left = place.x() + 12;
    for (std::size_t i = 0; i < naive.terms.size() && plot.y.toPixel(naive.exact[i]) > clear; ++i)
        left = std::max(left, plot.x.toPixel(double(naive.terms[i])) + 12);
    const double x = std::clamp(left, plot.area.left() + 2, plot.area.right() - width);
    const QRectF box(x, below ? place.y() + 11 : place.y() - height - 11, width, height);
    QColor veil = colours.card;
    veil.setAlphaF(0.85f);
    painter.fillRect(box, veil);
    painter.setPen(colours.error);
    painter.drawText(box, Qt::AlignCenter, words);
}

void SumChart::paintTable(QPainter& painter, const QRectF& area) const
{
    const Theme& colours = theme();
    const double line = std::min(24.0, area.height() / double(m_content.sums.size() + 2));
    const double sumRight = area.left() + area.width() * 0.74, errorRight = area.right();
    double y = area.top();
    painter.setFont(uiFont(11));
    painter.setPen(colours.muted);
    painter.drawText(QRectF(sumRight - 90, y, 90, line), Qt::AlignRight | Qt::AlignVCenter, tr("sum"));
    painter.drawText(QRectF(errorRight - 80, y, 80, line), Qt::AlignRight | Qt::AlignVCenter, tr("error"));
    y += line;
    const auto entry = [&](const QString& name, double value, const QString& error, bool strong) {
        painter.setFont(uiFont(12, strong ? QFont::DemiBold : QFont::Normal));
        painter.setPen(colours.text);
        painter.drawText(QRectF(area.left() + 26, y, sumRight - area.left() - 90, line), Qt::AlignVCenter,
                         painter.fontMetrics().elidedText(name, Qt::ElideRight, int(sumRight - area.left() - 92)));
        painter.setFont(monoFont(12, strong ? QFont::DemiBold : QFont::Normal));
        painter.drawText(QRectF(sumRight - 90, y, 90, line), Qt::AlignRight | Qt::AlignVCenter, exactText(value, 9));
        painter.drawText(QRectF(errorRight - 80, y, 80, line), Qt::AlignRight | Qt::AlignVCenter, error);
        y += line;
    };
    const double exact = m_content.sums.front().second.exactResult;
    painter.setPen(QPen(colours.original, theme().stroke, Qt::DashLine));
    painter.drawLine(QPointF(area.left(), y + line / 2), QPointF(area.left() + 18, y + line / 2));
    entry(tr("Exact"), exact, QStringLiteral("–"), false);
    for (const auto& [summation, sum] : m_content.sums) {
        painter.setPen(QPen(styleOf(summation).colour, theme().stroke));
        painter.drawLine(QPointF(area.left(), y + line / 2), QPointF(area.left() + 18, y + line / 2));
        drawMark(painter, summation, {area.left() + 9, y + line / 2}, 4.2);
        const double error = exact == 0 ? (sum.result == 0 ? 0 : HUGE_VAL) : std::abs(sum.result - exact) / std::abs(exact);
        entry(nameOf(summation), sum.result, std::isfinite(error) ? percentText(error) : QStringLiteral("∞"), summation == Summation::Naive);
    }
}

void SumChart::paintEvent(QPaintEvent*)
{
    if (m_content.sums.empty())
        return;
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const double tableWidth = std::clamp(width() * 0.32, 324.0, 390.0);
    Plot plot;
    plot.area = QRectF(56, 8, width() - tableWidth - 56 - 28, height() - 8 - 22);
    double low = 0, high = 0;
    for (const auto& [summation, sum] : m_content.sums)
        for (const std::vector<double>* values : {&sum.sums, &sum.exact})
            for (const double value : *values)
                if (std::isfinite(value)) {
                    low = std::min(low, value);
                    high = std::max(high, value);
                }
    if (high == low)
        high = low + 1;
    const RunningSum& first = m_content.sums.front().second;
    plot.x = {0, double(first.terms.back()), plot.area.left(), plot.area.right(), false};
    plot.y = {low, high + 0.04 * (high - low), plot.area.bottom(), plot.area.top(), false};
    paintAxes(painter, plot);
    painter.save();
    painter.setClipRect(plot.area.adjusted(-6, -6, 8, 6));
    for (std::size_t i = m_content.sums.size(); i-- > 0;)
        paintSum(painter, plot, i);
    painter.setPen(QPen(theme().original, 1.6 * theme().stroke, Qt::DashLine));
    painter.setBrush(Qt::NoBrush);
    painter.drawPath(plot.path(first.terms, first.exact));
    painter.restore();
    paintStuck(painter, plot);
    const double tableHeight = std::min<double>(height() - 4, 24 * double(m_content.sums.size() + 2));
    paintTable(painter, QRectF(width() - tableWidth, 2, tableWidth, tableHeight));
}

}  // namespace quantoscope
