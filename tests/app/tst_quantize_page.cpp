// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/pages/quantize/activation_panel.h"
#include "app/pages/quantize/channel_panel.h"
#include "app/pages/quantize/comparison_panel.h"
#include "app/pages/quantize/comparison_view.h"
#include "app/pages/quantize/fact_table.h"
#include "app/pages/quantize/inputs_bar.h"
#include "app/pages/quantize/mark_list.h"
#include "app/pages/quantize/pasted_numbers.h"
#include "app/pages/quantize/quantize_figure.h"
#include "app/pages/quantize/quantize_page.h"
#include "app/pages/quantize/result_panel.h"
#include "app/pages/quantize/weight_panel.h"
#include "app/workspace.h"
#include "widgets/background_job.h"
#include "widgets/bit_view.h"
#include "widgets/clip_handle.h"
#include "widgets/clip_slider.h"
#include "widgets/cost_curve.h"
#include "widgets/controls.h"
#include "widgets/histogram_view.h"
#include "widgets/level_handles.h"
#include "widgets/plot_text.h"
#include "widgets/rate_plot.h"
#include "widgets/scheme_editor.h"
#include "widgets/theme.h"

#include "tests/test_case.h"

#include <QAbstractButton>
#include <QApplication>
#include <QJsonArray>
#include <QLabel>
#include <QMenu>
#include <QPlainTextEdit>
#include <QSignalSpy>
#include <QTimer>

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

    static bool isShown(QuantizePage& page, const char* scheme)
    {
        return page.isSettled() && schemeText(page.figure()->study().scheme()) == scheme && page.figure()->study().error();
    }
    /// One click on a word, one on what it offers.
    static void clickTwice(QuantizePage& page, const char* word, const QString& id)
    {
        ChoiceButton* button = page.figure()->editor()->word(QLatin1String(word));
        QTimer::singleShot(0, button, [button, id] {
            QMenu* menu = button->menu();
            for (QAction* action : menu->actions()) {
                if (action->data().toString() == id)
                    QTest::mouseClick(menu, Qt::LeftButton, {}, menu->actionGeometry(action).center());
            }
            menu->close();
        });
        QTest::mouseClick(button, Qt::LeftButton);
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

    /// A lecturer's walk: the sample model, INT8, INT4, group 64, NF4, k-means, each by two keys.
    void twoKeysMakeEachStepOfALecture()
    {
        Workspace workspace;
        workspace.setScheme(*parseScheme("int8"));
        QuantizePage page(workspace);
        page.resize(1280, 800);
        page.show();
        page.setFocus();
        QTest::keyClick(&page, Qt::Key_Return);   // the second key after Ctrl+2
        QTRY_VERIFY_WITH_TIMEOUT(isShown(page, "int8"), 60000);
        QVERIFY(workspace.tensor());
        struct Step { Qt::Key word, choice; const char* scheme; };
        double sqnr = page.readings()[QStringLiteral("sqnrDb")].toDouble();
        for (const Step& step : {Step{Qt::Key_E, Qt::Key_4, "int4"}, Step{Qt::Key_P, Qt::Key_6, "int4,group=64"},
                                 Step{Qt::Key_E, Qt::Key_N, "nf4"}, Step{Qt::Key_E, Qt::Key_F, "levels=16"}}) {
            QTest::keyClick(&page, step.word);
            auto* menu = qobject_cast<QMenu*>(QApplication::activePopupWidget());
            QVERIFY2(menu, step.scheme);
            QTest::keyClick(menu, step.choice);
            QTRY_VERIFY2_WITH_TIMEOUT(isShown(page, step.scheme), step.scheme, 60000);
            const double now = page.readings()[QStringLiteral("sqnrDb")].toDouble();
            QVERIFY(now != sqnr);
            sqnr = now;
        }
    }

    void twoClicksMakeEachStepOfALecture()
    {
        Workspace workspace;
        workspace.setScheme(*parseScheme("int8"));
        QuantizePage page(workspace);
        page.resize(1280, 800);
        page.show();
        QTest::mouseClick(page.findChild<QAbstractButton*>(QStringLiteral("openSample")), Qt::LeftButton);
        QTRY_VERIFY_WITH_TIMEOUT(isShown(page, "int8"), 60000);
        struct Step { const char* word; const char* id; const char* scheme; };
        for (const Step& step : {Step{"element", "int4", "int4"}, Step{"granularity", "group=64", "int4,group=64"},
                                 Step{"element", "name:nf4", "nf4"}, Step{"element", "levels=16", "levels=16"}}) {
            clickTwice(page, step.word, QLatin1String(step.id));
            QTRY_VERIFY2_WITH_TIMEOUT(isShown(page, step.scheme), step.scheme, 60000);
        }
    }

    void keptSchemesStandBesideThePresentOne()
    {
        QuantizeFigure figure;
        QJsonObject state = stateOf("int4,clip=mse");
        state[u"section"] = QStringLiteral("compare");
        state[u"kept"] = QJsonArray{QStringLiteral("int8"), QStringLiteral("int4,group=64")};
        showSettled(figure, state);
        const ComparisonView* view = figure.comparisonPanel()->view();
        QCOMPARE(view->content().columns.size(), std::size_t(3));
        QVERIFY(view->content().columns[1].isBest);
        const auto source = makeSyntheticTensor(*parseSyntheticRecipe(recipe));
        for (std::size_t i = 1; i < 3; ++i) {
            const auto exact = quantize(**source, (*source)->tensors().front(), figure.comparison()->kept(int(i) - 1).scheme());
            QCOMPARE(view->content().columns[i].figures[0], decibelText(exact->error.sqnrDb) + QStringLiteral(" dB"));
        }
        QCOMPARE(figure.comparisonPanel()->plot()->content().marks.size(), std::size_t(3));
        QVERIFY(figure.comparison()->families().bound.has_value());
        // A fourth fits, a fifth does not; the same twice is one.
        figure.comparisonPanel()->keepButton()->click();
        QCOMPARE(figure.comparison()->count(), 3);
        figure.setScheme(*parseScheme("int3"));
        QVERIFY(!figure.comparison()->keep({*parseScheme("int3"), nullptr}));
        QVERIFY(!figure.comparisonPanel()->keepButton()->isEnabled());
        QTRY_VERIFY_WITH_TIMEOUT(figure.isSettled(), 20000);
        QuantizeFigure again;
        showSettled(again, figure.state());
        QCOMPARE(again.state(), figure.state());
        QVERIFY(!figure.grab().isNull());
    }

    void aStreamOfActivationsIsShownAndKept()
    {
        QuantizeFigure figure;
        QJsonObject state = stateOf("int8");
        state[u"section"] = QStringLiteral("activations");
        state[u"activations"] = QJsonObject{{QStringLiteral("drift"), 8}, {QStringLiteral("seed"), 3}};
        showSettled(figure, state);
        QVERIFY(figure.activations()->report());
        QCOMPARE(figure.activations()->recipe().drift, 8.0);
        QVERIFY(figure.csv().startsWith("batch,policy"));
        const double wide = figure.activations()->report()->sqnrDb(RangePolicy::PerToken, 0, 60);
        figure.setScheme(*parseScheme("int4"));
        QTRY_VERIFY_WITH_TIMEOUT(figure.isSettled(), 20000);
        QVERIFY(figure.activations()->report()->sqnrDb(RangePolicy::PerToken, 0, 60) < wide - 15);
        QCOMPARE(figure.state()[u"section"].toString(), QStringLiteral("activations"));
        QVERIFY(!figure.grab().isNull());
    }

    void aClickSaysWhyAWeightIsStoredAsItIs()
    {
        QuantizeFigure figure;
        showSettled(figure, stateOf("int4,group=64"));
        QTest::mouseClick(figure.histogram(), Qt::LeftButton, {}, QPoint(figure.histogram()->width() * 2 / 3, figure.histogram()->height() / 4));
        QTRY_VERIFY_WITH_TIMEOUT(figure.weightPanel()->weight() && figure.isSettled(), 20000);
        const StoredWeight weight = *figure.weightPanel()->weight();
        const auto source = makeSyntheticTensor(*parseSyntheticRecipe(recipe));
        const auto expected = storedWeightOf(**source, (*source)->tensors().front(), figure.study().scheme(), weight.index);
        QCOMPARE(weight.stored, expected->stored);
        QCOMPARE(figure.state()[u"weight"].toInteger(), weight.index);
        QVERIFY(!figure.weightPanel()->table()->rows().front().figures.empty());
        QSignalSpy asked(&figure, &QuantizeFigure::numbersRequested);
        figure.weightPanel()->findChild<QAbstractButton*>(QStringLiteral("bitsOnNumbers"))->click();
        QCOMPARE(asked.size(), 1);
        const QJsonObject onNumbers = asked.first().first().toJsonObject();
        QCOMPARE(onNumbers[u"codeFormat"].toString(), QStringLiteral("int4"));
        QCOMPARE(onNumbers[u"code"].toString().toULongLong(nullptr, 0), weight.own->code);
        // The same weight under another scheme.
        figure.setScheme(*parseScheme("nf4"));
        QTRY_VERIFY_WITH_TIMEOUT(figure.isSettled() && figure.weightPanel()->weight(), 20000);
        QCOMPARE(figure.weightPanel()->weight()->index, weight.index);
        QVERIFY(figure.weightPanel()->weight()->codeBytes.size() > 1);
    }

    void aFlippedBitMakesAnotherWeight()
    {
        QuantizeFigure figure;
        QJsonObject state = stateOf("q4_0");
        state[u"detail"] = QStringLiteral("weight");
        state[u"weight"] = 4321;
        showSettled(figure, state);
        QTRY_VERIFY_WITH_TIMEOUT(figure.weightPanel()->weight() && figure.isSettled(), 20000);
        QVERIFY(figure.weightPanel()->weight()->own);
        const WeightCode own = *figure.weightPanel()->weight()->own;
        QVERIFY(!figure.changedWeight());
        QSignalSpy changed(&figure, &Figure::changed);
        figure.weightPanel()->bits()->flipBit(3);
        QCOMPARE(changed.size(), 1);
        QVERIFY(figure.changedWeight());
        QCOMPARE(figure.changedWeight()->index, 4321);
        QCOMPARE(figure.changedWeight()->value, float(own.values[std::size_t(own.code ^ 8)]));
        const QJsonObject flipped = figure.state();
        // The nibble arrives on Numbers as the whole number it is, with its scale and zero point.
        const QJsonObject onNumbers = figure.weightPanel()->numbersState();
        QCOMPARE(onNumbers[u"codeFormat"].toString(), QStringLiteral("uint4"));
        QCOMPARE(onNumbers[u"code"].toString().toULongLong(nullptr, 0), own.code ^ 8);
        QCOMPARE(onNumbers[u"weight"].toObject()[u"code"].toString().toULongLong(nullptr, 0), own.code);

        figure.weightPanel()->findChild<QAbstractButton*>(QStringLiteral("unflip"))->click();
        QVERIFY(!figure.changedWeight());
        QCOMPARE(changed.size(), 2);
        figure.setState(flipped);
        QTRY_VERIFY_WITH_TIMEOUT(figure.isSettled() && figure.changedWeight(), 20000);
        QCOMPARE(figure.changedWeight()->value, float(own.values[std::size_t(own.code ^ 8)]));
        figure.setScheme(*parseScheme("int4"));
        QVERIFY(!figure.changedWeight());
    }

    void aMethodShowsTheErrorOfWeightsAndOfOutputs()
    {
        constexpr const char* matrix = "normal,count=16384,columns=128,seed=7";
        constexpr const char* inputs = "synthetic:rho=0.8,outliers=2,factor=20,tokens=512,seed=3";
        QuantizeFigure figure;
        QJsonObject state = stateOf("int3,group=64");
        state[u"synthetic"] = QLatin1String(matrix);
        state[u"inputs"] = QLatin1String(inputs);
        showSettled(figure, state);
        QTRY_VERIFY_WITH_TIMEOUT(figure.study().outputs() && figure.isSettled(), 60000);
        const double alone = figure.readings()[QStringLiteral("sqnrDb")].toDouble(), outputsAlone = figure.study().outputs()->sqnrDb;

        QVERIFY(figure.editor()->openByKey(Qt::Key_M));
        auto* menu = qobject_cast<QMenu*>(QApplication::activePopupWidget());
        QVERIFY(menu);
        QTest::keyClick(menu, Qt::Key_G);
        QCOMPARE(figure.method(), QStringLiteral("gptq"));
        QTRY_VERIFY_WITH_TIMEOUT(figure.study().outputs() && figure.isSettled(), 60000);
        // Weight error is not task error: one rises, the other falls.
        QVERIFY(figure.readings()[QStringLiteral("sqnrDb")].toDouble() < alone);
        QVERIFY(figure.study().outputs()->sqnrDb > outputsAlone + 1);
        QVERIFY(figure.study().dequantized());
        QVERIFY(figure.inputsBar()->isVisible());
        QCOMPARE(figure.state()[u"method"].toString(), QStringLiteral("gptq"));
        QVERIFY(figure.commandLine().contains(QStringLiteral("int3,group=64,gptq --activations synthetic:rho=0.8")));

        // The same from core.
        const auto source = makeSyntheticTensor(*parseSyntheticRecipe(matrix));
        std::vector<float> weights(16384);
        QVERIFY((*source)->read((*source)->tensors().front(), {0, 16384}, std::span<float>(weights)));
        const Activations activations = makeActivations(*parseSyntheticActivations(inputs), 128);
        const auto stored = quantizeWeights({"w", 128, 128, weights, *parseScheme("int3,group=64"), &activations}, findCompensationMethod("gptq"));
        QCOMPARE(figure.study().outputs()->sqnrDb, outputSqnrDb(weights, stored->values, activations));
        QCOMPARE(figure.study().error()->sqnrDb, errorOfStored(weights, stored->values).sqnrDb);

        // Every method that takes the scheme is listed with both errors, and a click chooses it.
        QVERIFY(figure.study().compensations().size() > 4);
        emit figure.markList()->chosen(QStringLiteral("method:"));
        QVERIFY(figure.method().isEmpty());
        QTRY_VERIFY_WITH_TIMEOUT(figure.study().outputs() && figure.isSettled(), 60000);
        QCOMPARE(figure.study().outputs()->sqnrDb, outputsAlone);

        // The correlation moves under a hand.
        QSignalSpy changed(&figure, &Figure::changed);
        figure.inputsBar()->correlation()->moveTo(0.2, true);
        QCOMPARE(changed.size(), 1);
        QVERIFY(figure.state()[u"inputs"].toString().contains(QStringLiteral("rho=0.2")));
        QTRY_VERIFY_WITH_TIMEOUT(figure.study().outputs() && figure.isSettled(), 60000);
        QVERIFY(figure.study().outputs()->sqnrDb != outputsAlone);
    }

    void theGhostOfAGroupedSchemeComesBack_data()
    {
        QTest::addColumn<QByteArray>("ghost");
        for (const char* ghost : {"int4", "int4,group=64", "nf4", "int4,group=64,hadamard"})
            QTest::newRow(ghost) << QByteArray(ghost);
    }
    void theGhostOfAGroupedSchemeComesBack()
    {
        QFETCH(QByteArray, ghost);
        QuantizeFigure figure;
        QJsonObject state = stateOf("int8");
        state[u"synthetic"] = QStringLiteral("normal,count=65536,columns=256,seed=7");
        state[u"ghost"] = QString::fromLatin1(ghost);
        showSettled(figure, state);
        QTRY_VERIFY_WITH_TIMEOUT(figure.histogram()->ghost() && figure.isSettled(), 30000);
        QCOMPARE(figure.state()[u"ghost"].toString(), QString::fromLatin1(ghost));
        QCOMPARE(figure.histogram()->ghost()->content.map.has_value(), ghost == "int4");
        QVERIFY(figure.histogram()->ghost()->content.error.sqnrDb > 10);
        state.remove(u"ghost");
        figure.setState(state);
        QVERIFY(!figure.histogram()->ghost());
    }

    void stochasticRoundingHasAFirstAnswerToo()
    {
        QuantizationStudy study;
        const auto source = makeSyntheticTensor(*parseSyntheticRecipe("laplace,count=1048576,columns=1024,seed=5"));
        const TensorInfo& info = (*source)->tensors().front();
        const auto counts = countValues(**source, info);
        study.setScheme(*parseScheme("int4,rounding=stochastic"));
        study.setSource(*source, &info, *counts);
        QVERIFY(!study.error());
        QVERIFY(study.sampled());   // At once, in this call.
        const SampledError first = *study.sampled();
        QVERIFY(first.sqnrUncertainty > 0);
        QTRY_VERIFY_WITH_TIMEOUT(study.error(), 60000);
        QVERIFY(std::abs(study.error()->sqnrDb - first.error.sqnrDb) <= 4 * first.sqnrUncertainty);
    }

    void channelsAreThoseOfTheTensor()
    {
        QuantizeFigure figure;
        QJsonObject state = stateOf("int4,channel");
        state[u"detail"] = QStringLiteral("channels");
        showSettled(figure, state);
        QTRY_VERIFY_WITH_TIMEOUT(figure.isSettled() && !figure.channelPanel()->channels().empty(), 20000);
        QCOMPARE(std::int64_t(figure.channelPanel()->channels().size()), figure.study().tensor()->shape.front());
        QVERIFY(!figure.grab().isNull());
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

    void aFirstAnswerComesFromASample()
    {
        QuantizeFigure figure;
        showSettled(figure, stateOf("int8"));
        figure.setScheme(*parseScheme("int4,group=32"));
        // Before the pass had any chance to run.
        QVERIFY(!figure.study().error());
        QVERIFY(figure.study().sampled().has_value());
        QVERIFY(figure.result()->content().headline.startsWith(u'≈'));
        QVERIFY(figure.result()->content().status.contains(QStringLiteral("sample")));
        const SampledError sampled = *figure.study().sampled();
        QTRY_VERIFY_WITH_TIMEOUT(figure.isSettled() && figure.study().error(), 20000);
        QVERIFY(std::abs(figure.study().error()->sqnrDb - sampled.error.sqnrDb) < 4 * sampled.sqnrUncertainty + 1e-9);
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
