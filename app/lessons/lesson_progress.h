// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/profile.h"
#include "core/learning/lesson.h"

#include <QJsonObject>
#include <QList>
#include <QStringList>

namespace quantoscope {

/// What a learner did with one question.
struct QuestionRecord {
    QStringList answers;      ///< In order: the index of a choice, or the number as typed.
    bool isDone = false;
    bool hadHint = false;
    bool wasShown = false;    ///< "Show me" answered it.
    int wrongTries() const { return int(answers.size()) - int(isDone && !wasShown && !answers.isEmpty()); }
    friend bool operator==(const QuestionRecord&, const QuestionRecord&) = default;
};

/// Where a question stands: screen and step, counted from 0.
struct StepPlace {
    int screen = 0;
    int step = 0;
};

/// The learner's progress through all lessons, on the disk after every step. Two windows on one
/// profile add to each other: each write reads the file first and replaces only what it is about. What could not
/// be written, because the disk was full, goes with the next step, and once more at the end.
class LessonProgress {
public:
    explicit LessonProgress(Profile& profile);
    ~LessonProgress();
    LessonProgress(const LessonProgress&) = delete;
    LessonProgress& operator=(const LessonProgress&) = delete;

    QuestionRecord question(const Lesson&, StepPlace) const;
    void setQuestion(const Lesson&, StepPlace, const QuestionRecord&);
    int screen(const Lesson&) const;            ///< The one shown last; screens.size() is the end.
    void setScreen(const Lesson&, int screen);
    bool isBegun(const Lesson&) const;

    struct Count {
        int done = 0;
        int all = 0;
    };
    Count questions(const Lesson&) const;       ///< Predictions and checks answered.
    bool isDone(const Lesson&) const;           ///< Every one is.
    Count rightAtFirst(const Lesson&) const;    ///< Of the checks answered.
    /// Share of a lesson's screens that have nothing left to answer.
    bool isScreenDone(const Lesson&, int screen) const;
    void forget(const Lesson&);

    /// "saved", or why it is not.
    bool isSaved() const { return m_problem.isEmpty(); }
    bool isInMemory() const { return m_profile.isInMemory(); }
    QString problem() const { return m_problem; }

private:
    QJsonObject of(const Lesson&) const;
    void write(const Lesson&, const QString& key, const QJsonValue& value);
    void save();

    /// One step of a learner; an empty key forgets the lesson.
    struct Change {
        QString lesson, key;
        QJsonValue value;
        void applyTo(QJsonObject& lessons) const;
    };
    Profile& m_profile;
    QJsonObject m_lessons;
    QList<Change> m_unsaved;
    QString m_problem;
};

}  // namespace quantoscope
