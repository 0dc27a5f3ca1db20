// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/error_speed_plot.h"
#include "widgets/error_split_plot.h"
#include "widgets/kernel_list.h"
#include "widgets/roofline_plot.h"

#include "tests/app/gemm_page.h"
#include "tests/test_case.h"

#include <QSignalSpy>

using namespace quantoscope;
using namespace quantoscope::test;

class TestGemmKernels : public QObject {
    Q_OBJECT

private slots:
    void atFirstEachRegimeHasAFewKernelsAndTheRestAreATickAway()
    {
        Workspace workspace;
        GemmFigure page(workspace, nullptr);
        QVERIFY(showSettled(page, smallProblem()));
        auto* list = page.findChild<KernelList*>();
        int ticked = 0, all = 0;
        for (const KernelRows& group : list->groups()) {
            for (const KernelRow& row : group.rows) {
                ++all;
                ticked += row.isTicked;
                QVERIFY2(row.isTicked == (row.number == ticked && row.isTicked), qPrintable(row.id));
                QVERIFY2(row.isTicked == !row.error.isEmpty(), qPrintable(row.id));   // Its figures stand beside it.
            }
        }
        QVERIFY2(ticked >= 5 && ticked <= 12, qPrintable(QString::number(ticked)));
        QCOMPARE(all, int(makeCpuBackend()->kernels().size()));
        // Ticking one measures that one and keeps the others' figures.
        const double before = page.readings()[QStringLiteral("bf16.relativeError")].toDouble();
        QVERIFY(!page.readings().contains(QStringLiteral("w4a16_nf4.relativeError")));
        QSignalSpy changes(&page, &Figure::changed);
        emit list->ticked({QStringLiteral("w4a16_nf4")}, true);
        QCOMPARE(changes.size(), 1);
        QCOMPARE(page.readings()[QStringLiteral("bf16.relativeError")].toDouble(), before);
        QTRY_VERIFY_WITH_TIMEOUT(page.isSettled() && page.readings().contains(QStringLiteral("w4a16_nf4.relativeError")), 60000);
        emit list->ticked({QStringLiteral("w4a16_nf4"), QStringLiteral("bf16")}, false);
        QVERIFY(!page.readings().contains(QStringLiteral("w4a16_nf4.relativeError")) && !page.readings().contains(QStringLiteral("bf16.relativeError")));
        QVERIFY(page.commandLine().contains(QStringLiteral("--kernels fp32,fp16")) && !page.commandLine().contains(QStringLiteral("bf16")));
    }

    void selectingAMarkByKeyboardIsOneUndoableStep()
    {
        Workspace workspace;
        GemmFigure page(workspace, nullptr);
        QVERIFY(showSettled(page, smallProblem()));
        QSignalSpy changes(&page, &Figure::changed);
        auto* plot = page.findChild<ErrorSpeedPlot*>();
        QTest::keyClick(plot, Qt::Key_Right);
        QTest::keyClick(plot, Qt::Key_Right);
        QCOMPARE(changes.size(), 2);
        QCOMPARE(changes[0][1], changes[1][1]);   // the same merge key: they become one step
        QCOMPARE(page.state()[QStringLiteral("selected")].toString(), QStringLiteral("fp16"));
    }

    void aKernelUnderTheMouseIsLitInThePicturesAndInTheList()
    {
        Workspace workspace;
        GemmFigure page(workspace, nullptr);
        QVERIFY(showSettled(page, smallProblem()));
        emit page.findChild<KernelList*>()->hovered(QStringLiteral("int8"));
        for (const ChoiceChart* chart : page.findChildren<ChoiceChart*>())
            if (qobject_cast<const ErrorSpeedPlot*>(chart) || qobject_cast<const RooflinePlot*>(chart) || qobject_cast<const ErrorSplitPlot*>(chart))
                QCOMPARE(chart->lit(), QStringLiteral("int8"));
        auto* plot = page.findChild<ErrorSpeedPlot*>();
        QTest::keyClick(plot, Qt::Key_End);
        for (const ChoiceChart* chart : page.findChildren<ChoiceChart*>())
            if (qobject_cast<const RooflinePlot*>(chart) || qobject_cast<const ErrorSplitPlot*>(chart))
                QCOMPARE(chart->selected(), plot->selected());
    }
};

QUANTOSCOPE_TEST(tst_gemm_kernels, TestGemmKernels)
#include "tst_gemm_kernels.moc"
