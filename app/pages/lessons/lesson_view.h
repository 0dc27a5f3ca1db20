// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/lessons/lesson_progress.h"
#include "app/pages/lessons/lesson_column.h"

#include <QJsonObject>
#include <QWidget>

#include <optional>

class QStackedLayout;
class QVBoxLayout;

namespace quantoscope {

class Card;
class FigurePanel;
class LessonEnd;
class PresentedLesson;
class PushButton;
class StepStrip;
class Workspace;

/// One lesson: its text at the left, its live figure at the right.
class LessonView : public QWidget {
    Q_OBJECT

public:
    LessonView(Workspace& workspace, LessonProgress& progress, QWidget* parent = nullptr);

    struct Place {
        int screen = 0;                        ///< screens.size() is the end.
        std::optional<QJsonObject> figure;     ///< As it was left; none: as the screen begins.
        bool allControls = false;
    };
    void open(const Lesson& lesson, const Place& place);
    const Lesson& lesson() const { return m_lesson; }
    int screen() const { return m_screen; }
    bool isAtEnd() const { return m_screen >= int(m_lesson.screens.size()); }
    void goTo(int screen);
    void setNext(const Lesson* next);          ///< The lesson offered at the end.

    FigurePanel* panel() const { return m_panel; }
    LessonColumn* column() const { return m_column; }
    StepStrip* strip() const { return m_strip; }
    LessonEnd* end() const { return m_end; }
    PushButton* nextButton() const { return m_next; }
    PresentedLesson* presented() const { return m_presented; }
    void setPresenting(bool presenting);
    QList<std::pair<QString, QString>> keys() const;

signals:
    void changed(const QString& text, const QString& mergeKey);
    void progressed();
    void nextLessonWanted();
    void listWanted();
    void readingsChanged();
    void stageChanged();         ///< Other keys are at work now.

protected:
    void resizeEvent(QResizeEvent*) override;
    void keyPressEvent(QKeyEvent*) override;

private:
    void layOut();
    void showScreen(const std::optional<QJsonObject>& figure, bool allControls);
    void refresh();
    void takeAnswer(int step, const QString& answer);
    void giveHint(int step);
    void showAnswer(int step);
    void followFigure();
    void showStage();
    void next();
    void back();
    const LessonFigure* figureOf(int screen) const;
    QuestionRecord record(int step) const { return m_progress.question(m_lesson, {m_screen, step}); }
    void keep(int step, const QuestionRecord& record);
    const LessonQuestion& question(int step) const;

    LessonProgress& m_progress;
    Lesson m_lesson;
    int m_screen = 0;
    bool m_isPlaying = false;    ///< The figure moves because the program moves it.
    bool m_goesBack = false;     ///< In a hall a screen is entered from its end then.
    QVBoxLayout* m_outer;
    Card* m_text;
    StepStrip* m_strip;
    LessonColumn* m_column;
    LessonEnd* m_end;
    QStackedLayout* m_stack;
    PushButton* m_back;
    PushButton* m_next;
    PushButton* m_goOn;          ///< The same in accent, once the screen is done.
    FigurePanel* m_panel;
    PresentedLesson* m_presented = nullptr;
};

}  // namespace quantoscope
