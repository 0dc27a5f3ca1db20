// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/pages/quantize/stream_plot.h"

#include "widgets/fitting_text.h"
#include "widgets/plot_text.h"
#include "widgets/theme.h"
#include "widgets/value_slider.h"

#include <QCoreApplication>
#include <QEvent>
#include <QPainter>

#include <algorithm>
#include <cmath>
#include <iterator>
#include <numeric>

namespace quantoscope {

namespace {

constexpr int panelCount = 4;   // range, saturation, SQNR, cost
constexpr int costPanel = 3;
constexpr double shares[panelCount] = {1, 0.85, 1, 0.75};   // Of the height.

/// The long way of saying it before the short one.
QStringList panelTitles(int panel)
{
    switch (panel) {
    case 0: return {StreamPlot::tr("range: largest |x| stored"), StreamPlot::tr("range")};
    case 1: return {StreamPlot::tr("saturated: share of values beyond the range"), StreamPlot::tr("saturated: share beyond the range"), StreamPlot::tr("saturated")};
    case 2: return {StreamPlot::tr("SQNR of the batch, dB, higher is better"), StreamPlot::tr("SQNR, dB, higher is better"), StreamPlot::tr("SQNR, dB")};
    default: return {StreamPlot::tr("cost: values read before the first is stored, logarithmic"), StreamPlot::tr("cost: values read before storing, log"), StreamPlot::tr("cost, log")};
    }
}

/// 0 and the powers of ten that there is room for.
std::vector<AxisTick> costTicks(double high, double height)
{
    std::vector<AxisTick> ticks{{0, QStringLiteral("0")}};
    const int every = std::max(1, int(std::ceil(high * 18 / std::max(1.0, height))));
    for (int power = every - 1; power + 1 <= high; power += every)
        ticks.push_back({double(power + 1), wholeNumber(std::pow(10, power))});
    return ticks;
}

/// "static 0, per batch 2 048", of the last batch.
QString costWords(const StreamReport& report)
{
    QStringList words;
    for (const RangePolicyRow& row : rangePolicies()) {
        if (!report.of(row.policy).empty())
            words << QCoreApplication::translate("StreamPlot", row.name.data()) + u' ' + wholeNumber(double(report.of(row.policy).back().readBefore));
    }
    return words.join(QStringLiteral(", "));
}

/// Told apart by their strokes too, not by colour alone.
QPen penOf(RangePolicy policy)
{
    const Theme& t = theme();
    const double width = t.stroke + 0.6;
    switch (policy) {
    case RangePolicy::Static: return QPen(t.error, width);
    case RangePolicy::MovingAverage: return QPen(t.text, width, Qt::DashLine);
    case RangePolicy::PerBatch: return QPen(t.accent, width);
    case RangePolicy::PerToken: break;
    }
    return QPen(t.accent, width, Qt::DotLine);
}

}  // namespace

StreamPlot::StreamPlot(QWidget* parent)
    : QWidget(parent)
{
    installPlotAccessibility();
    setAttribute(Qt::WA_OpaquePaintEvent);
    setProperty("chartDescription", QString());
    setAccessibleName(tr("Ranges, saturation, SQNR and cost over the batches"));
}

void StreamPlot::setReport(std::shared_ptr<const StreamReport> report, const ActivationRecipe& recipe, int calibration)
{
    m_report = std::move(report);
    m_recipe = recipe;
    m_calibration = calibration;
    QString text;
    if (m_report) {
        for (const RangePolicyRow& row : rangePolicies())
            text += tr("%1: %2 dB over all batches. ").arg(QString::fromUtf8(row.name.data(), qsizetype(row.name.size())),
                                                          decibelText(m_report->sqnrDb(row.policy, 0, m_recipe.batches)));
        text += tr("Values read before the first of a batch is stored: %1.").arg(costWords(*m_report));
    }
    setProperty("chartDescription", text.trimmed());
    update();
}

AxisScale StreamPlot::batches(const QRectF& area) const
{
    return {-0.5, std::max(1, m_recipe.batches) - 0.5, area.left(), area.right(), false};
}

double StreamPlot::valueOf(int panel, RangePolicy policy, int batch) const
{
    const StreamPoint& point = m_report->of(policy)[std::size_t(batch)];
    // Nothing read has its place too, one power below a single value.
    const double cost = point.readBefore > 0 ? 1 + std::log10(double(point.readBefore)) : 0;
    return panel == 0 ? point.range : panel == 1 ? point.saturated : panel == 2 ? point.sqnrDb : cost;
}

/// The batches themselves, as bars behind the ranges: what stands out above a line is cut off.
void StreamPlot::drawLargest(QPainter& painter, const Panel& panel) const
{
    QColor colour = theme().original;
    colour.setAlphaF(0.4f);
    const AxisScale x = batches(panel.area);
    const double width = std::max(1.0, x.pixelsPerUnit() * 0.7);
    for (std::size_t batch = 0; batch < m_report->largest.size(); ++batch) {
        const double top = panel.y.toPixel(m_report->largest[batch]);
        painter.fillRect(QRectF(x.toPixel(double(batch)) - width / 2, top, width, panel.area.bottom() - top), colour);
    }
}

void StreamPlot::drawPanel(QPainter& painter, int number, const QRectF& area)
{
    const Theme& t = theme();
    double high = 0, low = number == 2 ? INFINITY : 0;
    for (const RangePolicyRow& row : rangePolicies()) {
        for (int batch = 0; batch < int(m_report->largest.size()); ++batch) {
            const double value = valueOf(number, row.policy, batch);
            if (!std::isfinite(value))
                continue;
            high = std::max(high, value);
            low = std::min(low, value);
        }
    }
    if (number == 0)
        high = std::max(high, m_report->largest.empty() ? 1.0 : *std::max_element(m_report->largest.begin(), m_report->largest.end()));
    if (number == costPanel) {
        low = 0;
        high = std::max(3.0, std::ceil(high));
    } else if (number == 2) {
        low = std::isfinite(low) ? std::floor(low / 5) * 5 : 0;
        high = std::ceil((high + 0.5) / 5) * 5;
    } else {
        high = high > 0 ? roundUp(high * 1.08) : number == 1 ? 0.01 : 1;
    }
    const Panel panel{area, {low, high, area.bottom(), area.top(), false}};
    painter.setFont(uiFont(12));
    const QFontMetricsF metrics(painter.font());
    const auto ticks = number == costPanel ? costTicks(high, area.height()) : linearTicks(low, high, std::max(2, int(area.height() / 34)));
    for (const AxisTick& tick : number == 1 ? asPercent(ticks) : ticks) {
        const double y = std::round(panel.y.toPixel(tick.value));
        painter.fillRect(QRectF(area.left(), y, area.width(), 1), t.grid);
        painter.setPen(t.muted);
        painter.drawText(QPointF(area.left() - 8 - metrics.horizontalAdvance(tick.label), y + metrics.capHeight() / 2), tick.label);
    }
    // What happens when: the batches that were looked at first, and where the drift begins.
    const AxisScale x = batches(area);
    QColor soft = t.accentSoft;
    painter.fillRect(QRectF(area.left(), area.top(), x.toPixel(std::min(m_calibration, m_recipe.batches) - 0.5) - area.left(), area.height()), soft);
    if (number == 0)
        drawLargest(painter, panel);
    if (m_recipe.drift != 1 && m_recipe.driftFrom < m_recipe.batches) {
        const double at = std::round(x.toPixel(m_recipe.driftFrom - 0.5));
        painter.setPen(QPen(t.muted, 1, Qt::DashLine));
        painter.drawLine(QPointF(at, area.top()), QPointF(at, area.bottom()));
        if (number == 0) {
            painter.setPen(t.muted);
            painter.drawText(QPointF(at + 5, area.top() + metrics.ascent()), tr("drift begins"));
        }
    }
    if (number == 0) {
        painter.setPen(t.text);
        painter.drawText(QPointF(area.left() + 5, area.top() + metrics.ascent()), tr("calibration"));
    }
    painter.save();
    painter.setClipRect(area.adjusted(-1, -2, 1, 2));
    painter.setRenderHint(QPainter::Antialiasing);
    for (const RangePolicyRow& row : rangePolicies()) {
        QPolygonF line;
        for (int batch = 0; batch < int(m_report->largest.size()); ++batch) {
            const double value = valueOf(number, row.policy, batch);
            line << QPointF(x.toPixel(batch), panel.y.toPixel(std::isfinite(value) ? value : high));
        }
        painter.setPen(penOf(row.policy));
        painter.drawPolyline(line);
    }
    painter.restore();
    painter.fillRect(QRectF(area.left(), std::round(area.bottom()), area.width(), 1), t.axis);
    painter.setFont(uiFont(12, QFont::DemiBold));
    painter.setPen(t.text);
    painter.drawText(QPointF(area.left(), area.top() - metrics.descent() - 3), longestThatFits(panelTitles(number), QFontMetricsF(painter.font()), area.width()));
}

void StreamPlot::drawLegend(QPainter& painter, const QRectF& area) const
{
    const Theme& t = theme();
    painter.setFont(uiFont(12));
    const QFontMetricsF metrics(painter.font());
    double words = 0;
    for (const RangePolicyRow& row : rangePolicies())
        words += metrics.horizontalAdvance(QCoreApplication::translate("StreamPlot", row.name.data()));
    // Shorter strokes, from the left edge on, before a way goes without its name.
    const bool isTight = words + 50.0 * double(rangePolicies().size()) > area.width();
    const double stroke = isTight ? 16 : 26, gap = isTight ? 10 : 18;
    double x = isTight ? std::clamp(area.right() - words - (stroke + 6 + gap) * double(rangePolicies().size()), 0.0, area.left()) : area.left();
    painter.setRenderHint(QPainter::Antialiasing);
    for (const RangePolicyRow& row : rangePolicies()) {
        const QString name = QCoreApplication::translate("StreamPlot", row.name.data());
        painter.setPen(penOf(row.policy));
        painter.drawLine(QPointF(x, area.center().y()), QPointF(x + stroke, area.center().y()));
        painter.setPen(t.text);
        painter.drawText(QPointF(x + stroke + 6, area.center().y() + metrics.capHeight() / 2), name);
        x += stroke + 6 + metrics.horizontalAdvance(name) + gap;
    }
    painter.setRenderHint(QPainter::Antialiasing, false);
    const QString name = tr("largest |x| of the batch");
    if (x + 20 + metrics.horizontalAdvance(name) > area.right())
        return;
    QColor colour = t.original;
    colour.setAlphaF(0.4f);
    painter.fillRect(QRectF(x, area.center().y() - 5, 12, 10), colour);
    painter.setPen(t.text);
    painter.drawText(QPointF(x + 18, area.center().y() + metrics.capHeight() / 2), name);
}

void StreamPlot::drawBatchAxis(QPainter& painter, const QRectF& area) const
{
    const Theme& t = theme();
    painter.setFont(uiFont(12));
    const QFontMetricsF metrics(painter.font());
    painter.setPen(t.muted);
    const AxisScale x = batches(area);
    for (const AxisTick& tick : linearTicks(0, std::max(1, m_recipe.batches - 1), std::max(2, int(area.width() / 70)))) {
        if (tick.value != std::floor(tick.value))
            continue;
        const double at = x.toPixel(tick.value);
        painter.fillRect(QRectF(std::round(at), area.bottom(), 1, 4), t.axis);
        painter.drawText(QPointF(at - metrics.horizontalAdvance(tick.label) / 2, area.bottom() + 5 + metrics.ascent()), tick.label);
    }
    const QString title = tr("batch");
    painter.drawText(QPointF(area.right() - metrics.horizontalAdvance(title), area.bottom() + 5 + metrics.height() + metrics.ascent()), title);
}

void StreamPlot::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    painter.fillRect(rect(), theme().card);
    if (!m_report || m_report->largest.empty())
        return;
    const QFontMetricsF metrics(uiFont(12));
    const double line = std::ceil(metrics.height());
    const double left = std::ceil(metrics.horizontalAdvance(QStringLiteral("100 000"))) + 12;
    const double top = line + 6;
    drawLegend(painter, QRectF(left, 0, width() - left, line));
    const double bottom = height() - 2 * line - 6;
    const double titles = panelCount * (line + 14);
    const double unit = (bottom - top - titles) / std::accumulate(std::begin(shares), std::end(shares), 0.0);
    QRectF area;
    double y = top;
    for (int panel = 0; panel < panelCount; ++panel) {
        area = QRectF(left, y + line + 8, width() - left - 10, unit * shares[panel]);
        drawPanel(painter, panel, area);
        y = area.bottom() + 6;
    }
    drawBatchAxis(painter, area);
}

void StreamPlot::changeEvent(QEvent* event)
{
    if (event->type() == QEvent::PaletteChange || event->type() == QEvent::FontChange)
        update();
    QWidget::changeEvent(event);
}

}  // namespace quantoscope
