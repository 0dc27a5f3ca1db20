// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/page.h"
#include "app/pages/numbers/borrowed_weight.h"
#include "app/pages/numbers/number_row.h"
#include "app/pages/numbers/numbers_figure.h"
#include "app/pages/quantize/quantize_figure.h"
#include "app/pages/quantize/quantize_page.h"
#include "app/pages/quantize/weight_panel.h"
#include "app/pages/quantize/words_panel.h"
#include "app/pages/quantize/words_view.h"
#include "app/workspace.h"
#include "widgets/bit_view.h"

#include "tests/test_case.h"

#include <QAbstractButton>
#include <QSignalSpy>

#include <algorithm>
#include <cmath>
#include <memory>

using namespace quantoscope;

class TestWordsPanel : public QObject {
    Q_OBJECT

    /// A page with the sample model open. Loading it and measuring the original is most of the work, so one page
    /// serves all tests, each of which begins with its own state.
    struct Shown {
        Workspace workspace;
        QuantizePage page{workspace};

        Shown()
        {
            page.resize(1280, 840);
            page.show();
            workspace.openSampleModel();
        }
        const WordsView::Content& content() const { return page.words()->view()->content(); }
        bool isSettled() const { return !workspace.isOpening() && page.words()->isSettled(); }
        bool hasAnswer() const { return isSettled() && !content().words.empty(); }
        const std::optional<StoredWeight>& weight() const { return page.figure()->weightPanel()->weight(); }
    };
    std::unique_ptr<Shown> m_shown;

    /// Waits until it speaks under the scheme.
    Shown& show(const char* scheme, const QJsonObject& state = {})
    {
        m_shown->page.showOnlyControls({});
        m_shown->page.setPresenting(false);
        m_shown->page.setState(state);
        m_shown->workspace.setScheme(*parseScheme(scheme));
        return *m_shown;
    }

    static int changedWords(const WordsView::Content& content)
    {
        return int(std::count_if(content.words.begin(), content.words.end(), [](const auto& word) { return word.isChanged; }));
    }

    /// One weight of the sample model, and its bits.
    Shown& askFor(const char* scheme, const char* method = "")
    {
        Shown& shown = show(scheme, {{QStringLiteral("detail"), QStringLiteral("weight")}, {QStringLiteral("weight"), 77}, {QStringLiteral("method"), QLatin1String(method)}});
        return shown;
    }

private slots:
    void initTestCase() { m_shown = std::make_unique<Shown>(); }
    void cleanupTestCase() { m_shown.reset(); }

    void theSampleModelSpeaksUnderTheScheme()
    {
        Shown& shown = show("int4");
        QTRY_VERIFY_WITH_TIMEOUT(shown.hasAnswer(), 60000);
        // The original is the loss of words.reference.json.
        QVERIFY(std::abs(shown.content().original - 2.440485) < 1e-5);
        QVERIFY(shown.content().bitsPerCharacter > 2.5);
        const int changed = changedWords(shown.content());
        QVERIFY(changed > 0);
        QVERIFY(shown.page.commandLine().contains(QStringLiteral("\nqscope language --scheme int4 ")));

        shown.workspace.setScheme(*parseScheme("int8,channel"));
        QVERIFY(!shown.isSettled());
        QTRY_VERIFY_WITH_TIMEOUT(shown.hasAnswer(), 60000);
        QVERIFY(shown.content().bitsPerCharacter < 2.45);
        QVERIFY(changedWords(shown.content()) < changed);
    }

    void otherWordsHaveAnotherSeedThatTheStateKeeps()
    {
        Shown& shown = show("int8");
        QTRY_VERIFY_WITH_TIMEOUT(shown.hasAnswer(), 60000);
        const WordsView::Content before = shown.content();
        shown.page.findChild<QAbstractButton*>(QStringLiteral("otherWords"))->click();
        QTRY_VERIFY_WITH_TIMEOUT(shown.hasAnswer() && shown.content() != before, 60000);
        const WordsView::Content after = shown.content();
        QCOMPARE(after.bitsPerCharacter, before.bitsPerCharacter);   // The loss is of the held-out words, not of these.
        const QJsonObject state = shown.page.state();

        Shown again;   // A fresh page, which knows nothing but the state.
        again.workspace.setScheme(*parseScheme("int8"));
        again.page.setState(state);
        QTRY_VERIFY_WITH_TIMEOUT(again.hasAnswer() && again.content() == after, 60000);
    }

