// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/gemm_mark.h"

#include "widgets/label_placer.h"
#include "widgets/plot_text.h"
#include "widgets/theme.h"

#include <QCoreApplication>
#include <QPainter>

#include <algorithm>
#include <cmath>
#include <tuple>

namespace quantoscope {

double MeasuredKernel::slowest() const
{
    return run.confidenceHigh > 0 ? run.teraflops * run.medianSeconds / run.confidenceHigh : run.teraflops;
}

double MeasuredKernel::fastest() const
{
    return run.confidenceLow > 0 ? run.teraflops * run.medianSeconds / run.confidenceLow : run.teraflops;
}

bool looksAlike(const MeasuredKernels& some, const MeasuredKernels& others)
{
    return std::ranges::equal(some, others, [](const MeasuredKernel& a, const MeasuredKernel& b) {
        const auto drawn = [](const MeasuredKernel& each) {
            const GemmRun& run = each.run;
            return std::tuple(each.number, run.isFinal, run.medianSeconds, run.confidenceLow, run.confidenceHigh, run.teraflops,
                              run.gigabytesPerSecond, run.relativeError, run.quantizationError, run.accumulationError, run.bound);
        };
        return a.kernel.id == b.kernel.id && drawn(a) == drawn(b);
    });
}

void drawGemmMark(QPainter& painter, const QPointF& centre, double radius, GemmMark mark, const QColor& ink,
                  const QColor& fill)
{
    painter.setPen(QPen(ink, 1.6));
    painter.setBrush(fill);
    switch (mark) {
    case GemmMark::Float:
        painter.drawEllipse(centre, radius, radius);
        break;
    case GemmMark::Integer: {
        const double half = radius * 0.89;   // the area of the circle
        painter.drawRect(QRectF(centre.x() - half, centre.y() - half, 2 * half, 2 * half));
        break;
    }
    case GemmMark::WeightOnly: {
        const double half = radius * 1.25;
        painter.drawPolygon(QPolygonF{{centre.x(), centre.y() - half}, {centre.x() + half, centre.y()},
                                      {centre.x(), centre.y() + half}, {centre.x() - half, centre.y()}});
        break;
    }
    }
}

QColor colourOf(GemmMark mark)
{
    return mark == GemmMark::WeightOnly ? theme().accent : theme().quantized;
}

std::vector<QRectF> drawMarkNames(QPainter& painter, LabelPlacer& placer, const MeasuredKernels& measured, const std::vector<QPointF>& marks, double distance)
{
    const QFont bold = uiFont(12, QFont::DemiBold), small = uiFont(11, QFont::DemiBold);
    const QFontMetricsF metrics(bold), smallMetrics(small);
    std::vector<LabelPlacer::Wish> wishes;
    for (std::size_t i = 0; i < measured.size(); ++i)
        wishes.push_back({marks[i], {metrics.horizontalAdvance(measured[i].name()) + 2, metrics.height() - 2}});
    const auto places = placer.placeAll(wishes, distance);
    // Leaders first, so that none runs over a name.
    painter.setPen(QPen(theme().faint, 1));
    for (std::size_t i = 0; i < measured.size(); ++i)
        if (const QLineF leader = places[i] ? LabelPlacer::leader(marks[i], *places[i], distance) : QLineF(); !leader.isNull())
            painter.drawLine(leader);
    std::vector<QRectF> names(measured.size());
    for (std::size_t i = 0; i < measured.size(); ++i) {
        painter.setPen(colourOf(measured[i].kernel.mark));
        if (places[i]) {
            painter.setFont(bold);
            painter.drawText(*places[i], Qt::AlignCenter | Qt::TextSingleLine | Qt::TextDontClip, measured[i].name());
            names[i] = *places[i];
        } else if (measured[i].number == 0) {
            names[i] = placer.place(marks[i], distance, wishes[i].size);
            painter.setFont(bold);
            painter.drawText(names[i], Qt::AlignCenter | Qt::TextSingleLine | Qt::TextDontClip, measured[i].name());
        } else {
            const QString number = QString::number(measured[i].number);
            const QRectF place = placer.place(marks[i], distance - 2, {smallMetrics.horizontalAdvance(number) + 2, smallMetrics.height() - 3});
            painter.setFont(small);
            painter.drawText(place, Qt::AlignCenter | Qt::TextSingleLine | Qt::TextDontClip, number);
        }
    }
    return names;
}

std::size_t markAt(const QPointF& mouse, const std::vector<QPointF>& marks, const std::vector<QRectF>& names)
{
    double nearest = 14;
    std::size_t hit = marks.size();
    for (std::size_t i = 0; i < marks.size(); ++i) {
        const double distance = QLineF(marks[i], mouse).length();
        if (distance < nearest) {
            nearest = distance;
            hit = i;
        }
    }
    for (std::size_t i = 0; i < names.size() && hit == marks.size(); ++i)
        if (names[i].contains(mouse))
            hit = i;
    return hit;
}

void drawLitMark(QPainter& painter, const QRectF& area, const MeasuredKernel& measured, const QPointF& mark, const QRectF& name, bool isSelected)
{
    painter.setBrush(Qt::NoBrush);
    painter.setPen(QPen(theme().accent, isSelected ? 2 : 1.4));
    painter.drawEllipse(mark, 11, 11);
    painter.setFont(uiFont(12, QFont::DemiBold));
    const QFontMetricsF metrics(painter.font());
    QRectF place = name;
    if (place.isNull()) {
        place = QRectF(mark.x() + 16, mark.y() - metrics.height() / 2, metrics.horizontalAdvance(measured.name()) + 2, metrics.height());
        if (place.right() > area.right() - 4)
            place.moveRight(mark.x() - 16);
        place.moveTop(std::clamp(place.top(), area.top() + 2, std::max(area.top() + 2, area.bottom() - place.height() - 2)));
    }
    painter.setPen(QPen(theme().accent, 1));
    painter.setBrush(isSelected ? theme().selectedRow : theme().card);
    painter.drawRoundedRect(place.adjusted(-4, -2, 4, 2), 5, 5);
    painter.setPen(isSelected ? theme().accent : theme().text);
    painter.drawText(place, Qt::AlignCenter | Qt::TextSingleLine | Qt::TextDontClip, measured.name());
}

QString speedText(const MeasuredKernel& measured)
{
    const bool isTera = measured.run.teraflops >= 1;
    const QString number = roundedNumber(isTera ? measured.run.teraflops : measured.run.teraflops * 1000, 3);
    const char* unit = measured.kernel.mark == GemmMark::Integer ? (isTera ? "%1 TOP/s" : "%1 GOP/s")
                                                                 : (isTera ? "%1 TFLOP/s" : "%1 GFLOP/s");
    return QCoreApplication::translate("GemmMark", unit).arg(number);
}

QString timesText(double factor)
{
    return (factor >= 10 ? wholeNumber(std::round(factor)) : roundedNumber(factor, 2)) + QStringLiteral(" ×");
}

QString powerOfTwoText(int power)
{
    if (power >= 0)
        return wholeNumber(std::exp2(power));
    return QStringLiteral("1/") + wholeNumber(std::exp2(-power));
}

}  // namespace quantoscope
