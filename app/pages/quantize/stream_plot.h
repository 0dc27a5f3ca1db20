// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/quantization/activation_stream.h"
#include "widgets/plot_axis.h"

#include <QWidget>

#include <memory>

namespace quantoscope {

/// Batches across, and for each policy its range, what it saturates, its SQNR, one below the other.
class StreamPlot : public QWidget {
    Q_OBJECT

public:
    explicit StreamPlot(QWidget* parent = nullptr);
    void setReport(std::shared_ptr<const StreamReport>, const ActivationRecipe&, int calibration);

    QSize minimumSizeHint() const override { return {360, 260}; }
    QSize sizeHint() const override { return {800, 560}; }

protected:
    void paintEvent(QPaintEvent*) override;
    void changeEvent(QEvent*) override;

private:
    struct Panel {
        QRectF area;
        AxisScale y;
    };
    AxisScale batches(const QRectF&) const;
    double valueOf(int panel, RangePolicy, int batch) const;
    void drawPanel(QPainter&, int panel, const QRectF&);
    void drawLargest(QPainter&, const Panel&) const;
    void drawLegend(QPainter&, const QRectF&) const;
    void drawBatchAxis(QPainter&, const QRectF&) const;

    std::shared_ptr<const StreamReport> m_report;
    ActivationRecipe m_recipe;
    int m_calibration = 8;
};

}  // namespace quantoscope