    void aFlippedBitChangesWhatTheModelSays_data()
    {
        QTest::addColumn<QByteArray>("method");
        for (const char* method : {"", "gptq", "awq"})
            QTest::newRow(*method ? method : "rounding alone") << QByteArray(method);
    }
    void aFlippedBitChangesWhatTheModelSays()
    {
        QFETCH(QByteArray, method);
        Shown& shown = askFor("int4,group=64", method);
        QTRY_VERIFY_WITH_TIMEOUT(shown.hasAnswer() && shown.weight() && shown.weight()->own, 60000);
        QVERIFY(shown.page.figure()->hasWordsOfWeight());
        const WordsView::Content before = shown.content();
        QVERIFY(!before.isFlip);
        const WeightCode own = *shown.weight()->own;
        shown.page.figure()->weightPanel()->bits()->flipBit(3);   // The sign: the largest change there is.
        QCOMPARE(shown.page.figure()->changedWeight()->value, float(own.values[std::size_t(own.code ^ 8)]));
        QTRY_VERIFY_WITH_TIMEOUT(shown.hasAnswer() && shown.content().isFlip, 60000);
        QCOMPARE(shown.content().original, before.bitsPerCharacter);
        QVERIFY(shown.content().bitsPerCharacter != before.bitsPerCharacter);
        shown.page.figure()->weightPanel()->findChild<QAbstractButton*>(QStringLiteral("unflip"))->click();
        QTRY_VERIFY_WITH_TIMEOUT(shown.hasAnswer() && !shown.content().isFlip, 60000);
        QCOMPARE(shown.content(), before);
    }

    void aBitFlippedOnNumbersChangesWhatTheModelSays_data()
    {
        aFlippedBitChangesWhatTheModelSays_data();
    }
    void aBitFlippedOnNumbersChangesWhatTheModelSays()
    {
        QFETCH(QByteArray, method);
        Shown& shown = askFor("int4,group=64", method);
        QTRY_VERIFY_WITH_TIMEOUT(shown.hasAnswer() && shown.weight() && shown.weight()->own, 60000);
        QSignalSpy requested(&shown.workspace, &Workspace::pageRequested);
        shown.page.figure()->weightPanel()->findChild<QAbstractButton*>(QStringLiteral("bitsOnNumbers"))->click();
        QCOMPARE(requested.size(), 1);
        QCOMPARE(requested.first().at(0).toString(), QStringLiteral("numbers"));

        std::unique_ptr<Figure> numbers(makeNumbersPage(shown.workspace, nullptr));
        numbers->resize(1280, 840);
        numbers->show();
        auto* borrowed = numbers->findChild<BorrowedWeight*>();
        QVERIFY(borrowed && !borrowed->isVisible());
        numbers->setState(requested.first().at(1).toJsonObject());
        QVERIFY(borrowed->isVisible());
        const WeightCode own = *shown.weight()->own;
        QCOMPARE(borrowed->words()->method(), QString::fromLatin1(method));
        // A column's factor is divided by once more under AWQ, in FP32.
        const double arrived = numbers->readings()[QStringLiteral("int4.stored")].toDouble(), stored = shown.weight()->stored;
        QVERIFY2(std::abs(arrived - stored) <= (method == "awq" ? 0x1p-22 * std::abs(stored) : 0), qPrintable(QString::number(arrived - stored)));
        QTRY_VERIFY_WITH_TIMEOUT(numbers->isSettled() && !borrowed->words()->view()->content().words.empty(), 60000);
        QVERIFY(!borrowed->words()->view()->content().isFlip);
        QCOMPARE(borrowed->words()->view()->content().bitsPerCharacter, shown.content().bitsPerCharacter);

        qobject_cast<NumbersFigure*>(numbers.get())->row(QStringLiteral("int4"))->findChild<BitView*>()->flipBit(3);
        QTRY_VERIFY_WITH_TIMEOUT(numbers->isSettled() && borrowed->words()->view()->content().isFlip, 60000);
        const WordsView::Content flipped = borrowed->words()->view()->content();
        QVERIFY(flipped.bitsPerCharacter != flipped.original);
        const double meant = BorrowedWeight::valueOf(numbers->state()[u"weight"].toObject(), Code(own.code ^ 8)), wanted = own.values[std::size_t(own.code ^ 8)];
        QVERIFY(wanted != 0 && std::abs(meant - wanted) <= (method == "awq" ? 0x1p-22 * std::abs(wanted) : 0));
        const QJsonObject state = numbers->state();

        numbers->findChild<QAbstractButton*>(QStringLiteral("weightAsStored"))->click();
        QTRY_VERIFY_WITH_TIMEOUT(numbers->isSettled() && !borrowed->words()->view()->content().isFlip, 60000);
        numbers->setState(state);   // Undo, or a link.
        QTRY_VERIFY_WITH_TIMEOUT(numbers->isSettled() && borrowed->words()->view()->content() == flipped, 60000);
        numbers->findChild<QAbstractButton*>(QStringLiteral("backToQuantize"))->click();
        QCOMPARE(requested.last().at(0).toString(), QStringLiteral("quantize"));
        // Under another scheme the code would be another one.
        shown.workspace.setScheme(*parseScheme("int8"));
        QVERIFY(!borrowed->isVisible());
    }

