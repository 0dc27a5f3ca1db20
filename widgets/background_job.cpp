// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/background_job.h"

#include <QElapsedTimer>
#include <QMutex>

#include <algorithm>
#include <atomic>
#include <utility>
#include <vector>

#ifdef Q_OS_LINUX
#include <sys/resource.h>
#include <unistd.h>
#endif

namespace quantoscope {

/// One run of a job. Shared by the window and the pool, so that either may forget it first.
struct BackgroundJob::Run {
    std::stop_source stop;
    QElapsedTimer sinceReport;
    std::atomic<qint64> lastReport{-1000};
};

namespace {

/// The stop sources of everything that runs, for the end of the program.
struct RunningJobs {
    QMutex mutex;
    std::vector<std::stop_source> sources;
};

RunningJobs& runningJobs()
{
    static RunningJobs jobs;
    return jobs;
}

}  // namespace

namespace {

/// Work in bulk takes every core; where there are few, the window's thread would wait behind it for its frame. So
/// the threads of that pool, and those that they start, stand back whenever a thread of ordinary priority wants a core;
/// with cores to spare nothing changes. (On Linux the value is a thread's own, whatever POSIX says of processes.)
void yieldToTheWindow()
{
#ifdef Q_OS_LINUX
    thread_local bool isDone = false;
    if (!std::exchange(isDone, true))
        setpriority(PRIO_PROCESS, id_t(gettid()), 5);
#endif
}

}  // namespace

QThreadPool& pool(Pool which)
{
    static QThreadPool interactive;
    static QThreadPool bulk;
    QThreadPool& chosen = which == Pool::Interactive ? interactive : bulk;
    // At least two each: a cancelled job may still be on its way out when the next one starts.
    if (chosen.maxThreadCount() < 2)
        chosen.setMaxThreadCount(2);
    return chosen;
}

void stopAllJobs()
{
    {
        QMutexLocker lock(&runningJobs().mutex);
        for (std::stop_source& source : runningJobs().sources)
            source.request_stop();
    }
    pool(Pool::Interactive).clear();
    pool(Pool::Bulk).clear();
    pool(Pool::Interactive).waitForDone();
    pool(Pool::Bulk).waitForDone();
}

BackgroundJob::BackgroundJob(Pool pool, QObject* parent)
    : QObject(parent)
    , m_pool(pool)
{
}

BackgroundJob::~BackgroundJob()
{
    // Without a word: who listened to finished() may be half destroyed, as when a window closes in mid-scan.
    if (m_run)
        m_run->stop.request_stop();
}

void BackgroundJob::cancel()
{
    if (!m_run)
        return;
    m_run->stop.request_stop();
    m_run.reset();
    emit finished();
}

bool BackgroundJob::isRunning() const
{
    return m_run != nullptr;
}

void BackgroundJob::launch(std::function<std::function<void()>(Progress)> task)
{
    if (m_run)
        m_run->stop.request_stop();
    m_run = std::make_shared<Run>();
    m_run->sinceReport.start();
    {
        QMutexLocker lock(&runningJobs().mutex);
        runningJobs().sources.push_back(m_run->stop);
    }
    emit started();

    const auto job = QPointer<BackgroundJob>(this);
    const auto run = m_run;
    // The receiver of both calls is this object: Qt drops them if it is gone by then. It may be
    // destroyed while the task runs, so the pool's thread posts through a context that outlives it.
    auto* mailbox = new QObject;
    const auto report = [job, run, mailbox](double fraction) {
        const qint64 now = run->sinceReport.elapsed();
        qint64 last = run->lastReport.load();
        if (now - last < 50 || !run->lastReport.compare_exchange_strong(last, now))
            return;
        QMetaObject::invokeMethod(mailbox, [job, run, fraction] {
            if (job && job->m_run == run)
                emit job->progressed(fraction);
        }, Qt::QueuedConnection);
    };
    pool(m_pool).start([which = m_pool, task = std::move(task), job, run, mailbox, report]() mutable {
        if (which == Pool::Bulk)
            yieldToTheWindow();
        std::function<void()> deliver;
        if (!run->stop.stop_requested())
            deliver = task(Progress{run->stop.get_token(), report});
        {
            QMutexLocker lock(&runningJobs().mutex);
            std::erase_if(runningJobs().sources,
                          [&](const std::stop_source& source) { return source == run->stop; });
        }
        QMetaObject::invokeMethod(mailbox, [job, run, mailbox, deliver = std::move(deliver)] {
            if (job && job->m_run == run) {
                job->m_run.reset();
                if (deliver && !run->stop.stop_requested())
                    deliver();
                if (job && !job->m_run)
                    emit job->finished();
            }
            mailbox->deleteLater();
        }, Qt::QueuedConnection);
    });
}

}  // namespace quantoscope
