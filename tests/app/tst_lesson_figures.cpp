// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/lessons/figure_kinds.h"
#include "app/pages/lessons/condition_list.h"
#include "app/workspace.h"
#include "tests/test_case.h"

#include <QDir>
#include <QElapsedTimer>

using namespace quantoscope;

/// Every lesson that ships, against the real figures: no check may be unanswerable, none answered before
/// the learner did anything.
class TestLessonFigures : public QObject {
    Q_OBJECT

    Workspace m_workspace;
    std::vector<Lesson> m_lessons;

    static QString where(const Lesson& lesson, int line)
    {
        return QStringLiteral("%1:%2").arg(QString::fromStdString(lesson.file)).arg(line);
    }

    /// The figure in a state, once it has computed what the state asks for.
    std::unique_ptr<Figure> figureIn(const LessonFigure& wanted, const QJsonObject& state)
    {
        std::unique_ptr<Figure> figure(findFigureKind(wanted.kind)->make(m_workspace, nullptr));
        figure->resize(900, 700);
        figure->setState(state);
        QElapsedTimer time;
        time.start();
        while (!figure->isSettled() && time.elapsed() < 10000)
            QTest::qWait(10);
        return figure;
    }

    /// Calls `look` for every question with the figure that stands beside it.
    template<typename Look>
    void forEveryQuestion(Look look)
    {
        for (const Lesson& lesson : m_lessons) {
            const LessonFigure* figure = nullptr;
            for (const LessonScreen& screen : lesson.screens) {
                if (screen.figure)
                    figure = &*screen.figure;
                for (const LessonStep& step : screen.steps) {
                    if (step.kind == LessonStep::Kind::Predict || step.kind == LessonStep::Kind::Check)
                        look(lesson, screen, *figure, step.question);
                }
            }
        }
    }

private slots:
    void initTestCase()
    {
        const auto lessons = readLessons(QDir(Workspace::dataFolder()).filePath(QStringLiteral("lessons")).toStdString());
        QVERIFY(lessons.has_value());
        m_lessons = *lessons;
        QVERIFY(m_lessons.size() >= 3);
    }

    void lessonsHaveNoProblems()
    {
        for (const Lesson& lesson : m_lessons) {
            for (const LessonProblem& problem : lesson.problems)
                QFAIL(qPrintable(where(lesson, problem.line) + QStringLiteral(": ") + QString::fromStdString(problem.sentence)));
            QVERIFY(figureProblems(lesson).empty());
        }
    }

    void everyFigureShowsWhatItsLessonSays()
    {
        for (const Lesson& lesson : m_lessons) {
            for (const LessonScreen& screen : lesson.screens) {
                if (!screen.figure)
                    continue;
                const QJsonObject wanted = startState(*screen.figure);
                const auto figure = figureIn(*screen.figure, wanted);
                const QJsonObject shown = figure->state();
                for (auto entry = wanted.begin(); entry != wanted.end(); ++entry) {
                    const QString place = where(lesson, screen.figure->line) + u' ' + entry.key();
                    QVERIFY2(shown.contains(entry.key()), qPrintable(place));
                    // A number may come back as its text, a value with its blanks trimmed: compared as words.
                    const QString before = entry.value().isObject() || entry.value().isArray() ? QString() : entry.value().toVariant().toString();
                    if (!before.isEmpty())
                        QVERIFY2(shown[entry.key()].toVariant().toString() == before, qPrintable(place));
                    else
                        QVERIFY2(shown[entry.key()] == entry.value(), qPrintable(place));
                }
            }
        }
    }

    void everyConditionHasItsReading()
    {
        forEveryQuestion([&](const Lesson& lesson, const LessonScreen&, const LessonFigure& wanted, const LessonQuestion& question) {
            if (question.conditions.empty())
                return;
            const QVariantMap readings = figureIn(wanted, startState(wanted))->readings();
            for (const LessonCondition& condition : question.conditions)
                QVERIFY2(readings.contains(QString::fromStdString(condition.reading)),
                         qPrintable(where(lesson, question.line) + u' ' + QString::fromStdString(condition.reading)));
        });
    }

    void showMeAnswersEveryCheckByDoing()
    {
        int checks = 0;
        forEveryQuestion([&](const Lesson& lesson, const LessonScreen&, const LessonFigure& wanted, const LessonQuestion& question) {
            if (question.conditions.empty())
                return;
            ++checks;
            QVERIFY2(!question.show.empty(), qPrintable(where(lesson, question.line) + QStringLiteral(" has no show:")));
            const QVariantMap readings = figureIn(wanted, answerState(wanted, question))->readings();
            for (const LessonCondition& condition : question.conditions) {
                const QVariant reading = readings.value(QString::fromStdString(condition.reading));
                QVERIFY2(meets(condition, readingText(reading)),
                         qPrintable(QStringLiteral("%1 %2 is %3").arg(where(lesson, question.line), QString::fromStdString(condition.reading), reading.toString())));
            }
        });
        QVERIFY(checks >= 8);
    }

    void nothingIsAnsweredBeforeTheLearnerMoves()
    {
        forEveryQuestion([&](const Lesson& lesson, const LessonScreen& screen, const LessonFigure& wanted, const LessonQuestion& question) {
            if (question.conditions.empty())
                return;
            std::vector<QJsonObject> seen{startState(wanted)};
            for (const LessonStep& step : screen.steps) {
                if (&step.question == &question)
                    break;
                if (!step.question.show.empty())
                    seen.push_back(answerState(wanted, step.question));
            }
            for (const QJsonObject& state : seen)
                QVERIFY2(!allMet(question, figureIn(wanted, state)->readings()), qPrintable(where(lesson, question.line)));
        });
    }

    void everyNumberAnswerIsTakenAndEveryWrongOneHasItsReply()
    {
        forEveryQuestion([&](const Lesson& lesson, const LessonScreen&, const LessonFigure&, const LessonQuestion& question) {
            if (!question.answer)
                return;
            QVERIFY2(judgeNumber(question, *question.answer).isRight, qPrintable(where(lesson, question.line)));
            for (const NumberReply& reply : question.replies) {
                const Verdict verdict = judgeNumber(question, reply.value);
                QVERIFY2(!verdict.isRight && verdict.reply == reply.reply, qPrintable(where(lesson, question.line)));
            }
        });
    }

    void everyShownStateOfAnAnswerIsAccepted()
    {
        forEveryQuestion([&](const Lesson& lesson, const LessonScreen&, const LessonFigure& wanted, const LessonQuestion& question) {
            if (question.show.empty())
                return;
            const QJsonObject wantedState = answerState(wanted, question);
            const QJsonObject shown = figureIn(wanted, wantedState)->state();
            for (auto entry = wantedState.begin(); entry != wantedState.end(); ++entry)
                QVERIFY2(shown.contains(entry.key()), qPrintable(where(lesson, question.line) + u' ' + entry.key()));
        });
    }
};

QUANTOSCOPE_TEST(tst_lesson_figures, TestLessonFigures)
#include "tst_lesson_figures.moc"
