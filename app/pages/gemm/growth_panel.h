// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/pages/gemm/computed_panel.h"
#include "app/pages/gemm/gemm_state.h"
#include "core/gemm/error_growth.h"
#include "widgets/background_job.h"

namespace quantoscope {

class ChoiceButton;
class SegmentedControl;

/// How the error of a sum grows with its length K, for every way to sum: rounding to FP16 or FP32, split K,
/// pairwise, Kahan, and matrix units by their model. The chosen way has its two bounds drawn in.
class GrowthPanel : public ComputedPanel {
    Q_OBJECT

public:
    explicit GrowthPanel(QWidget* parent = nullptr);

    const GrowthState& state() const { return m_state; }
    void setState(const GrowthState&);
    void compute() override;
    bool isComputing() const override { return m_job.isRunning(); }
    /// "growth.fp16.relative" and ".normwise" at K = 4096.
    QVariantMap readings() const override;
    QByteArray csv() const override;

protected:
    bool isKnown() const override;

private:
    void refresh();
    void explain();

    GrowthState m_state;
    GrowthState m_known;   ///< What m_curves were measured for.
    std::vector<GrowthCurve> m_curves;
    BackgroundJob m_job;
    SegmentedControl* m_data;
    SegmentedControl* m_measure;
    ChoiceButton* m_promotion;
};

}  // namespace quantoscope
