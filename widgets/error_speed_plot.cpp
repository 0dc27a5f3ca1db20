// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/error_speed_plot.h"

#include "widgets/label_placer.h"
#include "widgets/plot_text.h"
#include "widgets/theme.h"
#include "widgets/value_slider.h"

#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>
#include <QPainterPath>

#include <algorithm>
#include <cmath>

namespace quantoscope {

namespace {

constexpr double markRadius = 5;
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
    : QWidget(parent)
{
    setFocusPolicy(Qt::StrongFocus);
    installPlotAccessibility();
    setProperty("chartDescription", QString());   // Before the name, which may make the interface for a listening screen reader.
    setAccessibleName(tr("Error across, speed up"));
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Expanding);
}

void ErrorSpeedPlot::setMeasured(MeasuredKernels measured)
{
    m_measured = std::move(measured);
    QStringList lines;
    for (const MeasuredKernel& each : m_measured)
        lines << tr("%1: error %2, %3").arg(each.name(), percentText(each.run.relativeError), speedText(each));
    setProperty("chartDescription", lines.join(QStringLiteral("; ")));
    update();
}

void ErrorSpeedPlot::setBaseline(const QString& kernelId)
{
    m_baseline = kernelId;
    update();
}

void ErrorSpeedPlot::setPeaks(std::vector<Peak> peaks)
{
    m_peaks = std::move(peaks);
    update();
}

void ErrorSpeedPlot::setSelected(const QString& kernelId)
{
    m_selected = kernelId;
    update();
}

void ErrorSpeedPlot::keepGhost(bool keep)
{
    m_ghost = keep ? m_measured : MeasuredKernels{};
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
    const double right = metrics.horizontalAdvance(QStringLiteral("1/16 ×")) + 14;
    Axes axes{QRectF(rect()).adjusted(left, metrics.height() + 6, -right, -(2 * metrics.height() + 16)), {}, {}};

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
    // Half a decade of room at the left for labels; whole decades so that the grid is the axis.
    axes.error = {std::pow(10, std::floor(std::log10(least) - 0.3)), std::max(1.0, std::pow(10, std::ceil(std::log10(most)))),
                  axes.area.left(), axes.area.right(), true};
    axes.speed = {std::exp2(std::floor(std::log2(slow) - 0.6)), std::exp2(std::ceil(std::log2(fast) + 0.4)),
                  axes.area.bottom(), axes.area.top(), true};
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
        for (int power = -8; power <= 8; ++power) {
            const double value = base->run.teraflops * std::exp2(power);
            if (value < axes.speed.low * 1.02 || value > axes.speed.high / 1.02)
                continue;
            const double y = axes.speed.toPixel(value);
            painter.drawLine(QPointF(area.right(), y), QPointF(area.right() + 4, y));
            painter.drawText(QRectF(area.right() + 8, y - line / 2, width() - area.right() - 8, line),
                             Qt::AlignLeft | Qt::AlignVCenter, multipleText(power));
        }
    }
    painter.setPen(colours.axis);
    painter.drawLine(area.bottomLeft(), area.bottomRight());
    painter.setPen(colours.muted);
    painter.drawText(QRectF(area.left(), area.bottom() + line + 9, area.width(), line), Qt::AlignCenter,
                     tr("relative error ‖Y − R₀‖ / ‖R₀‖   (left is more exact)"));
    painter.save();
    painter.translate(line / 2, area.center().y());
    painter.rotate(-90);
    painter.drawText(QRectF(-area.height() / 2, -line / 2, area.height(), line), Qt::AlignCenter,
                     area.height() < 220 ? (isTera ? tr("TFLOP/s") : tr("GFLOP/s"))
                                         : isTera ? tr("TFLOP/s   (each line doubles)") : tr("GFLOP/s   (each line doubles)"));
    painter.restore();
}

void ErrorSpeedPlot::paintPeaks(QPainter& painter, const Axes& axes) const
{
    painter.setFont(uiFont(11));
    const double line = painter.fontMetrics().height();
    for (const Peak& peak : m_peaks) {
        if (peak.teraflops < axes.speed.low || peak.teraflops > axes.speed.high)
            continue;
        const double y = axes.speed.toPixel(peak.teraflops);
        painter.setPen(QPen(theme().muted, 1, Qt::DashLine));
        painter.drawLine(QPointF(axes.area.left(), y), QPointF(axes.area.right(), y));
        painter.setPen(theme().muted);
        painter.drawText(QRectF(axes.area.left() + 4, y - line, axes.area.width(), line), Qt::AlignLeft | Qt::AlignVCenter, peak.name);
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
        if (each.id() == m_selected) {
            painter.setPen(QPen(theme().accent, 1.6));
            painter.setBrush(Qt::NoBrush);
            painter.drawEllipse(point, markRadius + 6, markRadius + 6);
        }
    }
}

