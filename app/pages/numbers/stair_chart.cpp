// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/pages/numbers/stair_chart.h"

#include "app/pages/numbers/number_texts.h"
#include "widgets/plot_axis.h"
#include "widgets/plot_text.h"
#include "widgets/theme.h"
#include "widgets/value_slider.h"

#include <QMouseEvent>
#include <QPainter>
#include <QPainterPath>

#include <algorithm>
#include <cmath>

namespace quantoscope {

namespace {

constexpr double gapBetween = 22, specialBand = 20;

QString roundingName(Rounding rounding)
{
    const std::string_view name = roundingRows()[std::size_t(rounding)].name;
    return QString::fromUtf8(name.data(), qsizetype(name.size()));
}

/// For a picture too small for the name.
QString shortName(Rounding rounding)
{
    switch (rounding) {
    case Rounding::NearestEven: return StairChart::tr("Even");
    case Rounding::NearestAway: return StairChart::tr("Away");
    case Rounding::TowardZero: return StairChart::tr("To zero");
    case Rounding::Up: return StairChart::tr("Up");
    case Rounding::Down: return StairChart::tr("Down");
    case Rounding::ToOdd: return StairChart::tr("To odd");
    case Rounding::Stochastic: return StairChart::tr("Random");
    }
    return {};
}

/// Everything that a picture stores, for its axis and its bands.
std::vector<double> outcomes(const StairPicture& picture)
{
    std::vector<double> values;
    for (const Tread& tread : picture.stairs.treads)
        values.push_back(tread.value);
    for (const StairPoint& point : picture.stairs.points)
        values.push_back(point.value);
    for (const StairPoint& point : picture.samples)
        values.push_back(point.value);
    for (const auto& [x, odds] : picture.odds)
        values.insert(values.end(), {odds.below, odds.above});
    return values;
}

}  // namespace

/// Where things lie: x and y have their own scale, and what is no number has a band above.
struct StairChart::Plot {
    QRectF area;
    AxisScale x, y;
    bool hasInfinity = false, hasNaN = false;
    double radius = 3.5;

    double toY(double value) const
    {
        if (std::isnan(value))
            return area.top() + specialBand * 0.5;
        if (std::isinf(value))
            return value > 0 ? area.top() + specialBand * 0.5 : area.bottom() - specialBand * 0.3;
        return y.toPixel(value);
    }
    QPointF at(double from, double value) const { return {x.toPixel(from), toY(value)}; }
};

StairChart::StairChart(QWidget* parent) : QWidget(parent)
{
    installPlotAccessibility();
    setProperty("chartDescription", QString());   // Before the name, which may make the interface for a listening screen reader.
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Expanding);
    setAccessibleName(tr("Staircase"));
}

void StairChart::show(const StairContent& content)
{
    m_content = content;
    QStringList texts{tr("%1, %2, from %3 to %4.").arg(content.formatName, roundingName(content.main.rounding), roundedNumber(content.main.low, 6),
                                                       roundedNumber(content.main.high, 6))};
    if (content.main.stairs.treads.size() <= 40)
        for (const Tread& tread : content.main.stairs.treads)
            texts << tr("Between %1 and %2: %3.").arg(roundedNumber(tread.from, 6), roundedNumber(tread.to, 6), exactText(tread.value, 12));
    setProperty("chartDescription", (texts + QStringList(content.sentence)).join(u' '));
    update();
}

QRectF StairChart::mainRect() const
{
    const double sideWidth = std::clamp(width() * 0.36, 250.0, 470.0);
    return QRectF(0, 0, width() - sideWidth - gapBetween, height());
}

/// Two columns where there is height for four lines of them, else four columns.
QRectF StairChart::smallRect(std::size_t index) const
{
    const double left = mainRect().right() + gapBetween, room = width() - left;
    const int columns = height() >= 300 ? 2 : 4, lines = (int(m_content.small.size()) + columns - 1) / columns;
    const double w = room / columns, h = std::min(height() / double(lines), 150.0);
    return QRectF(left + w * double(int(index) % columns), h * double(int(index) / columns), w, h).adjusted(3, 2, -3, -4);
}

