// SPDX-License-Identifier: GPL-3.0-or-later
// The part of GemmFigure that measures: what is run, and what becomes of the figures as they come in.
#include "app/pages/gemm/gemm_figure.h"

#include "app/pages/gemm/gemm_bar.h"
#include "app/pages/gemm/growth_panel.h"
#include "app/pages/gemm/kernel_groups.h"
#include "app/pages/gemm/ladder_rungs.h"
#include "app/pages/gemm/outlier_panel.h"
#include "app/workspace.h"
#include "core/gemm/gemm_operands.h"
#include "core/gemm/gemm_problem_text.h"
#include "widgets/controls.h"
#include "widgets/roofline_plot.h"

#include <algorithm>

namespace quantoscope {

QStringList GemmFigure::leftOut() const
{
    if (m_state.leftOut)
        return *m_state.leftOut;
    QStringList rest;
    for (const GemmKernel& kernel : m_backend->kernels()) {
        if (!isMeasuredAtFirst(kernel.id))
            rest << QString::fromStdString(kernel.id);
    }
    return rest;
}

std::vector<GemmKernel> GemmFigure::kernelsToRun() const
{
    const QStringList leftOut = this->leftOut();
    std::vector<GemmKernel> kernels;
    for (const GemmKernel& kernel : m_backend->kernels()) {
        if (!leftOut.contains(QString::fromStdString(kernel.id)))
            kernels.push_back(kernel);
    }
    return kernels;
}

Result<GemmProblem> GemmFigure::makeProblem(const GemmShape& shape)
{
    GemmProblem problem{shape, GemmData::Normal, m_state.seed, nullptr};
    if (m_state.data != QLatin1String("tensor")) {
        problem.data = findGemmData(m_state.data.toStdString()).value_or(GemmData::Normal);
        return problem;
    }
    const TensorInfo* tensor = m_workspace.tensor();
    if (!tensor)
        return failure(Error::Kind::NotFound, tr("No tensor is open whose values could be the weights.").toStdString());
    if (const auto sentence = problemObstacle(shape, m_backend->device().memoryBytes))
        return failure(Error::Kind::Unsupported, *sentence);
    problem.weights = m_weights;
    return problem;
}

namespace {

using Weights = std::shared_ptr<const std::vector<float>>;

Result<Weights> readWeights(const TensorSource& source, const TensorInfo& tensor, const Progress& progress)
{
    constexpr std::int64_t atOnce = std::int64_t{1} << 20;
    auto values = std::make_shared<std::vector<float>>(std::size_t(tensor.count));
    for (std::int64_t first = 0; first < tensor.count; first += atOnce) {
        if (progress.cancelled())
            return failure(Error::Kind::Cancelled, "Stopped.");
        const std::int64_t count = std::min(atOnce, tensor.count - first);
        if (auto read = source.read(tensor, {first, count}, std::span(*values).subspan(std::size_t(first), std::size_t(count))); !read)
            return tl::unexpected(read.error());
    }
    return Weights(std::move(values));
}

}  // namespace

/// Whether the weights of the open tensor are being read first; `run` is called again once they are there.
bool GemmFigure::readsWeightsBefore(void (GemmFigure::*run)())
{
    const TensorInfo* tensor = m_workspace.tensor();
    const bool isReady = m_state.data != QLatin1String("tensor") || m_weights || !tensor;
    if (isReady || problemObstacle(m_state.shape, m_backend->device().memoryBytes))
        return false;
    m_runner.cancel();   // What is still measured is of other weights.
    m_bar->setRunning(true);
    m_bar->setProgress(tr("Reading the weights"));
    m_weightsJob.start(
        [model = m_workspace.model(), info = *tensor](const Progress& progress) { return readWeights(*model, info, progress); },
        [this, run](Result<Weights> weights) {
            m_bar->setRunning(false);
            m_bar->setProgress({});
            m_hasRun = true;
            if (weights)
                m_weights = *weights;
            if (weights)
                return (this->*run)();
            if (weights.error().kind != Error::Kind::Cancelled)
                emit Figure::problem(QString::fromStdString(weights.error().message));
            settle();
        });
    return true;
}

void GemmFigure::cancelRun()
{
    if (m_weightsJob.isRunning()) {
        m_weightsJob.cancel();
        m_hasRun = true;
        m_bar->setRunning(false);
        m_bar->setProgress({});
        settle();
    }
    m_runner.cancel();
}

void GemmFigure::start(std::vector<GemmTask> tasks, TimeBudget budget)
{
    m_hasRun = true;
    emit Figure::problem(m_deviceProblem);
    m_bar->setRunning(true);
    m_runner.start(m_backend, std::move(tasks), budget);
}

void GemmFigure::run()
{
    if (m_openJob.isRunning())
        return;   // The GPU has not answered yet; its answer runs.
    if (readsWeightsBefore(&GemmFigure::run))
        return;
    m_purpose = Purpose::Kernels;
    m_isSure = false;
    m_obstacles.clear();
    const auto problem = makeProblem(m_state.shape);
    if (!problem) {
        m_hasRun = true;
        emit Figure::problem(QString::fromStdString(problem.error().message));
        return;
    }
    std::vector<GemmTask> tasks;
    for (const GemmKernel& kernel : kernelsToRun())
        tasks.push_back({kernel, *problem});
    // Old figures of another shape would lie about this one.
    m_measured.clear();
    refresh();
    start(std::move(tasks), {m_state.seconds});
}

/// What is ticked and has no figures yet: the others keep theirs.
void GemmFigure::runMissing()
{
    if (readsWeightsBefore(&GemmFigure::runMissing))
        return;
    const QStringList leftOut = this->leftOut();
    std::erase_if(m_measured, [&](const MeasuredKernel& each) { return leftOut.contains(each.id()); });
    const auto problem = makeProblem(m_state.shape);
    if (m_openJob.isRunning() || !problem)
        return refresh();
    std::vector<GemmTask> tasks;
    for (const GemmKernel& kernel : kernelsToRun()) {
        const auto found = std::ranges::find_if(m_measured, [&](const MeasuredKernel& each) { return each.kernel.id == kernel.id; });
        const bool isKnown = (found != m_measured.end() && found->run.isFinal) || m_obstacles.contains(QString::fromStdString(kernel.name));
        if (!isKnown)
            tasks.push_back({kernel, *problem});
    }
    refresh();
    if (tasks.empty())
        return;
    m_purpose = Purpose::Kernels;
    start(std::move(tasks), {m_state.seconds});
}

void GemmFigure::tick(const QStringList& kernelIds, bool runs)
{
    QStringList rest = leftOut();
    for (const QString& id : kernelIds)
        runs ? void(rest.removeAll(id)) : rest.append(id);
    m_state.leftOut = rest;
    change(tr("choose kernels"));
    runMissing();
}

void GemmFigure::runSweep()
{
    if (readsWeightsBefore(&GemmFigure::runSweep))
        return;
    m_purpose = Purpose::Sweep;
    m_sweep.clear();
    std::vector<GemmTask> tasks;
    for (std::int64_t m = 1; m <= 1024; m *= 4) {
        GemmShape shape = m_state.shape;
        shape.m = m;
        const auto problem = makeProblem(shape);
        if (!problem) {
            emit Figure::problem(QString::fromStdString(problem.error().message));
            return;
        }
        for (const GemmKernel& kernel : kernelsToRun())
            tasks.push_back({kernel, *problem});
    }
    start(std::move(tasks), {std::min(m_state.seconds, 0.1)});
}

void GemmFigure::take(const GemmTask& task, const GemmRun& run)
{
    if (run.samples.empty())
        return;   // not timed yet: there is no place for it on a logarithmic axis
    if (leftOut().contains(QString::fromStdString(task.kernel.id)))
        return;   // Taken out of the list while it ran.
    const auto same = [&](const MeasuredKernel& each) { return each.kernel.id == task.kernel.id; };
    const auto found = std::ranges::find_if(m_measured, same);
    if (found != m_measured.end())
        found->run = run;
    else
        m_measured.push_back({task.kernel, run});
    m_bar->setProgress(tr("Measuring %1 · %2 of %3")
                           .arg(QString::fromStdString(task.kernel.name))
                           .arg(std::min(m_runner.done() + 1, m_runner.total()))
                           .arg(m_runner.total()));
    refresh();
}

void GemmFigure::takeSweep(const GemmTask& task, const GemmRun& run)
{
    if (run.samples.empty())
        return;
    m_sweep[task.kernel.id][task.problem.shape.m] = run;
    m_bar->setProgress(tr("Sweep: M = %1 · %2 of %3").arg(task.problem.shape.m).arg(m_runner.done()).arg(m_runner.total()));
    // Redrawing the lines for every sample would take frames from the window.
    if (run.isFinal && !m_sweepPause.isActive())
        m_sweepPause.start();
}

void GemmFigure::finishRun(const QString& sentence)
{
    m_bar->setRunning(false);
    m_bar->setProgress({});
    if (!sentence.isEmpty())
        emit Figure::problem(sentence);
    refresh();
    refreshSweep();
    refreshLadder();
    raiseRoof();
    // A roof that a product went through was measured while the machine was busy: once more, and the best is kept.
    const bool isLow = std::ranges::any_of(m_measured, [this](const MeasuredKernel& each) {
        return whyAboveRoof(each.kernel, each.run, m_ceilings) == AboveRoof::BusyMachine;
    });
    if (m_backend->device().kind == "cpu" && (!(m_ceilings.teraflops > 0) || (isLow && !m_isSure)))
        measureCeilings();
    computeViews();
    settle();
    emit readingsChanged();
}

void GemmFigure::settle()
{
    if (isSettled())
        emit settled();
}

void GemmFigure::runLadder()
{
    const auto rungs = rungsOf(m_backend->kernels(), m_backend->device().kind);
    if (rungs.empty() || readsWeightsBefore(&GemmFigure::runLadder))
        return;
    m_purpose = Purpose::Ladder;
    m_ladderRuns.clear();
    m_ladderObstacles.clear();
    const auto problem = makeProblem(m_state.shape);
    if (!problem) {
        emit Figure::problem(QString::fromStdString(problem.error().message));
        return;
    }
    std::vector<GemmTask> tasks;
    for (const GemmKernel& kernel : rungs)
        tasks.push_back({kernel, *problem});
    start(std::move(tasks), {std::min(m_state.seconds, 0.2)});
}

void GemmFigure::takeLadder(const GemmTask& task, const GemmRun& run)
{
    if (run.samples.empty())
        return;
    m_ladderRuns[task.kernel.id] = run;
    m_bar->setProgress(tr("Ladder: %1 · %2 of %3").arg(QString::fromStdString(task.kernel.name)).arg(std::min(m_runner.done() + 1, m_runner.total())).arg(m_runner.total()));
    refreshLadder();
}

void GemmFigure::measureCeilings()
{
    m_isSure = true;
    m_ceilingsJob.start(
        [backend = m_backend](Progress progress) { return measureCpuCeilings(*backend, progress); },
        [this](Result<Ceilings> ceilings) {
            if (ceilings) {
                m_ceilings = {std::max(m_ceilings.gigabytesPerSecond, ceilings->gigabytesPerSecond),
                              std::max(m_ceilings.teraflops, ceilings->teraflops), ceilings->cacheBytes};
                raiseRoof();
                refreshRoof();
            }
            computeViews();
            settle();
        });
}

bool GemmFigure::isSettled() const
{
    return m_hasRun && !m_openJob.isRunning() && !m_weightsJob.isRunning() && !m_runner.isRunning() && !m_ceilingsJob.isRunning() && !m_growth->isComputing() && !m_outliers->isComputing();
}

}  // namespace quantoscope
