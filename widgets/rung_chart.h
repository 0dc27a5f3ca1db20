// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "widgets/gemm_mark.h"

#include <QWidget>

namespace quantoscope {

/// The ladder of kernels: a bar for each step's speed on a scale of doublings, and how much it gained on the
/// step before. A step that was not measured or cannot run has a word in place of its bar.
class RungChart : public QWidget {
    Q_OBJECT

public:
    struct Row {
        QString id, name;
        std::optional<GemmRun> run;
        QString word;   ///< Where there is no run: why.
    };

    explicit RungChart(QWidget* parent = nullptr);
    void setRows(std::vector<Row> rows);
    void setSelected(const QString& id);

    QSize minimumSizeHint() const override;

signals:
    void chosen(const QString& id);

protected:
    void paintEvent(QPaintEvent*) override;
    void mousePressEvent(QMouseEvent*) override;
    void keyPressEvent(QKeyEvent*) override;
    void changeEvent(QEvent*) override;

private:
    double rowHeight() const;

    std::vector<Row> m_rows;
    QString m_selected;
};

}  // namespace quantoscope
