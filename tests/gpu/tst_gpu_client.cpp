// SPDX-License-Identifier: Apache-2.0
#include "gpu/client/driver_probe.h"
#include "gpu/client/gpu_client.h"
#include "gpu/kernel_table.h"

#include "tests/gpu/worker_faults.h"
#include "tests/test_case.h"

#include <QDir>
#include <QFile>

#include <csignal>
#include <thread>

#include <unistd.h>

using namespace quantoscope;
using namespace quantoscope::test;
using namespace std::chrono_literals;

namespace {

const GemmKernel& kernel(const GemmBackend& backend, const std::string& id)
{
    for (const GemmKernel& one : backend.kernels())
        if (one.id == id)
            return one;
    qFatal("no such kernel");
}

Result<GemmRun> runOnce(GemmBackend& backend, const std::string& id, const GemmShape& shape = {16, 32, 48}, Progress progress = {})
{
    return backend.run(kernel(backend, id), {shape, GemmData::Normal, 3, {}}, {0.05}, {}, progress);
}

int openDescriptors()
{
    return int(QDir(QStringLiteral("/proc/self/fd")).entryList(QDir::Files | QDir::System | QDir::NoDotAndDotDot).size());
}

int childProcesses()
{
    QFile file(QStringLiteral("/proc/self/task/%1/children").arg(getpid()));
    if (!file.open(QFile::ReadOnly))
        return -1;
    const QByteArray ids = file.readAll().simplified();
    return ids.isEmpty() ? 0 : int(ids.count(' ')) + 1;
}

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool keepsFreedMemory = true;
#else
constexpr bool keepsFreedMemory = false;
#endif

/// Memory of this process that is its own, in KiB.
long residentKibibytes()
{
    QFile file(QStringLiteral("/proc/self/statm"));
    if (!file.open(QFile::ReadOnly))
        return -1;
    const QByteArrayList pages = file.readAll().split(' ');
    return (pages.value(1).toLong() - pages.value(2).toLong()) * (sysconf(_SC_PAGESIZE) / 1024);
}

}  // namespace

class TestGpuClient : public QObject {
    Q_OBJECT

private slots:
    void aHealthyWorkerIsWithinTheBoundForEveryKernelItPretends()
    {
        const auto devices = describeGpus(fakeWorker());
        QVERIFY(devices && devices->size() == 1);
        QCOMPARE(deviceInfo(devices->front()).computeCapability, std::string("9.0"));
        const auto backend = makeGpuBackend(devices->front(), fakeWorker());
        int tried = 0;
        for (const GemmKernel& one : backend->kernels()) {
            if (backend->obstacle(one, {16, 32, 128}))
                continue;   // Pretended is a Hopper.
            ++tried;
            const auto run = runOnce(*backend, one.id, {16, 32, 128});
            QVERIFY2(run, run ? "" : (one.id + ": " + run.error().message).c_str());
            QVERIFY(run->accumulationError <= run->bound);
            QCOMPARE(run->samples.size(), std::size_t(5));
            QCOMPARE(run->medianSeconds, 1.02e-3);
            QVERIFY(run->isFinal && run->device == "cuda:0");
            QCOMPARE(run->quantizingSeconds, gpu::findKernelRow(one.id)->quantizesX ? 3e-4 : 0.0);
        }
        QVERIFY(tried >= 20);
        QCOMPARE(runOnce(*backend, "int8")->accumulationError, 0.0);
    }

    void everyFaultEndsAsASentenceAndTheNextProductWorks_data() { addFaultRows(); }
    void everyFaultEndsAsASentenceAndTheNextProductWorks()
    {
        QFETCH(QByteArray, fault);
        QFETCH(QByteArray, says);
        const auto backend = makeGpuBackend(pretendedGpu, fakeWorker(fault.toStdString()));
        const auto start = std::chrono::steady_clock::now();
        for (int again = 0; again < 2; ++again) {   // The second one starts the worker again.
            const auto run = runOnce(*backend, "fp16");
            QVERIFY(!run && run.error().kind == Error::Kind::Device);
            QVERIFY2(run.error().message.find(says.toStdString()) != std::string::npos, run.error().message.c_str());
            QVERIFY(run.error().message.ends_with("."));
        }
        QVERIFY(std::chrono::steady_clock::now() - start < 12s);
        QVERIFY(runOnce(*makeGpuBackend(pretendedGpu, fakeWorker()), "fp16"));
    }

    void theClientIsUsableAfterAWorkerThatDiedBetweenProducts()
    {
        const auto backend = makeGpuBackend(pretendedGpu, fakeWorker());
        QVERIFY(runOnce(*backend, "fp16"));
        QFile children(QStringLiteral("/proc/self/task/%1/children").arg(getpid()));
        QVERIFY(children.open(QFile::ReadOnly));
        const int worker = children.readAll().simplified().toInt();
        QVERIFY(worker > 0 && kill(worker, SIGKILL) == 0);
        std::this_thread::sleep_for(50ms);
        QVERIFY(runOnce(*backend, "fp16"));
    }

    void listingDevicesSurvivesEveryFault()
    {
        for (const char* fault : {"crash", "exit", "hang", "garbage", "long message", "wrong version", "half a message", "out of memory"}) {
            const auto devices = describeGpus(fakeWorker(fault));
            QVERIFY2(!devices && !devices.error().message.empty(), fault);
        }
        const auto missing = describeGpus({"/nowhere/quantoscope-gpu", {}});
        QVERIFY(!missing);
    }

