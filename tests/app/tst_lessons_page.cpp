// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/lessons/figure_kinds.h"
#include "app/pages/lessons/choice_row.h"
#include "app/pages/lessons/figure_panel.h"
#include "app/pages/lessons/lesson_end.h"
#include "app/pages/lessons/lesson_list.h"
#include "app/pages/lessons/lesson_view.h"
#include "app/pages/lessons/lessons_page.h"
#include "app/pages/lessons/presented_lesson.h"
#include "app/pages/lessons/question_card.h"
#include "app/pages/numbers/numbers_figure.h"
#include "app/workspace.h"
#include "tests/test_case.h"
#include "widgets/controls.h"

#include <QFile>
#include <QLineEdit>
#include <QSignalSpy>
#include <QTemporaryDir>

using namespace quantoscope;

class TestLessonsPage : public QObject {
    Q_OBJECT

    static std::unique_ptr<LessonsPage> shownPage(Workspace& workspace)
    {
        auto page = std::make_unique<LessonsPage>(workspace);
        page->resize(1300, 820);
        page->show();
        page->activateWindow();
        [[maybe_unused]] const bool isActive = QTest::qWaitForWindowActive(page.get());
        return page;
    }

    static int rightChoice(const LessonQuestion& question)
    {
        for (std::size_t i = 0; i < question.choices.size(); ++i) {
            if (question.choices[i].isRight)
                return int(i);
        }
        return -1;
    }

    static void settle(const LessonView& view)
    {
        for (int i = 0; i < 500 && !view.panel()->figure()->isSettled(); ++i)
            QTest::qWait(10);
    }

    /// Answers the present question as a learner who knows it all: by click, by typing, by doing.
    static void answerRight(LessonView& view)
    {
        QuestionCard* card = view.column()->presentCard();
        const LessonQuestion question = card->question();
        if (!question.choices.empty()) {
            QTest::mouseClick(card->choices()[rightChoice(question)], Qt::LeftButton);
            if (!card->record().isDone)
                QTest::mouseClick(card->answerButton(), Qt::LeftButton);
        } else if (question.answer) {
            card->field()->setText(QString::number(*question.answer, 'g', 17));
            QTest::keyClick(card->field(), Qt::Key_Return);
        } else {
            // The state that answers it, brought about by a person: what they change is announced.
            settle(view);
            view.panel()->figure()->setState(answerState(view.panel()->wanted(), question));
            settle(view);
        }
    }

    static void finish(LessonView& view)
    {
        for (int guard = 0; !view.isAtEnd() && guard < 200; ++guard) {
            if (view.column()->presentCard())
                answerRight(view);
            else
                QTest::keyClick(&view, Qt::Key_PageDown);
        }
    }

private slots:
    void aLearnerWalksEveryLessonToItsEnd()
    {
        Workspace workspace;
        const auto page = shownPage(workspace);
        const auto count = page->library().lessons().size();
        QVERIFY(count >= 3);
        for (std::size_t i = 0; i < count; ++i) {
            const Lesson lesson = page->library().lessons()[i];
            page->setState({{QStringLiteral("lesson"), lesson.number}});
            QCOMPARE(page->view()->lesson().id, lesson.id);
            finish(*page->view());
            const QuestionCard* stuck = page->view()->column()->presentCard();
            QVERIFY2(page->view()->isAtEnd(), qPrintable(QStringLiteral("lesson %1 stays on screen %2: %3").arg(lesson.number).arg(page->view()->screen())
                                                             .arg(stuck ? QString::fromStdString(stuck->question().text) : QString())));
            QVERIFY(page->progress().isDone(lesson));
            QCOMPARE(page->progress().rightAtFirst(lesson).done, page->progress().rightAtFirst(lesson).all);
            QVERIFY(page->view()->end()->headline().contains(QStringLiteral("done")));
            QVERIFY(page->progressLine().startsWith(QStringLiteral("%1 of %2 done").arg(i + 1).arg(count)));
        }
    }

