// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/quantization/activation_stream.h"

#include <QJsonObject>
#include <QWidget>

#include <memory>
#include <vector>

class QBoxLayout;
class QSpinBox;

namespace quantoscope {

class BackgroundJob;
class Card;
class ChoiceButton;
class StreamPlot;
class FactTable;
class TextLabel;

/// The section “Activations”: a stream of batches that drifts and spikes, and what static and dynamic
/// ranges make of it. The stream is made, not measured, and says so; its seed is on the screen.
class ActivationPanel : public QWidget {
    Q_OBJECT

public:
    explicit ActivationPanel(QWidget* parent = nullptr);

    /// The width of the present scheme's integers.
    void setBits(int bits);
    void setActive(bool active);
    QJsonObject state() const;
    void setState(const QJsonObject&);
    bool isSettled() const;
    const std::shared_ptr<const StreamReport>& report() const { return m_report; }
    const ActivationRecipe& recipe() const { return m_recipe; }
    QByteArray csv() const;

signals:
    void changed(const QString& step, const QString& mergeKey);
    void settled();

protected:
    void resizeEvent(QResizeEvent*) override;

private:
    ChoiceButton* addChoice(QBoxLayout* line, const char* id, const QString& word, const QString& spokenName);
    void build();
    void choose(const QString& what, const QString& id);
    void showAll();
    void showSeed();
    void run();

    ActivationRecipe m_recipe;
    StreamSettings m_settings;
    bool m_isActive = false, m_isStale = true;
    std::shared_ptr<const StreamReport> m_report;
    BackgroundJob* m_job;
    StreamPlot* m_plot;
    FactTable* m_table;
    Card* m_tableCard;
    TextLabel* m_bits;
    std::vector<TextLabel*> m_words;   ///< Before the choices, in their order.
    bool m_isTight = false;
    TextLabel* m_verdict;
    ChoiceButton* m_calibration;
    ChoiceButton* m_drift;
    ChoiceButton* m_spikes;
    QSpinBox* m_seed;
};

}  // namespace quantoscope
