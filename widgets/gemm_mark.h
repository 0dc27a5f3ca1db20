// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/gemm/gemm_backend.h"

#include <QColor>
#include <QPointF>
#include <QRectF>
#include <QString>

#include <vector>

class QPainter;

namespace quantoscope {

/// A kernel and what it did, as every plot of the GEMM page draws it.
struct MeasuredKernel {
    GemmKernel kernel;
    GemmRun run;
    int number = 0;   ///< In the list of kernels: stands at a mark for whose name there is no room. 0: there is no list.

    QString name() const { return QString::fromStdString(kernel.name); }
    QString id() const { return QString::fromStdString(kernel.id); }
    /// Speed of the ends of the median's 95 % interval, in the unit of run.teraflops.
    double slowest() const;
    double fastest() const;
};
using MeasuredKernels = std::vector<MeasuredKernel>;
/// True where a plot of the one looks like a plot of the other.
bool looksAlike(const MeasuredKernels&, const MeasuredKernels&);

/// Shape says the kind: float a circle, integer a square, weight-only a diamond. Hollow while it runs.
void drawGemmMark(QPainter&, const QPointF& centre, double radius, GemmMark, const QColor& ink, const QColor& fill);
/// Ink, or the accent for weight-only.
QColor colourOf(GemmMark);
class LabelPlacer;
/// Writes the name of every mark beside it, at a leader's end where it had to move away, or its number where there is
/// no room for the name (the name after all where it has none). Returns where each name stands; null: the number only.
std::vector<QRectF> drawMarkNames(QPainter&, LabelPlacer&, const MeasuredKernels&, const std::vector<QPointF>& marks, double distance);
/// The mark whose circle or name lies under the mouse; none: the size of the list.
std::size_t markAt(const QPointF& mouse, const std::vector<QPointF>& marks, const std::vector<QRectF>& names);
/// Over the plot: a ring around a mark, its name lit, and where only its number stands the name after all.
void drawLitMark(QPainter&, const QRectF& area, const MeasuredKernel&, const QPointF& mark, const QRectF& name, bool isSelected);

/// "62 GFLOP/s", "1.24 TFLOP/s"; operations are called OP where they are whole numbers.
QString speedText(const MeasuredKernel&);
/// "60 ×", "4.3 ×", "0.21 ×"
QString timesText(double factor);
/// 2 to this power as a tick: "1/4", "64".
QString powerOfTwoText(int power);

}  // namespace quantoscope
