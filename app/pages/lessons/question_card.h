// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/lessons/lesson_progress.h"

#include <QVariantMap>
#include <QWidget>

class QBoxLayout;
class QLineEdit;
class QVBoxLayout;

namespace quantoscope {

class ChoiceRow;
class ConditionList;
class LessonText;
class PushButton;
class TextLabel;

/// A prediction (dark yellow, locked once committed, guess beside truth) or a check. It shows what its
/// record says and asks for changes; the record is kept elsewhere.
class QuestionCard : public QWidget {
    Q_OBJECT

public:
    QuestionCard(const LessonQuestion& question, bool isPrediction, QWidget* parent);

    void setRecord(const QuestionRecord& record);
    void setReadings(const QVariantMap& readings);
    const QuestionRecord& record() const { return m_record; }
    const LessonQuestion& question() const { return m_question; }

    /// As by its key: chooses answer `index` where there are choices.
    void choose(int index);
    /// What a learner does at the keyboard first: the number field or the first choice.
    void focusAnswer();

    // For tests and screen readers.
    const QList<ChoiceRow*>& choices() const { return m_choices; }
    QLineEdit* field() const { return m_field; }
    PushButton* answerButton() const { return m_answer; }
    PushButton* hintButton() const { return m_hint; }
    PushButton* showMeButton() const { return m_showMe; }
    ConditionList* conditions() const { return m_conditions; }
    QString replyText() const;

signals:
    void answered(const QString& answer);   ///< Index of a choice, or a number as typed.
    void hintWanted();
    void showMeWanted();

protected:
    void paintEvent(QPaintEvent*) override;

private:
    void addAnswers(QVBoxLayout* column);
    void submit();
    void submitNumber();
    void showVerdict();
    void showComparison();
    QString statusText() const;

    LessonQuestion m_question;
    bool m_isPrediction;
    QuestionRecord m_record;
    int m_chosen = -1;
    QList<ChoiceRow*> m_choices;
    QLineEdit* m_field = nullptr;
    ConditionList* m_conditions = nullptr;
    TextLabel* m_title;
    TextLabel* m_status;
    LessonText* m_text;
    QWidget* m_answers;
    QWidget* m_comparison;     ///< Guess and truth, once committed.
    LessonText* m_guess;
    TextLabel* m_guessNote;
    LessonText* m_truth;
    TextLabel* m_truthNote;
    QList<QBoxLayout*> m_comparisonLines;
    TextLabel* m_inputProblem;
    LessonText* m_reply;
    LessonText* m_reveal;
    PushButton* m_answer;
    PushButton* m_hint;
    PushButton* m_showMe;
};

/// Reads what a learner types as a number: "2^-22", "65 504". The error is a sentence.
Result<double> typedNumber(const QString& text);
/// The right answer for people.
QString rightAnswer(const LessonQuestion&);
/// What the answers so far amount to: the verdict on the last one.
Verdict lastVerdict(const LessonQuestion&, const QuestionRecord&);

}  // namespace quantoscope
