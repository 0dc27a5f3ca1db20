// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/lessons/lesson_progress.h"

#include <QWidget>

namespace quantoscope {

class LessonText;
class PushButton;
class TextLabel;

/// What stands after the last screen: that the lesson is done, or what is still open, and the next one.
class LessonEnd : public QWidget {
    Q_OBJECT

public:
    explicit LessonEnd(QWidget* parent = nullptr);
    void setNext(const Lesson* next);
    void show(const Lesson& lesson, const LessonProgress& progress);
    QString headline() const;
    PushButton* nextButton() const { return m_next; }

signals:
    void nextWanted();
    void listWanted();
    void screenWanted(int screen);

private:
    TextLabel* m_title;
    LessonText* m_words;
    LessonText* m_nextWords;
    PushButton* m_open;
    PushButton* m_next;
    PushButton* m_list;
    int m_firstOpen = -1;
    bool m_hasNext = false;
};

}  // namespace quantoscope
