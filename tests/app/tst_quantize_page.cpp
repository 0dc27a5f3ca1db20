// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/pages/quantize/pasted_numbers.h"
#include "app/pages/quantize/quantize_figure.h"
#include "app/pages/quantize/quantize_page.h"
#include "app/workspace.h"
#include "widgets/background_job.h"
#include "widgets/clip_handle.h"
#include "widgets/clip_slider.h"
#include "widgets/cost_curve.h"
#include "widgets/histogram_view.h"
#include "widgets/theme.h"

#include "tests/test_case.h"

#include <QAbstractButton>
#include <QJsonArray>
#include <QLabel>
#include <QPlainTextEdit>
#include <QSignalSpy>

#include <cmath>

using namespace quantoscope;

class TestQuantizePage : public QObject {
    Q_OBJECT

    static constexpr const char* recipe = "normal,count=65536,seed=7";

    static void showSettled(QuantizeFigure& figure, const QJsonObject& state)
    {
        figure.resize(1280, 800);
        figure.show();
        figure.setState(state);
        QTRY_VERIFY_WITH_TIMEOUT(figure.isSettled() && figure.study().error(), 20000);
    }
    static QJsonObject stateOf(const char* scheme)
    {
        return {{QStringLiteral("scheme"), QLatin1String(scheme)}, {QStringLiteral("synthetic"), QLatin1String(recipe)}};
    }
    static void drag(QuantizeFigure& figure, int byPixels)
    {
        ClipHandle* handle = figure.histogram()->highHandle();
        const QPoint grip(ClipHandle::reach, 60);
        QTest::mousePress(handle, Qt::LeftButton, {}, grip);
        for (int step = 1; step <= 4; ++step) {
            // The handle moves along with the mouse, so each position is relative to where it went.
            QTest::mouseMove(handle, grip + QPoint(byPixels / 4, 0));
            QCoreApplication::processEvents();
        }
        QTest::mouseRelease(handle, Qt::LeftButton, {}, grip);
    }

private slots:
    void initTestCase()
    {
        loadFonts();
        setTheme(ThemeId::Light);
    }
    void cleanupTestCase() { stopAllJobs(); }

    void aDragChangesTheSqnrAsErrorOfSays()
    {
        QuantizeFigure figure;
        showSettled(figure, stateOf("int4"));
        const double before = figure.readings()[QStringLiteral("sqnrDb")].toDouble();
        drag(figure, -240);
        const ClipRange range = figure.study().range();
        QVERIFY(range.high < figure.study().largestPosition() * 0.95);
        const LevelMap map = levelMapOf(figure.study().scheme(), figure.study().scheme().clip.low, figure.study().scheme().clip.high);
        const QuantizationError expected = errorOf(*figure.study().counts(), map);
        QCOMPARE(figure.readings()[QStringLiteral("sqnrDb")].toDouble(), expected.sqnrDb);
        QCOMPARE(figure.readings()[QStringLiteral("clipped")].toDouble(), expected.clippedLow + expected.clippedHigh);
        QVERIFY(expected.sqnrDb != before);
    }

    void onceTheHandleIsLetGoTheFiguresAreThoseOfTheExactPass()
    {
        QuantizeFigure figure;
        showSettled(figure, stateOf("int4"));
        drag(figure, -240);
        QTRY_VERIFY_WITH_TIMEOUT(figure.isSettled(), 20000);
        const auto source = makeSyntheticTensor(*parseSyntheticRecipe(recipe));
        const auto exact = quantize(**source, (*source)->tensors().front(), figure.study().scheme());
        QVERIFY(exact.has_value());
        QCOMPARE(figure.readings()[QStringLiteral("meanSquaredError")].toDouble(), exact->error.meanSquaredError);
        QCOMPARE(figure.readings()[QStringLiteral("bytes")].toDouble(), double(exact->bytes));
        QCOMPARE(figure.readings()[QStringLiteral("bitsPerWeight")].toDouble(), exact->bitsPerWeight);
    }

    void aDragIsOneStepForUndoAndTheNextDragAnother()
    {
        QuantizeFigure figure;
        showSettled(figure, stateOf("int4"));
        QSignalSpy changed(&figure, &Figure::changed);
        drag(figure, -160);
        QVERIFY(changed.size() >= 3);
        const QString first = changed.first().at(1).toString();
        QVERIFY(!first.isEmpty());
        for (const auto& step : changed)
            QCOMPARE(step.at(1).toString(), first);
        changed.clear();
        drag(figure, -80);
        QVERIFY(!changed.isEmpty());
        QVERIFY(changed.first().at(1).toString() != first);
    }