    void cancellingIsAnsweredWithinATenthOfASecond_data()
    {
        QTest::addColumn<QByteArray>("fault");
        QTest::newRow("a worker that listens") << QByteArray("slow");
        QTest::newRow("a worker that hangs") << QByteArray("hang");
    }
    void cancellingIsAnsweredWithinATenthOfASecond()
    {
        QFETCH(QByteArray, fault);
        const auto backend = makeGpuBackend(pretendedGpu, fakeWorker(fault.toStdString()));
        for (int again = 0; again < 2; ++again) {
            std::stop_source source;
            std::chrono::steady_clock::time_point stopped;
            std::jthread stopper([&] {
                std::this_thread::sleep_for(200ms);
                stopped = std::chrono::steady_clock::now();
                source.request_stop();
            });
            const auto run = runOnce(*backend, "fp16", {16, 32, 48}, Progress{source.get_token(), [](double) {}});
            QVERIFY(!run && run.error().kind == Error::Kind::Cancelled);
            // Promised: 100 ms. The machine that tests may be doing other work as well.
            QVERIFY(std::chrono::steady_clock::now() - stopped < 5s);
        }
    }

    void manyStartsAndKillsLeakNothing()
    {
        const auto startAndKill = [](int i) {
            auto worker = WorkerProcess::start(fakeWorker(i % 3 == 0 ? "crash" : ""));
            QVERIFY(worker);
            if (i % 2 == 0)
                QVERIFY((*worker)->send(gpu::MessageType::Describe));
            if (i % 5 == 0)
                QVERIFY((*worker)->reserve(1 << 20));   // Memory that both share goes with the last of them.
        };
        QVERIFY(runOnce(*makeGpuBackend(pretendedGpu, fakeWorker()), "fp16"));
        for (int i = 0; i < 100; ++i)
            startAndKill(i);
        const int descriptors = openDescriptors(), children = childProcesses();
        const long memory = residentKibibytes();
        const int rounds = qEnvironmentVariableIsSet("QUANTOSCOPE_LONG_TESTS") ? 10000 : 300;
        for (int i = 0; i < rounds; ++i)
            startAndKill(i);
        qInfo("%d starts and kills: descriptors %d, then %d; child processes, zombies too, %d, then %d; own memory %ld KiB, then %ld",
              rounds, descriptors, openDescriptors(), children, childProcesses(), memory, residentKibibytes());
        QCOMPARE(openDescriptors(), descriptors);
        QCOMPARE(childProcesses(), children);
        // A sanitizer keeps what was freed for a while; a leak of 100 bytes a start would be a MiB.
        QVERIFY(keepsFreedMemory || residentKibibytes() - memory < 1024);
    }

    void theKernelTableSaysWhyAShapeOrADeviceIsUnsuitable()
    {
        const auto sentence = [](const char* id, int capability, std::int64_t n, std::int64_t k) {
            return gpu::obstacleOf(*gpu::findKernelRow(id), capability, std::uint64_t{80} << 30, 16, n, k).value_or("");
        };
        QCOMPARE(sentence("e4m3", 90, 32, 32), std::string());
        QCOMPARE(sentence("e4m3", 80, 32, 32), std::string("FP8 E4M3 needs compute capability 8.9; this GPU has 8.0."));
        QCOMPARE(sentence("e4m3", 90, 32, 24), std::string("K must be a multiple of 16 for FP8 E4M3."));
        QCOMPARE(sentence("int8", 90, 30, 32), std::string("N must be a multiple of 4 for INT8."));
        QVERIFY(!sentence("fp32", 90, 0, 1).empty());
        QVERIFY(!sentence("fp32", 90, 1 << 24, 1 << 24).empty());
        QVERIFY(!sentence("fp32_naive", 90, 16384, 65536).empty());
        QCOMPARE(sentence("e4m3_row", 89, 32, 32), std::string("FP8 E4M3 per row needs compute capability 9.0; this GPU has 8.9."));
        QCOMPARE(sentence("e4m3_block", 100, 32, 32), std::string("FP8 E4M3 per block is only in GPUs of compute capability 9.0; this GPU has 10.0."));
        QCOMPARE(sentence("mxfp8", 90, 32, 32), std::string("MXFP8 E4M3 needs compute capability 10.0; this GPU has 9.0."));
        QCOMPARE(sentence("nvfp4", 120, 32, 32), std::string());
    }

    void theDriverIsProbedQuicklyAndTheAnswerIsASentence()
    {
        const auto start = std::chrono::steady_clock::now();
        const DriverProbe missing = probeDriver("libquantoscope-no-such-driver.so.1");
        QVERIFY(missing.state == DriverProbe::State::Missing && missing.sentence.ends_with("."));
        // A library that is there and is no driver.
        QVERIFY(probeDriver("libm.so.6").state == DriverProbe::State::Damaged);
        const auto fake = [](const char* name) { return probeDriver((std::string(FAKE_DRIVER_FOLDER "/libfake_driver_") + name + ".so").c_str()); };
        const DriverProbe old = fake("too_old");
        QVERIFY(old.state == DriverProbe::State::TooOld);
        QVERIFY2(old.sentence.find("CUDA up to 11.4") != std::string::npos && old.sentence.ends_with("."), old.sentence.c_str());
        QVERIFY(fake("stub").state == DriverProbe::State::Stub && fake("stub").sentence.ends_with("."));
        QVERIFY(fake("broken").state == DriverProbe::State::Damaged && fake("broken").sentence.find("999") != std::string::npos);
        QVERIFY(std::chrono::steady_clock::now() - start < 5s);
        QVERIFY(!findGpus().empty());
        QVERIFY(!makeGpuBackend("cuda:99"));
    }
};

QUANTOSCOPE_TEST(tst_gpu_client, TestGpuClient)
#include "tst_gpu_client.moc"