StairChart::Plot StairChart::plotOf(const StairPicture& picture, const QRectF& area, bool isSmall) const
{
    Plot plot;
    plot.area = area;
    double low = picture.high, high = picture.low;
    for (const double value : outcomes(picture)) {
        plot.hasNaN |= std::isnan(value);
        plot.hasInfinity |= std::isinf(value);
        if (std::isfinite(value)) {
            low = std::min(low, value);
            high = std::max(high, value);
        }
    }
    if (!(low < high)) {
        low = picture.low;
        high = picture.high;
    }
    const double margin = 0.06 * (high - low), band = plot.hasNaN || plot.hasInfinity ? specialBand : 0;
    plot.x = {picture.low, picture.high, area.left(), area.right(), false};
    plot.y = {low - margin, high + margin, area.bottom(), area.top() + band, false};
    plot.radius = isSmall ? 2.6 : 4;
    return plot;
}

void StairChart::paintAxes(QPainter& painter, const StairPicture& picture, const Plot& plot) const
{
    const Theme& colours = theme();
    painter.setFont(uiFont(11));
    const QFontMetricsF metrics(painter.font());
    // The format's own numbers are the ticks where they have room, else round numbers.
    std::vector<double> numbers;
    for (const StairPoint& point : picture.stairs.points)
        if (point.x == point.value)
            numbers.push_back(point.x);
    const bool ownTicks = numbers.size() >= 2 && std::abs(plot.toY(numbers[0]) - plot.toY(numbers[1])) > 15;
    std::vector<AxisTick> across, up;
    for (const double number : numbers)
        if (ownTicks)
            up.push_back({number, exactText(number, 10)});
    if (!ownTicks)
        up = linearTicks(plot.y.low, plot.y.high, std::max(2, int(plot.area.height() / 34)));
    across = ownTicks ? up : linearTicks(plot.x.low, plot.x.high, std::max(2, int(plot.area.width() / 90)));
    for (const AxisTick& tick : up) {
        const double y = std::round(plot.toY(tick.value)) + 0.5;
        painter.setPen(QPen(colours.grid, 1));
        painter.drawLine(QPointF(plot.area.left(), y), QPointF(plot.area.right(), y));
        if ((plot.hasNaN || plot.hasInfinity) && y < plot.area.top() + specialBand + 9)
            continue;   // The band's own label stands there.
        painter.setPen(colours.muted);
        painter.drawText(QRectF(0, y - 9, plot.area.left() - 7, 18), Qt::AlignRight | Qt::AlignVCenter, tick.label);
    }
    double free = plot.area.left() - 8;
    const double end = plot.area.right() - metrics.horizontalAdvance(tr("x")) - 12;
    for (const AxisTick& tick : across) {
        const double x = plot.x.toPixel(tick.value), half = metrics.horizontalAdvance(tick.label) / 2;
        painter.setPen(QPen(colours.axis, 1));
        painter.drawLine(QPointF(x, plot.area.bottom()), QPointF(x, plot.area.bottom() + 4));
        if (x - half < free || x + half > end)
            continue;
        painter.setPen(colours.muted);
        painter.drawText(QPointF(x - half, plot.area.bottom() + 6 + metrics.ascent()), tick.label);
        free = x + half + 10;
    }
    painter.setPen(QPen(colours.axis, 1));
    painter.drawLine(plot.area.bottomLeft(), plot.area.bottomRight());
    painter.drawText(QPointF(plot.area.right() - metrics.horizontalAdvance(tr("x")), plot.area.bottom() + 6 + metrics.ascent()), tr("x"));
    painter.setFont(uiFont(11, QFont::DemiBold));
    if (plot.hasInfinity || plot.hasNaN) {
        painter.setPen(colours.error);
        painter.drawText(QRectF(0, plot.area.top(), plot.area.left() - 7, specialBand), Qt::AlignRight | Qt::AlignVCenter,
                         plot.hasNaN ? QStringLiteral("NaN") : QStringLiteral("∞"));
        painter.setPen(QPen(colours.error, 1, Qt::DotLine));
        painter.drawLine(QPointF(plot.area.left(), plot.area.top() + specialBand), QPointF(plot.area.right(), plot.area.top() + specialBand));
    }
}

