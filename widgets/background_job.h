// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/progress.h"
#include "core/result.h"

#include <QObject>
#include <QPointer>
#include <QThreadPool>

#include <functional>
#include <memory>
#include <type_traits>

namespace quantoscope {

/// Where a job runs: answers to a person's last movement never wait behind a long scan.
enum class Pool { Interactive, Bulk };
QThreadPool& pool(Pool);
/// Asks every running job to stop and waits for them; called once when the program ends.
void stopAllJobs();

/// One computation at a time for one purpose. Starting again cancels the one before, whose answer is
/// then never delivered. Lives in the window's thread; the work gets copies of what it needs and
/// touches nothing of the window. Destroying it cancels.
class BackgroundJob : public QObject {
    Q_OBJECT

public:
    explicit BackgroundJob(Pool pool, QObject* parent = nullptr);
    ~BackgroundJob() override;

    /// Runs `work(Progress)` on the pool, then `done(answer)` in this object's thread unless the job
    /// was cancelled or restarted meanwhile.
    template <class Work, class Done>
    void start(Work work, Done done)
    {
        using Answer = std::invoke_result_t<Work, Progress>;
        launch([work = std::move(work), done = std::move(done)](Progress progress) mutable -> std::function<void()> {
            auto answer = std::make_shared<Answer>(work(std::move(progress)));
            return [answer, done = std::move(done)]() mutable { done(std::move(*answer)); };
        });
    }

    void cancel();
    bool isRunning() const;

signals:
    void started();
    void progressed(double fraction);   ///< At most every 50 ms.
    void finished();                    ///< After `done`, and after a cancel.

private:
    void launch(std::function<std::function<void()>(Progress)> task);

    struct Run;
    std::shared_ptr<Run> m_run;
    Pool m_pool;
};

}  // namespace quantoscope
