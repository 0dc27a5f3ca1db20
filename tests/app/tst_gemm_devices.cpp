// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/pages/gemm/obstacle_list.h"
#include "app/pages/gemm/recorded_backend.h"

#include "tests/app/gemm_page.h"
#include "tests/gpu/worker_faults.h"
#include "tests/test_case.h"

#include <QElapsedTimer>
#include <QSignalSpy>
#include <QTimer>

using namespace quantoscope;
using namespace quantoscope::test;

class TestGemmDevices : public QObject {
    Q_OBJECT

private slots:
    void everyFaultOfTheWorkerEndsAsASentenceAndThePageLives_data() { addFaultRows(); }
    void everyFaultOfTheWorkerEndsAsASentenceAndThePageLives()
    {
        QFETCH(QByteArray, fault);
        QFETCH(QByteArray, says);
        using namespace std::chrono_literals;
        Workspace workspace;
        GemmFigure page(workspace, nullptr);
        page.setState(smallProblem());
        QSignalSpy problems(&page, &Figure::problem);
        page.useBackend(makeGpuBackend(pretendedGpu, fakeWorker(fault.toStdString(), fault == "hang" ? 3000ms : 300ms)));
        showLarge(page);
        // Alive: the window's thread goes on while the worker misbehaves; one that hangs does so for six seconds.
        qint64 longest = 0;
        QElapsedTimer sinceBeat;
        sinceBeat.start();
        QTimer timer;
        connect(&timer, &QTimer::timeout, &page, [&] { longest = std::max(longest, sinceBeat.restart()); });
        timer.start(5);
        QTRY_VERIFY_WITH_TIMEOUT(page.isSettled(), 60000);
        QVERIFY2(longest < 2500, qPrintable(QString::number(longest)));
        QVERIFY(!problems.isEmpty());
        const QString sentence = problems.last().first().toString();
        QVERIFY2(sentence.contains(QString::fromUtf8(says)) && sentence.endsWith(QLatin1Char('.')), qPrintable(sentence));
        // And the reason stands beside the kernel it cost.
        QVERIFY(page.findChild<ObstacleList*>()->text().contains(QString::fromUtf8(says)));
        // The processor measures as if nothing had been.
        page.useBackend(makeCpuBackend());
        QTRY_VERIFY_WITH_TIMEOUT(page.isSettled() && page.readings().contains(QStringLiteral("fp32.relativeError")), 60000);
        QVERIFY(problems.last().first().toString().isEmpty());
    }

    void aDeviceThatIsNotThereIsASentenceAndTheProcessorMeasures()
    {
        for (const char* device : {"cuda:99", "recorded:nowhere"}) {
            Workspace workspace;
            GemmFigure page(workspace, nullptr);
            QSignalSpy problems(&page, &Figure::problem);
            page.setState(smallProblem({{QStringLiteral("device"), QLatin1String(device)}}));
            showLarge(page);
            QTRY_VERIFY_WITH_TIMEOUT(page.isSettled() && page.readings().contains(QStringLiteral("fp32.relativeError")), 60000);
            QVERIFY(!problems.isEmpty());
            QVERIFY2(problems.last().first().toString().contains(QStringLiteral("processor")), qPrintable(problems.last().first().toString()));
        }
    }

    void whatOnlyAGpuCanDoIsListedWithItsReason()
    {
        Workspace workspace;
        GemmFigure page(workspace, nullptr);
        QVERIFY(showSettled(page, smallProblem()));
        const QString list = page.findChild<ObstacleList*>()->text();
        for (const char* row : {"FP8 E4M3, fast sums: Needs a GPU of compute capability 8.9", "NVFP4: Needs a GPU of compute capability 10.0", "FP16, FP16 sums: Needs a GPU"})
            QVERIFY2(list.contains(QLatin1String(row)), qPrintable(list));
        QVERIFY2(list.contains(QStringLiteral("Recorded runs: None exists yet")), qPrintable(list));
    }

    void aRecordedRunIsShownAsRecorded()
    {
        // Made up for this test: no such run was ever measured.
        const auto files = listRecordedFiles(QStringLiteral(TEST_DATA "/recorded"));
        QCOMPARE(files.size(), std::size_t(2));
        const auto& made = files[1];
        QVERIFY2(!files[0].sweep && files[0].problem.endsWith(QLatin1Char('.')), qPrintable(files[0].problem));   // broken.json
        QVERIFY2(made.sweep, qPrintable(made.problem));
        QVERIFY(made.title().contains(QStringLiteral("made up")) && made.title().contains(QStringLiteral("recorded 2026-01-02")));
        for (const char* word : {"not measured here", "driver", "MHz", "Method"})
            QVERIFY2(made.provenance().contains(QLatin1String(word)), qPrintable(made.provenance()));
        const auto backend = makeRecordedBackend(made);
        QVERIFY(!backend->kernels().empty());
        const GemmKernel& kernel = backend->kernels().front();
        const auto run = backend->run(kernel, {{512, 512, 512}, GemmData::Normal, 7, nullptr}, {});
        QVERIFY2(run && run->isFinal && run->samples.size() == 1, run ? "" : run.error().message.c_str());
        const auto other = backend->obstacle(kernel, {3, 3, 3});
        QVERIFY(other && other->find("Not recorded for 3 × 3 × 3") == 0 && other->ends_with("."));

        Workspace workspace;
        GemmFigure page(workspace, nullptr);
        page.setState(GemmState().toJson());
        page.useBackend(backend);
        QVERIFY(showSettled(page));
        QVERIFY(page.readings().contains(QStringLiteral("fp16.relativeError")));
        const RecordedRun* recorded = made.find("fp16", {512, 512, 512});
        QVERIFY(recorded && recorded->samples == 30);
        QVERIFY(!made.find("fp16", {3, 3, 3}));
    }
};

QUANTOSCOPE_TEST(tst_gemm_devices, TestGemmDevices)
#include "tst_gemm_devices.moc"
