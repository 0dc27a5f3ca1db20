// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/gemm/gpu_datasheets.h"

#include <QWidget>

namespace quantoscope {

class ChoiceButton;
class DatasheetTable;
class LineChart;
class SegmentedControl;
class TextLabel;

/// What GPUs for computing centres promised from 2014 on, by number format: operations a second, and the bytes that
/// memory delivers in the time of one operation. Every number of the chosen GPU, a desktop's too, stands below with its source.
class GpuTimeline : public QWidget {
    Q_OBJECT

public:
    explicit GpuTimeline(QWidget* parent = nullptr);

    QString gpu() const { return m_gpu; }
    void setGpu(const QString& id);
    QString quantity() const { return m_quantity; }
    void setQuantity(const QString& id);   ///< "rate", "balance" or "memory"
    QByteArray csv() const;
    int gpuCount() const { return int(m_sheets.size()); }

signals:
    void changed(const QString& what);

private:
    void refresh();
    QString growthWords() const;

    std::vector<GpuDatasheet> m_sheets;
    QString m_problem;
    QString m_gpu = QStringLiteral("h100");
    QString m_quantity = QStringLiteral("rate");
    SegmentedControl* m_quantities;
    ChoiceButton* m_gpus;
    LineChart* m_chart;
    DatasheetTable* m_table;
    TextLabel* m_story;
};

}  // namespace quantoscope
