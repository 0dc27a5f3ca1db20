// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/pages/numbers/arithmetic_content.h"
#include "widgets/controls.h"

#include <functional>
#include <tuple>

class QLineEdit;

namespace quantoscope {

class DigitSheet;
class SumChart;
class ValueField;

/// The Arithmetic tab: one operation on paper, and what becomes of a sum of many terms.
class ArithmeticPanel : public QWidget {
    Q_OBJECT

public:
    explicit ArithmeticPanel(QWidget* parent = nullptr);
    void show(const NumbersState& state, const NumbersContent& content);
    void setCompact(bool compact);
    /// In a lesson: which half to show, and whether its settings may be changed.
    void setParts(bool operation, bool sums);
    void setControlsVisible(bool operands, bool sums);
    /// A sentence about an operand that was not understood; empty takes it away.
    void showProblem(int operand, const QString& sentence);
    void showListProblem(bool isLeft, const QString& sentence);

    const ArithmeticContent& arithmetic() const { return m_arithmetic; }
    const SumsContent& sums() const { return m_sums; }
    DigitSheet* sheet() const { return m_sheet; }
    ValueField* operandField(int operand) const { return operand == 1 ? m_second : m_third; }

signals:
    void formatChosen(const QString& id);
    void operationChosen(const QString& id);
    void listEdited(bool isLeft, const QString& text, bool finished);   ///< The factors of a dot product.
    void operandEdited(int operand, const QString& text, bool finished);   ///< 1: b, 2: c.
    void sumsEdited(const quantoscope::SumSettings& settings, const QString& text);

private:
    QWidget* makeOperationLine();
    QWidget* makeLists();
    QWidget* makeSumLine();
    void editSums(const std::function<void(SumSettings&)>& change, const QString& text);

    QWidget* m_operationLine;
    ChoiceButton* m_format;
    TextLabel* m_first;
    SegmentedControl* m_operation;
    ValueField* m_second;
    QWidget* m_secondParts;
    QWidget* m_thirdParts;
    QWidget* m_listParts;
    ValueField* m_left;
    ValueField* m_right;
    std::pair<QString, QString> m_lists;   ///< As the state has them.
    ValueField* m_third;
    TextLabel* m_problem;
    DigitSheet* m_sheet;
    TextLabel* m_words;
    QWidget* m_rule;
    QWidget* m_sumLine;
    ChoiceButton* m_terms;
    SegmentedControl* m_data;
    QWidget* m_seedParts;
    QLineEdit* m_seed;
    TextLabel* m_sumFormat;
    SumChart* m_chart;

    std::vector<ChosenFormat> m_formats;
    SumSettings m_settings;
    ArithmeticContent m_arithmetic;
    SumsContent m_sums;
    /// What the sums were computed from: a typed digit of a or b costs none of them.
    std::tuple<ChosenFormat, SumSettings, Rounding, Overflow> m_sumsOf{};
};

}  // namespace quantoscope
