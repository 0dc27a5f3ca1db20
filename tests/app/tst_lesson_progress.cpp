// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/lessons/lesson_progress.h"

#include "tests/test_case.h"

#include <QDir>
#include <QTemporaryDir>

using namespace quantoscope;

class TestLessonProgress : public QObject {
    Q_OBJECT

    /// One screen of three questions.
    static Lesson lesson()
    {
        LessonStep check;
        check.kind = LessonStep::Kind::Check;
        LessonScreen screen;
        screen.steps = {check, check, check};
        Lesson lesson;
        lesson.id = "binary";
        lesson.screens = {screen};
        return lesson;
    }

    static void answer(LessonProgress& progress, int step)
    {
        progress.setQuestion(lesson(), {0, step}, {{QString::number(step)}, true, false, false});
    }

    QTemporaryDir m_folder;
    QString at(const QString& name) const { return m_folder.filePath(name); }
    bool move(const QString& from, const QString& to) { return QDir(m_folder.path()).rename(from, to); }

    /// A step while the folder is away, which therefore is not saved.
    bool answerInVain(LessonProgress& progress, int step)
    {
        const bool isAway = move(QStringLiteral("profile"), QStringLiteral("elsewhere"));
        answer(progress, step);
        return isAway && !progress.isSaved();
    }
    bool bringBack() { return move(QStringLiteral("elsewhere"), QStringLiteral("profile")); }

private slots:
    void cleanup()
    {
        for (const QString& name : {QStringLiteral("profile"), QStringLiteral("elsewhere")})
            QDir(at(name)).removeRecursively();
    }

    void whatCouldNotBeSavedIsRememberedAndGoesWithTheNextStep()
    {
        Profile profile = Profile::open(at(QStringLiteral("profile")));
        LessonProgress progress(profile);
        answer(progress, 0);
        QVERIFY(progress.isSaved());
        // The folder is gone, as a disk that is full or pulled out: steps fail one after another.
        QVERIFY(move(QStringLiteral("profile"), QStringLiteral("elsewhere")));
        for (const int step : {1, 2}) {
            answer(progress, step);
            QVERIFY(!progress.isSaved());
            QVERIFY(progress.problem().contains(QStringLiteral("progress.json")));
        }
        for (const int step : {1, 2})
            QVERIFY(progress.question(lesson(), {0, step}).isDone);
        QVERIFY(bringBack());
        progress.setScreen(lesson(), 1);
        QVERIFY(progress.isSaved());
        Profile again = Profile::open(at(QStringLiteral("profile")));
        const LessonProgress read(again);
        QCOMPARE(read.questions(lesson()).done, 3);
        QCOMPARE(read.screen(lesson()), 1);
    }

    void whatCouldNotBeSavedIsTriedOnceMoreAtTheEnd()
    {
        Profile profile = Profile::open(at(QStringLiteral("profile")));
        {
            LessonProgress progress(profile);
            answer(progress, 0);
            QVERIFY(answerInVain(progress, 1));
            QVERIFY(bringBack());
        }
        Profile again = Profile::open(at(QStringLiteral("profile")));
        QCOMPARE(LessonProgress(again).questions(lesson()).done, 2);
    }

    void aForgottenLessonStaysForgottenThoughItsAnswersWereNeverSaved()
    {
        Profile profile = Profile::open(at(QStringLiteral("profile")));
        LessonProgress progress(profile);
        answer(progress, 0);
        QVERIFY(answerInVain(progress, 1));
        progress.forget(lesson());
        QVERIFY(bringBack());
        answer(progress, 2);
        QCOMPARE(progress.questions(lesson()).done, 1);
        QVERIFY(progress.question(lesson(), {0, 2}).isDone);
    }
};

QUANTOSCOPE_TEST(tst_lesson_progress, TestLessonProgress)
#include "tst_lesson_progress.moc"
