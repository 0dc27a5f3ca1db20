// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/rate_plot.h"

#include "widgets/fitting_text.h"
#include "widgets/label_placer.h"
#include "widgets/plot_text.h"
#include "widgets/theme.h"
#include "widgets/value_slider.h"

#include <QEvent>
#include <QLineF>
#include <QPainter>

#include <algorithm>
#include <cmath>

namespace quantoscope {

namespace {

constexpr double markRadius = 9;

}  // namespace

RatePlot::RatePlot(QWidget* parent)
    : QWidget(parent)
{
    installPlotAccessibility();
    setAttribute(Qt::WA_OpaquePaintEvent);
    setProperty("chartDescription", QString());
    setAccessibleName(tr("SQNR against bits per weight"));
}

void RatePlot::setContent(Content content)
{
    if (content == m_content)
        return;
    m_content = std::move(content);
    QString text;
    for (const Mark& mark : m_content.marks)
        text += tr("%1, %2: %3 dB at %4 bits. ").arg(mark.number, mark.name, decibelText(mark.at.sqnrDb), cutNumber(mark.at.bits, 3));
    setProperty("chartDescription", text.trimmed());
    update();
}

QPointF RatePlot::pointOf(const Point& point) const
{
    return {m_x.toPixel(point.bits), m_y.toPixel(point.sqnrDb)};
}

/// What is without error stands at the top.
QPointF RatePlot::markPoint(const Mark& mark) const
{
    Point shown = mark.at;
    if (!std::isfinite(shown.sqnrDb))
        shown.sqnrDb = m_y.high;
    return pointOf(shown);
}

/// Where the numbers stand: on their points, or beside them on a leader where another number is there already.
std::vector<QPointF> RatePlot::badgePlaces() const
{
    std::vector<QPointF> places;
    const auto isFree = [&](const QPointF& place) {
        const bool isInside = m_plot.adjusted(-2, -2, 2, 2).contains(QRectF(place - QPointF(markRadius, markRadius), QSizeF(2 * markRadius, 2 * markRadius)));
        // Neither on another number nor on the point of one.
        const bool isClear = std::none_of(m_content.marks.begin(), m_content.marks.end(), [&](const Mark& other) {
            return QLineF(place, markPoint(other)).length() < markRadius + 4;
        });
        return isInside && isClear && std::none_of(places.begin(), places.end(), [&](const QPointF& other) { return QLineF(place, other).length() < 2 * markRadius + 1; });
    };
    for (const Mark& mark : m_content.marks) {
        const QPointF exact = markPoint(mark);
        QPointF place = exact;
        bool isNear = std::any_of(m_content.marks.begin(), m_content.marks.end(), [&](const Mark& other) {
            return &other != &mark && QLineF(markPoint(other), exact).length() < 2 * markRadius + 1;
        });
        for (double distance = 2.6 * markRadius; isNear && distance < 8 * markRadius; distance += markRadius) {
            // Right and left first: the lines rise steeply.
            for (const double angle : {0.0, 180.0, 330.0, 210.0, 30.0, 150.0, 270.0, 90.0}) {
                QLineF leader(exact, exact + QPointF(distance, 0));
                leader.setAngle(angle);
                if (!isFree(leader.p2()))
                    continue;
                place = leader.p2();
                isNear = false;
                break;
            }
        }
        places.push_back(place);
    }
    return places;
}

void RatePlot::layOut()
{
    const QFontMetricsF label(uiFont(12));
    double bits = 8, highest = 10;
    for (const Mark& mark : m_content.marks) {
        bits = std::max(bits, mark.at.bits);
        if (std::isfinite(mark.at.sqnrDb))
            highest = std::max(highest, mark.at.sqnrDb);
    }
    for (const Line& line : m_content.lines) {
        for (const Point& point : line.points) {
            if (!line.isLimit && std::isfinite(point.sqnrDb))
                highest = std::max(highest, point.sqnrDb);
        }
    }
    const double left = label.height() + label.horizontalAdvance(QStringLiteral("100")) + 12;
    const double bottom = height() - 2 * label.height() - 10;
    m_plot = QRectF(left, 8, std::max(40.0, width() - left - 12), std::max(40.0, bottom - 8));
    m_x = {0, std::ceil(bits + 0.25), m_plot.left(), m_plot.right(), false};
    m_y = {0, std::ceil((highest + 3) / 10) * 10, m_plot.bottom(), m_plot.top(), false};
}

void RatePlot::drawAxes(QPainter& painter) const
{
    const Theme& t = theme();
    painter.setFont(uiFont(12));
    const QFontMetricsF metrics(painter.font());
    for (const AxisTick& tick : linearTicks(m_y.low, m_y.high, std::max(2, int(m_plot.height() / 36)))) {
        const double y = std::round(m_y.toPixel(tick.value));
        painter.fillRect(QRectF(m_plot.left(), y, m_plot.width(), 1), t.grid);
        painter.setPen(t.muted);
        painter.drawText(QPointF(m_plot.left() - 8 - metrics.horizontalAdvance(tick.label), y + metrics.capHeight() / 2), tick.label);
    }
    for (const AxisTick& tick : linearTicks(m_x.low, m_x.high, std::max(2, int(m_plot.width() / 34)))) {
        const double x = std::round(m_x.toPixel(tick.value));
        painter.fillRect(QRectF(x, m_plot.top(), 1, m_plot.height()), t.grid);
        painter.setPen(t.muted);
        painter.drawText(QPointF(x - metrics.horizontalAdvance(tick.label) / 2, m_plot.bottom() + 4 + metrics.ascent()), tick.label);
    }
    painter.fillRect(QRectF(m_plot.left(), std::round(m_plot.bottom()), m_plot.width(), 1), t.axis);
    const QString whole = tr("bits per weight, scales counted");
    const QString title = metrics.horizontalAdvance(whole) <= m_plot.width() + 8 ? whole : tr("bits per weight");
    painter.drawText(QPointF(m_plot.center().x() - metrics.horizontalAdvance(title) / 2, height() - metrics.descent() - 1), title);
    painter.save();
    painter.translate(metrics.height() / 2, m_plot.center().y());
    painter.rotate(-90);
    const QString upright = tr("SQNR, dB");
    painter.drawText(QPointF(-metrics.horizontalAdvance(upright) / 2, metrics.capHeight() / 2), upright);
    painter.restore();
}

void RatePlot::drawLines(QPainter& painter) const
{
    const Theme& t = theme();
    painter.save();
    painter.setClipRect(m_plot);
    int number = 0;
    for (const Line& line : m_content.lines) {
        QPolygonF path;
        for (const Point& point : line.points) {
            if (std::isfinite(point.sqnrDb))
                path << pointOf(point);
        }
        const QColor colour = line.isLimit ? t.error : number++ == 0 ? t.original : t.muted;
        painter.setPen(QPen(colour, t.stroke + (line.isLimit ? 0.3 : 0), line.isLimit ? Qt::DashLine : number > 1 ? Qt::DotLine : Qt::SolidLine));
        painter.drawPolyline(path);
        if (line.isLimit)
            continue;
        painter.setPen(Qt::NoPen);
        painter.setBrush(colour);
        for (const QPointF& at : path)
            painter.drawEllipse(at, 2.2, 2.2);
        painter.setBrush(Qt::NoBrush);
    }
    painter.restore();
}

void RatePlot::drawMarks(QPainter& painter) const
{
    const Theme& t = theme();
    LabelPlacer placer(m_plot);
    for (const QPointF& place : badgePlaces())
        placer.block(QRectF(place - QPointF(markRadius, markRadius), QSizeF(2 * markRadius, 2 * markRadius)));
    for (const Line& line : m_content.lines) {
        for (const Point& point : line.points)
            placer.block(QRectF(pointOf(point) - QPointF(3, 3), QSizeF(6, 6)));
    }
    // Names of lines stand where the lines are: at the right end, or where they leave the plot.
    painter.setFont(uiFont(11, QFont::Medium));
    const QFontMetricsF small(painter.font());
    int named = 0, limits = 0;
    for (const Line& line : m_content.lines) {
        if (line.points.empty())
            continue;
        // The first family is named low, the second at its end, limits where they leave the plot.
        const std::size_t last = line.points.size() - 1;
        Point at = line.points[line.isLimit ? 0 : named++ == 0 ? last * 3 / 8 : last];
        for (const Point& point : line.points) {
            if (line.isLimit && point.sqnrDb < m_y.high * (limits == 0 ? 0.92 : 0.78))
                at = point;
        }
        limits += line.isLimit;
        // "integers, best clip" and "limit: 6.02 dB per bit", of which little room keeps the first word.
        const QString name = longestThatFits({line.name, line.name.section(u',', 0, 0).section(u':', 0, 0)}, small, 0.72 * m_plot.width());
        const QRectF area = placer.place(pointOf(at), 12, {small.horizontalAdvance(name) + 4, small.height()});
        placer.block(area);
        QColor plate = t.card;
        plate.setAlphaF(0.85f);
        painter.fillRect(area, plate);
        painter.setPen(line.isLimit ? t.error : t.muted);
        painter.drawText(area, Qt::AlignCenter, name);
    }
    painter.setFont(uiFont(11, QFont::DemiBold));
    const std::vector<QPointF> places = badgePlaces();
    for (std::size_t i = 0; i < m_content.marks.size(); ++i) {
        const Mark& mark = m_content.marks[i];
        const QPointF at = places[i], exact = markPoint(mark);
        const QColor fill = mark.isPresent ? t.accent : t.quantized;
        if (at != exact) {
            painter.setPen(QPen(fill, 1));
            painter.drawLine(exact, at);
            painter.setPen(QPen(t.card, 1));
            painter.setBrush(fill);
            painter.drawEllipse(exact, 3, 3);
        }
        painter.setPen(QPen(mark.isEstimate ? fill : t.card, 1.5, mark.isEstimate ? Qt::DashLine : Qt::SolidLine));
        painter.setBrush(mark.isEstimate ? t.card : fill);
        painter.drawEllipse(at, markRadius, markRadius);
        painter.setPen(mark.isEstimate ? fill : mark.isPresent ? t.onAccent : t.card);
        painter.drawText(QRectF(at - QPointF(markRadius, markRadius), QSizeF(2 * markRadius, 2 * markRadius)), Qt::AlignCenter, mark.number);
    }
}

void RatePlot::paintEvent(QPaintEvent*)
{
    layOut();
    QPainter painter(this);
    painter.fillRect(rect(), theme().card);
    drawAxes(painter);
    painter.setRenderHint(QPainter::Antialiasing);
    drawLines(painter);
    drawMarks(painter);
}

void RatePlot::changeEvent(QEvent* event)
{
    if (event->type() == QEvent::PaletteChange || event->type() == QEvent::FontChange)
        update();
    QWidget::changeEvent(event);
}

}  // namespace quantoscope
