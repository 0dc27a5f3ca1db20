// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/error_split_plot.h"

#include "widgets/plot_axis.h"
#include "widgets/plot_text.h"
#include "widgets/theme.h"

#include <QCoreApplication>
#include <QPainter>

#include <algorithm>
#include <cmath>

namespace quantoscope {

namespace {

constexpr double leastShown = 1e-17;

/// Columns: names, the axis, what it means in words.
struct SplitLayout {
    double nameWidth = 0, verdictWidth = 0, rowHeight = 0;
    QRectF area;
    AxisScale scale;

    QRectF rowAt(std::size_t row, double width) const { return {0, area.top() + double(row) * rowHeight, width, rowHeight}; }
};

SplitLayout layoutOf(const QRectF& rect, const MeasuredKernels& measured)
{
    const QFontMetricsF metrics(uiFont(12)), bold(uiFont(12, QFont::DemiBold));
    SplitLayout layout;
    double least = 1e-8;
    for (const MeasuredKernel& each : measured) {
        layout.nameWidth = std::max(layout.nameWidth, bold.horizontalAdvance(each.name()));
        layout.verdictWidth = std::max(layout.verdictWidth, metrics.horizontalAdvance(mainErrorText(each)));
        for (const double value : {each.run.quantizationError, each.run.accumulationError}) {
            if (value > 0)
                least = std::min(least, std::max(value, leastShown));
        }
    }
    layout.area = rect.adjusted(layout.nameWidth + 20, metrics.height() + 6, -(layout.verdictWidth + 20), -(metrics.height() + 8));
    layout.rowHeight = measured.empty() ? 0 : std::min(layout.area.height() / double(measured.size()), 2.7 * metrics.height());
    layout.area.setHeight(layout.rowHeight * double(measured.size()));
    layout.scale = {std::pow(10, std::floor(std::log10(least))), 1, layout.area.left(), layout.area.right(), true};
    return layout;
}

void paintSplitAxis(QPainter& painter, const SplitLayout& layout)
{
    painter.setFont(uiFont(12));
    const double line = painter.fontMetrics().height();
    const int atMost = std::max(2, int(layout.area.width() / 56));
    for (const AxisTick& tick : logarithmicTicks(layout.scale.low, layout.scale.high, atMost)) {
        const double x = layout.scale.toPixel(tick.value);
        painter.setPen(theme().grid);
        painter.drawLine(QPointF(x, layout.area.top()), QPointF(x, layout.area.bottom()));
        painter.setPen(theme().muted);
        const QString label = tick.value >= 0.9e-2 ? wholeNumber(std::round(tick.value * 100)) + QStringLiteral(" %") : tick.label;
        painter.drawText(QRectF(x - 36, layout.area.bottom() + 4, 72, line), Qt::AlignCenter, label);
    }
}

void paintSums(QPainter& painter, const QPointF& at)
{
    painter.setPen(QPen(theme().error, 1.8));
    painter.setBrush(theme().card);
    painter.drawEllipse(at, 4.5, 4.5);
}

void paintRounding(QPainter& painter, const QPointF& at)
{
    painter.setPen(Qt::NoPen);
    painter.setBrush(theme().quantized);
    painter.drawRect(QRectF(at.x() - 4, at.y() - 4, 8, 8));
}

void paintBound(QPainter& painter, const QPointF& at)
{
    painter.setPen(QPen(theme().error, 2));
    painter.drawLine(at - QPointF(0, 7), at + QPointF(0, 7));
}

/// Over the rows: what square, ring and bar are.
void paintLegend(QPainter& painter, const SplitLayout& layout)
{
    painter.setFont(uiFont(12));
    const QFontMetricsF metrics(painter.font());
    struct Entry { void (*mark)(QPainter&, const QPointF&); QString words; };
    double x = layout.area.left() + 6;
    for (const Entry& entry : {Entry{paintRounding, QCoreApplication::translate("ErrorSplitPlot", "rounding the operands")},
                               Entry{paintSums, QCoreApplication::translate("ErrorSplitPlot", "the sums")},
                               Entry{paintBound, QCoreApplication::translate("ErrorSplitPlot", "bound of the sums")}}) {
        entry.mark(painter, {x, metrics.height() / 2});
        painter.setPen(theme().muted);
        painter.drawText(QPointF(x + 10, metrics.ascent()), entry.words);
        x += 10 + metrics.horizontalAdvance(entry.words) + 22;
    }
}

void paintSplitMarks(QPainter& painter, const MeasuredKernel& each, const SplitLayout& layout, double y)
{
    const auto toPixel = [&](double value) { return layout.scale.toPixel(std::clamp(value, layout.scale.low, layout.scale.high)); };
    const GemmRun& run = each.run;
    const double quantization = toPixel(run.quantizationError), sums = toPixel(run.accumulationError);
    if (run.quantizationError > 0 && run.accumulationError > 0) {
        painter.setPen(QPen(theme().axis, 1.4));
        painter.drawLine(QPointF(quantization, y), QPointF(sums, y));
    }
    if (std::isinf(run.bound)) {
        painter.setPen(theme().error);
        painter.drawText(QRectF(layout.area.left(), y - 10, layout.area.width() - 6, 20), Qt::AlignRight | Qt::AlignVCenter | Qt::TextDontClip,
                         QCoreApplication::translate("ErrorSplitPlot", "no guarantee: K·u > 1"));
    } else if (run.bound > 0) {
        paintBound(painter, {toPixel(run.bound), y});
    }
    if (each.kernel.sumsExactly && !(run.accumulationError > 0)) {
        painter.setPen(theme().muted);
        painter.drawText(QRectF(layout.area.left() + 6, y - 10, layout.area.width(), 20), Qt::AlignLeft | Qt::AlignVCenter | Qt::TextDontClip,
                         QCoreApplication::translate("ErrorSplitPlot", "sums exact in INT32 up to K = 133 144"));
    } else if (run.accumulationError > 0) {
        paintSums(painter, {sums, y});
    }
    if (run.quantizationError > 0)
        paintRounding(painter, {quantization, y});
}

void paintRow(QPainter& painter, const SplitLayout& layout, const MeasuredKernel& each, const QRectF& row, const QColor& ink)
{
    painter.setPen(theme().grid);
    painter.drawLine(row.bottomLeft(), row.bottomRight());
    painter.setFont(uiFont(12, QFont::DemiBold));
    painter.setPen(ink);
    painter.drawText(row.adjusted(4, 0, 0, 0), Qt::AlignLeft | Qt::AlignVCenter, each.name());
    painter.setFont(uiFont(12));
    const QString verdict = mainErrorText(each);
    painter.setPen(verdict == QCoreApplication::translate("ErrorSplitPlot", "the sums") ? theme().error : theme().muted);
    painter.drawText(row.adjusted(0, 0, -4, 0), Qt::AlignRight | Qt::AlignVCenter, verdict);
    paintSplitMarks(painter, each, layout, row.center().y());
}

}  // namespace

QString mainErrorText(const MeasuredKernel& measured)
{
    const GemmRun& run = measured.run;
    if (run.relativeError == 0)
        return QCoreApplication::translate("ErrorSplitPlot", "exact");
    // Both parts add in squares; more than half of the square is rounding the operands.
    if (run.quantizationError * run.quantizationError > 0.5 * run.relativeError * run.relativeError)
        return QCoreApplication::translate("ErrorSplitPlot", "input rounding");
    return QCoreApplication::translate("ErrorSplitPlot", "the sums");
}

ErrorSplitPlot::ErrorSplitPlot(QWidget* parent)
    : ChoiceChart(tr("Where the error comes from"), parent)
{
}

QSize ErrorSplitPlot::minimumSizeHint() const
{
    const int line = QFontMetrics(uiFont(12)).height();
    return {320, (int(m_measured.size()) + 2) * (line + 2) + 12};
}

void ErrorSplitPlot::setMeasured(MeasuredKernels measured)
{
    if (looksAlike(measured, m_measured))
        return;
    const bool resized = measured.size() != m_measured.size();
    m_measured = std::move(measured);
    QStringList lines;
    for (const MeasuredKernel& each : m_measured)
        lines << tr("%1: rounding the operands %2, the sums %3, mainly %4")
                     .arg(each.name(), roundedNumber(each.run.quantizationError, 2), roundedNumber(each.run.accumulationError, 2), mainErrorText(each));
    setProperty("chartDescription", lines.join(QStringLiteral("; ")));
    if (resized)
        updateGeometry();
    m_ground.forget();
    update();
}

void ErrorSplitPlot::paintGround(QPainter& painter) const
{
    const SplitLayout layout = layoutOf(QRectF(rect()), m_measured);
    paintSplitAxis(painter, layout);
    paintLegend(painter, layout);
    for (std::size_t row = 0; row < m_measured.size(); ++row)
        paintRow(painter, layout, m_measured[row], layout.rowAt(row, width()), theme().text);
}

void ErrorSplitPlot::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    if (m_measured.empty()) {
        painter.setFont(uiFont(12));
        painter.setPen(theme().muted);
        painter.drawText(rect(), Qt::AlignCenter | Qt::TextWordWrap, tr("Nothing is measured yet."));
        return;
    }
    m_ground.paint(painter, *this, [this](QPainter& ground) { paintGround(ground); });
    const SplitLayout layout = layoutOf(QRectF(rect()), m_measured);
    for (std::size_t row = 0; row < m_measured.size(); ++row) {
        const MeasuredKernel& each = m_measured[row];
        const bool isSelected = each.id() == selected();
        if (!isSelected && each.id() != lit())
            continue;
        const QRectF area = layout.rowAt(row, width());
        painter.setPen(isSelected ? QPen(Qt::NoPen) : QPen(theme().accent, 1));
        painter.setBrush(isSelected ? QBrush(theme().selectedRow) : QBrush(Qt::NoBrush));
        painter.drawRoundedRect(area.adjusted(0.5, 0.5, -0.5, -0.5), 4, 4);
        if (isSelected)
            paintRow(painter, layout, each, area, theme().accent);
    }
    paintFocus(painter);
}

QString ErrorSplitPlot::at(const QPointF& mouse) const
{
    const SplitLayout layout = layoutOf(QRectF(rect()), m_measured);
    const double row = layout.rowHeight > 0 ? std::floor((mouse.y() - layout.area.top()) / layout.rowHeight) : -1;
    return row >= 0 && row < double(m_measured.size()) ? m_measured[std::size_t(row)].id() : QString();
}

QStringList ErrorSplitPlot::order() const
{
    QStringList ids;
    for (const MeasuredKernel& each : m_measured)
        ids << each.id();
    return ids;
}

}  // namespace quantoscope