    void theDoorAndThePaletteNameALessonInTheirOwnWays_data()
    {
        QTest::addColumn<QJsonValue>("name");
        QTest::newRow("start page") << QJsonValue(0);
        QTest::newRow("palette") << QJsonValue(QStringLiteral("00_binary"));
        QTest::newRow("link") << QJsonValue(QStringLiteral("binary"));
    }
    void theDoorAndThePaletteNameALessonInTheirOwnWays()
    {
        QFETCH(QJsonValue, name);
        Workspace workspace;
        const auto page = shownPage(workspace);
        QVERIFY(page->showsList());
        page->setState({{QStringLiteral("lesson"), name}});
        QCOMPARE(page->view()->lesson().id, "binary");
        QVERIFY(!page->showsList());
    }

    void wrongAnswersAreRepliedToAndShowMeComesAfterTwo()
    {
        Workspace workspace;
        const auto page = shownPage(workspace);
        page->setState({{QStringLiteral("lesson"), 0}, {QStringLiteral("screen"), 1}});
        LessonView& view = *page->view();
        answerRight(view);   // The prediction.
        QuestionCard* card = view.column()->presentCard();
        QVERIFY(card && card->field());
        QCOMPARE(*card->question().answer, 1024.0);
        const QStringList wrong{QStringLiteral("1023"), QStringLiteral("2*10"), QStringLiteral("512")};
        for (int i = 0; i < wrong.size(); ++i) {
            QCOMPARE(card->showMeButton()->isVisible(), i >= 2);
            card->field()->setText(wrong[i]);
            QTest::keyClick(card->field(), Qt::Key_Return);
            QCOMPARE(card->replyText(), QString::fromStdString(card->question().replies[std::size_t(i)].reply));
            QVERIFY(!card->record().isDone);
        }
        QCOMPARE(card->record().wrongTries(), 3);
        QTest::mouseClick(card->showMeButton(), Qt::LeftButton);
        QVERIFY(card->record().isDone && card->record().wasShown);
        QCOMPARE(page->progress().rightAtFirst(view.lesson()).done, 0);
    }

    void aNumberTypedAnywhereInALessonIsTheAnswer()
    {
        Workspace workspace;
        const auto page = shownPage(workspace);
        page->setState({{QStringLiteral("lesson"), 0}, {QStringLiteral("screen"), 1}});
        QuestionCard* card = page->view()->column()->presentCard();
        QVERIFY(card && card->field());
        QTest::keyClick(page->view(), Qt::Key_2);
        QTest::keyClicks(card->field(), QStringLiteral("55"));
        QCOMPARE(card->field()->text(), QStringLiteral("255"));
        QTest::keyClick(card->field(), Qt::Key_Return);
        QVERIFY(card->record().isDone);
        // The field of the prediction is put away: the next digits are the next question's.
        QuestionCard* next = page->view()->column()->presentCard();
        QVERIFY(next != card && next->field());
        for (const char digit : {'1', '0', '2', '4'})
            QTest::keyClick(page->view()->focusWidget() ? page->view()->focusWidget() : page->view(), digit);
        QCOMPARE(next->field()->text(), QStringLiteral("1024"));
    }

    void whatIsNoNumberIsNoTry()
    {
        Workspace workspace;
        const auto page = shownPage(workspace);
        page->setState({{QStringLiteral("lesson"), 0}, {QStringLiteral("screen"), 1}});
        QuestionCard* card = page->view()->column()->presentCard();
        card->field()->setText(QStringLiteral("many"));
        QTest::keyClick(card->field(), Qt::Key_Return);
        QVERIFY(card->record().answers.isEmpty());
        QCOMPARE(*typedNumber(QStringLiteral("2^-22")), 0x1p-22);
        QCOMPARE(*typedNumber(QStringLiteral("65 504")), 65504.0);
        QCOMPARE(*typedNumber(QStringLiteral("−0.5")), -0.5);
    }

