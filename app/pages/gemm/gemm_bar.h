// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/pages/gemm/gemm_state.h"
#include "widgets/controls.h"

class QLineEdit;

namespace quantoscope {

/// The line that says what is measured: layer, M, N, K, data, seed, kernels, device, Run.
class GemmBar : public Card {
    Q_OBJECT

public:
    explicit GemmBar(QWidget* parent = nullptr);

    void show(const GemmState& state);
    void setDevices(const std::vector<DeviceInfo>& devices);
    /// Offers the open tensor as weights; empty takes the offer away.
    void setTensor(const QString& name);
    void setRunning(bool running);
    void setProgress(const QString& text);
    void setCompact(bool compact);
    void showOnly(const QStringList& controls);

signals:
    void presetChosen(const QString& id);
    void shapeTyped(const QString& m, const QString& n, const QString& k);
    void dataChosen(const QString& id);
    void seedTyped(const QString& seed);
    void deviceChosen(const QString& id);
    void runRequested();
    void cancelRequested();

private:
    void shortenDevice();
    QLineEdit* addField(const QString& label, const QString& name, int characters);

    QHBoxLayout* m_line;
    ChoiceButton* m_preset;
    QLineEdit* m_sides[3];
    std::vector<QWidget*> m_labels;
    ChoiceButton* m_data;
    QLineEdit* m_seed;
    ChoiceButton* m_device;
    TextLabel* m_progress;
    PushButton* m_run;
    PushButton* m_cancel;
    bool m_isCompact = false;
};

}  // namespace quantoscope
