// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/gemm/roofline.h"
#include "widgets/gemm_mark.h"

#include <QWidget>

namespace quantoscope {

/// What the memory delivers (the slope) and what the arithmetic does (a roof or several), each with its words.
struct Roofline {
    double gigabytesPerSecond = 0;
    QString slope;   ///< "memory, measured: 22 GB/s"
    struct Roof {
        double teraflops;
        QString name;   ///< "FP32, measured: 103 GFLOP/s"
        friend bool operator==(const Roof&, const Roof&) = default;
    };
    std::vector<Roof> roofs;
    friend bool operator==(const Roofline&, const Roofline&) = default;
};

/// Speed against operations a byte moved, under a roofline.
class RooflinePlot : public QWidget {
    Q_OBJECT

public:
    explicit RooflinePlot(QWidget* parent = nullptr);
    void setMeasured(MeasuredKernels measured);
    void setRoofline(Roofline);
    const Roofline& roofline() const { return m_roofline; }
    QSize minimumSizeHint() const override { return {240, 140}; }

protected:
    void paintEvent(QPaintEvent*) override;

private:
    MeasuredKernels m_measured;
    Roofline m_roofline;
};

}  // namespace quantoscope
