// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "widgets/gemm_mark.h"
#include "widgets/plot_axis.h"

#include <QWidget>

namespace quantoscope {

/// Error across, speed up, both logarithmic with one line a doubling of speed: one mark a kernel, with
/// whiskers that shrink as samples arrive. What is dominated lies in the shaded region: something else
/// is both faster and more exact.
class ErrorSpeedPlot : public QWidget {
    Q_OBJECT

public:
    explicit ErrorSpeedPlot(QWidget* parent = nullptr);

    void setMeasured(MeasuredKernels measured);
    /// The kernel whose speed is 1 × on the right axis.
    void setBaseline(const QString& kernelId);
    /// What a datasheet promises, as dashed lines: "FP16 peak 989".
    struct Peak {
        QString name;
        double teraflops;
    };
    void setPeaks(std::vector<Peak> peaks);
    QString selected() const { return m_selected; }
    void setSelected(const QString& kernelId);
    /// Keeps the present marks, pale; false drops them.
    void keepGhost(bool keep);
    bool hasGhost() const { return !m_ghost.empty(); }

    QSize minimumSizeHint() const override { return {320, 220}; }

signals:
    void chosen(const QString& kernelId);

protected:
    void paintEvent(QPaintEvent*) override;
    void mousePressEvent(QMouseEvent*) override;
    void keyPressEvent(QKeyEvent*) override;

private:
    struct Axes {
        QRectF area;
        AxisScale error, speed;
    };
    Axes axes() const;
    QPointF pointOf(const Axes&, const MeasuredKernel&) const;
    void paintAxes(QPainter&, const Axes&) const;
    void paintPeaks(QPainter&, const Axes&) const;
    void paintDominated(QPainter&, const Axes&) const;
    void paintMarks(QPainter&, const Axes&) const;
    void paintLabels(QPainter&, const Axes&) const;
    const MeasuredKernel* baseline() const;

    MeasuredKernels m_measured;
    MeasuredKernels m_ghost;
    std::vector<Peak> m_peaks;
    QString m_baseline;
    QString m_selected;
};

}  // namespace quantoscope
