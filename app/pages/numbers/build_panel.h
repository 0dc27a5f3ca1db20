// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/pages/numbers/numbers_state.h"
#include "core/formats/built_format.h"
#include "widgets/controls.h"

#include <functional>

class QCheckBox;
class QSpinBox;

namespace quantoscope {

class CodeGrid;
class FormatSheet;
class NumberLine;

/// The tab in which a person puts a float together: its fields, bias and special codes, what that makes
/// of it, and its numbers beside those of the selected row.
class BuildPanel : public QWidget {
    Q_OBJECT

public:
    explicit BuildPanel(QWidget* parent = nullptr);
    void show(const NumbersState& state, const NumbersContent& content, const QStringList& saved);
    void setCompact(bool compact);
    QString problemText() const;
    FormatSheet* sheet() const { return m_sheet; }

signals:
    void built(const QString& id, const QString& text, const QString& mergeKey);
    void addRequested(const QString& id);      ///< As a row, and into the profile.
    void valueChosen(const QString& text);     ///< A cell of the grid, as the value of the page.
    void forgetRequested(const QString& id);   ///< Out of the profile.

private:
    QWidget* makeFields();
    QWidget* makeCodes();
    void change(const std::function<void(FloatFormat&)>& edit, const QString& text, const QString& mergeKey = {});
    void showSaved(const QStringList& saved, const QString& id);

    FloatFormat m_format{};
    QStringList m_saved;
    SegmentedControl* m_sign;
    QSpinBox* m_exponent;
    QSpinBox* m_mantissa;
    QSpinBox* m_bias;
    PushButton* m_usualBias;
    ChoiceButton* m_specials;
    QCheckBox* m_zero;
    PushButton* m_add;
    ChoiceButton* m_yours;
    PushButton* m_forget;
    TextLabel* m_problem;
    FormatSheet* m_sheet;
    TextLabel* m_words;
    NumberLine* m_line;
    CodeGrid* m_grid;   ///< Every value, where the format is small and there is room.
    bool m_isCompact = false;
};

}  // namespace quantoscope