void StairChart::paintStairs(QPainter& painter, const StairPicture& picture, const Plot& plot) const
{
    const Theme& colours = theme();
    const double width = (plot.radius > 3 ? 2.6 : 1.8) * std::max(1.0, colours.stroke * 0.7);
    const Tread* before = nullptr;
    for (const Tread& tread : picture.stairs.treads) {
        const bool isNumber = std::isfinite(tread.value);
        if (before && before->value != tread.value) {
            painter.setPen(QPen(colours.axis, 1, Qt::DotLine));
            painter.drawLine(plot.at(tread.from, before->value), plot.at(tread.from, tread.value));
        }
        painter.setPen(QPen(isNumber ? colours.quantized : colours.error, width, Qt::SolidLine, Qt::FlatCap));
        painter.drawLine(plot.at(tread.from, tread.value), plot.at(tread.to, tread.value));
        before = &tread;
    }
}

/// What exactly the numbers and the ties become: a filled dot; a ring at the end of a tread that it is not on.
void StairChart::paintPoints(QPainter& painter, const StairPicture& picture, const Plot& plot) const
{
    const Theme& colours = theme();
    const auto& treads = picture.stairs.treads;
    if (treads.empty() || (plot.x.toPixel(treads.back().to) - plot.x.toPixel(treads.front().from)) / double(treads.size()) < 3 * plot.radius)
        return;
    const auto differ = [](double a, double b) { return a != b && !(std::isnan(a) && std::isnan(b)); };
    for (const StairPoint& point : picture.stairs.points) {
        if (point.x == picture.low || point.x == picture.high)
            continue;
        bool atBreak = false;
        painter.setBrush(colours.card);
        for (const Tread& tread : treads) {
            if ((tread.from != point.x && tread.to != point.x) || !differ(tread.value, point.value))
                continue;
            atBreak = true;
            painter.setPen(QPen(std::isfinite(tread.value) ? colours.quantized : colours.error, 1.4));
            painter.drawEllipse(plot.at(point.x, tread.value), plot.radius - 0.7, plot.radius - 0.7);
        }
        if (!atBreak)
            continue;
        painter.setPen(QPen(colours.card, 1));
        painter.setBrush(std::isfinite(point.value) ? colours.quantized : colours.error);
        painter.drawEllipse(plot.at(point.x, point.value), plot.radius, plot.radius);
    }
}

void StairChart::paintTooFine(QPainter& painter, const StairPicture& picture, const Plot& plot) const
{
    const Theme& colours = theme();
    QPainterPath path;
    bool wasNumber = false;
    for (const StairPoint& point : picture.samples) {
        const bool isNumber = std::isfinite(point.value);
        if (isNumber)
            wasNumber ? path.lineTo(plot.at(point.x, point.value)) : path.moveTo(plot.at(point.x, point.value));
        wasNumber = isNumber;
    }
    painter.setBrush(Qt::NoBrush);
    painter.setPen(QPen(colours.quantized, 2.2 * std::max(1.0, colours.stroke * 0.7)));
    painter.drawPath(path);
    painter.setPen(QPen(colours.error, 3));
    for (const StairPoint& point : picture.samples)
        if (!std::isfinite(point.value))
            painter.drawPoint(plot.at(point.x, point.value));
}

