// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/roofline_plot.h"

#include "widgets/label_placer.h"
#include "widgets/plot_axis.h"
#include "widgets/plot_text.h"
#include "widgets/theme.h"

#include <QCoreApplication>
#include <QPainter>

#include <algorithm>
#include <cmath>

namespace quantoscope {

namespace {

struct RooflineAxes {
    QRectF area;
    AxisScale intensity, speed;
};

RooflineAxes axesOf(const QRectF& rect, const MeasuredKernels& measured, const Roofline& roofline)
{
    const QFontMetricsF metrics(uiFont(12));
    RooflineAxes axes{rect.adjusted(metrics.horizontalAdvance(QStringLiteral("0000")) + metrics.height() + 14, 8, -8,
                                    -(2 * metrics.height() + 12)), {}, {}};
    double low = 1, high = 64, slow = 1e300, fast = 1e-3;
    for (const Roofline::Roof& roof : roofline.roofs)
        fast = std::max(fast, roof.teraflops);
    for (const MeasuredKernel& each : measured) {
        low = std::min(low, operationsPerByte(each.run));
        high = std::max(high, operationsPerByte(each.run));
        slow = std::min(slow, each.run.teraflops);
        fast = std::max(fast, each.run.teraflops);
    }
    slow = std::min(slow, fast / 8);
    axes.intensity = {std::exp2(std::floor(std::log2(std::max(low, 1e-2)))), std::exp2(std::ceil(std::log2(high) + 0.6)),
                      axes.area.left(), axes.area.right(), true};
    axes.speed = {slow / 2, fast * 2, axes.area.bottom(), axes.area.top(), true};
    return axes;
}

void paintGrid(QPainter& painter, const RooflineAxes& axes, double widgetWidth)
{
    const Theme& colours = theme();
    const QRectF& area = axes.area;
    painter.setFont(uiFont(12));
    const double line = painter.fontMetrics().height();
    const bool isTera = axes.speed.high >= 2;
    const double unit = isTera ? 1 : 1e-3;
    const int slow = int(std::ceil(std::log2(axes.speed.low / unit))), fast = int(std::floor(std::log2(axes.speed.high / unit)));
    const int every = 1 + int((fast - slow) * (line + 6) / area.height());
    for (int power = slow; power <= fast; power += every) {
        const double y = axes.speed.toPixel(std::exp2(power) * unit);
        painter.setPen(colours.grid);
        painter.drawLine(QPointF(area.left(), y), QPointF(area.right(), y));
        painter.setPen(colours.muted);
        painter.drawText(QRectF(0, y - line / 2, area.left() - 8, line), Qt::AlignRight | Qt::AlignVCenter, powerOfTwoText(power));
    }
    const int first = int(std::lround(std::log2(axes.intensity.low))), last = int(std::lround(std::log2(axes.intensity.high)));
    for (int power = first; power <= last; power += 2) {
        const double x = axes.intensity.toPixel(std::exp2(power));
        painter.setPen(colours.axis);
        painter.drawLine(QPointF(x, area.bottom()), QPointF(x, area.bottom() + 4));
        painter.setPen(colours.muted);
        const double half = painter.fontMetrics().horizontalAdvance(powerOfTwoText(power)) / 2.0 + 1;   // The last one stays inside.
        painter.drawText(QRectF(std::min(x, widgetWidth - half) - 40, area.bottom() + 5, 80, line), Qt::AlignCenter, powerOfTwoText(power));
    }
    painter.setPen(colours.axis);
    painter.drawLine(area.bottomLeft(), area.bottomRight());
    painter.setPen(colours.muted);
    painter.drawText(QRectF(0, area.bottom() + line + 7, widgetWidth, line), Qt::AlignCenter,
                     QCoreApplication::translate("RooflinePlot", "operations per byte moved"));
    painter.save();
    painter.translate(line / 2, area.center().y());
    painter.rotate(-90);
    painter.drawText(QRectF(-area.height() / 2, -line / 2, area.height(), line), Qt::AlignCenter,
                     isTera ? QStringLiteral("TFLOP/s") : QStringLiteral("GFLOP/s"));
    painter.restore();
}

/// Along the slope where it is long enough, else left of it below the roof's name, else over that.
void paintSlopeName(QPainter& painter, const RooflineAxes& axes, const QLineF& slope, const QString& name, LabelPlacer& placer)
{
    painter.setPen(theme().muted);
    const double width = painter.fontMetrics().horizontalAdvance(name) + 4, line = painter.fontMetrics().height();
    if (slope.length() > width + 2 * line) {
        painter.save();
        painter.translate(slope.p1());
        painter.rotate(-slope.angle());
        painter.drawText(QRectF(line / 2, -line - 2, width, line), Qt::AlignLeft | Qt::AlignVCenter, name);
        painter.restore();
        const QLineF normal = slope.normalVector().unitVector();
        for (double along = line; along < width; along += line) {
            const QPointF at = slope.pointAt(along / slope.length()) + QPointF(normal.dx(), normal.dy()) * (line / 2 + 2);
            placer.block(QRectF(at - QPointF(line / 2, line / 2), QSizeF(line, line)));
        }
        return;
    }
    // The lower right corner of words at the left touches the slope first.
    const QPointF corner = slope.p2();
    const double steepness = slope.dx() > 0 ? -slope.dy() / slope.dx() : 0, below = line + 2;
    const double end = steepness > 0 ? corner.x() - below / steepness - 6 : 0;
    QRectF place(end - width, corner.y() + 1, width, line);
    if (steepness <= 0 || place.left() < axes.area.left() + 2 || below > slope.p1().y() - corner.y())   // Over the roof's name instead.
        place = {std::clamp(corner.x() - width, axes.area.left() + 2, std::max(axes.area.left() + 2, axes.area.right() - width)),
                 std::max(axes.area.top(), corner.y() - 2 * line - 1), width, line};
    painter.drawText(place, Qt::AlignLeft | Qt::AlignVCenter, name);
    placer.block(place);
}

/// The slope up to the highest roof, and each roof from where it meets the slope; their words stand on them.
void paintRoof(QPainter& painter, const RooflineAxes& axes, const Roofline& roofline, LabelPlacer& placer)
{
    if (!(roofline.gigabytesPerSecond > 0) || roofline.roofs.empty())
        return;
    const double highest = std::ranges::max(roofline.roofs, {}, &Roofline::Roof::teraflops).teraflops;
    const auto ridgeOf = [&](double teraflops) { return teraflops * 1000 / roofline.gigabytesPerSecond; };
    const double start = std::max(axes.intensity.low, ridgeOf(axes.speed.low));
    const QPointF left(axes.intensity.toPixel(start), axes.speed.toPixel(start * roofline.gigabytesPerSecond / 1000));
    const double top = std::min(std::max(ridgeOf(highest), start), axes.intensity.high);
    const QPointF corner(axes.intensity.toPixel(top), axes.speed.toPixel(top * roofline.gigabytesPerSecond / 1000));
    painter.setPen(QPen(theme().text, theme().stroke));
    painter.setBrush(Qt::NoBrush);
    if (ridgeOf(highest) > start)
        painter.drawLine(left, corner);
    painter.setFont(uiFont(11));
    const double line = painter.fontMetrics().height();
    double above = 1e300;   // Roofs close to each other share the room: the lower one keeps its line and loses its words.
    auto roofs = roofline.roofs;
    std::ranges::sort(roofs, std::ranges::greater{}, &Roofline::Roof::teraflops);
    for (const Roofline::Roof& roof : roofs) {
        const double y = axes.speed.toPixel(roof.teraflops), x = std::max(axes.area.left(), axes.intensity.toPixel(std::max(ridgeOf(roof.teraflops), start)));
        painter.setPen(QPen(theme().text, theme().stroke));
        painter.drawLine(QPointF(x, y), QPointF(axes.area.right(), y));
        if (above < 1e299 && y - above < line)
            continue;
        above = y;
        painter.setPen(theme().muted);
        // Left of the ridge, above the slope: no product can lie there, whereas the roof itself is where they crowd.
        const double width = painter.fontMetrics().horizontalAdvance(roof.name) + 4;
        const double begin = std::clamp(x - width, axes.area.left() + 2, std::max(axes.area.left() + 2, axes.area.right() - width));
        const QRectF place(begin, y - line - 1, width, line);
        painter.drawText(place, Qt::AlignLeft | Qt::AlignVCenter, roof.name);
        placer.block(place);
    }
    paintSlopeName(painter, axes, QLineF(left, corner), roofline.slope, placer);
}

}  // namespace

RooflinePlot::RooflinePlot(QWidget* parent)
    : ChoiceChart(tr("Roofline"), parent)
{
}

void RooflinePlot::setMeasured(MeasuredKernels measured)
{
    if (looksAlike(measured, m_measured))
        return;
    m_measured = std::move(measured);
    QStringList lines;
    for (const MeasuredKernel& each : m_measured)
        lines << tr("%1: %2 operations per byte, %3").arg(each.name(), roundedNumber(operationsPerByte(each.run), 3), speedText(each));
    setProperty("chartDescription", lines.join(QStringLiteral("; ")));
    m_ground.forget();
    update();
}

void RooflinePlot::setRoofline(Roofline roofline)
{
    if (roofline == m_roofline)
        return;
    m_roofline = std::move(roofline);
    m_ground.forget();
    update();
}

void RooflinePlot::paintGround(QPainter& painter)
{
    const RooflineAxes axes = axesOf(rect(), m_measured, m_roofline);
    LabelPlacer placer(axes.area);
    paintGrid(painter, axes, width());
    paintRoof(painter, axes, m_roofline, placer);
    m_points.clear();
    for (const MeasuredKernel& each : m_measured) {
        const QPointF point(axes.intensity.toPixel(operationsPerByte(each.run)), axes.speed.toPixel(each.run.teraflops));
        m_points.push_back(point);
        const QColor ink = colourOf(each.kernel.mark);
        drawGemmMark(painter, point, 4, each.kernel.mark, ink, each.run.isFinal ? ink : theme().card);
        placer.block(QRectF(point.x() - 6, point.y() - 6, 12, 12));
    }
    m_names = drawMarkNames(painter, placer, m_measured, m_points, 7);
}

void RooflinePlot::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    m_ground.paint(painter, *this, [this](QPainter& ground) { paintGround(ground); });
    for (const QString& id : {selected(), lit() == selected() ? QString() : lit()})
        for (std::size_t i = 0; i < m_measured.size() && !id.isEmpty(); ++i)
            if (m_measured[i].id() == id)
                drawLitMark(painter, rect(), m_measured[i], m_points[i], m_names[i], id == selected());
    paintFocus(painter);
}

QString RooflinePlot::at(const QPointF& mouse) const
{
    const std::size_t hit = m_points.size() == m_measured.size() ? markAt(mouse, m_points, m_names) : m_measured.size();
    return hit < m_measured.size() ? m_measured[hit].id() : QString();
}

QStringList RooflinePlot::order() const
{
    std::vector<const MeasuredKernel*> order;
    for (const MeasuredKernel& each : m_measured)
        order.push_back(&each);
    std::ranges::stable_sort(order, {}, [](const MeasuredKernel* each) { return operationsPerByte(each->run); });
    QStringList ids;
    for (const MeasuredKernel* each : order)
        ids << each->id();
    return ids;
}

}  // namespace quantoscope
