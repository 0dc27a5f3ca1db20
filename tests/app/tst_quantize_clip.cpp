// SPDX-License-Identifier: GPL-3.0-or-later
// The range under a hand: handles, slider and keys.
#include "tests/app/quantize_page.h"

#include "widgets/clip_handle.h"
#include "widgets/clip_slider.h"
#include "widgets/cost_curve.h"
#include "widgets/level_handles.h"

#include "tests/test_case.h"

#include <QSignalSpy>

#include <cmath>

using namespace quantoscope;
using namespace quantoscope::quantize_tests;

class TestQuantizeClip : public QObject {
    Q_OBJECT

private slots:
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

    void aLevelMovesByHandAndTheGapIsShown()
    {
        QuantizeFigure figure;
        showSettled(figure, stateOf("levels=4"));
        const double best = figure.readings()[QStringLiteral("sqnrDb")].toDouble();
        QCOMPARE(figure.study().fits().size(), std::size_t(3));
        QVERIFY(figure.study().fits()[1].sqnrDb <= best + 1e-9);
        QSignalSpy changed(&figure, &Figure::changed);
        LevelHandles* handles = figure.histogram()->levelHandles();
        QVERIFY(handles->isVisible());
        QTest::keyClick(handles, Qt::Key_Up);
        QCOMPARE(handles->selected(), 1);
        for (int i = 0; i < 5; ++i)
            QTest::keyClick(handles, Qt::Key_Right);
        QCOMPARE(figure.study().scheme().fit, Fit::ByHand);
        QCOMPARE(figure.study().scheme().levelValues.size(), std::size_t(4));
        QVERIFY(figure.readings()[QStringLiteral("sqnrDb")].toDouble() < best);
        QVERIFY(figure.readings()[QStringLiteral("belowBestDb")].toDouble() > 0);
        // A row of key presses is one step for undo.
        for (const auto& step : changed)
            QCOMPARE(step.at(1).toString(), changed.first().at(1).toString());
        QVERIFY(parseScheme(schemeText(figure.study().scheme())).has_value());
    }
};

QUANTOSCOPE_TEST(tst_quantize_clip, TestQuantizeClip)
#include "tst_quantize_clip.moc"
