// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/gemm/roofline.h"
#include "widgets/background_job.h"

#include <QObject>
#include <QTimer>

#include <deque>
#include <mutex>

namespace quantoscope {

/// One thing to measure: a kernel on a problem.
struct GemmTask {
    GemmKernel kernel;
    GemmProblem problem;
};

/// Measures kernels one after another in the background, and tells the window what has come in twenty
/// times a second: the window never waits for a product, and a cancel is answered at once.
class GemmRunner : public QObject {
    Q_OBJECT

public:
    explicit GemmRunner(QObject* parent = nullptr);

    void start(std::shared_ptr<GemmBackend> backend, std::vector<GemmTask> tasks, TimeBudget budget);
    void cancel();
    bool isRunning() const { return m_job.isRunning(); }
    int done() const { return m_done; }
    int total() const { return m_total; }

signals:
    void measured(const quantoscope::GemmTask& task, const quantoscope::GemmRun& run);   ///< Growing, then final.
    void obstructed(const quantoscope::GemmTask& task, const QString& sentence);
    void finished(const QString& problem);   ///< Empty when all went well or was cancelled.

private:
    /// What the measuring thread leaves for the window. Shared, so that neither has to outlive the other.
    struct Mailbox {
        struct Letter {
            std::size_t task;
            std::optional<GemmRun> run;
            std::string obstacle;
        };
        std::mutex mutex;
        std::deque<Letter> letters;
    };
    void empty();

    BackgroundJob m_job;
    QTimer m_timer;
    std::shared_ptr<Mailbox> m_mailbox;
    std::vector<GemmTask> m_tasks;
    int m_done = 0;
    int m_total = 0;
};

}  // namespace quantoscope
