// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "widgets/choice_chart.h"
#include "widgets/gemm_mark.h"

namespace quantoscope {

/// The ladder of kernels: a bar for each step's speed on a scale of doublings, and how much it gained on the
/// step before. A step that was not measured or cannot run has a word in place of its bar.
class RungChart : public ChoiceChart {
    Q_OBJECT

public:
    struct Row {
        QString id, name;
        std::optional<GemmRun> run;
        QString word;   ///< Where there is no run: why.
    };

    explicit RungChart(QWidget* parent = nullptr);
    void setRows(std::vector<Row> rows);

    QSize minimumSizeHint() const override;

protected:
    void paintEvent(QPaintEvent*) override;
    QString at(const QPointF& mouse) const override;
    QStringList order() const override;

private:
    double rowHeight() const;

    std::vector<Row> m_rows;
};

}  // namespace quantoscope
