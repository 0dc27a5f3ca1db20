// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/gemm/gemm_backend.h"

#include <QColor>
#include <QPointF>
#include <QString>

#include <vector>

class QPainter;

namespace quantoscope {

/// A kernel and what it did, as every plot of the GEMM page draws it.
struct MeasuredKernel {
    GemmKernel kernel;
    GemmRun run;

    QString name() const { return QString::fromStdString(kernel.name); }
    QString id() const { return QString::fromStdString(kernel.id); }
    /// Speed of the ends of the median's 95 % interval, in the unit of run.teraflops.
    double slowest() const;
    double fastest() const;
};
using MeasuredKernels = std::vector<MeasuredKernel>;

/// Shape says the kind: float a circle, integer a square, weight-only a diamond. Hollow while it runs.
void drawGemmMark(QPainter&, const QPointF& centre, double radius, GemmMark, const QColor& ink, const QColor& fill);
/// Ink, or the accent for weight-only.
QColor colourOf(GemmMark);
/// "62 GFLOP/s", "1.24 TFLOP/s"; operations are called OP where they are whole numbers.
QString speedText(const MeasuredKernel&);
/// 2 to this power as a tick: "1/4", "64".
QString powerOfTwoText(int power);

}  // namespace quantoscope
