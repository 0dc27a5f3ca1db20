// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/pages/gemm/recorded_backend.h"

#include "app/workspace.h"
#include "gpu/client/gpu_client.h"
#include "widgets/plot_text.h"

#include <QCoreApplication>
#include <QDir>

#include <algorithm>
#include <cmath>

namespace quantoscope {

namespace {

QString translated(const char* words)
{
    return QCoreApplication::translate("RecordedFile", words);
}

std::string shapeText(const GemmShape& shape)
{
    return std::to_string(shape.m) + " × " + std::to_string(shape.n) + " × " + std::to_string(shape.k);
}

class RecordedBackend final : public GemmBackend {
public:
    explicit RecordedBackend(const RecordedFile& file)
        : m_file(file)
        , m_sweep(file.sweep)
        , m_device(file.sweep->device)
    {
        m_device.id = file.deviceId().toStdString();
        for (const GemmKernel& kernel : gpuKernels())
            if (std::ranges::any_of(m_sweep->runs, [&](const RecordedRun& recorded) { return recorded.run.kernel == kernel.id; }))
                m_kernels.push_back(kernel);
    }

    DeviceInfo device() const override { return m_device; }
    std::span<const GemmKernel> kernels() const override { return m_kernels; }

    std::optional<std::string> obstacle(const GemmKernel& kernel, const GemmShape& shape) const override
    {
        const RecordedRun* recorded = m_file.find(kernel.id, shape);
        if (recorded)
            return recorded->obstacle.empty() ? std::nullopt : std::optional(recorded->obstacle);
        return "Not recorded for " + shapeText(shape) + "; a recorded run knows its own shapes only, such as " + shapeText(m_sweep->runs.front().shape)
             + " and " + shapeText(m_sweep->runs.back().shape) + ".";
    }

    Result<GemmRun> run(const GemmKernel& kernel, const GemmProblem& problem, const TimeBudget&, const std::function<void(const GemmRun&)>&,
                        Progress) override
    {
        if (const auto sentence = obstacle(kernel, problem.shape))
            return failure(Error::Kind::Unsupported, *sentence);
        GemmRun run = m_file.find(kernel.id, problem.shape)->run;
        run.device = m_device.id;
        run.samples = {run.medianSeconds};   // The file keeps the median and its interval, no single times.
        run.isFinal = true;
        return run;
    }

private:
    RecordedFile m_file;
    std::shared_ptr<const RecordedSweep> m_sweep;
    DeviceInfo m_device;
    std::vector<GemmKernel> m_kernels;
};

}  // namespace

QString RecordedFile::title() const
{
    return translated("%1 · recorded %2").arg(QString::fromStdString(sweep->device.name), QString::fromStdString(sweep->date).left(10));
}

QString RecordedFile::provenance() const
{
    double slow = 1e300, fast = 0;
    for (const RecordedRun& recorded : sweep->runs) {
        if (recorded.clockMegahertz > 0) {
            slow = std::min(slow, recorded.clockMegahertz);
            fast = std::max(fast, recorded.clockMegahertz);
        }
    }
    QString words = translated("Recorded on %1, %2, not measured here: %3.").arg(QString::fromStdString(sweep->date).left(10),
                                                                               QString::fromStdString(sweep->device.name), QString::fromStdString(sweep->device.driver));
    if (fast > 0)
        words += u' ' + translated("Clock %1 to %2 MHz.").arg(wholeNumber(std::round(slow)), wholeNumber(std::round(fast)));
    words += u' ' + translated("Method: %1.").arg(QString::fromStdString(sweep->method));
    if (!sweep->isComplete)
        words += u' ' + translated("The run was ended before all shapes were measured.");
    return words;
}

const RecordedRun* RecordedFile::find(std::string_view kernel, const GemmShape& shape) const
{
    const auto found = std::ranges::find_if(sweep->runs, [&](const RecordedRun& recorded) {
        return recorded.run.kernel == kernel && recorded.shape == shape;
    });
    return found == sweep->runs.end() ? nullptr : &*found;
}

QString recordedFolder()
{
    return QDir(Workspace::dataFolder()).filePath(QStringLiteral("assets/recorded"));
}

std::vector<RecordedFile> listRecordedFiles(const QString& folder)
{
    std::vector<RecordedFile> files;
    const QDir directory(folder);
    for (const QString& name : directory.entryList({QStringLiteral("*.json")}, QDir::Files, QDir::Name)) {
        RecordedFile file{name.chopped(5), nullptr, {}};
        auto sweep = openRecordedSweep(directory.filePath(name).toStdString());
        if (sweep && !sweep->runs.empty())
            file.sweep = std::make_shared<const RecordedSweep>(std::move(*sweep));
        else
            file.problem = sweep ? translated("This recorded run holds no product.") : QString::fromStdString(sweep.error().message);
        files.push_back(std::move(file));
    }
    return files;
}

std::shared_ptr<GemmBackend> makeRecordedBackend(const RecordedFile& file)
{
    return std::make_shared<RecordedBackend>(file);
}

}  // namespace quantoscope
