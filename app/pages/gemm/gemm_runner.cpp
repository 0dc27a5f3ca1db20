// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/pages/gemm/gemm_runner.h"

namespace quantoscope {

GemmRunner::GemmRunner(QObject* parent)
    : QObject(parent)
    , m_job(Pool::Bulk)
{
    m_timer.setInterval(50);
    connect(&m_timer, &QTimer::timeout, this, &GemmRunner::empty);
}

void GemmRunner::start(std::shared_ptr<GemmBackend> backend, std::vector<GemmTask> tasks, TimeBudget budget)
{
    m_tasks = std::move(tasks);
    m_done = 0;
    m_total = int(m_tasks.size());
    auto mailbox = std::make_shared<Mailbox>();
    m_mailbox = mailbox;
    m_timer.start();
    m_job.start(
        [backend = std::move(backend), tasks = m_tasks, budget, mailbox](Progress progress) -> QString {
            const auto post = [&](Mailbox::Letter letter) {
                const std::lock_guard lock(mailbox->mutex);
                // Of a run that still grows only the latest matters.
                if (!mailbox->letters.empty() && letter.run && mailbox->letters.back().task == letter.task)
                    mailbox->letters.back() = std::move(letter);
                else
                    mailbox->letters.push_back(std::move(letter));
            };
            // A kernel that fails costs itself; a device that fails twice in a row is not asked again.
            int failures = 0;
            QString lastProblem;
            for (std::size_t index = 0; index < tasks.size() && !progress.cancelled(); ++index) {
                const GemmTask& task = tasks[index];
                if (const auto sentence = backend->obstacle(task.kernel, task.problem.shape)) {
                    post({index, std::nullopt, *sentence});
                    continue;
                }
                const auto run = backend->run(task.kernel, task.problem, budget,
                                              [&](const GemmRun& partial) { post({index, partial, {}}); }, progress);
                if (run) {
                    post({index, *run, {}});
                    failures = 0;
                } else if (run.error().kind != Error::Kind::Cancelled) {
                    post({index, std::nullopt, run.error().message});
                    if (run.error().kind != Error::Kind::Device || ++failures == 2)
                        return QString::fromStdString(run.error().message);
                    lastProblem = QString::fromStdString(run.error().message);
                }
            }
            return lastProblem;
        },
        [this](const QString& problem) {
            empty();
            m_timer.stop();
            emit finished(problem);
        });
}

void GemmRunner::cancel()
{
    if (!isRunning())
        return;
    m_job.cancel();
    empty();
    m_timer.stop();
    emit finished({});
}

void GemmRunner::empty()
{
    std::deque<Mailbox::Letter> letters;
    {
        const std::lock_guard lock(m_mailbox->mutex);
        letters.swap(m_mailbox->letters);
    }
    for (const Mailbox::Letter& letter : letters) {
        const GemmTask& task = m_tasks[letter.task];
        m_done = int(letter.task) + int(!letter.run || letter.run->isFinal);
        if (letter.run)
            emit measured(task, *letter.run);
        else
            emit obstructed(task, QString::fromStdString(letter.obstacle));
    }
}

}  // namespace quantoscope
