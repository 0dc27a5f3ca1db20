// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/compensation/activations.h"

#include <QWidget>

namespace quantoscope {

class ChoiceButton;
class ClipSlider;
class PushButton;
class TextLabel;

/// What flows into the matrix: from the sample model, made with a correlation to drag, or from a file; and
/// what the scheme does to the outputs, for weight error is not task error.
class InputsBar : public QWidget {
    Q_OBJECT

public:
    explicit InputsBar(QWidget* parent = nullptr);

    /// `argument` as activationsFor() takes it. `hasSample`: the open model can be asked.
    void showInputs(const QString& argument, bool hasSample);
    void setFigures(const QString& sentence);
    void setCompact(bool compact);
    /// The argument that stands for synthetic inputs.
    static QString argumentOf(const SyntheticActivations&);
    ClipSlider* correlation() const { return m_correlation; }

signals:
    /// By the person; while a drag goes on the steps share their mergeKey.
    void chosen(const QString& argument, const QString& step, const QString& mergeKey);

private:
    void choose(const QString& id);
    void emitSynthetic(const QString& step, const QString& mergeKey);

    SyntheticActivations m_synthetic;
    QString m_argument;
    int m_dragNumber = 0;
    ChoiceButton* m_source;
    QWidget* m_made;            ///< The controls of synthetic inputs.
    TextLabel* m_correlationWord;
    ClipSlider* m_correlation;
    TextLabel* m_correlationText;
    ChoiceButton* m_outliers;
    PushButton* m_seed;
    TextLabel* m_figures;
};

}  // namespace quantoscope