/// Both neighbours, each as dark as it is likely; the draws of the seed as dots.
void StairChart::paintOdds(QPainter& painter, const StairPicture& picture, const Plot& plot) const
{
    const Theme& colours = theme();
    const double half = (plot.x.high - plot.x.low) / double(picture.odds.size()) / 2, thickness = plot.radius > 3 ? 9 : 5;
    painter.setRenderHint(QPainter::Antialiasing, false);
    for (const auto& [x, odds] : picture.odds) {
        const auto bar = [&](double value, double probability) {
            QColor colour = std::isfinite(value) ? colours.accent : colours.error;
            colour.setAlphaF(float(0.04 + 0.8 * probability));
            // Whole pixels: bars beside each other may neither overlap nor leave a seam.
            const double left = std::round(plot.x.toPixel(x - half)), right = std::round(plot.x.toPixel(x + half));
            painter.fillRect(QRectF(left, std::round(plot.toY(value) - thickness / 2), right - left, thickness), colour);
        };
        const bool isSure = odds.below == odds.above || (std::isnan(odds.below) && std::isnan(odds.above));
        bar(odds.above, isSure ? 1 : odds.probabilityAbove);
        if (!isSure)
            bar(odds.below, 1 - odds.probabilityAbove);
    }
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(Qt::NoPen);
    painter.setBrush(colours.quantized);
    const std::size_t every = plot.radius > 3 ? 5 : 6;
    const double radius = plot.radius > 3 ? 1.9 : 1.4;
    for (std::size_t i = 0; i < picture.samples.size(); i += every)
        painter.drawEllipse(plot.at(picture.samples[i].x, picture.samples[i].value), radius, radius);
}

void StairChart::paintTyped(QPainter& painter, const Plot& plot, bool isSmall) const
{
    const Theme& colours = theme();
    if (!m_content.typed || *m_content.typed < plot.x.low || *m_content.typed > plot.x.high)
        return;
    const double x = plot.x.toPixel(*m_content.typed);
    QPen dashes(colours.text, isSmall ? 1 : 1.4);
    dashes.setDashPattern({2, 2});
    painter.setPen(dashes);
    painter.drawLine(QPointF(x, plot.area.top()), QPointF(x, plot.area.bottom()));
    if (isSmall)
        return;
    painter.setFont(uiFont(12, QFont::DemiBold));
    const QString text = painter.fontMetrics().elidedText(m_content.typedText, Qt::ElideMiddle, 160);
    const double w = painter.fontMetrics().horizontalAdvance(text);
    painter.setPen(colours.text);
    painter.drawText(QPointF(std::clamp(x - w / 2, plot.area.left(), plot.area.right() - w), plot.area.top() - 6), text);
    const double y = plot.toY(m_content.stored);
    if (y < plot.area.top() || y > plot.area.bottom())
        return;
    painter.setPen(QPen(colours.card, 1.6));
    painter.setBrush(colours.accent);
    painter.drawEllipse(QPointF(x, y), 6, 6);
}

/// What x becomes, in whichever way this rounding can be drawn.
void StairChart::paintCurve(QPainter& painter, const StairPicture& picture, const Plot& plot) const
{
    if (picture.rounding == Rounding::Stochastic)
        paintOdds(painter, picture, plot);
    else if (picture.stairs.isTooFine)
        paintTooFine(painter, picture, plot);
    else
        paintStairs(painter, picture, plot);
    paintPoints(painter, picture, plot);
}

