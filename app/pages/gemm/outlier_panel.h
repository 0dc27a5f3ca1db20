// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/pages/gemm/computed_panel.h"
#include "app/pages/gemm/gemm_state.h"
#include "core/gemm/outlier_experiment.h"
#include "widgets/background_job.h"

class QSlider;

namespace quantoscope {

class SegmentedControl;
class TextLabel;
class Workspace;

/// What a few large channels of activations do to a product in eight bits: INT8 against FP8, and what LLM.int8()
/// and SmoothQuant make of it; on made-up data, or on a matrix of the sample model with its own activations.
class OutlierPanel : public ComputedPanel {
    Q_OBJECT

public:
    OutlierPanel(Workspace& workspace, QWidget* parent);

    const OutlierState& state() const { return m_state; }
    void setState(const OutlierState&);
    void setSeed(quint64 seed);
    void compute() override;
    bool isComputing() const override { return m_sweepJob.isRunning() || m_pointJob.isRunning(); }
    /// "outliers.int8": the product's relative error at the slider.
    QVariantMap readings() const override;
    QByteArray csv() const override;

protected:
    bool isKnown() const override { return !m_sweep.empty(); }

private:
    /// Makes the operands at a magnitude; called in the background, by both jobs.
    using Maker = std::function<Result<GemmOperands>(double magnitude, const Progress&)>;
    Maker maker();
    void forget();
    void moveTo(double magnitude);
    void computePoint();
    void refresh();

    Workspace& m_workspace;
    OutlierState m_state;
    quint64 m_seed = 7;
    std::vector<OutlierSweepPoint> m_sweep;
    std::optional<OutlierSweepPoint> m_point;
    Maker m_maker;   ///< Of the present data; it keeps what it read.
    BackgroundJob m_sweepJob, m_pointJob;
    SegmentedControl* m_source;
    QSlider* m_slider;
    TextLabel* m_magnitude;
};

}  // namespace quantoscope
