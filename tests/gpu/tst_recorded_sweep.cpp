// SPDX-License-Identifier: Apache-2.0
#include "core/gemm/recorded_sweep.h"
#include "gpu/worker/sweep_record.h"

#include "tests/test_case.h"

#include <QTemporaryDir>

#include <fstream>

using namespace quantoscope;
using namespace quantoscope::gpu;

namespace {

SweepHead someHead()
{
    SweepHead head;
    head.device = {0, "Pretended \"GPU\" \\ ·", std::uint64_t{85520809984}, 9, 0, 13000, ""};
    head.driver = "580.65.06";
    head.date = "2026-11-22T05:00:00Z";
    head.method = "CUDA events; ± 1 %";
    head.cublasLtVersion = 130100;
    head.largestClockMegahertz = 1980;
    head.powerLimitWatts = 700;
    head.copyBytesPerSecond = 3.01e12;
    return head;
}

SweepRun someRun()
{
    SweepRun run;
    run.kernel = "int8_dynamic";
    run.m = run.n = run.k = 4096;
    run.times = summarize({1.02e-4, 1.0e-4, 1.01e-4, 1.04e-4, 1.03e-4});
    run.bytes = 1e8;
    run.relativeError = 0.0123;
    run.quantizationError = 0.0122;
    run.accumulationError = 1e-7;
    run.bound = HUGE_VAL;
    run.quantizeSeconds = 2e-5;
    run.clockMegahertz = 1755.5;
    run.powerWatts = 650.25;
    run.temperatureCelsius = 61;
    run.method = "8 copies of the operands in turn";
    return run;
}

std::string someSweep()
{
    SweepRun refused;
    refused.kernel = "mxfp8";
    refused.m = refused.n = refused.k = 512;
    refused.obstacle = "MXFP8 E4M3 needs compute capability 10.0; this GPU has 9.0.";
    return sweepText(someHead(), std::vector{sweepRunText(someRun()), sweepRunText(refused)}, true);
}

}  // namespace

class TestRecordedSweep : public QObject {
    Q_OBJECT

private slots:
    void whatTheWorkerWritesIsWhatTheProgramReads()
    {
        const auto sweep = readRecordedSweep(someSweep());
        QVERIFY2(sweep, sweep ? "" : sweep.error().message.c_str());
        const SweepHead head = someHead();
        QCOMPARE(sweep->device.name, head.device.name);
        QCOMPARE(sweep->device.memoryBytes, head.device.memoryBytes);
        QCOMPARE(sweep->device.computeCapability, std::string("9.0"));
        QCOMPARE(sweep->device.driver, std::string("CUDA 13.0, driver 580.65.06"));
        QCOMPARE(sweep->date, head.date);
        QCOMPARE(sweep->method, head.method);
        QCOMPARE(sweep->copyBytesPerSecond, head.copyBytesPerSecond);
        QCOMPARE(sweep->powerLimitWatts, 700.0);
        QVERIFY(sweep->isComplete && sweep->runs.size() == 2);

        const RecordedRun& first = sweep->runs[0];
        QVERIFY(first.obstacle.empty() && first.run.isFinal);
        QCOMPARE(first.run.kernel, std::string("int8_dynamic"));
        QVERIFY(first.shape == (GemmShape{4096, 4096, 4096}));
        QCOMPARE(first.run.medianSeconds, 1.02e-4);
        QCOMPARE(first.run.confidenceLow, 1.0e-4);
        QCOMPARE(first.run.confidenceHigh, 1.04e-4);
        QVERIFY(std::abs(first.run.teraflops / (2 * 4096.0 * 4096 * 4096 / 1.02e-4 / 1e12) - 1) < 1e-5);
        QVERIFY(std::abs(first.run.gigabytesPerSecond / (1e8 / 1.02e-4 / 1e9) - 1) < 1e-5);
        QVERIFY(first.run.relativeError == 0.0123 && first.run.quantizationError == 0.0122 && first.run.accumulationError == 1e-7);
        QVERIFY(std::isinf(first.run.bound));
        QVERIFY(first.run.quantizingSeconds == 2e-5 && first.clockMegahertz == 1755.5 && first.powerWatts == 650.25 && first.temperatureCelsius == 61);
        QCOMPARE(sweep->runs[1].obstacle, std::string("MXFP8 E4M3 needs compute capability 10.0; this GPU has 9.0."));
        QCOMPARE(sweep->bestTeraflops("int8_dynamic"), first.run.teraflops);
        QCOMPARE(sweep->bestTeraflops("bf16"), 0.0);
    }

    void aPartialRecordIsReadAndSaysSo()
    {
        const auto none = readRecordedSweep(sweepText(someHead(), {}, false));
        QVERIFY(none && none->runs.empty() && !none->isComplete);
    }

    void theFileIsOpenedOrRefusedWithASentence()
    {
        const QTemporaryDir folder;
        const std::string path = folder.filePath(QStringLiteral("run.json")).toStdString();
        std::ofstream(path) << someSweep();
        QVERIFY(openRecordedSweep(path));
        QVERIFY(!openRecordedSweep(path + ".missing"));
        std::ofstream(path) << "{}";
        const auto refused = openRecordedSweep(path);
        QVERIFY(!refused && refused.error().message.ends_with("is missing."));
    }

    void everyShortenedOrDamagedDocumentIsRefusedOrRead()
    {
        const std::string text = someSweep();
        for (std::size_t length = 0; length + 2 < text.size(); ++length)   // The last are "}" and a line's end.
            QVERIFY(!readRecordedSweep(text.substr(0, length)));
        for (const char* name : {"device", "memoryBytes", "date", "runs", "medianSeconds", "ci95", "m", "kernel", "copyBytesPerSecond"}) {
            std::string without = text;
            const auto place = without.find("\"" + std::string(name) + "\"");
            without.replace(place + 1, 1, "?");
            const auto refused = readRecordedSweep(without);
            QVERIFY2(!refused && refused.error().message.find(name) != std::string::npos, name);
        }
        for (std::size_t place = 0; place < text.size(); ++place) {   // No byte makes it crash.
            std::string damaged = text;
            damaged[place] = char(damaged[place] ^ 0x15);
            readRecordedSweep(damaged);
        }
    }
};

QUANTOSCOPE_TEST(tst_recorded_sweep, TestRecordedSweep)
#include "tst_recorded_sweep.moc"
