// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/app/gemm_page.h"
#include "tests/app/named_widget.h"
#include "tests/test_case.h"

#include <QElapsedTimer>
#include <QJsonArray>
#include <QLineEdit>
#include <QSignalSpy>

using namespace quantoscope;
using namespace quantoscope::test;

class TestGemmPage : public QObject {
    Q_OBJECT

private slots:
    void everyKernelOfTheCpuIsMeasuredOnceThePageIsShown()
    {
        Workspace workspace;
        GemmFigure page(workspace, nullptr);
        QVERIFY(showSettled(page, smallProblem()));
        const QVariantMap readings = page.readings();
        // FP32 loses less than FP16, FP16 less than BF16, and the sums of INT8 are exact.
        QVERIFY(readings[QStringLiteral("fp32.relativeError")].toDouble() < readings[QStringLiteral("fp16.relativeError")].toDouble());
        QVERIFY(readings[QStringLiteral("fp16.relativeError")].toDouble() < readings[QStringLiteral("bf16.relativeError")].toDouble());
        QCOMPARE(readings[QStringLiteral("int8.accumulationError")].toDouble(), 0.0);
        QVERIFY(readings[QStringLiteral("int8.quantizationError")].toDouble() > 1e-3);
        const auto lines = page.csv().count('\n');
        QVERIFY2(lines >= 6, page.csv().constData());
        QVERIFY(page.commandLine().contains(QStringLiteral("--shape 48,40,64")));
    }

    void theStateSurvivesItsJson()
    {
        Workspace workspace;
        GemmFigure page(workspace, nullptr);
        const QJsonObject json = smallProblem({{QStringLiteral("seed"), QStringLiteral("18446744073709551615")},
                                               {QStringLiteral("panel"), QStringLiteral("batch")}});
        page.setState(json);
        QCOMPARE(page.state(), json);
    }

    void aStateFromOutsideIsBounded()
    {
        const GemmState state = GemmState::fromJson({{QStringLiteral("shape"), QJsonArray{1e18, -3, 0}}, {QStringLiteral("seconds"), 1e9}});
        QCOMPARE(state.shape, (GemmShape{512, 512, 512}));
        QCOMPARE(state.seconds, 10.0);
    }

    void aShapeThatIsNoShapeGivesASentenceAndIsTakenBack()
    {
        Workspace workspace;
        GemmFigure page(workspace, nullptr);
        QSignalSpy problems(&page, &Figure::problem);
        QLineEdit* field = named<QLineEdit>(&page, QStringLiteral("K, input channels"));
        QVERIFY(field);
        field->setText(QStringLiteral("many"));
        emit field->editingFinished();
        QVERIFY(!problems.isEmpty());
        QVERIFY(!problems.last().first().toString().isEmpty());
        QCOMPARE(field->text(), QStringLiteral("512"));
    }

    void cancellingAnswersAtOnceAndKeepsWhatWasMeasured()
    {
        Workspace workspace;
        GemmFigure page(workspace, nullptr);
        page.setState(smallProblem({{QStringLiteral("shape"), QJsonArray{1024, 2048, 2048}}}));
        page.show();
        QTest::qWait(50);
        QElapsedTimer timer;
        timer.start();
        QTest::keyClick(&page, Qt::Key_Escape);
        QVERIFY(timer.elapsed() < 10000);   // the window's thread never waits for a product
        QTRY_VERIFY_WITH_TIMEOUT(page.isSettled(), 60000);
    }
};

QUANTOSCOPE_TEST(tst_gemm_page, TestGemmPage)
#include "tst_gemm_page.moc"
