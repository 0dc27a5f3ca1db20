// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/gemm/gemm_backend.h"

#include <QString>
#include <QWidget>

#include <optional>
#include <vector>

class QCustomPlot;

namespace quantoscope {

/// How one kernel does against the baseline as the batch grows.
struct BatchLine {
    QString name;
    GemmMark mark = GemmMark::Float;
    std::vector<std::pair<double, double>> points;   ///< M, speed in multiples of the baseline; by M.
};

/// Where a line falls below 1 ×, between its measured points on the logarithmic axes.
std::optional<double> crossoverOf(const BatchLine&);

/// Speed against the baseline for M = 1 … : where weight-only quantization stops paying.
class BatchPlot : public QWidget {
    Q_OBJECT

public:
    explicit BatchPlot(QWidget* parent = nullptr);
    void setLines(std::vector<BatchLine> lines, const QString& baseline);
    QSize minimumSizeHint() const override { return {240, 130}; }

protected:
    void paintEvent(QPaintEvent*) override;
    void resizeEvent(QResizeEvent*) override;
    void changeEvent(QEvent*) override;

private:
    void redraw();
    void drawBaseline(double lastM, double low);
    void drawNames(double lastM);
    void drawCrossover(double lastM);

    std::vector<BatchLine> m_lines;
    QString m_baseline;
    QCustomPlot* m_plot;
};

}  // namespace quantoscope
