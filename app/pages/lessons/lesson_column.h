// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/lessons/lesson_progress.h"
#include "app/pages/lessons/step_strip.h"

#include <QScrollArea>
#include <QVariantMap>

class QVBoxLayout;

namespace quantoscope {

class LessonText;
class QuestionCard;

/// A step that is done, folded to a line; pressing it opens it again.
class FoldedLine;

/// The text of one screen: its steps from the top to the first prediction still open, those done
/// folded to a line as far as the room asks for it.
class LessonColumn : public QScrollArea {
    Q_OBJECT

public:
    explicit LessonColumn(LessonProgress& progress, QWidget* parent = nullptr);

    void showScreen(const Lesson& lesson, int screen);
    /// Shows what the progress says now.
    void refresh();
    void setReadings(const QVariantMap& readings);
    /// The learner has touched the figure: what there was to try is done.
    void setTouched(bool touched);

    std::vector<StepStrip::Entry> entries() const;
    bool isPredictionOpen() const;
    QuestionCard* card(int step) const;
    QuestionCard* presentCard() const;   ///< The first question shown and not done, nullptr for none.
    int presentStep() const;

signals:
    void answered(int step, const QString& answer);
    void hintWanted(int step);
    void showMeWanted(int step);

protected:
    void resizeEvent(QResizeEvent*) override;
    bool event(QEvent*) override;

private:
    struct Item {
        LessonStep::Kind kind;
        QWidget* open;
        FoldedLine* line;
        QuestionCard* card;
        bool isUnfolded = false;   ///< By the person.
    };
    void build(const LessonScreen& screen);
    Item makeItem(const LessonStep& step, int index);
    bool isStepDone(int step) const;
    int shownSteps() const;
    void fold();
    void bringIntoView();

    LessonProgress& m_progress;
    Lesson m_lesson;
    int m_screen = -1;
    bool m_isTouched = false;
    QVariantMap m_readings;
    LessonText* m_title = nullptr;
    std::vector<Item> m_items;
};

}  // namespace quantoscope