    void aPredictionIsLockedOnceCommittedAndTheGuessStays()
    {
        Workspace workspace;
        const auto page = shownPage(workspace);
        page->setState({{QStringLiteral("lesson"), 0}});
        LessonView& view = *page->view();
        QVERIFY(view.column()->isPredictionOpen());
        QVERIFY(!view.panel()->figure()->isEnabled());
        QuestionCard* card = view.column()->presentCard();
        QTest::keyClick(&view, Qt::Key_3);
        QVERIFY(!card->record().isDone);   // Until it is committed it can be thought over.
        QTest::keyClick(&view, Qt::Key_1);
        QTest::keyClick(&view, Qt::Key_Return);
        QVERIFY(card->record().isDone);
        QCOMPARE(card->record().answers, QStringList{QStringLiteral("0")});
        QVERIFY(card->replyText().contains(QStringLiteral("8 and 2")));
        card->choose(1);
        QCOMPARE(card->record().answers, QStringList{QStringLiteral("0")});
        QVERIFY(view.panel()->figure()->isEnabled());
        QCOMPARE(view.panel()->figure()->readings()[QStringLiteral("stored")].toDouble(), 10.0);   // It answers.
    }

    void doingTicksLiveAndHintThenShowMePlaysTheAnswer()
    {
        Workspace workspace;
        const auto page = shownPage(workspace);
        page->setState({{QStringLiteral("lesson"), 0}});
        LessonView& view = *page->view();
        answerRight(view);
        QuestionCard* card = view.column()->presentCard();
        QVERIFY(card && card->conditions());
        auto* figure = qobject_cast<NumbersFigure*>(view.panel()->figure());
        QVERIFY(figure->enterValue(QStringLiteral("99")));
        QVERIFY(!card->record().isDone);
        QVERIFY(!card->showMeButton()->isVisible());
        QTest::mouseClick(card->hintButton(), Qt::LeftButton);
        QCOMPARE(card->replyText(), QString::fromStdString(card->question().otherwise));
        QTest::mouseClick(card->showMeButton(), Qt::LeftButton);
        QVERIFY(card->record().wasShown);
        QCOMPARE(figure->readings()[QStringLiteral("stored")].toDouble(), 100.0);
    }

    void leavingAndComingBackFindsEverythingAsItWas()
    {
        const QTemporaryDir folder;
        QJsonObject left;
        {
            Workspace workspace;
            workspace.setProfile(Profile::open(folder.path()));
            const auto page = shownPage(workspace);
            page->setState({{QStringLiteral("lesson"), 0}});
            answerRight(*page->view());
            QVERIFY(qobject_cast<NumbersFigure*>(page->view()->panel()->figure())->enterValue(QStringLiteral("77")));
            left = page->state();
            QVERIFY(page->progressLine().endsWith(QStringLiteral("saved")));
        }
        Workspace workspace;
        workspace.setProfile(Profile::open(folder.path()));
        const auto page = shownPage(workspace);
        page->setState(left);
        QCOMPARE(page->state(), left);
        QVERIFY(page->view()->column()->card(1)->record().isDone);
        QCOMPARE(page->readings()[QStringLiteral("stored")].toDouble(), 77.0);
        // Progress alone, without page memory, knows the screen.
        page->view()->goTo(3);
        const auto other = shownPage(workspace);
        other->setState({{QStringLiteral("lesson"), QStringLiteral("binary")}});
        QCOMPARE(other->view()->screen(), 3);
    }

    void anUnreadableFileOfProgressIsMovedAsideAndNamed()
    {
        const QTemporaryDir folder;
        QFile file(folder.filePath(QStringLiteral("progress.json")));
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write("{\"lessons\": {");
        file.close();
        Workspace workspace;
        workspace.setProfile(Profile::open(folder.path()));
        const auto page = std::make_unique<LessonsPage>(workspace);
        QSignalSpy problems(page.get(), &Figure::problem);
        QTRY_VERIFY_WITH_TIMEOUT(!problems.isEmpty(), 1000);
        QVERIFY(problems[0][0].toString().contains(QStringLiteral("progress.json.unreadable-1")));
        QVERIFY(QFile::exists(folder.filePath(QStringLiteral("progress.json.unreadable-1"))));
    }

