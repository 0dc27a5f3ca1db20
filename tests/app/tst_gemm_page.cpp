// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/pages/gemm/gemm_figure.h"
#include "app/workspace.h"

#include "tests/test_case.h"
#include "widgets/batch_plot.h"
#include "widgets/error_speed_plot.h"
#include "widgets/error_split_plot.h"
#include "widgets/label_placer.h"

#include <QElapsedTimer>
#include <QJsonArray>
#include <QLineEdit>
#include <QSignalSpy>

using namespace quantoscope;

namespace {

QJsonObject smallProblem()
{
    GemmState state;
    state.shape = {48, 40, 64};
    state.seconds = 0.02;
    return state.toJson();
}

QLineEdit* fieldCalled(QWidget& page, const QString& name)
{
    for (QLineEdit* field : page.findChildren<QLineEdit*>()) {
        if (field->accessibleName() == name)
            return field;
    }
    return nullptr;
}

}  // namespace

class TestGemmPage : public QObject {
    Q_OBJECT

private slots:
    void everyKernelOfTheCpuIsMeasuredOnceThePageIsShown()
    {
        Workspace workspace;
        GemmFigure page(workspace, nullptr);
        page.setState(smallProblem());
        page.resize(1300, 850);
        page.show();
        QTRY_VERIFY_WITH_TIMEOUT(page.isSettled(), 60000);
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
        QJsonObject json = smallProblem();
        json[QStringLiteral("seed")] = QStringLiteral("18446744073709551615");
        json[QStringLiteral("panel")] = QStringLiteral("batch");
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
        QLineEdit* field = fieldCalled(page, QStringLiteral("K, input channels"));
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
        QJsonObject json = smallProblem();
        json[QStringLiteral("shape")] = QJsonArray{1024, 2048, 2048};
        page.setState(json);
        page.show();
        QTest::qWait(50);
        QElapsedTimer timer;
        timer.start();
        QTest::keyClick(&page, Qt::Key_Escape);
        QVERIFY(timer.elapsed() < 10000);   // the window's thread never waits for a product
        QTRY_VERIFY_WITH_TIMEOUT(page.isSettled(), 60000);
    }

    void selectingAMarkByKeyboardIsOneUndoableStep()
    {
        Workspace workspace;
        GemmFigure page(workspace, nullptr);
        page.setState(smallProblem());
        page.show();
        QTRY_VERIFY_WITH_TIMEOUT(page.isSettled(), 60000);
        QSignalSpy changes(&page, &Figure::changed);
        auto* plot = page.findChild<ErrorSpeedPlot*>();
        QTest::keyClick(plot, Qt::Key_Right);
        QTest::keyClick(plot, Qt::Key_Right);
        QCOMPARE(changes.size(), 2);
        QCOMPARE(changes[0][1], changes[1][1]);   // the same merge key: they become one step
        QCOMPARE(page.state()[QStringLiteral("selected")].toString(), QStringLiteral("fp16"));
    }

    void theCrossoverLiesBetweenTheMeasuredBatches()
    {
        const BatchLine line{QStringLiteral("W4"), GemmMark::WeightOnly, {{1, 4}, {16, 2}, {64, 0.5}, {256, 0.4}}};
        // Halfway between 16 and 64 on the logarithmic axes: 2 × and 1/2 × are symmetric about 1 ×.
        QCOMPARE(crossoverOf(line).value(), 32.0);
        QVERIFY(!crossoverOf({QStringLiteral("W8"), GemmMark::WeightOnly, {{1, 2}, {64, 1.5}}}));
    }

    void labelsDoNotLieOnEachOther()
    {
        LabelPlacer placer(QRectF(0, 0, 400, 300));
        std::vector<QRectF> places;
        for (int i = 0; i < 5; ++i)
            places.push_back(placer.place(QPointF(200 + i, 150 + i), 8, QSizeF(60, 20)));
        for (std::size_t i = 0; i < places.size(); ++i) {
            for (std::size_t j = i + 1; j < places.size(); ++j)
                QVERIFY(places[i].intersected(places[j]).isEmpty());
        }
    }
};

QUANTOSCOPE_TEST(tst_gemm_page, TestGemmPage)
#include "tst_gemm_page.moc"