    void theSliderAndTheHandlesAreTwins()
    {
        QuantizeFigure figure;
        showSettled(figure, stateOf("int4"));
        drag(figure, -200);
        QVERIFY(std::abs(figure.curve()->slider()->value() - figure.study().range().high) < 1e-12);
        figure.curve()->slider()->moveTo(figure.study().largestPosition() / 2, true);
        QCOMPARE(figure.histogram()->highHandle()->value(), figure.study().range().high);
        QVERIFY(std::abs(figure.study().range().high - figure.study().largestPosition() / 2) < 1e-6);
    }

    void homeChoosesTheBestClip()
    {
        QuantizeFigure figure;
        QJsonObject state = stateOf("int4");
        state[u"synthetic"] = QStringLiteral("normal,count=1048576,seed=7");
        showSettled(figure, state);
        QTest::keyClick(figure.histogram()->highHandle(), Qt::Key_Home);
        QCOMPARE(figure.study().scheme().clip.kind, Clip::Kind::LeastSquares);
        QTRY_VERIFY_WITH_TIMEOUT(figure.isSettled(), 20000);
        QVERIFY(figure.readings()[QStringLiteral("belowBestDb")].toDouble() < 0.01);
        // The best clip of a Gaussian for INT4's 15 levels gives 18.90 dB, by numerical integration.
        const double sqnr = figure.readings()[QStringLiteral("sqnrDb")].toDouble();
        QVERIFY2(std::abs(sqnr - 18.90) < 0.06, qPrintable(QString::number(sqnr)));
    }

    void asymmetricHandlesMoveAlone()
    {
        QuantizeFigure figure;
        showSettled(figure, stateOf("int4,asymmetric"));
        const double low = figure.study().range().low;
        QTest::keyClick(figure.histogram()->highHandle(), Qt::Key_PageDown);
        QVERIFY(figure.study().scheme().clip.kind == Clip::Kind::ByHand);
        QVERIFY(figure.study().scheme().clip.low == low || std::abs(figure.study().scheme().clip.low - low) < 1e-3);
        QVERIFY(figure.study().scheme().clip.high < figure.study().largestPosition() * 0.97);
    }

    void groupsHaveNoHandlesAndTheirFiguresAreExact()
    {
        QuantizeFigure figure;
        showSettled(figure, stateOf("int4,group=64"));
        QVERIFY(!figure.histogram()->highHandle()->isVisible());
        QVERIFY(!figure.histogram()->content().note.isEmpty());
        QVERIFY(figure.study().dequantized());
        const auto source = makeSyntheticTensor(*parseSyntheticRecipe(recipe));
        const auto exact = quantize(**source, (*source)->tensors().front(), figure.study().scheme());
        QCOMPARE(figure.readings()[QStringLiteral("sqnrDb")].toDouble(), exact->error.sqnrDb);
        double stored = 0;
        for (const double weights : figure.study().dequantized()->stored)
            stored += weights;
        QCOMPARE(stored, 65536.0);
        QVERIFY(!figure.csv().isEmpty());
    }

    void aGhostKeepsThePictureBefore()
    {
        QuantizeFigure figure;
        showSettled(figure, stateOf("int8"));
        figure.toggleGhost();
        QVERIFY(figure.histogram()->ghost().has_value());
        figure.setScheme(*parseScheme("int4"));
        QCOMPARE(figure.histogram()->ghost()->content.map->levels.size(), std::size_t(255));
        QCOMPARE(figure.histogram()->content().map->levels.size(), std::size_t(15));
        figure.toggleGhost();
        QVERIFY(!figure.histogram()->ghost().has_value());
    }

    void aStateShownAgainIsTheSameState()
    {
        QuantizeFigure figure;
        QJsonObject state = stateOf("int5,asymmetric,clip=percentile:99.9");
        state[u"view"] = QStringLiteral("log");
        state[u"zoom"] = QJsonArray{-0.03, 0.02};
        state[u"prediction"] = 0.05;
        state[u"ghost"] = QStringLiteral("int8");
        showSettled(figure, state);
        const QJsonObject shown = figure.state();
        QCOMPARE(shown[u"prediction"].toDouble(), 0.05);
        QCOMPARE(shown[u"zoom"].toArray().size(), 2);
        QuantizeFigure again;
        showSettled(again, shown);
        QCOMPARE(again.state(), shown);
        QVERIFY(figure.commandLine().contains(QStringLiteral("qscope quantize --synthetic normal,count=65536,seed=7")));
    }

