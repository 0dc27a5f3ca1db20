// SPDX-License-Identifier: Apache-2.0
#include "gpu/client/gpu_backend.h"
#include "gpu/kernel_table.h"

#include "tests/test_case.h"

using namespace quantoscope;
using namespace std::chrono_literals;

/// The worker itself, not the fake one, over the CUDA that tests/gpu/pretended_cuda pretends.
class TestPretendedWorker : public QObject {
    Q_OBJECT

    std::vector<gpu::DeviceDescription> devices(const char* capability, WorkerOptions& options)
    {
#ifdef PRETENDED_WORKER
        qputenv("PRETENDED_CAPABILITY", capability);
        options = {PRETENDED_WORKER, {}, 10s, 500ms};
        const auto found = describeGpus(options);
        return found ? *found : std::vector<gpu::DeviceDescription>();
#else
        Q_UNUSED(capability);
        Q_UNUSED(options);
        return {};
#endif
    }

private slots:
    void initTestCase()
    {
#ifndef PRETENDED_WORKER
        QSKIP("The GPU worker is not built here.");
#endif
    }

    void everyKernelIsRightFromTheWindowsSideToCublas_data()
    {
        QTest::addColumn<QByteArray>("capability");
        QTest::addColumn<int>("least");
        QTest::newRow("Turing") << QByteArray("75") << 12;
        QTest::newRow("Ada") << QByteArray("89") << 18;
        QTest::newRow("Hopper") << QByteArray("90") << 25;
        QTest::newRow("Blackwell") << QByteArray("100") << 20;
    }
    void everyKernelIsRightFromTheWindowsSideToCublas()
    {
        QFETCH(QByteArray, capability);
        QFETCH(int, least);
        WorkerOptions options;
        const auto found = devices(capability.constData(), options);
        QCOMPARE(found.size(), std::size_t(1));
        const auto backend = makeGpuBackend(found.front(), options);
        int tried = 0;
        for (const GemmKernel& kernel : backend->kernels()) {
            const GemmShape shape{12, 64, 256};
            if (backend->obstacle(kernel, shape))
                continue;
            ++tried;
            const auto run = backend->run(kernel, {shape, GemmData::Outliers, 3, {}}, {0.02}, {}, {});
            QVERIFY2(run, run ? "" : (kernel.id + ": " + run.error().message).c_str());
            QVERIFY(run->accumulationError <= run->bound && run->medianSeconds > 0);
            // What quantization did is what core says it does, whoever multiplies.
            QVERIFY(std::abs(run->relativeError - run->quantizationError) <= 1e-2 * run->quantizationError + 1e-3);
            QCOMPARE(run->quantizingSeconds > 0, gpu::findKernelRow(kernel.id)->quantizesX);
        }
        QVERIFY2(tried >= least, std::to_string(tried).c_str());
    }

    void aFaultOfAKernelIsASentenceAndTheNextProductWorks()
    {
        WorkerOptions options;
        const auto found = devices("90", options);
        QCOMPARE(found.size(), std::size_t(1));
        const auto run = [&](const char* fault) {
            if (*fault)
                qputenv("PRETENDED_FAULT", QByteArray("fp32_naive=") + fault);
            else
                qunsetenv("PRETENDED_FAULT");
            const auto backend = makeGpuBackend(found.front(), options);
            for (const GemmKernel& kernel : backend->kernels())
                if (kernel.id == "fp32_naive")
                    return backend->run(kernel, {{8, 8, 8}, GemmData::Normal, 3, {}}, {0.02}, {}, {});
            return Result<GemmRun>(failure(Error::Kind::NotFound, "no such kernel"));
        };
        options.silence = 700ms;
        struct Case { const char *fault, *says; };
        for (const Case& one : {Case{"crash", "crashed"}, Case{"hang", "did not answer"}, Case{"sticky", "a pretended failure"}, Case{"wrong", "is wrong"}}) {
            const auto failed = run(one.fault);
            QVERIFY2(!failed, one.fault);
            QVERIFY2(failed.error().message.find(one.says) != std::string::npos, failed.error().message.c_str());
            QVERIFY(run(""));
        }
    }

    void sumsThatOverflowFp16AreSaidToAndNotCalledWrong()
    {
        WorkerOptions options;
        const auto found = devices("90", options);
        QCOMPARE(found.size(), std::size_t(1));
        const auto backend = makeGpuBackend(found.front(), options);
        constexpr GemmShape shape{4, 16, 2048};
        const auto large = std::make_shared<const std::vector<float>>(std::size_t(16 * 2048), 3000.0f);
        for (const GemmKernel& kernel : backend->kernels()) {
            if (kernel.id != "fp16_acc16" && kernel.id != "fp16")
                continue;
            const auto run = backend->run(kernel, {shape, GemmData::Normal, 3, large}, {0.02}, {}, {});
            QCOMPARE(bool(run), kernel.id == "fp16");
            if (!run)
                QVERIFY2(run.error().message.find("larger than 65504") != std::string::npos, run.error().message.c_str());
        }
    }

    void tooLittleMemoryIsASentenceAndTheSameWorkerGoesOn()
    {
        qputenv("PRETENDED_MEBIBYTES", "8");   // Less than cuBLASLt's workspace.
        WorkerOptions options;
        const auto found = devices("90", options);
        QCOMPARE(found.size(), std::size_t(1));
        const auto backend = makeGpuBackend(found.front(), options);
        const auto run = [&](const char* id, const GemmShape& shape) {
            for (const GemmKernel& kernel : backend->kernels())
                if (kernel.id == id)
                    return backend->run(kernel, {shape, GemmData::Normal, 3, {}}, {0.02}, {}, {});
            return Result<GemmRun>(failure(Error::Kind::NotFound, "no such kernel"));
        };
        const auto full = run("fp32", {8, 8, 8});
        QVERIFY(!full && full.error().message.find("too little free memory") != std::string::npos);
        QVERIFY(run("fp32_naive", {8, 8, 8}));
        const auto large = run("fp32_naive", {600, 600, 600});   // Twice 4.3 MB is more than 70 % of 8 MiB.
        QVERIFY(!large && large.error().message.find("do not fit into the memory") != std::string::npos);
    }

    void cleanupTestCase()
    {
        qunsetenv("PRETENDED_MEBIBYTES");
        qunsetenv("PRETENDED_FAULT");
        qunsetenv("PRETENDED_CAPABILITY");
    }
};

QUANTOSCOPE_TEST(tst_pretended_worker, TestPretendedWorker)
#include "tst_pretended_worker.moc"
