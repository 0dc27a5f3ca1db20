// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/gemm/roofline.h"
#include "widgets/gemm_mark.h"

#include <QWidget>

namespace quantoscope {

/// Speed against operations a byte moved, with the two limits measured on this device: what the memory
/// delivers (the slope) and what the arithmetic does (the roof).
class RooflinePlot : public QWidget {
    Q_OBJECT

public:
    explicit RooflinePlot(QWidget* parent = nullptr);
    void setMeasured(MeasuredKernels measured);
    void setCeilings(const Ceilings& ceilings);
    QSize minimumSizeHint() const override { return {240, 140}; }

protected:
    void paintEvent(QPaintEvent*) override;

private:
    MeasuredKernels m_measured;
    Ceilings m_ceilings;
};

}  // namespace quantoscope