    void wrongPastedNumbersGiveASentence_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("part");
        QTest::newRow("a word") << QStringLiteral("0.5 abc 2") << QStringLiteral("“abc” in line 1");
        QTest::newRow("second line") << QStringLiteral("0.5\n1.5x") << QStringLiteral("“1.5x” in line 2");
        QTest::newRow("beyond FP32") << QStringLiteral("1e300") << QStringLiteral("beyond");
        QTest::newRow("beyond FP64") << QStringLiteral("1e3000") << QStringLiteral("beyond");
        QTest::newRow("not finite") << QStringLiteral("nan") << QStringLiteral("“nan”");
        QTest::newRow("nothing") << QStringLiteral(" , ") << QStringLiteral("no numbers yet");
        QTest::newRow("two signs") << QStringLiteral("+-3") << QStringLiteral("“+-3”");
    }
    void wrongPastedNumbersGiveASentence()
    {
        QFETCH(QString, text);
        QFETCH(QString, part);
        const auto numbers = parsePastedNumbers(text);
        QVERIFY(!numbers.has_value());
        const QString sentence = QString::fromStdString(numbers.error().message);
        QVERIFY2(sentence.contains(part), qPrintable(sentence));
    }

    void pastedNumbersAreReadAsPeopleWriteThem()
    {
        const auto numbers = parsePastedNumbers(QStringLiteral("[0.5, −0.25;\n1e-3\t+2]"));
        QVERIFY(numbers.has_value());
        QCOMPARE(*numbers, std::vector<float>({0.5f, -0.25f, 1e-3f, 2.0f}));
    }

    void anEmptyPageOffersWeightsWithOneClick()
    {
        Workspace workspace;
        QuantizePage page(workspace);
        page.resize(1280, 800);
        page.show();
        auto* draw = page.findChild<QAbstractButton*>(QStringLiteral("drawNormal"));
        QVERIFY(draw && draw->isVisible());
        QVERIFY(!page.figure()->isVisible());
        draw->click();
        QVERIFY(workspace.isSynthetic());
        QVERIFY(page.figure()->isVisible());
        QTRY_VERIFY_WITH_TIMEOUT(page.isSettled() && page.figure()->study().error(), 20000);
        QVERIFY(page.commandLine().contains(QStringLiteral("--synthetic")));
    }

    void pastedNumbersBecomeTheTensor()
    {
        Workspace workspace;
        QuantizePage page(workspace);
        page.resize(1280, 800);
        page.show();
        page.findChild<QPlainTextEdit*>(QStringLiteral("pasteField"))->setPlainText(QStringLiteral("1 2 three"));
        auto* use = page.findChild<QAbstractButton*>(QStringLiteral("usePasted"));
        use->click();
        QVERIFY(page.findChild<QLabel*>(QStringLiteral("pasteProblem"))->text().contains(QStringLiteral("three")));
        QVERIFY(!workspace.tensor());
        page.findChild<QPlainTextEdit*>(QStringLiteral("pasteField"))->setPlainText(QStringLiteral("1 2 3"));
        use->click();
        QVERIFY(workspace.tensor());
        QCOMPARE(workspace.tensor()->count, 3);
        QTRY_VERIFY_WITH_TIMEOUT(page.isSettled() && page.figure()->study().error(), 20000);
    }

    void theSchemeIsTheOneOfTheWorkspace()
    {
        Workspace workspace;
        QuantizePage page(workspace);
        page.resize(1280, 800);
        page.show();
        workspace.openSynthetic(*parseSyntheticRecipe(recipe));
        QTRY_VERIFY_WITH_TIMEOUT(page.isSettled() && page.figure()->study().error(), 20000);
        drag(*page.figure(), -160);
        QVERIFY(workspace.scheme().clip.kind == Clip::Kind::ByHand);
        workspace.setScheme(*parseScheme("int3"));
        QCOMPARE(page.figure()->study().scheme().element, std::string("int3"));
    }
};

QUANTOSCOPE_TEST(tst_quantize_page, TestQuantizePage)
#include "tst_quantize_page.moc"
