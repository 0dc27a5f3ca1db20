// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/line_chart.h"

#include "widgets/gemm_mark.h"
#include "widgets/plot_text.h"
#include "widgets/theme.h"

#include <QPainter>

#include <algorithm>
#include <cmath>

namespace quantoscope {

namespace {

bool isShown(const QPointF& point)
{
    return std::isfinite(point.y()) && point.y() > 0;
}

QString tickText(double value, bool isShare)
{
    if (!isShare || value < 0.9e-3)
        return QStringLiteral("10") + superscript(int(std::lround(std::log10(value))));
    return roundedNumber(value * 100, 1) + QStringLiteral(" %");
}

/// The lines' ends, kept a text's height apart and inside the picture.
struct EndName {
    double pixel;     ///< Where it is written.
    QPointF end;      ///< Of its line.
    const LineChart::Line* line;
};

void spread(std::vector<EndName>& names, double height, const QRectF& area)
{
    std::ranges::sort(names, {}, &EndName::pixel);
    for (std::size_t i = 1; i < names.size(); ++i)
        names[i].pixel = std::max(names[i].pixel, names[i - 1].pixel + height);
    double below = area.bottom() + height / 2;
    for (std::size_t i = names.size(); i-- > 0;) {
        names[i].pixel = std::min(names[i].pixel, below - height / 2);
        below = names[i].pixel - height / 2;
    }
}

}  // namespace

LineChart::LineChart(const QString& accessibleName, QWidget* parent)
    : ChoiceChart(accessibleName, parent)
{
}

void LineChart::setContent(Content content)
{
    m_content = std::move(content);
    setProperty("chartDescription", m_content.spoken);
    update();
}

QColor LineChart::colourOf(const Line& line) const
{
    return line.isLimit ? theme().error : line.id == selected() ? theme().accent : line.isThin ? theme().muted : theme().text;
}

LineChart::Axes LineChart::axes() const
{
    const QFontMetricsF metrics(uiFont(12)), names(uiFont(11, QFont::DemiBold));
    double left = 1e300, right = -1e300, low = 1e300, high = 0, nameWidth = 0;
    for (const Line& line : m_content.lines) {
        nameWidth = std::max(nameWidth, names.horizontalAdvance(line.name));
        for (const QPointF& point : line.points) {
            left = std::min(left, point.x());
            right = std::max(right, point.x());
            // A guarantee of more than all of it is drawn up to the edge, and does not squeeze the rest.
            if (isShown(point) && !(line.isLimit && point.y() > 10)) {
                low = std::min(low, point.y());
                high = std::max(high, point.y());
            }
        }
    }
    if (!(high > 0))
        low = 1e-3, high = 1;
    if (!(right > left))
        left = m_content.across == Across::Years ? 2014 : 1, right = left * 2;
    const double line = metrics.height();
    Axes axes{QRectF(rect()).adjusted(metrics.horizontalAdvance(QStringLiteral("0.01 %")) + line + 14, line / 2 + 2, -(nameWidth + 22), -(2 * line + 12)), {}, {}};
    axes.x = {left, right, axes.area.left(), axes.area.right(), m_content.across != Across::Years};
    if (m_content.across == Across::Years)
        axes.x.low -= 0.5, axes.x.high += 0.5;
    axes.y = {std::pow(10, std::floor(std::log10(low) + 1e-9)), std::pow(10, std::ceil(std::log10(high) - 1e-9)), axes.area.bottom(), axes.area.top(), true};
    if (axes.y.high <= axes.y.low)
        axes.y.high = axes.y.low * 10;
    return axes;
}

void LineChart::paintAxes(QPainter& painter, const Axes& axes) const
{
    const QRectF& area = axes.area;
    painter.setFont(uiFont(12));
    const double line = painter.fontMetrics().height();
    for (const AxisTick& tick : logarithmicTicks(axes.y.low, axes.y.high, std::max(2, int(area.height() / (line + 6))))) {
        const double y = axes.y.toPixel(tick.value);
        painter.setPen(theme().grid);
        painter.drawLine(QPointF(area.left(), y), QPointF(area.right(), y));
        if (tick.label.isEmpty())
            continue;
        painter.setPen(theme().muted);
        const QString label = m_content.across == Across::Years ? roundedNumber(tick.value, 1) : tickText(tick.value, m_content.isShare);
        painter.drawText(QRectF(0, y - line / 2, area.left() - 8, line), Qt::AlignRight | Qt::AlignVCenter, label);
    }
    std::vector<AxisTick> ticks;
    if (m_content.across == Across::Doublings) {
        const int first = int(std::ceil(std::log2(axes.x.low) - 1e-9)), last = int(std::floor(std::log2(axes.x.high) + 1e-9));
        for (int power = first; power <= last; power += 2)
            ticks.push_back({std::exp2(power), wholeNumber(std::exp2(power))});
    } else if (m_content.across == Across::Decades) {
        for (double decade = 1; decade <= axes.x.high * 1.001; decade *= 10)
            for (const double factor : {1.0, 3.0})
                if (decade * factor >= axes.x.low * 0.999 && decade * factor <= axes.x.high * 1.001)
                    ticks.push_back({decade * factor, wholeNumber(decade * factor)});
    } else {
        for (double year = std::ceil(axes.x.low); year <= axes.x.high; year += area.width() > 12 * painter.fontMetrics().horizontalAdvance(QStringLiteral("2025 ")) ? 1 : 2)
            ticks.push_back({year, QString::number(int(year))});
    }
    double free = -1e300;
    for (const AxisTick& tick : ticks) {
        const double x = axes.x.toPixel(tick.value), width = painter.fontMetrics().horizontalAdvance(tick.label);
        painter.setPen(theme().axis);
        painter.drawLine(QPointF(x, area.bottom()), QPointF(x, area.bottom() + 4));
        if (x - width / 2 < free)
            continue;
        free = x + width / 2 + 6;
        painter.setPen(theme().muted);
        painter.drawText(QRectF(x - 40, area.bottom() + 5, 80, line), Qt::AlignCenter, tick.label);
    }
    painter.setPen(theme().axis);
    painter.drawLine(area.bottomLeft(), area.bottomRight());
    painter.setPen(theme().muted);
    painter.drawText(QRectF(0, area.bottom() + line + 7, width(), line), Qt::AlignCenter, m_content.xTitle);
    painter.save();
    // A raised T may come from a taller font: room for it, and no clipping to the line.
    painter.translate(line / 2 + 3, area.center().y());
    painter.rotate(-90);
    painter.drawText(QRectF(-area.height() / 2 - line, -line / 2, area.height() + 2 * line, line), Qt::AlignCenter | Qt::TextDontClip, m_content.yTitle);
    painter.restore();
}

void LineChart::paintLine(QPainter& painter, const Axes& axes, const Line& line) const
{
    const QColor colour = colourOf(line);
    const bool isChosen = line.id == selected() && !line.isLimit;
    painter.setPen(QPen(colour, isChosen ? theme().stroke + 1 : line.isThin ? 1 : theme().stroke, line.isLimit ? Qt::DashLine : Qt::SolidLine));
    const QPointF* before = nullptr;
    for (const QPointF& point : line.points) {
        if (before && isShown(*before) && isShown(point))
            painter.drawLine(QPointF(axes.x.toPixel(before->x()), axes.y.toPixel(before->y())),
                             QPointF(axes.x.toPixel(point.x()), axes.y.toPixel(point.y())));
        before = &point;
    }
    if (line.isLimit || (line.isThin && !isChosen))
        return;
    for (const QPointF& point : line.points) {
        if (isShown(point))
            drawGemmMark(painter, QPointF(axes.x.toPixel(point.x()), axes.y.toPixel(point.y())), isChosen ? 3.5 : 2.5, GemmMark::Float, colour,
                         line.isModel ? theme().card : colour);
    }
}

void LineChart::paintNames(QPainter& painter, const Axes& axes) const
{
    std::vector<EndName> names;
    for (const Line& line : m_content.lines) {
        const auto last = std::find_if(line.points.rbegin(), line.points.rend(), isShown);
        if (last == line.points.rend() || line.name.isEmpty())
            continue;
        const QPointF end(axes.x.toPixel(last->x()), std::clamp(axes.y.toPixel(last->y()), axes.area.top(), axes.area.bottom()));
        // A line that ends early is named where it ends.
        if (axes.area.right() - end.x() > 60) {
            painter.setFont(uiFont(11, QFont::DemiBold));
            painter.setPen(colourOf(line));
            painter.drawText(QRectF(end.x() - 80, end.y() - 24, 160, 18), Qt::AlignCenter, line.name);
            continue;
        }
        names.push_back({end.y(), end, &line});
    }
    const QFont bold = uiFont(11, QFont::DemiBold), plain = uiFont(11);
    const double height = QFontMetricsF(bold).height() - 1;
    spread(names, height, axes.area);
    for (const EndName& name : names) {
        const QColor colour = colourOf(*name.line);
        painter.setPen(QPen(theme().faint, 1));
        painter.drawLine(name.end + QPointF(4, 0), QPointF(axes.area.right() + 12, name.pixel));
        painter.setFont(name.line->isThin ? plain : bold);
        painter.setPen(colour);
        painter.drawText(QRectF(axes.area.right() + 15, name.pixel - height / 2, width() - axes.area.right() - 15, height),
                         Qt::AlignLeft | Qt::AlignVCenter, name.line->name);
    }
}

void LineChart::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    if (std::ranges::none_of(m_content.lines, [](const Line& line) { return std::ranges::any_of(line.points, isShown); })) {
        painter.setFont(uiFont(12));
        painter.setPen(theme().muted);
        painter.drawText(rect(), Qt::AlignCenter | Qt::TextWordWrap, m_content.emptyText);
        return;
    }
    const Axes axes = this->axes();
    paintAxes(painter, axes);
    painter.save();
    painter.setClipRect(axes.area.adjusted(-6, -6, 6, 6));
    for (const Line& line : m_content.lines)
        if (line.id != selected() || line.isLimit)
            paintLine(painter, axes, line);
    for (const Line& line : m_content.lines)   // The chosen one lies on top.
        if (line.id == selected() && !line.isLimit)
            paintLine(painter, axes, line);
    painter.restore();
    if (m_content.cursor) {
        const double x = axes.x.toPixel(*m_content.cursor);
        painter.setPen(QPen(theme().accent, 1.4, Qt::DashLine));
        painter.drawLine(QPointF(x, axes.area.top()), QPointF(x, axes.area.bottom()));
        painter.setFont(uiFont(11, QFont::DemiBold));
        painter.setPen(theme().accent);
        const bool isLeft = x > axes.area.center().x();
        painter.drawText(QRectF(isLeft ? x - 164 : x + 4, axes.area.top(), 160, painter.fontMetrics().height()), isLeft ? Qt::AlignRight : Qt::AlignLeft, m_content.cursorText);
    }
    paintNames(painter, axes);
    paintFocus(painter);
}

QString LineChart::at(const QPointF& mouse) const
{
    const Axes axes = this->axes();
    QString found;
    double least = 14;
    for (const Line& line : m_content.lines) {
        for (const QPointF& point : line.points) {
            const double distance = QLineF(QPointF(axes.x.toPixel(point.x()), axes.y.toPixel(point.y())), mouse).length();
            if (!line.isLimit && isShown(point) && distance < least) {
                least = distance;
                found = line.id;
            }
        }
    }
    return found;
}

QStringList LineChart::order() const
{
    QStringList ids;
    for (const Line& line : m_content.lines)
        if (!line.isLimit)
            ids << line.id;
    return ids;
}

}  // namespace quantoscope
