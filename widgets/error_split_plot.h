// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "widgets/choice_chart.h"
#include "widgets/gemm_mark.h"
#include "widgets/kept_picture.h"

namespace quantoscope {

/// Where the error comes from, a row a kernel on one logarithmic axis: what rounding the operands did
/// (square), what the sums did (ring), and the bound that theory gives the sums (bar).
class ErrorSplitPlot : public ChoiceChart {
    Q_OBJECT

public:
    explicit ErrorSplitPlot(QWidget* parent = nullptr);
    void setMeasured(MeasuredKernels measured);
    QSize minimumSizeHint() const override;
    QSize sizeHint() const override { return minimumSizeHint(); }

protected:
    void paintEvent(QPaintEvent*) override;
    QString at(const QPointF& mouse) const override;
    QStringList order() const override;

private:
    void paintGround(QPainter&) const;

    MeasuredKernels m_measured;
    KeptPicture m_ground;   ///< All but the row that is lit.
};

/// What spoils a result, in words: "input rounding", "the sums", "sums exact", "nothing".
QString mainErrorText(const MeasuredKernel&);

}  // namespace quantoscope