    void twoWindowsAddToEachOther()
    {
        const QTemporaryDir folder;
        Workspace one, two;
        one.setProfile(Profile::open(folder.path()));
        two.setProfile(Profile::open(folder.path()));
        const auto first = shownPage(one), second = shownPage(two);
        first->setState({{QStringLiteral("lesson"), 0}});
        second->setState({{QStringLiteral("lesson"), 1}});
        answerRight(*second->view());
        answerRight(*first->view());
        Workspace third;
        third.setProfile(Profile::open(folder.path()));
        const auto page = shownPage(third);
        QCOMPARE(page->progress().questions(*page->library().find(QStringLiteral("0"))).done, 1);
        QCOMPARE(page->progress().questions(*page->library().find(QStringLiteral("1"))).done, 1);
    }

    void aSavedFileIsReadAgainAndItsProblemsAreShown()
    {
        const QTemporaryDir folder;
        const QString path = folder.filePath(QStringLiteral("07_own.md"));
        const auto write = [&](const QByteArray& figure) {
            QFile file(path);
            QVERIFY(file.open(QIODevice::WriteOnly));
            file.write("---\ntitle: Mine\nminutes: 3\n---\n# One\n\nText.\n\n```figure\n" + figure + "\nvalue: 1\n```\n");
        };
        write("numbers");
        Workspace workspace;
        const auto page = shownPage(workspace);
        page->openFolder(folder.path());
        page->setState({{QStringLiteral("lesson"), 7}});
        QVERIFY(page->library().lessons()[0].problems.empty());
        QSignalSpy again(&page->library(), &LessonLibrary::changed);
        write("teapot");
        QVERIFY(again.wait(5000));
        QCOMPARE(page->library().lessons()[0].problems.size(), std::size_t(1));
        QCOMPARE(page->library().lessons()[0].problems[0].line, 9);
        QVERIFY(!page->showsList());
    }

    void nextNeverBlocksAndTheEndNamesWhatIsOpen()
    {
        Workspace workspace;
        const auto page = shownPage(workspace);
        page->setState({{QStringLiteral("lesson"), 0}});
        for (std::size_t i = 0; i < page->view()->lesson().screens.size(); ++i)
            QTest::keyClick(page->view(), Qt::Key_PageDown);
        QVERIFY(page->view()->isAtEnd());
        QVERIFY(!page->progress().isDone(page->view()->lesson()));
        QTest::keyClick(page->view(), Qt::Key_PageUp);
        QVERIFY(!page->view()->isAtEnd());
        page->view()->goTo(100);
        QTest::mouseClick(page->view()->end()->nextButton(), Qt::LeftButton);
        QCOMPARE(page->view()->lesson().number, 1);
    }

    void aHallIsCountedAndNothingLocks()
    {
        Workspace workspace;
        const auto page = shownPage(workspace);
        page->setState({{QStringLiteral("lesson"), 0}});
        page->setPresenting(true);
        PresentedLesson* hall = page->view()->presented();
        QVERIFY(hall && hall->isTally());
        for (const auto key : {Qt::Key_1, Qt::Key_2, Qt::Key_2, Qt::Key_3, Qt::Key_2, Qt::Key_Backspace})
            QTest::keyClick(page->view(), key);
        QCOMPARE(hall->tally(), (std::vector<int>{1, 2, 1}));
        QTest::keyClick(page->view(), Qt::Key_R);
        QVERIFY(hall->isRevealed());
        QTest::keyClick(page->view(), Qt::Key_1);
        QCOMPARE(hall->tally()[0], 2);
        QTest::keyClick(page->view(), Qt::Key_PageDown);
        QVERIFY(!hall->isTally() && page->view()->panel()->figure()->isEnabled());
        QTest::keyClick(page->view(), Qt::Key_PageDown);
        QCOMPARE(page->view()->screen(), 1);
        QTest::keyClick(page->view(), Qt::Key_PageUp);
        QCOMPARE(page->view()->screen(), 0);
        QVERIFY(!hall->isTally());   // Backwards through the same stages.
        QVERIFY(!page->progress().question(page->view()->lesson(), {0, 1}).isDone);
        page->setPresenting(false);
        QVERIFY(!page->view()->presented());
    }
};

QUANTOSCOPE_TEST(tst_lessons_page, TestLessonsPage)
#include "tst_lessons_page.moc"
