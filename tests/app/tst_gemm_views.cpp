// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/pages/gemm/ladder_rungs.h"
#include "widgets/error_speed_plot.h"
#include "widgets/roofline_plot.h"
#include "widgets/rung_chart.h"

#include "tests/app/gemm_page.h"
#include "tests/test_case.h"

#include <QSignalSpy>
#include <QSlider>

using namespace quantoscope;
using namespace quantoscope::test;

class TestGemmViews : public QObject {
    Q_OBJECT

private slots:
    void oneViewAtATimeHasASmallWindowAndThePresentersScreen()
    {
        Workspace workspace;
        GemmFigure page(workspace, nullptr);
        QJsonObject json = smallProblemAt("growth");
        json.remove(QStringLiteral("shown"));   // A link that names a view means it.
        page.setState(json);
        page.resize(936, 570);
        page.show();
        auto* plot = page.findChild<ErrorSpeedPlot*>();
        auto* roofline = page.findChild<RooflinePlot*>();
        QVERIFY(!plot->isVisible() && !roofline->isVisible());
        page.resize(1300, 850);
        QVERIFY(plot->isVisible() && roofline->isVisible());
        page.setPresenting(true);
        QVERIFY(!plot->isVisible() && !roofline->isVisible());
        QSignalSpy changes(&page, &Figure::changed);
        for (const char* shown : {"outliers", "ladder", "roofline"}) {
            QTest::keyClick(&page, Qt::Key_V);
            QCOMPARE(page.state()[QStringLiteral("shown")].toString(), QLatin1String(shown));
        }
        QVERIFY(roofline->isVisible() && !plot->isVisible());
        QCOMPARE(changes.size(), 3);
        page.setPresenting(false);
        QVERIFY(plot->isVisible() && roofline->isVisible());
        page.resize(936, 570);   // Two pictures must not hold the window open.
        QCOMPARE(page.size(), QSize(936, 570));
        QVERIFY(roofline->isVisible() && !plot->isVisible());
        QTRY_VERIFY_WITH_TIMEOUT(page.isSettled(), 120000);
    }

    void errorAgainstLengthIsComputedWhenItIsLookedAt()
    {
        Workspace workspace;
        GemmFigure page(workspace, nullptr);
        page.setState(smallProblemAt("growth", {{QStringLiteral("data"), QStringLiteral("magnitudes")}}));
        showLarge(page);
        QTRY_VERIFY_WITH_TIMEOUT(page.isSettled() && page.readings().contains(QStringLiteral("growth.fp8_fast.relative")), 120000);
        // gpu.md, section d, |N| and K = 4096: fast accumulation loses 7 %, promoted every 128 products 0.062 %.
        const QVariantMap readings = page.readings();
        const double fast = readings[QStringLiteral("growth.fp8_fast.relative")].toDouble();
        const double promoted = readings[QStringLiteral("growth.fp8_promoted.relative")].toDouble();
        QVERIFY2(fast > 0.06 && fast < 0.08, qPrintable(QString::number(fast)));
        QVERIFY2(promoted > 4e-4 && promoted < 9e-4, qPrintable(QString::number(promoted)));
        QVERIFY(page.csv().startsWith("method,isModel,K"));
    }

    void theSliderOfOutliersChangesTheErrors()
    {
        Workspace workspace;
        GemmFigure page(workspace, nullptr);
        page.setState(smallProblemAt("outliers"));
        showLarge(page);
        const auto reading = [&](const char* name) { return page.readings()[QLatin1String(name)].toDouble(); };
        QTRY_VERIFY_WITH_TIMEOUT(page.isSettled() && reading("outliers.int8") > 0, 120000);
        // Sixty times: INT8 a row has become worse than FP8, and the split and smoothing repair it.
        QVERIFY(reading("outliers.int8") > reading("outliers.e4m3"));
        QVERIFY(reading("outliers.int8_split") < reading("outliers.int8") / 3);
        QVERIFY(reading("outliers.int8_smooth") < reading("outliers.int8"));
        auto* slider = page.findChild<QSlider*>();
        QVERIFY(slider);
        slider->setValue(0);
        QTRY_VERIFY_WITH_TIMEOUT(page.isSettled() && reading("outliers.magnitude") == 1 && reading("outliers.int8") > 0, 120000);
        QVERIFY(reading("outliers.int8") < reading("outliers.e4m3"));   // Without outliers it is the better one.
    }

