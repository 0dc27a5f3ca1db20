// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "widgets/choice_chart.h"
#include "widgets/gemm_mark.h"
#include "widgets/kept_picture.h"
#include "widgets/plot_axis.h"

namespace quantoscope {

/// Error across, speed up, both logarithmic with one line a doubling of speed: one mark a kernel, with
/// whiskers that shrink as samples arrive. What is dominated lies in the shaded region: something else
/// is both faster and more exact. Every mark has its name, or where there is no room its number in the list.
class ErrorSpeedPlot : public ChoiceChart {
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
        friend bool operator==(const Peak&, const Peak&) = default;
    };
    void setPeaks(std::vector<Peak> peaks);
    /// Keeps the present marks, pale; false drops them.
    void keepGhost(bool keep);
    bool hasGhost() const { return !m_ghost.empty(); }

    QSize minimumSizeHint() const override { return {320, 220}; }

protected:
    void paintEvent(QPaintEvent*) override;
    QString at(const QPointF& mouse) const override;
    QStringList order() const override;   ///< From the most exact to the least.
    bool mayChooseNothing() const override { return true; }

private:
    struct Axes {
        QRectF area;
        AxisScale error, speed;
    };
    Axes axes() const;
    QPointF pointOf(const Axes&, const MeasuredKernel&) const;
    void paintAxes(QPainter&, const Axes&) const;
    void paintPeaks(QPainter&, const Axes&);
    void paintDominated(QPainter&, const Axes&) const;
    void paintMarks(QPainter&, const Axes&) const;
    void paintLabels(QPainter&, const Axes&);
    void forget();
    const MeasuredKernel* baseline() const;

    MeasuredKernels m_measured;
    MeasuredKernels m_ghost;
    std::vector<Peak> m_peaks;
    QString m_baseline;
    KeptPicture m_ground;             ///< All but what is lit.
    std::vector<QPointF> m_points;    ///< As they were drawn, one a kernel …
    std::vector<QRectF> m_peakNames;
    std::vector<QRectF> m_names;      ///< … and where their names stand.
};

}  // namespace quantoscope
