// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/tensors/synthetic_tensors.h"

#include <QWidget>

#include <optional>

class QSpinBox;

namespace quantoscope {

class ChoiceButton;
class TextLabel;

/// Which weights are looked at: a tensor of the open model, a distribution with its parameters and
/// seed, or pasted numbers.
class SourceBar : public QWidget {
    Q_OBJECT

public:
    explicit SourceBar(QWidget* parent = nullptr);

    /// What can be chosen and what is shown. `model` is the open file, nullptr for others.
    void showSource(const TensorSource* model, const TensorInfo* tensor, const std::optional<SyntheticRecipe>& recipe);
    void setCompact(bool compact);
    /// Lessons: only the name, nothing to choose.
    void setFixed(bool fixed);
    /// A lesson that changes the seed changes nothing else.
    const std::optional<SyntheticRecipe>& recipe() const { return m_recipe; }

signals:
    void tensorChosen(const QString& name);
    void recipeChosen(const SyntheticRecipe& recipe, const QString& step);
    void pasteRequested();
    void sampleRequested();

private:
    void describe();
    void chooseSource(const QString& id);
    void fillParameters();

    std::optional<SyntheticRecipe> m_recipe;
    QString m_detail;
    bool m_isCompact = false, m_isFixed = false;
    ChoiceButton* m_source;
    TextLabel* m_detailLabel;
    ChoiceButton* m_count;
    ChoiceButton* m_scale;
    ChoiceButton* m_shape;   ///< Degrees of freedom, or how far outliers lie.
    TextLabel* m_seedWord;
    QSpinBox* m_seed;
};

}  // namespace quantoscope