void ErrorSpeedPlot::paintLabels(QPainter& painter, const Axes& axes) const
{
    LabelPlacer placer(axes.area.adjusted(2, 2, -2, -2));
    for (const MeasuredKernel& each : m_measured) {
        const QPointF point = pointOf(axes, each);
        placer.block(QRectF(point.x() - 8, point.y() - 8, 16, 16));
        const double top = axes.speed.toPixel(each.fastest());
        placer.block(QRectF(point.x() - 3, top, 6, axes.speed.toPixel(each.slowest()) - top), 1);
    }
    const QFont name = uiFont(12, QFont::DemiBold), detail = uiFont(11);
    // Where there is no room for the figures a click on a mark gives them.
    const double line = QFontMetricsF(name).height();
    const bool hasDetail = axes.area.height() > 15 * line && axes.area.width() * axes.area.height() > 900 * line * double(m_measured.size());
    for (const MeasuredKernel& each : m_measured) {
        const QString second = !hasDetail ? QString() : each.run.isFinal ? speedText(each) : tr("still running");
        const QFontMetricsF nameMetrics(name), detailMetrics(detail);
        const QSizeF size(std::max(nameMetrics.horizontalAdvance(each.name()), detailMetrics.horizontalAdvance(second)) + 2,
                          nameMetrics.height() + (hasDetail ? detailMetrics.height() - 2 : 0));
        const QPointF point = pointOf(axes, each);
        const std::optional<QRectF> free = each.id() == m_selected ? std::optional(placer.place(point, markRadius + 4, size)) : placer.placeFree(point, markRadius + 4, size);
        if (!free)
            continue;   // Its name would hide another; a click or the arrow keys say it.
        const QRectF place = *free;
        // Where the name had to move away from its mark, a line says whose it is.
        const QPointF near(std::clamp(point.x(), place.left(), place.right()), std::clamp(point.y(), place.top(), place.bottom()));
        if (QLineF(point, near).length() > 16) {
            painter.setPen(QPen(theme().faint, 1));
            painter.drawLine(point, near);
        }
        const auto side = place.right() <= point.x() ? Qt::AlignRight : place.left() >= point.x() ? Qt::AlignLeft : Qt::AlignHCenter;
        painter.setFont(name);
        painter.setPen(colourOf(each.kernel.mark));
        painter.drawText(place, int(side) | Qt::AlignTop, each.name());
        painter.setFont(detail);
        painter.setPen(theme().muted);
        painter.drawText(place, int(side) | Qt::AlignBottom, second);
    }
}

void ErrorSpeedPlot::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const Axes axes = this->axes();
    paintAxes(painter, axes);
    paintDominated(painter, axes);
    paintPeaks(painter, axes);
    paintMarks(painter, axes);
    paintLabels(painter, axes);
    if (hasFocus()) {
        painter.setPen(QPen(theme().accent, 1.5));
        painter.setBrush(Qt::NoBrush);
        painter.drawRoundedRect(QRectF(rect()).adjusted(1, 1, -1, -1), 6, 6);
    }
}

void ErrorSpeedPlot::mousePressEvent(QMouseEvent* event)
{
    const Axes axes = this->axes();
    double nearest = 14;
    QString hit;
    for (const MeasuredKernel& each : m_measured) {
        const double distance = QLineF(pointOf(axes, each), event->position()).length();
        if (distance < nearest) {
            nearest = distance;
            hit = each.id();
        }
    }
    setSelected(hit);
    emit chosen(hit);
}

void ErrorSpeedPlot::keyPressEvent(QKeyEvent* event)
{
    const int step = event->key() == Qt::Key_Right || event->key() == Qt::Key_Down ? 1
                   : event->key() == Qt::Key_Left || event->key() == Qt::Key_Up    ? -1
                                                                                  : 0;
    if (step == 0 || m_measured.empty()) {
        QWidget::keyPressEvent(event);
        return;
    }
    // From the most exact to the least.
    std::vector<const MeasuredKernel*> order;
    for (const MeasuredKernel& each : m_measured)
        order.push_back(&each);
    std::ranges::stable_sort(order, {}, [](const MeasuredKernel* each) { return each->run.relativeError; });
    const auto present = std::ranges::find_if(order, [this](const MeasuredKernel* each) { return each->id() == m_selected; });
    const auto count = std::ptrdiff_t(order.size());
    const std::ptrdiff_t index = present == order.end() ? (step > 0 ? 0 : count - 1)
                                                        : std::clamp<std::ptrdiff_t>(present - order.begin() + step, 0, count - 1);
    setSelected(order[std::size_t(index)]->id());
    emit chosen(m_selected);
}

}  // namespace quantoscope
