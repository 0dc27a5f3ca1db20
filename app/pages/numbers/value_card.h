// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/pages/numbers/numbers_state.h"
#include "widgets/controls.h"

#include <QLineEdit>

class QSpinBox;

namespace quantoscope {

/// The field for the typed number. Keeps what was typed; underlines the character that was not understood.
class ValueField : public QLineEdit {
    Q_OBJECT

public:
    explicit ValueField(QWidget* parent = nullptr);
    void setNote(const QString& note);           ///< "exact, not its double", at the right.
    void setWrongCharacter(int position);        ///< From 1; 0 takes the mark away, −1 marks the end.
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

signals:
    void cancelled();   ///< Esc: the old text comes back.

protected:
    void paintEvent(QPaintEvent*) override;
    void keyPressEvent(QKeyEvent*) override;
    void changeEvent(QEvent*) override;

private:
    void applyTheme();
    QString m_note;
    int m_wrong = 0;
};

/// The number, examples of numbers, and how it is rounded.
class ValueCard : public Card {
    Q_OBJECT

public:
    explicit ValueCard(QWidget* parent = nullptr);

    void show(const NumbersState& state, const NumbersContent& content);
    /// A sentence below the field; empty where the text is understood. The picture stays as it was.
    void showProblem(const QString& sentence, int wrongCharacter);
    void setParts(bool value, bool examples, bool rounding);
    /// Lays the line out for a width: rounding as a menu where its segments do not fit.
    void fit(int width, bool compact);
    ValueField* field() const { return m_field; }
    QString problemText() const;

signals:
    void textEdited(const QString& text, bool finished);
    void exampleChosen(const QString& text);
    void roundingChosen(quantoscope::Rounding rounding);
    void overflowChosen(quantoscope::Overflow overflow);
    void seedChosen(quint64 seed);

private:
    void buildRounding();
    void buildOverflow(QHBoxLayout* line);
    void setNarrow(bool narrow);
    TextLabel* m_label;
    ValueField* m_field;
    QWidget* m_examples;
    QList<PushButton*> m_chips;
    QWidget* m_roundingParts;
    TextLabel* m_roundingLabel;
    SegmentedControl* m_rounding;
    ChoiceButton* m_roundingChoice;   ///< The same in little room.
    TextLabel* m_overflowLabel;
    ChoiceButton* m_overflow;
    QWidget* m_seedParts;
    QLineEdit* m_seed;
    TextLabel* m_problem;
    bool m_narrow = false;
    bool m_showsValue = true, m_showsRounding = true, m_showsSeed = false;
};

}  // namespace quantoscope
