// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/gemm/roofline.h"
#include "widgets/choice_chart.h"
#include "widgets/gemm_mark.h"
#include "widgets/kept_picture.h"

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
class RooflinePlot : public ChoiceChart {
    Q_OBJECT

public:
    explicit RooflinePlot(QWidget* parent = nullptr);
    void setMeasured(MeasuredKernels measured);
    void setRoofline(Roofline);
    const Roofline& roofline() const { return m_roofline; }
    QSize minimumSizeHint() const override { return {240, 140}; }

protected:
    void paintEvent(QPaintEvent*) override;
    QString at(const QPointF& mouse) const override;
    QStringList order() const override;   ///< From the fewest operations a byte to the most.
    bool mayChooseNothing() const override { return true; }

private:
    void paintGround(QPainter&);

    MeasuredKernels m_measured;
    Roofline m_roofline;
    KeptPicture m_ground;
    std::vector<QPointF> m_points;   ///< As drawn, one a kernel, and where their names stand.
    std::vector<QRectF> m_names;
};

}  // namespace quantoscope
