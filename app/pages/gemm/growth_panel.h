// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/pages/gemm/gemm_state.h"
#include "core/gemm/error_growth.h"
#include "widgets/background_job.h"

#include <QVariantMap>
#include <QWidget>

namespace quantoscope {

class ChoiceButton;
class LineChart;
class SegmentedControl;
class TextLabel;

/// How the error of a sum grows with its length K, for every way to sum: rounding to FP16 or FP32, split K,
/// pairwise, Kahan, and matrix units by their model. The chosen way has its two bounds drawn in.
class GrowthPanel : public QWidget {
    Q_OBJECT

public:
    explicit GrowthPanel(QWidget* parent = nullptr);

    const GrowthState& state() const { return m_state; }
    void setState(const GrowthState&);
    /// Measures in the background what the state asks for and is not known yet.
    void compute();
    bool isComputing() const { return m_job.isRunning(); }
    /// "growth.fp16.relative" and ".normwise" at K = 4096.
    QVariantMap readings() const;
    QByteArray csv() const;

signals:
    void changed(const QString& what, const QString& mergeKey);
    void needed();     ///< Something is to be computed; whoever measures times decides when.
    void computed();
    void problem(const QString& sentence);

protected:
    void showEvent(QShowEvent*) override;

private:
    bool isKnown() const;
    void refresh();
    void explain();

    GrowthState m_state;
    GrowthState m_known;   ///< What m_curves were measured for.
    std::vector<GrowthCurve> m_curves;
    BackgroundJob m_job;
    SegmentedControl* m_data;
    SegmentedControl* m_measure;
    ChoiceButton* m_promotion;
    LineChart* m_chart;
    TextLabel* m_text;
};

}  // namespace quantoscope
