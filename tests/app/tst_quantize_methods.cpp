// SPDX-License-Identifier: GPL-3.0-or-later
// Error compensation, and first answers where the exact one takes a pass.
#include "tests/app/quantize_page.h"

#include "app/pages/quantize/inputs_bar.h"
#include "app/pages/quantize/mark_list.h"
#include "app/pages/quantize/result_panel.h"
#include "widgets/clip_slider.h"
#include "widgets/scheme_editor.h"
#include "widgets/value_slider.h"

#include "tests/test_case.h"

#include <QApplication>
#include <QMenu>
#include <QSignalSpy>

#include <cmath>

using namespace quantoscope;
using namespace quantoscope::quantize_tests;

class TestQuantizeMethods : public QObject {
    Q_OBJECT

private slots:
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
};

QUANTOSCOPE_TEST(tst_quantize_methods, TestQuantizeMethods)
#include "tst_quantize_methods.moc"
