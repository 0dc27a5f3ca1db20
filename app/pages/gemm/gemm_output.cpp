// SPDX-License-Identifier: GPL-3.0-or-later
// The part of GemmFigure that says what was measured: plots, words, readings, CSV, command line.
#include "app/pages/gemm/gemm_figure.h"

#include "app/pages/gemm/growth_panel.h"
#include "app/pages/gemm/kernel_groups.h"
#include "app/pages/gemm/obstacle_list.h"
#include "app/pages/gemm/outlier_panel.h"
#include "app/workspace.h"
#include "gpu/client/gpu_client.h"
#include "widgets/card_deck.h"
#include "widgets/controls.h"
#include "widgets/error_speed_plot.h"
#include "widgets/error_split_plot.h"
#include "widgets/kernel_list.h"
#include "widgets/plot_text.h"
#include "widgets/roofline_plot.h"
#include "widgets/steady_text.h"

#include <QCoreApplication>

#include <algorithm>
#include <cmath>

namespace quantoscope {

namespace {

/// "12 %", "0.023 %", "2.6 × 10⁻⁷": two digits, as a row of figures has room for.
QString shortErrorText(double error)
{
    if (!std::isfinite(error) || error == 0)
        return percentText(error);
    return error < 1e-5 ? roundedNumber(error, 2) : roundedNumber(error * 100, 2) + QStringLiteral(" %");
}

}  // namespace

QString GemmFigure::baseline() const
{
    const auto has = [this](const char* id) {
        return std::ranges::any_of(m_measured, [id](const MeasuredKernel& each) { return each.kernel.id == id; });
    };
    return has("bf16") ? QStringLiteral("bf16") : has("fp32") ? QStringLiteral("fp32") : QString();
}

QString GemmFigure::nameOf(const QString& kernelId) const
{
    for (const GemmKernel& kernel : m_backend->kernels())
        if (QString::fromStdString(kernel.id) == kernelId)
            return QString::fromStdString(kernel.name);
    return {};
}

/// Of the kernels that are ticked, in the order of the list.
std::map<std::string, int> GemmFigure::numbers() const
{
    std::map<std::string, int> numbers;
    const std::vector<GemmKernel> ticked = kernelsToRun();
    for (const KernelGroup& group : kernelGroups())
        for (const GemmKernel& kernel : ticked)
            if (&groupOf(kernel) == &group)
                numbers.emplace(kernel.id, int(numbers.size()) + 1);
    return numbers;
}

/// The list beside the picture: every kernel of the device by regime, with what is known of it.
void GemmFigure::refreshList()
{
    const auto numbers = this->numbers();
    const QString base = baseline();
    const auto reference = std::ranges::find_if(m_measured, [&](const MeasuredKernel& each) { return each.id() == base; });
    std::vector<KernelRows> groups;
    for (const KernelGroup& group : kernelGroups()) {
        KernelRows rows{QLatin1String(group.id), QCoreApplication::translate("KernelGroup", group.name), {}};
        for (const GemmKernel& kernel : m_backend->kernels()) {
            if (&groupOf(kernel) != &group)
                continue;
            KernelRow row{QString::fromStdString(kernel.id), QString::fromStdString(kernel.name), QString::fromStdString(kernel.sentence), kernel.mark, false, 0, {}, {}, false};
            const auto number = numbers.find(kernel.id);
            row.isTicked = number != numbers.end();
            row.number = row.isTicked ? number->second : 0;
            const auto found = std::ranges::find_if(m_measured, [&](const MeasuredKernel& each) { return each.kernel.id == kernel.id; });
            if (found != m_measured.end()) {
                row.isRunning = !found->run.isFinal;
                row.speed = reference == m_measured.end() ? speedText(*found) : timesText(found->run.teraflops / reference->run.teraflops);
                row.error = shortErrorText(found->run.relativeError);
            } else if (row.isTicked && m_obstacles.contains(row.name)) {
                row.speed = tr("not here");
            }
            rows.rows.push_back(std::move(row));
        }
        if (!rows.rows.empty())
            groups.push_back(std::move(rows));
    }
    m_list->setBaseline(reference == m_measured.end() ? QString() : reference->name());
    m_list->setGroups(std::move(groups));
}

void GemmFigure::refresh()
{
    const auto numbers = this->numbers();
    for (MeasuredKernel& each : m_measured)
        each.number = numbers.contains(each.kernel.id) ? numbers.at(each.kernel.id) : 0;
    std::ranges::stable_sort(m_measured, {}, &MeasuredKernel::number);
    if (m_list->isHidden())   // A number says nothing without the list: every name is written.
        for (MeasuredKernel& each : m_measured)
            each.number = 0;
    m_plot->setMeasured(m_measured);
    m_plot->setBaseline(baseline());
    m_split->setMeasured(m_measured);
    m_roofline->setMeasured(m_measured);
    refreshList();
    showSelected();
    const DeviceInfo device = m_backend->device();
    m_deck->setSubtitle(QStringLiteral("roofline"), tr("M = %1").arg(m_state.shape.m));
    m_deck->setSubtitle(QStringLiteral("obstacles"), QString::fromStdString(device.name));
    refreshRoof();
    refreshObstacles();
    refreshSelected();
}

/// Every kernel that cannot be run here, those that a GPU would have among them, each with its reason.
void GemmFigure::refreshObstacles()
{
    std::vector<ObstacleList::Row> rows;
    std::map<QString, QString> reasons = m_obstacles;   // What a run found out counts more than what is expected.
    for (const GemmKernel& kernel : m_backend->kernels())
        if (const auto sentence = m_backend->obstacle(kernel, m_state.shape))
            reasons.try_emplace(QString::fromStdString(kernel.name), QString::fromStdString(*sentence));
    for (const auto& [name, reason] : reasons)
        rows.push_back({name, reason});
    bool hasGpu = false;
    for (const DeviceInfo& device : m_workspace.devices()) {
        hasGpu = hasGpu || (device.kind == "gpu" && device.isReady());
        if (!device.isReady())
            rows.push_back({QString::fromStdString(device.name), QString::fromStdString(device.status)});
    }
    for (const RecordedFile& file : m_recorded)
        if (!file.sweep)
            rows.push_back({file.name, file.problem});
    if (!hasGpu && m_isRecordedKnown && m_recorded.empty())
        rows.push_back({tr("Recorded runs"), tr("None exists yet: no GPU was at hand. quantoscope-gpu --sweep FILE.json records one on a machine that has a GPU.")});
    if (m_backend->device().kind == "cpu") {
        const auto isOnCpu = [this](const GemmKernel& gpu) {
            return std::ranges::any_of(m_backend->kernels(), [&](const GemmKernel& kernel) { return kernel.id == gpu.id; });
        };
        for (const GemmKernel& kernel : gpuKernels()) {
            if (kernel.isExtra || isOnCpu(kernel))
                continue;
            const auto [oldest, newest] = neededCapability(kernel.id);
            rows.push_back({QString::fromStdString(kernel.name),
                            newest.empty() ? tr("Needs a GPU of compute capability %1 or newer.").arg(QString::fromStdString(oldest))
                            : oldest == newest ? tr("Needs a GPU of compute capability %1, no other.").arg(QString::fromStdString(oldest))
                                               : tr("Needs a GPU of compute capability %1 to %2.").arg(QString::fromStdString(oldest), QString::fromStdString(newest))});
        }
    }
    m_obstacleList->setRows(rows);
}

void GemmFigure::refreshSelected()
{
    const auto recorded = std::ranges::find(m_recorded, m_state.device, &RecordedFile::deviceId);
    const bool isRecorded = recorded != m_recorded.end() && recorded->sweep;
    for (CardDeck* deck : {m_main, m_views})
        deck->setSubtitle(QStringLiteral("picture"), isRecorded ? recorded->title() : tr("x · Wᵀ, median and 95 % interval"));
    const auto found = std::ranges::find_if(m_measured, [this](const MeasuredKernel& each) { return each.id() == m_state.selected; });
    const auto obstacle = m_obstacles.find(nameOf(m_state.selected));
    if (found == m_measured.end() && obstacle != m_obstacles.end())
        return m_selectedText->setText(obstacle->first + QStringLiteral(": ") + obstacle->second);
    if (found == m_measured.end()) {
        m_selectedText->setText(isRecorded           ? recorded->provenance()
                                : m_measured.empty() ? tr("Nothing is measured yet.")
                                                     : tr("Below and right of the edge something else is both faster and more exact.") + u' '
                                                           + (m_isPresenting ? tr("← and → choose a mark.") : tr("Click a mark for its figures.")));
        return;
    }
    const GemmRun& run = found->run;
    QString samples = tr(", %1 samples").arg(wholeNumber(double(run.samples.size())));
    if (isRecorded) {
        const RecordedRun* file = recorded->find(found->kernel.id, m_state.shape);
        samples = file && file->samples > 0 ? tr(", %1 samples, recorded").arg(wholeNumber(double(file->samples))) : tr(", recorded");
        if (file && file->clockMegahertz > 0)
            samples += tr(" at %1 MHz").arg(wholeNumber(std::round(file->clockMegahertz)));
    }
    QString words = tr("%1 %2 %3 ms a product (95 % between %4 and %5%6), %7 GB/s; error %8 in all, %9 from rounding.")
                        .arg(found->name() + QStringLiteral(":"), QString::fromStdString(found->kernel.sentence),
                             roundedNumber(run.medianSeconds * 1000, 3), roundedNumber(run.confidenceLow * 1000, 3),
                             roundedNumber(run.confidenceHigh * 1000, 3),
                             samples,
                             roundedNumber(run.gigabytesPerSecond, 3), percentText(run.relativeError), percentText(run.quantizationError));
    if (const QString share = shareText(*found); !share.isEmpty())
        words += u' ' + share;
    m_selectedText->setText(words);
}

void GemmFigure::refreshSweep()
{
    // The baseline of the sweep is what a person would run without quantizing: BF16, else FP32.
    const std::string base = m_sweep.contains("bf16") ? "bf16" : "fp32";
    if (!m_sweep.contains(base))
        return;
    std::vector<BatchLine> lines;
    QString baseName;
    QStringList sentences;
    for (const GemmKernel& kernel : m_backend->kernels()) {
        if (kernel.id == base)
            baseName = QString::fromStdString(kernel.name);
        if (kernel.id == base || !m_sweep.contains(kernel.id))
            continue;
        BatchLine line{QString::fromStdString(kernel.name), kernel.mark, {}};
        for (const auto& [m, run] : m_sweep.at(kernel.id)) {
            const auto& bases = m_sweep.at(base);
            if (const auto reference = bases.find(m); reference != bases.end() && run.medianSeconds > 0)
                line.points.emplace_back(double(m), reference->second.medianSeconds / run.medianSeconds);
        }
        if (kernel.mark == GemmMark::WeightOnly) {
            if (const auto crossover = crossoverOf(line))
                sentences << tr("%1 stops paying at M = %2.").arg(line.name, wholeNumber(std::round(*crossover)));
        }
        lines.push_back(std::move(line));
    }
    m_batch->setLines(std::move(lines), baseName);
    if (!sentences.isEmpty())
        m_sweepText->setText(sentences.join(QLatin1Char(' ')));
    else if (!m_runner.isRunning())
        m_sweepText->setText(tr("No weight-only kernel crosses %1 between M = 1 and 1024.").arg(baseName));
    m_deck->setSubtitle(QStringLiteral("batch"), tr("speed against %1").arg(baseName));
}

QVariantMap GemmFigure::readings() const
{
    QVariantMap all{{QStringLiteral("m"), double(m_state.shape.m)}, {QStringLiteral("n"), double(m_state.shape.n)},
                    {QStringLiteral("k"), double(m_state.shape.k)}, {QStringLiteral("data"), m_state.data},
                    {QStringLiteral("selected"), m_state.selected}};
    for (const MeasuredKernel& each : m_measured) {
        all.insert(each.id() + QStringLiteral(".relativeError"), each.run.relativeError);
        all.insert(each.id() + QStringLiteral(".quantizationError"), each.run.quantizationError);
        all.insert(each.id() + QStringLiteral(".accumulationError"), each.run.accumulationError);
    }
    all.insert(m_growth->readings());
    all.insert(m_outliers->readings());
    return all;
}

QString GemmFigure::commandLine() const
{
    QStringList ids;
    for (const GemmKernel& kernel : kernelsToRun())
        ids << QString::fromStdString(kernel.id);
    QString data = m_state.data;
    if (data == QLatin1String("tensor") && m_workspace.tensor())
        data = QStringLiteral("'%1:%2'").arg(m_workspace.modelPath(), QString::fromStdString(m_workspace.tensor()->name));
    return QStringLiteral("qscope gemm --shape %1,%2,%3 --kernels %4 --device %5 --data %6 --seed %7 --seconds %8")
        .arg(m_state.shape.m).arg(m_state.shape.n).arg(m_state.shape.k)
        .arg(ids.join(QLatin1Char(',')), m_state.device, data).arg(m_state.seed).arg(m_state.seconds);
}

QByteArray GemmFigure::csv() const
{
    if (m_state.view == QLatin1String("growth"))
        return m_growth->csv();
    if (m_state.view == QLatin1String("outliers"))
        return m_outliers->csv();
    if (m_measured.empty())
        return {};
    QByteArray table = "kernel,device,medianSeconds,confidenceLow,confidenceHigh,samples,teraflops,gigabytesPerSecond,"
                       "relativeError,quantizationError,accumulationError,bound\n";
    for (const MeasuredKernel& each : m_measured) {
        const GemmRun& run = each.run;
        QStringList cells{each.id(), QString::fromStdString(run.device)};
        for (const double value : {run.medianSeconds, run.confidenceLow, run.confidenceHigh, double(run.samples.size()), run.teraflops,
                                   run.gigabytesPerSecond, run.relativeError, run.quantizationError, run.accumulationError, run.bound})
            cells << QString::number(value, 'g', 9);
        table += cells.join(QLatin1Char(',')).toUtf8() + '\n';
    }
    return table;
}

}  // namespace quantoscope
