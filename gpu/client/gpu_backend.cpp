// SPDX-License-Identifier: Apache-2.0
#include "gpu/client/gpu_backend.h"

#include "core/gemm/measured_run.h"
#include "core/gemm/reference_cache.h"
#include "core/gemm/sample_statistics.h"
#include "gpu/client/driver_probe.h"
#include "gpu/client/gpu_client.h"
#include "gpu/kernel_table.h"

#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <mutex>
#include <thread>

namespace quantoscope {
namespace {

using namespace std::chrono_literals;
using gpu::MessageType;
using Clock = WorkerProcess::Clock;

GemmMark markOf(gpu::KernelMark mark)
{
    switch (mark) {
    case gpu::KernelMark::Float: return GemmMark::Float;
    case gpu::KernelMark::Integer: return GemmMark::Integer;
    case gpu::KernelMark::WeightOnly: return GemmMark::WeightOnly;
    }
    return GemmMark::Float;
}

/// The scales of a request and the operands, all on their way to the worker.
struct StoredOperands {
    StoredMatrix x, w;
    std::optional<StoredMatrix> arriving;   ///< What the worker gets for x where its kernel quantizes it: FP16.
    const StoredMatrix& handedX() const { return arriving ? *arriving : x; }
};

Result<StoredOperands> storeOperands(const gpu::KernelRow& row, const GemmOperands& operands, const Progress& progress)
{
    const auto [m, n, k] = operands.shape;
    std::span<const float> values = operands.x;
    std::optional<StoredMatrix> arriving;
    std::vector<float> rounded;
    if (row.quantizesX) {   // It quantizes what FP16 has left of x, and so do we.
        auto stored = storeMatrix(values, m, k, gpu::arrivingX(row), progress);
        if (!stored)
            return tl::unexpected(stored.error());
        rounded.resize(values.size());
        std::vector<double> wide(static_cast<std::size_t>(k));
        for (std::int64_t i = 0; i < m; ++i) {
            stored->decodeRow(i, 0, wide);
            std::copy(wide.begin(), wide.end(), rounded.begin() + i * k);
        }
        values = rounded;
        arriving = std::move(*stored);
    }
    auto x = storeMatrix(values, m, k, row.x, progress);
    auto w = x ? storeMatrix(*operands.w, n, k, row.w, progress) : x;
    if (!w)
        return tl::unexpected(w.error());
    return StoredOperands{std::move(*x), std::move(*w), std::move(arriving)};
}

class GpuBackend final : public GemmBackend {
public:
    GpuBackend(const gpu::DeviceDescription& description, const WorkerOptions& options)
        : m_description(description), m_options(options)
    {
        m_kernels = gpuKernels();
    }

    DeviceInfo device() const override { return deviceInfo(m_description); }
    std::span<const GemmKernel> kernels() const override { return m_kernels; }

    std::optional<std::string> obstacle(const GemmKernel& kernel, const GemmShape& shape) const override
    {
        const gpu::KernelRow* row = gpu::findKernelRow(kernel.id);
        if (!row)
            return "A GPU has no kernel called " + kernel.id + ".";
        const int capability = 10 * m_description.computeMajor + m_description.computeMinor;
        if (auto sentence = gpu::obstacleOf(*row, capability, m_description.memoryBytes, shape.m, shape.n, shape.k))
            return sentence;
        // The operands are made, rounded and checked by the processor.
        return problemObstacle(shape, std::uint64_t(sysconf(_SC_PHYS_PAGES)) * std::uint64_t(sysconf(_SC_PAGESIZE)));
    }

