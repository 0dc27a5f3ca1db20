// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/background_job.h"

#include "tests/test_case.h"

#include <QSignalSpy>
#include <QThread>

#include <atomic>
#include <memory>

#include <optional>

#ifdef Q_OS_LINUX
#include <sys/resource.h>
#include <unistd.h>
#endif

using namespace quantoscope;

namespace {

/// Runs until it is cancelled, as a scan of a large file does.
bool runUntilCancelled(const Progress& progress)
{
    while (!progress.cancelled())
        QThread::msleep(1);
    return false;
}

}  // namespace

class TestBackgroundJob : public QObject {
    Q_OBJECT

private slots:
    void theAnswerArrivesInTheWindowsThread()
    {
        BackgroundJob job(Pool::Interactive);
        QThread* deliveredIn = nullptr;
        int answer = 0;
        job.start([](Progress) { return 42; }, [&](int found) { answer = found; deliveredIn = QThread::currentThread(); });
        QTRY_COMPARE(answer, 42);
        QCOMPARE(deliveredIn, QThread::currentThread());
        QVERIFY(!job.isRunning());
    }

    void startingAgainDeliversOnlyTheLastAnswer()
    {
        BackgroundJob job(Pool::Interactive);
        int first = 0;
        int second = 0;
        job.start([](Progress progress) { return runUntilCancelled(progress); }, [&](bool) { ++first; });
        job.start([](Progress) { return true; }, [&](bool) { ++second; });
        QTRY_COMPARE(second, 1);
        QTest::qWait(20);
        QCOMPARE(first, 0);
    }

    void aCancelledJobSaysThatItHasFinishedAndDeliversNothing()
    {
        BackgroundJob job(Pool::Bulk);
        QSignalSpy finished(&job, &BackgroundJob::finished);
        bool delivered = false;
        job.start([](Progress progress) { return runUntilCancelled(progress); }, [&](bool) { delivered = true; });
        job.cancel();
        QCOMPARE(finished.size(), 1);
        QVERIFY(!job.isRunning());
        QTest::qWait(20);
        QVERIFY(!delivered);
    }

    void aJobThatIsDestroyedStopsItsWorkAndSaysNothing()
    {
        // A listener is often a sibling, destroyed before the job when a window closes in mid-scan.
        auto job = std::make_unique<BackgroundJob>(Pool::Bulk);
        QSignalSpy finished(job.get(), &BackgroundJob::finished);
        auto hasBegun = std::make_shared<std::atomic<bool>>(false);
        auto hasStopped = std::make_shared<std::atomic<bool>>(false);
        job->start([hasBegun, hasStopped](Progress progress) {
            hasBegun->store(true);
            runUntilCancelled(progress);
            hasStopped->store(true);
            return true;
        }, [](bool) {});
        QTRY_VERIFY(hasBegun->load());
        job.reset();
        QCOMPARE(finished.size(), 0);
        QTRY_VERIFY(hasStopped->load());
    }

    void workInBulkStandsBackForTheWindow()
    {
#ifndef Q_OS_LINUX
        QSKIP("threads have a niceness of their own on Linux only");
#else
        const auto nicenessIn = [](Pool pool) {
            BackgroundJob job(pool);
            std::optional<int> niceness;
            job.start([](const Progress&) { return getpriority(PRIO_PROCESS, id_t(gettid())); }, [&](int found) { niceness = found; });
            if (!QTest::qWaitFor([&] { return niceness.has_value(); }, 10000))
                qFatal("the job gave no answer");
            return *niceness;
        };
        const int window = getpriority(PRIO_PROCESS, id_t(gettid()));
        QCOMPARE(nicenessIn(Pool::Interactive), window);
        QVERIFY(nicenessIn(Pool::Bulk) > window || window >= 5);
        QCOMPARE(getpriority(PRIO_PROCESS, id_t(gettid())), window);   // Of its own thread alone.
#endif
    }
};

QUANTOSCOPE_TEST(tst_background_job, TestBackgroundJob)
#include "tst_background_job.moc"