    /// The model would say its words with the codes of its own inputs.
    void aCodeOfMadeInputsComesToNumbersWithoutWords()
    {
        Shown& shown = show("int4,group=64", {{QStringLiteral("detail"), QStringLiteral("weight")}, {QStringLiteral("weight"), 77},
                                              {QStringLiteral("method"), QStringLiteral("gptq")},
                                              {QStringLiteral("inputs"), QStringLiteral("synthetic:rho=0.8,outliers=2,factor=20,tokens=512,seed=3")}});
        QTRY_VERIFY_WITH_TIMEOUT(shown.hasAnswer() && shown.page.isSettled() && shown.weight() && shown.weight()->own, 60000);
        QVERIFY(!shown.page.figure()->hasWordsOfWeight());
        std::unique_ptr<Figure> numbers(makeNumbersPage(shown.workspace, nullptr));
        numbers->resize(1280, 840);
        numbers->show();
        numbers->setState(shown.page.figure()->weightPanel()->numbersState());
        auto* borrowed = numbers->findChild<BorrowedWeight*>();
        QVERIFY(borrowed->isVisible() && !borrowed->words()->isVisible());
        QCOMPARE(numbers->state()[u"code"].toString().toULongLong(nullptr, 0), shown.weight()->own->code);
    }

    void aHallSeesTheWordsWithoutButtons()
    {
        Shown& shown = show("int4");
        QTRY_VERIFY_WITH_TIMEOUT(shown.hasAnswer(), 60000);
        shown.page.setPresenting(true);
        QVERIFY(shown.page.words()->isVisible());
        QVERIFY(!shown.page.findChild<QAbstractButton*>(QStringLiteral("otherWords"))->isVisible());
        shown.page.setPresenting(false);
        QVERIFY(shown.page.findChild<QAbstractButton*>(QStringLiteral("otherWords"))->isVisible());
    }

    void aMethodSpeaksBetterAndTheStateKeepsIt()
    {
        Shown& shown = show("int3,group=64");
        QTRY_VERIFY_WITH_TIMEOUT(shown.hasAnswer(), 60000);
        const WordsView::Content alone = shown.content();
        shown.page.figure()->setMethod(QStringLiteral("gptq"));
        QTRY_VERIFY_WITH_TIMEOUT(shown.hasAnswer() && shown.content() != alone, 60000);
        QVERIFY(shown.content().bitsPerCharacter < alone.bitsPerCharacter);
        QVERIFY(shown.page.commandLine().contains(QStringLiteral("--scheme int3,group=64,gptq ")));
        QCOMPARE(shown.page.state()[u"method"].toString(), QStringLiteral("gptq"));
        shown.page.figure()->setMethod(QStringLiteral("no such method"));
        QVERIFY(shown.page.words()->method().isEmpty());
    }

    void aSchemeThatDoesNotFitIsASentence()
    {
        Shown& shown = show("tq1_0");   // Blocks of 256, and rows of 128.
        QTRY_VERIFY_WITH_TIMEOUT(shown.isSettled() && shown.workspace.model() && !shown.page.words()->view()->isVisible(), 60000);
        QVERIFY(!shown.page.words()->view()->isVisible());
    }

    void anotherModelLeavesASentenceAndAButton()
    {
        Workspace workspace;
        QuantizePage page(workspace);
        page.resize(1280, 840);
        page.show();
        workspace.openSynthetic(SyntheticRecipe());
        QTRY_VERIFY_WITH_TIMEOUT(page.isSettled(), 20000);
        QVERIFY(page.words()->isVisible());
        QVERIFY(!page.words()->view()->isVisible());
        QVERIFY(!page.commandLine().contains(QStringLiteral("language")));
    }

    void aLessonsFewControlsLeaveItOut()
    {
        Shown& shown = show("int4");
        QTRY_VERIFY_WITH_TIMEOUT(shown.hasAnswer(), 60000);
        shown.page.showOnlyControls({QStringLiteral("clip")});
        QVERIFY(!shown.page.words()->isVisible());
        shown.page.showOnlyControls({});
        QVERIFY(shown.page.words()->isVisible());
    }
};

QUANTOSCOPE_TEST(tst_words_panel, TestWordsPanel)
#include "tst_words_panel.moc"
