// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/gemm_mark.h"

#include "widgets/plot_text.h"
#include "widgets/theme.h"

#include <QCoreApplication>
#include <QPainter>

#include <cmath>

namespace quantoscope {

double MeasuredKernel::slowest() const
{
    return run.confidenceHigh > 0 ? run.teraflops * run.medianSeconds / run.confidenceHigh : run.teraflops;
}

double MeasuredKernel::fastest() const
{
    return run.confidenceLow > 0 ? run.teraflops * run.medianSeconds / run.confidenceLow : run.teraflops;
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

QString speedText(const MeasuredKernel& measured)
{
    const bool isTera = measured.run.teraflops >= 1;
    const QString number = roundedNumber(isTera ? measured.run.teraflops : measured.run.teraflops * 1000, 3);
    const char* unit = measured.kernel.mark == GemmMark::Integer ? (isTera ? "%1 TOP/s" : "%1 GOP/s")
                                                                 : (isTera ? "%1 TFLOP/s" : "%1 GFLOP/s");
    return QCoreApplication::translate("GemmMark", unit).arg(number);
}

QString powerOfTwoText(int power)
{
    if (power >= 0)
        return wholeNumber(std::exp2(power));
    return QStringLiteral("1/") + wholeNumber(std::exp2(-power));
}

}  // namespace quantoscope