    void theOutliersOfTheSampleModelAreItsOwnActivations()
    {
        const QString path = Workspace::sampleModelPath();
        if (path.isEmpty())
            QSKIP("no sample model is installed");
        Workspace workspace;
        QSignalSpy opened(&workspace, &Workspace::modelChanged);
        workspace.openModel(path);
        QTRY_VERIFY_WITH_TIMEOUT(!opened.isEmpty(), 60000);
        workspace.chooseTensor(QStringLiteral("blk.0.ffn_up.weight"));
        GemmFigure page(workspace, nullptr);
        page.setState(smallProblemAt("outliers", {{QStringLiteral("source"), QStringLiteral("model")}, {QStringLiteral("magnitude"), 1}}));
        QSignalSpy problems(&page, &Figure::problem);
        showLarge(page);
        QTRY_VERIFY_WITH_TIMEOUT(page.isSettled() && page.readings().contains(QStringLiteral("outliers.int8")), 240000);
        for (const auto& problem : problems)
            QVERIFY2(problem.first().toString().isEmpty(), qPrintable(problem.first().toString()));
        const double error = page.readings()[QStringLiteral("outliers.int8")].toDouble();
        QVERIFY2(error > 1e-3 && error < 0.1, qPrintable(QString::number(error)));
    }

    void withoutAModelTheOutliersOfTheOpenModelAreASentence()
    {
        Workspace workspace;
        GemmFigure page(workspace, nullptr);
        page.setState(smallProblemAt("outliers", {{QStringLiteral("source"), QStringLiteral("model")}}));
        QSignalSpy problems(&page, &Figure::problem);
        showLarge(page);
        const auto isSaid = [&] {
            return std::ranges::any_of(problems, [](const auto& one) { return one.first().toString().contains(QStringLiteral("sample model")); });
        };
        QTRY_VERIFY_WITH_TIMEOUT(isSaid(), 60000);
    }

    void everyRungHasASourceWhoseHeadSaysWhatItDoes()
    {
        for (const LadderRung& rung : ladderRungs()) {
            const RungSource source = readRungSource(rung.kernel, rung.deviceKind);
            if (!*rung.source)
                continue;
            QVERIFY2(source.head.size() > 60, rung.source);
            QVERIFY2(source.code.contains(u'{'), rung.source);
            // The words stand above the code: neither they nor the licence are said twice.
            QVERIFY2(!source.code.contains(QStringLiteral("SPDX")) && !source.code.contains(source.head.left(20)), rung.source);
        }
        // Every teaching kernel of the CPU but the reference and the deliberately wrong one is a rung.
        const auto cpu = makeCpuBackend();
        const auto rungs = rungsOf(cpu->kernels(), "cpu");
        for (const GemmKernel& kernel : cpu->kernels())
            if (kernel.isExtra && kernel.id != "fp64" && kernel.id != "int8_saturating")
                QVERIFY2(std::ranges::any_of(rungs, [&](const GemmKernel& rung) { return rung.id == kernel.id; }), kernel.id.c_str());
    }

    void theLadderIsMeasuredOnDemand()
    {
        Workspace workspace;
        GemmFigure page(workspace, nullptr);
        QVERIFY(showSettled(page, smallProblemAt("ladder")));
        page.runLadder();
        QTRY_VERIFY_WITH_TIMEOUT(page.isSettled(), 60000);
        auto* chart = page.findChild<RungChart*>();
        const QString spoken = chart->property("chartDescription").toString();
        QVERIFY2(spoken.count(QStringLiteral("FLOP/s")) == qsizetype(rungsOf(makeCpuBackend()->kernels(), "cpu").size()), qPrintable(spoken));
    }
};

QUANTOSCOPE_TEST(tst_gemm_views, TestGemmViews)
#include "tst_gemm_views.moc"