    Result<GemmRun> run(const GemmKernel& kernel, const GemmProblem& problem, const TimeBudget& budget,
                        const std::function<void(const GemmRun&)>& partial, Progress progress) override
    {
        if (const auto sentence = obstacle(kernel, problem.shape))
            return failure(Error::Kind::Unsupported, *sentence);
        const gpu::KernelRow& row = *gpu::findKernelRow(kernel.id);
        const auto [m, n, k] = problem.shape;
        MeasuredRun measured(kernel, device().id, problem.shape,
                             storedBytes(row.x, m, k) + storedBytes(row.w, n, k) + (row.sumsInFp16 ? 2.0 : 4.0) * double(m) * double(n), partial);
        measured.setBound(gpu::errorBound(row, k));
        const Pulse pulse(progress, [&] { measured.show(); });

        const auto reference = m_references.find(problem, pulse);
        if (!reference)
            return tl::unexpected(reference.error());
        auto operands = storeOperands(row, (*reference)->operands, progress);
        if (!operands)
            return tl::unexpected(operands.error());

        // One product at a time: whoever waits can still be cancelled.
        std::unique_lock lock(m_mutex, std::defer_lock);
        while (!lock.try_lock()) {
            if (progress.cancelled())
                return cancelled();
            std::this_thread::sleep_for(5ms);   // Not try_lock_for: g++ 12's thread sanitizer does not know it.
        }
        auto finished = converse(row, *operands, **reference, budget, measured, pulse);
        if (!finished) {
            if (finished.error().kind != Error::Kind::Cancelled || !dismiss())
                m_worker.reset();   // Killed; the next product starts another.
            return tl::unexpected(finished.error());
        }
        return measured.finish();
    }

private:
    Result<void> converse(const gpu::KernelRow& row, const StoredOperands& operands, const GemmReference& reference,
                          const TimeBudget& budget, MeasuredRun& measured, const Pulse& pulse)
    {
        m_isAsked = false;
        if (!m_worker || !m_worker->isIdle()) {   // It may have ended since the last product.
            m_worker.reset();
            auto started = WorkerProcess::start(m_options);
            if (!started)
                return tl::unexpected(started.error());
            m_worker = std::move(*started);
        }
        const auto layout = gpu::sharedLayout(row, operands.x.rows, operands.w.rows, operands.x.columns, std::int64_t(reference.rows.size()));
        if (auto handed = handOver(layout, operands, reference.rows); !handed)
            return handed;
        const gpu::MultiplyRequest request{m_description.ordinal, row.id, operands.x.rows, operands.w.rows, operands.x.columns,
                                           budget.seconds, std::int64_t(reference.rows.size())};
        if (auto sent = m_worker->send(MessageType::Multiply, write(request)); !sent)
            return sent;
        m_isAsked = true;

        bool hasProduct = false;
        // Far more than any answer should take; a worker that only ever beats is ended by this.
        const auto deadline = Clock::now() + std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(budget.seconds)) + 4 * m_options.silence;
        while (true) {
            const auto message = m_worker->receive(std::min(deadline, Clock::now() + m_options.silence), pulse.progress().stop);
            if (!message)
                return tl::unexpected(message.error());
            switch (message->type) {
            case MessageType::Beat:
                pulse.goesOn();
                break;
            case MessageType::Product:
                if (auto checked = checkProduct(row, layout, operands, reference, measured, pulse); !checked)
                    return checked;
                hasProduct = true;
                break;
            case MessageType::Samples: {
                const auto samples = gpu::readSamples(message->body);
                if (!samples)
                    return failure(Error::Kind::Device, "The GPU worker sent times that are none and was ended.");
                measured.addSamples(*samples);
                break;
            }
            case MessageType::Quantizing: {
                const auto samples = gpu::readSamples(message->body);
                if (!samples || samples->empty())
                    return failure(Error::Kind::Device, "The GPU worker sent times that are none and was ended.");
                measured.setQuantizing(medianInterval(*samples).median);
                break;
            }
            case MessageType::EndOfList:
                m_isAsked = false;
                if (!hasProduct || !measured.hasSamples())
                    return failure(Error::Kind::Device, "The GPU worker ended the product without a result.");
                return {};
            case MessageType::Fault: {
                m_isAsked = false;
                const auto fault = gpu::readFault(message->body);
                return failure(Error::Kind::Device, fault && !fault->sentence.empty() ? fault->sentence.substr(0, 1000) : "The GPU failed without a reason.");
            }
            default:
                return failure(Error::Kind::Device, "The GPU worker sent a message that nobody asked for and was ended.");
            }
        }
    }

    Result<void> handOver(const gpu::SharedLayout& layout, const StoredOperands& operands, const std::vector<std::int64_t>& rows)
    {
        if (auto reserved = m_worker->reserve(layout.end); !reserved)
            return reserved;
        struct Part { std::uint64_t offset; const void* data; std::size_t bytes; };
        for (const Part& part : {Part{layout.x, operands.handedX().bytes.data(), operands.handedX().bytes.size()},
                                 Part{layout.w, operands.w.bytes.data(), operands.w.bytes.size()},
                                 Part{layout.xScales, operands.x.scales.data(), operands.x.scales.size() * sizeof(float)},
                                 Part{layout.wScales, operands.w.scales.data(), operands.w.scales.size() * sizeof(float)},
                                 Part{layout.rows, rows.data(), rows.size() * sizeof(std::int64_t)}})
            if (auto written = m_worker->writeShared(part.offset, part.data, part.bytes); !written)
                return written;
        return {};
    }

