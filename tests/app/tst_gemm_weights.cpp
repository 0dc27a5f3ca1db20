// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/pages/gemm/gemm_figure.h"

#include "app/workspace.h"
#include "tests/test_case.h"

#include <QJsonArray>
#include <QSignalSpy>

#include <algorithm>

using namespace quantoscope;

/// Measuring with the open tensor as weights: they are read beside the window.
class TestGemmWeights : public QObject {
    Q_OBJECT

    static bool openSample(Workspace& workspace)
    {
        workspace.openSampleModel();
        if (!QTest::qWaitFor([&] { return workspace.model() != nullptr; }, 20000))
            return false;
        const auto tensors = workspace.model()->tensors();
        const auto matrix = std::ranges::find_if(tensors, [](const TensorInfo& info) { return info.shape.size() == 2 && info.rows() > 16 && info.columns() > 16; });
        if (matrix == tensors.end())
            return false;
        workspace.chooseTensor(*matrix);
        return true;
    }

    static QJsonObject stateFor(const TensorInfo& tensor)
    {
        return {{QStringLiteral("data"), QStringLiteral("tensor")}, {QStringLiteral("seconds"), 0.01},
                {QStringLiteral("shape"), QJsonArray{4, qint64(tensor.rows()), qint64(tensor.columns())}}};
    }

private slots:
    void theWeightsAreReadBeforeKernelsRunOnThem()
    {
        Workspace workspace;
        QVERIFY(openSample(workspace));
        GemmFigure page(workspace, nullptr);
        page.setState(stateFor(*workspace.tensor()));
        QSignalSpy problems(&page, &Figure::problem);
        page.resize(1200, 800);
        page.show();
        QVERIFY(!page.isSettled());
        QVERIFY(QTest::qWaitFor([&] { return page.isSettled(); }, 120000));
        for (const auto& said : problems)
            QVERIFY2(said[0].toString().isEmpty(), qPrintable(said[0].toString()));
        QVERIFY(page.csv().count('\n') > 3);
    }

    void anotherTensorWhileTheyAreReadLeavesNothingRunning()
    {
        Workspace workspace;
        QVERIFY(openSample(workspace));
        GemmFigure page(workspace, nullptr);
        page.setState(stateFor(*workspace.tensor()));
        page.resize(1200, 800);
        page.show();
        const auto tensors = workspace.model()->tensors();
        workspace.chooseTensor(workspace.tensor() == &tensors.front() ? tensors.back() : tensors.front());
        QVERIFY(QTest::qWaitFor([&] { return page.isSettled(); }, 120000));
    }
};

QUANTOSCOPE_TEST(tst_gemm_weights, TestGemmWeights)
#include "tst_gemm_weights.moc"