void StairChart::paintSmall(QPainter& painter, std::size_t index) const
{
    const Theme& colours = theme();
    const StairPicture& picture = m_content.small[index];
    const QRectF card = smallRect(index);
    const bool isChosen = picture.rounding == m_content.main.rounding;
    painter.setPen(QPen(isChosen ? colours.accent : colours.border, isChosen ? 2 : 1));
    painter.setBrush(isChosen ? colours.selectedRow : colours.card);
    painter.drawRoundedRect(card, 6, 6);
    painter.setFont(uiFont(11, isChosen ? QFont::DemiBold : QFont::Normal));
    painter.setPen(isChosen ? colours.text : colours.muted);
    const double line = QFontMetricsF(painter.font()).height();
    const bool fits = painter.fontMetrics().horizontalAdvance(roundingName(picture.rounding)) < card.width() - 12;
    painter.drawText(QRectF(card.left() + 7, card.top() + 2, card.width() - 10, line + 2), Qt::AlignVCenter,
                     fits ? roundingName(picture.rounding) : shortName(picture.rounding));
    const Plot plot = plotOf(picture, card.adjusted(8, line + 5, -8, -6), true);
    painter.save();
    painter.setClipRect(card.adjusted(2, 2, -2, -2));
    painter.setPen(QPen(colours.original, 1, Qt::DashLine));
    painter.drawLine(plot.at(picture.low, picture.low), plot.at(picture.high, picture.high));
    paintTyped(painter, plot, true);
    paintCurve(painter, picture, plot);
    painter.restore();
}

void StairChart::paintEvent(QPaintEvent*)
{
    if (m_content.small.empty())
        return;
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const Theme& colours = theme();
    const StairPicture& picture = m_content.main;
    const double line = QFontMetricsF(uiFont(12)).height();
    const Plot plot = plotOf(picture, mainRect().adjusted(86, line + 6, -6, -line - 6), false);
    paintAxes(painter, picture, plot);
    painter.save();
    painter.setClipRect(plot.area.adjusted(-4, -2, 4, 4));
    painter.setPen(QPen(colours.original, 1.4 * std::max(1.0, colours.stroke * 0.7), Qt::DashLine));
    painter.drawLine(plot.at(picture.low, picture.low), plot.at(picture.high, picture.high));
    paintCurve(painter, picture, plot);
    painter.restore();
    paintTyped(painter, plot, false);
    for (std::size_t i = 0; i < m_content.small.size(); ++i)
        paintSmall(painter, i);
    paintKey(painter, smallRect(m_content.small.size()));
}

/// In the place that seven small ones leave: what the marks mean.
void StairChart::paintKey(QPainter& painter, const QRectF& area) const
{
    if (area.width() < 150)
        return;   // The words above the picture say it too.
    const Theme& colours = theme();
    painter.setFont(uiFont(11));
    const double line = std::min(painter.fontMetrics().height() + 5.0, area.height() / 4);
    double y = area.top() + 4;
    const auto entry = [&](const QString& words, auto&& draw) {
        draw(QPointF(area.left() + 14, y + line / 2));
        painter.setPen(colours.muted);
        painter.drawText(QRectF(area.left() + 32, y, area.width() - 34, line), Qt::AlignVCenter,
                         painter.fontMetrics().elidedText(words, Qt::ElideRight, int(area.width() - 34)));
        y += line;
    };
    entry(tr("what this x becomes"), [&](QPointF at) {
        painter.setPen(Qt::NoPen);
        painter.setBrush(colours.quantized);
        painter.drawEllipse(at, 4, 4);
    });
    entry(tr("a step ends, without it"), [&](QPointF at) {
        painter.setPen(QPen(colours.quantized, 1.4));
        painter.setBrush(colours.card);
        painter.drawEllipse(at, 3.4, 3.4);
    });
    entry(tr("x itself"), [&](QPointF at) {
        painter.setPen(QPen(colours.original, 1.4, Qt::DashLine));
        painter.drawLine(at + QPointF(-10, 4), at + QPointF(10, -4));
    });
    entry(tr("as dark as it is likely"), [&](QPointF at) {
        for (int i = 0; i < 4; ++i) {
            QColor colour = colours.accent;
            colour.setAlphaF(float(0.2 + 0.2 * i));
            painter.fillRect(QRectF(at.x() - 10 + 5 * i, at.y() - 3, 5, 6), colour);
        }
    });
}

void StairChart::mousePressEvent(QMouseEvent* event)
{
    for (std::size_t i = 0; i < m_content.small.size(); ++i)
        if (smallRect(i).contains(event->position()))
            emit roundingChosen(m_content.small[i].rounding);
}

}  // namespace quantoscope