    /// The checked rows against FP64; a product outside its bound is no benchmark but a mistake.
    Result<void> checkProduct(const gpu::KernelRow& row, const gpu::SharedLayout& layout, const StoredOperands& operands,
                              const GemmReference& reference, MeasuredRun& measured, const Pulse& pulse)
    {
        static_assert(sizeof(float) == sizeof(std::int32_t));
        const auto n = std::size_t(operands.w.rows);
        std::vector<float> y(reference.rows.size() * n);
        if (auto read = m_worker->readShared(layout.y, y.data(), y.size() * sizeof(float)); !read)
            return read;
        const auto readRow = [&](std::size_t place, std::span<double> target) {
            for (std::size_t column = 0; column < n; ++column) {
                const float value = y[place * n + column];
                target[column] = !row.sumsAreIntegers ? double(value)
                    : std::bit_cast<std::int32_t>(value) * (operands.x.rowScale(reference.rows[place]) * operands.w.rowScale(std::int64_t(column)));
            }
        };
        const auto error = measureGemmError(reference, operands.x, operands.w, readRow, pulse);
        if (!error)
            return tl::unexpected(error.error());
        measured.setError(*error);
        const double bound = gpu::errorBound(row, operands.x.columns);
        if (row.sumsInFp16 && !std::isfinite(error->relative))
            return failure(Error::Kind::Device, "A sum in FP16 became larger than 65504, the largest FP16 number, on its way: choose FP16 with sums in FP32, a smaller K or smaller numbers.");
        if (!(error->accumulation <= bound) || !std::isfinite(error->relative))
            return failure(Error::Kind::Device, "The GPU's product in " + std::string(row.name) + " is wrong: it differs from the FP64 product by more than rounding can. The result is not shown.");
        return {};
    }

    /// After a cancellation: true where the worker said that it has stopped and can be used again.
    bool dismiss()
    {
        if (!m_worker || !m_isAsked)
            return m_worker != nullptr;
        if (!m_worker->send(MessageType::Cancel))
            return false;
        const auto deadline = Clock::now() + m_options.farewell;
        while (const auto message = m_worker->receive(deadline))
            if (message->type == MessageType::EndOfList || message->type == MessageType::Fault)
                return true;
        return false;
    }

    const gpu::DeviceDescription m_description;
    const WorkerOptions m_options;
    std::vector<GemmKernel> m_kernels;
    ReferenceCache m_references;
    std::mutex m_mutex;
    std::unique_ptr<WorkerProcess> m_worker;
    bool m_isAsked = false;   ///< A request is on its way and not yet answered.
};

}  // namespace

std::vector<GemmKernel> gpuKernels()
{
    std::vector<GemmKernel> kernels;
    for (const gpu::KernelRow& row : gpu::kernelRows())
        kernels.push_back({row.id, row.name, row.sentence, markOf(row.mark), row.unitRoundoff == 0, row.unitRoundoff, row.isRung});
    return kernels;
}

std::pair<std::string, std::string> neededCapability(const std::string& kernel)
{
    const gpu::KernelRow* row = gpu::findKernelRow(kernel);
    if (!row)
        return {};
    const auto text = [](int capability) { return std::to_string(capability / 10) + '.' + std::to_string(capability % 10); };
    return {text(std::max(row->computeCapability, 75)), row->newestCapability < 999 ? text(row->newestCapability) : std::string()};
}

DeviceInfo deviceInfo(const gpu::DeviceDescription& description)
{
    return {"cuda:" + std::to_string(description.ordinal), "gpu", description.name.substr(0, 200), description.memoryBytes,
            std::to_string(description.computeMajor) + "." + std::to_string(description.computeMinor),
            "CUDA " + cudaVersionText(description.driverVersion), description.obstacle.empty() ? "ready" : description.obstacle.substr(0, 1000)};
}

Result<std::vector<gpu::DeviceDescription>> describeGpus(const WorkerOptions& options)
{
    constexpr std::size_t mostDevices = 64;
    const auto worker = WorkerProcess::start(options);
    if (!worker)
        return tl::unexpected(worker.error());
    if (auto sent = (*worker)->send(MessageType::Describe); !sent)
        return tl::unexpected(sent.error());
    std::vector<gpu::DeviceDescription> devices;
    while (devices.size() <= mostDevices) {
        const auto message = (*worker)->receive(Clock::now() + options.silence);
        if (!message)
            return tl::unexpected(message.error());
        if (message->type == MessageType::EndOfList)
            return devices;
        if (message->type == MessageType::Fault) {
            const auto fault = gpu::readFault(message->body);
            return failure(Error::Kind::Device, fault ? fault->sentence.substr(0, 1000) : "The GPU worker found no GPU.");
        }
        const auto device = message->type == MessageType::Description ? gpu::readDeviceDescription(message->body) : std::nullopt;
        if (!device || device->ordinal >= mostDevices || device->computeMajor < 0 || device->computeMajor > 99 || device->computeMinor < 0 || device->computeMinor > 9)
            return failure(Error::Kind::Device, "The GPU worker described a GPU in a way that makes no sense and was ended.");
        devices.push_back(*device);
    }
    return failure(Error::Kind::Device, "The GPU worker listed GPUs without end and was ended.");
}

std::shared_ptr<GemmBackend> makeGpuBackend(const gpu::DeviceDescription& device, const WorkerOptions& options)
{
    return std::make_shared<GpuBackend>(device, options);
}

}  // namespace quantoscope
