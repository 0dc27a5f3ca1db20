// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "widgets/gemm_mark.h"

#include <QWidget>

namespace quantoscope {

/// Where the error comes from, a row a kernel on one logarithmic axis: what rounding the operands did
/// (square), what the sums did (ring), and the bound that theory gives the sums (bar).
class ErrorSplitPlot : public QWidget {
    Q_OBJECT

public:
    explicit ErrorSplitPlot(QWidget* parent = nullptr);
    void setMeasured(MeasuredKernels measured);
    QSize minimumSizeHint() const override;

protected:
    void paintEvent(QPaintEvent*) override;

private:
    MeasuredKernels m_measured;
};

/// What spoils a result, in words: "input rounding", "the sums", "sums exact", "nothing".
QString mainErrorText(const MeasuredKernel&);

}  // namespace quantoscope
