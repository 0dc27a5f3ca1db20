// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/error_speed_plot.h"

#include "widgets/fitting_text.h"
#include "widgets/label_placer.h"
#include "widgets/plot_text.h"
#include "widgets/theme.h"

#include <QPainter>
#include <QPainterPath>

#include <algorithm>
#include <cmath>

namespace quantoscope {

namespace {

constexpr double markRadius = 5;
/// Of the axis at the right: doublings of the baseline's speed.
constexpr int mostDoublings = 8;
/// An error of zero has no place on a logarithmic axis; it is drawn at the left edge.
constexpr double leastError = 1e-17;

/// "1/4 ×", "2 ×": multiples of the baseline, as powers of two.
QString multipleText(int powerOfTwo)
{
    return powerOfTwo >= 0 ? QStringLiteral("%1 ×").arg(1 << powerOfTwo) : QStringLiteral("1/%1 ×").arg(1 << -powerOfTwo);
}

QString errorLabel(int exponent)
{
    switch (exponent) {
    case 0: return QStringLiteral("100 %");
    case -1: return QStringLiteral("10 %");
    case -2: return QStringLiteral("1 %");
    case -3: return QStringLiteral("0.1 %");
    default: return QStringLiteral("10") + superscript(exponent);
    }
}

}  // namespace

ErrorSpeedPlot::ErrorSpeedPlot(QWidget* parent)
    : ChoiceChart(tr("Error across, speed up"), parent)
{
}

void ErrorSpeedPlot::setMeasured(MeasuredKernels measured)
{
    if (looksAlike(measured, m_measured))
        return;
    m_measured = std::move(measured);
    QStringList lines;
    for (const MeasuredKernel& each : m_measured)
        lines << tr("%1: error %2, %3").arg(each.name(), percentText(each.run.relativeError), speedText(each));
    setProperty("chartDescription", lines.join(QStringLiteral("; ")));
    forget();
}

void ErrorSpeedPlot::setBaseline(const QString& kernelId)
{
    if (kernelId == m_baseline)
        return;
    m_baseline = kernelId;
    forget();
}

void ErrorSpeedPlot::setPeaks(std::vector<Peak> peaks)
{
    if (peaks == m_peaks)
        return;
    m_peaks = std::move(peaks);
    forget();
}

void ErrorSpeedPlot::keepGhost(bool keep)
{
    m_ghost = keep ? m_measured : MeasuredKernels{};
    forget();
}

void ErrorSpeedPlot::forget()
{
    m_ground.forget();
    update();
}

const MeasuredKernel* ErrorSpeedPlot::baseline() const
{
    const auto found = std::ranges::find_if(m_measured, [this](const MeasuredKernel& each) { return each.id() == m_baseline; });
    return found == m_measured.end() ? nullptr : &*found;
}

ErrorSpeedPlot::Axes ErrorSpeedPlot::axes() const
{
    const QFontMetricsF metrics(uiFont(12));
    const double left = metrics.horizontalAdvance(QStringLiteral("0000")) + metrics.height() + 18;
    double least = 1e-4, most = 0.1, slow = 1e300, fast = 0;
    for (const auto* list : {&m_measured, &m_ghost}) {
        for (const MeasuredKernel& each : *list) {
            least = std::min(least, std::max(each.run.relativeError, leastError));
            most = std::max(most, each.run.relativeError);
            slow = std::min(slow, each.slowest());
            fast = std::max(fast, each.fastest());
        }
    }
    for (const Peak& peak : m_peaks)   // A peak within reach belongs into the picture.
        if (fast > 0 && peak.teraflops > fast && peak.teraflops < 4 * fast)
            fast = peak.teraflops;
    if (!(fast > 0)) {
        slow = 0.01;
        fast = 0.1;
    }
    const double lowest = std::exp2(std::floor(std::log2(slow) - 0.6)), highest = std::exp2(std::ceil(std::log2(fast) + 0.4));
    // The longest of the multiples at the right is the smallest: "1/256 ×".
    double right = 14;
    if (const MeasuredKernel* base = baseline(); base && base->run.teraflops > 0)
        right += metrics.horizontalAdvance(multipleText(std::clamp(int(std::ceil(std::log2(lowest / base->run.teraflops))), -mostDoublings, -4)));
    Axes axes{QRectF(rect()).adjusted(left, metrics.height() + 6, -right, -(2 * metrics.height() + 16)), {}, {}};
    // Half a decade of room at the left for labels; whole decades so that the grid is the axis.
    axes.error = {std::pow(10, std::floor(std::log10(least) - 0.3)), std::max(1.0, std::pow(10, std::ceil(std::log10(most)))),
                  axes.area.left(), axes.area.right(), true};
    axes.speed = {lowest, highest, axes.area.bottom(), axes.area.top(), true};
    return axes;
}

QPointF ErrorSpeedPlot::pointOf(const Axes& axes, const MeasuredKernel& measured) const
{
    return {axes.error.toPixel(std::max(measured.run.relativeError, leastError)), axes.speed.toPixel(measured.run.teraflops)};
}

void ErrorSpeedPlot::paintAxes(QPainter& painter, const Axes& axes) const
{
    const Theme& colours = theme();
    const QRectF& area = axes.area;
    painter.setFont(uiFont(12));
    const double line = painter.fontMetrics().height();

    const int firstDecade = int(std::lround(std::log10(axes.error.low))), lastDecade = int(std::lround(std::log10(axes.error.high)));
    const int stride = 1 + int((lastDecade - firstDecade) * painter.fontMetrics().horizontalAdvance(QStringLiteral("0.1 %  ")) / area.width());
    for (int decade = firstDecade; decade <= lastDecade; ++decade) {
        const double x = axes.error.toPixel(std::pow(10, decade));
        painter.setPen(colours.grid);
        painter.drawLine(QPointF(x, area.top()), QPointF(x, area.bottom()));
        if ((lastDecade - decade) % stride != 0)
            continue;
        painter.setPen(colours.muted);
        painter.drawText(QRectF(x - 40, area.bottom() + 5, 80, line), Qt::AlignCenter, errorLabel(decade));
    }

    // One line a doubling, in the unit shown.
    const bool isTera = axes.speed.high >= 2;
    const double unit = isTera ? 1 : 1e-3;
    const int low = int(std::ceil(std::log2(axes.speed.low / unit) - 1e-9)), high = int(std::floor(std::log2(axes.speed.high / unit) + 1e-9));
    const int every = 1 + int((high - low) * (line + 4) / area.height());
    for (int power = low; power <= high; ++power) {
        const double y = axes.speed.toPixel(std::exp2(power) * unit);
        painter.setPen(colours.grid);
        painter.drawLine(QPointF(area.left(), y), QPointF(area.right(), y));
        if ((power - low) % every != 0)
            continue;
        painter.setPen(colours.muted);
        painter.drawText(QRectF(0, y - line / 2, area.left() - 8, line), Qt::AlignRight | Qt::AlignVCenter, powerOfTwoText(power));
    }
    if (const MeasuredKernel* base = baseline()) {
        painter.setPen(colours.muted);
        painter.drawText(QRectF(area.right() - 120, 0, 120 + width() - area.right(), line), Qt::AlignRight | Qt::AlignVCenter,
                         tr("of %1").arg(base->name()));
        for (int power = -mostDoublings; power <= mostDoublings; ++power) {
            const double value = base->run.teraflops * std::exp2(power);
            if (value < axes.speed.low * 1.02 || value > axes.speed.high / 1.02)
                continue;
            const double y = axes.speed.toPixel(value);
            if (y - line / 2 < line)
                continue;   // The caption stands there.
            painter.drawLine(QPointF(area.right(), y), QPointF(area.right() + 4, y));
            painter.drawText(QRectF(area.right() + 8, y - line / 2, width() - area.right() - 8, line),
                             Qt::AlignLeft | Qt::AlignVCenter, multipleText(power));
        }
    }
    painter.setPen(colours.axis);
    painter.drawLine(area.bottomLeft(), area.bottomRight());
    painter.setPen(colours.muted);
    const double reach = std::min(area.center().x(), width() - area.center().x());   // On both sides of the middle.
    painter.drawText(QRectF(area.center().x() - reach, area.bottom() + line + 9, 2 * reach, line), Qt::AlignCenter,
                     longestThatFits({tr("relative error ‖Y − R₀‖ / ‖R₀‖   (left is more exact)"), tr("relative error ‖Y − R₀‖ / ‖R₀‖"), tr("relative error")},
                                     painter.fontMetrics(), 2 * reach));
    painter.save();
    painter.translate(line / 2, area.center().y());
    painter.rotate(-90);
    painter.drawText(QRectF(-area.height() / 2, -line / 2, area.height(), line), Qt::AlignCenter,
                     longestThatFits({isTera ? tr("TFLOP/s   (each line doubles)") : tr("GFLOP/s   (each line doubles)"),
                                      isTera ? tr("TFLOP/s") : tr("GFLOP/s")}, painter.fontMetrics(), area.height()));
    painter.restore();
}

void ErrorSpeedPlot::paintPeaks(QPainter& painter, const Axes& axes)
{
    m_peakNames.clear();
    painter.setFont(uiFont(11));
    const double line = painter.fontMetrics().height();
    for (const Peak& peak : m_peaks) {
        if (peak.teraflops < axes.speed.low || peak.teraflops > axes.speed.high)
            continue;
        const double y = axes.speed.toPixel(peak.teraflops);
        painter.setPen(QPen(theme().muted, 1, Qt::DashLine));
        painter.drawLine(QPointF(axes.area.left(), y), QPointF(axes.area.right(), y));
        painter.setPen(theme().muted);
        const QRectF place(axes.area.left() + 4, y - line, painter.fontMetrics().horizontalAdvance(peak.name) + 2, line);
        painter.drawText(place, Qt::AlignLeft | Qt::AlignVCenter, peak.name);
        m_peakNames.push_back(place);
    }
}

void ErrorSpeedPlot::paintDominated(QPainter& painter, const Axes& axes) const
{
    std::vector<QPointF> points;
    for (const MeasuredKernel& each : m_measured)
        points.push_back(pointOf(axes, each));
    if (points.size() < 2)
        return;
    std::ranges::sort(points, {}, [](const QPointF& point) { return std::pair(point.x(), point.y()); });
    // Left to right the edge climbs to every mark that is faster than all more exact ones.
    QPolygonF region;
    double best = axes.area.bottom();
    region << QPointF(points.front().x(), axes.area.bottom());
    for (const QPointF& point : points) {
        if (point.y() >= best)
            continue;
        region << QPointF(point.x(), best) << point;
        best = point.y();
    }
    region << QPointF(axes.area.right(), best) << axes.area.bottomRight();
    QColor fill = theme().accent;
    fill.setAlphaF(theme().isDark ? 0.10f : 0.05f);
    painter.setPen(Qt::NoPen);
    painter.setBrush(fill);
    painter.drawPolygon(region);
    QColor edge = theme().accent;
    edge.setAlphaF(0.45f);
    painter.setPen(QPen(edge, 1));
    painter.setBrush(Qt::NoBrush);
    painter.drawPolyline(region.data(), int(region.size()) - 1);
}

void ErrorSpeedPlot::paintMarks(QPainter& painter, const Axes& axes) const
{
    for (const MeasuredKernel& each : m_ghost) {
        QColor pale = colourOf(each.kernel.mark);
        pale.setAlphaF(0.25f);
        drawGemmMark(painter, pointOf(axes, each), markRadius, each.kernel.mark, pale, Qt::transparent);
    }
    std::vector<QPointF> drawn;
    for (const MeasuredKernel& each : m_measured) {
        const QPointF point = pointOf(axes, each);
        const QColor ink = colourOf(each.kernel.mark);
        painter.setPen(QPen(ink, 1.2));
        const double top = axes.speed.toPixel(each.fastest()), bottom = axes.speed.toPixel(each.slowest());
        painter.drawLine(QPointF(point.x(), top), QPointF(point.x(), bottom));
        for (const double y : {top, bottom})
            painter.drawLine(QPointF(point.x() - 3, y), QPointF(point.x() + 3, y));
        // Marks that coincide are drawn as rings around each other, never hidden.
        const auto here = std::ranges::count_if(drawn, [&](const QPointF& other) {
            return QLineF(other, point).length() < markRadius;
        });
        drawn.push_back(point);
        const QColor fill = here > 0 ? QColor(Qt::transparent) : each.run.isFinal ? ink : theme().card;
        drawGemmMark(painter, point, markRadius + 4.0 * double(here), each.kernel.mark, ink, fill);
    }
}

void ErrorSpeedPlot::paintLabels(QPainter& painter, const Axes& axes)
{
    LabelPlacer placer(axes.area.adjusted(2, 2, -2, -2));
    m_points.clear();
    for (const MeasuredKernel& each : m_measured) {
        const QPointF point = pointOf(axes, each);
        m_points.push_back(point);
        placer.block(QRectF(point.x() - 8, point.y() - 8, 16, 16));
        const double top = axes.speed.toPixel(each.fastest());
        placer.block(QRectF(point.x() - 3, top, 6, axes.speed.toPixel(each.slowest()) - top), LabelPlacer::whisker);
    }
    for (const QRectF& peak : m_peakNames)
        placer.block(peak, 1);
    m_names = drawMarkNames(painter, placer, m_measured, m_points, markRadius + 4);
}

void ErrorSpeedPlot::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const Axes axes = this->axes();
    m_ground.paint(painter, *this, [&](QPainter& ground) {
        paintAxes(ground, axes);
        paintDominated(ground, axes);
        paintPeaks(ground, axes);
        paintMarks(ground, axes);
        paintLabels(ground, axes);
    });
    for (const QString& id : {selected(), lit() == selected() ? QString() : lit()})
        for (std::size_t i = 0; i < m_measured.size() && !id.isEmpty(); ++i)
            if (m_measured[i].id() == id)
                drawLitMark(painter, axes.area, m_measured[i], m_points[i], m_names[i], id == selected());
    paintFocus(painter);
}

QString ErrorSpeedPlot::at(const QPointF& mouse) const
{
    const std::size_t hit = m_points.size() == m_measured.size() ? markAt(mouse, m_points, m_names) : m_measured.size();
    return hit < m_measured.size() ? m_measured[hit].id() : QString();
}

QStringList ErrorSpeedPlot::order() const
{
    std::vector<const MeasuredKernel*> order;
    for (const MeasuredKernel& each : m_measured)
        order.push_back(&each);
    std::ranges::stable_sort(order, {}, [](const MeasuredKernel* each) { return each->run.relativeError; });
    QStringList ids;
    for (const MeasuredKernel* each : order)
        ids << each->id();
    return ids;
}

}  // namespace quantoscope
