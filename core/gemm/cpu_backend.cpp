// SPDX-License-Identifier: Apache-2.0
#include "core/gemm/blas_product.h"
#include "core/gemm/cpu_kernels/cpu_kernel.h"
#include "core/gemm/gemm_error.h"
#include "core/gemm/measured_run.h"
#include "core/gemm/reference_cache.h"

#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <limits>

namespace quantoscope {
namespace {

std::string processorName()
{
    std::ifstream file("/proc/cpuinfo");
    for (std::string line; std::getline(file, line);)
        if (line.starts_with("model name"))
            return line.substr(std::min(line.size(), line.find(':') + 2));
    return "CPU";
}

GemmOutput makeOutput(SumType sums, const GemmShape& shape)
{
    const auto count = std::size_t(shape.m) * std::size_t(shape.n);
    GemmOutput output{shape.m, shape.n, {}};
    switch (sums) {
    case SumType::Fp32: output.values = std::vector<float>(count); break;
    case SumType::Fp64: output.values = std::vector<double>(count); break;
    case SumType::Int32: output.values = std::vector<std::int32_t>(count); break;
    }
    return output;
}

double boundOf(const CpuKernel& row, std::int64_t k)
{
    if (row.about.sumsExactly)   // Only scaling the finished sums rounds, in FP32.
        return accumulationBound(0, 0x1p-24, row.extraRoundings);
    if (row.about.accumulatorUnitRoundoff == 0)
        return std::numeric_limits<double>::infinity();   // Deliberately wrong: no guarantee.
    return accumulationBound(k, row.about.accumulatorUnitRoundoff, row.extraRoundings);
}

class CpuBackend final : public GemmBackend {
public:
    CpuBackend()
    {
        m_device = {"cpu", "cpu", processorName(), std::uint64_t(sysconf(_SC_PHYS_PAGES)) * std::uint64_t(sysconf(_SC_PAGESIZE)),
                    {}, blasDescription(), "ready"};
        for (const CpuKernel& kernel : cpuKernels())
            m_kernels.push_back(kernel.about);
    }

    DeviceInfo device() const override { return m_device; }
    std::span<const GemmKernel> kernels() const override { return m_kernels; }

    std::optional<std::string> obstacle(const GemmKernel& kernel, const GemmShape& shape) const override
    {
        const CpuKernel* row = find(kernel.id);
        if (!row)
            return "The CPU has no kernel called " + kernel.id + ".";
        if (auto sentence = problemObstacle(shape, m_device.memoryBytes))
            return sentence;
        return row->obstacle ? row->obstacle(shape) : std::nullopt;
    }

    Result<GemmRun> run(const GemmKernel& kernel, const GemmProblem& problem, const TimeBudget& budget,
                        const std::function<void(const GemmRun&)>& partial, Progress progress) override
    {
        if (const auto sentence = obstacle(kernel, problem.shape))
            return failure(Error::Kind::Unsupported, *sentence);
        const CpuKernel& row = *find(kernel.id);
        const double bytes = storedBytes(row.quantizeX ? OperandStorage{} : row.x, problem.shape.m, problem.shape.k)
            + storedBytes(row.w, problem.shape.n, problem.shape.k)
            + (row.sums == SumType::Fp64 ? 8.0 : 4.0) * double(problem.shape.m) * double(problem.shape.n);
        MeasuredRun measured(kernel, m_device.id, problem.shape, bytes, partial);
        measured.setBound(boundOf(row, problem.shape.k));
        const Pulse pulse(progress, [&] { measured.show(); });

        const auto reference = m_references.find(problem, pulse);
        if (!reference)
            return tl::unexpected(reference.error());
        const GemmOperands& operands = (*reference)->operands;
        auto x = storeMatrix(operands.x, problem.shape.m, problem.shape.k, row.x, progress);
        const auto w = x ? storeMatrix(*operands.w, problem.shape.n, problem.shape.k, row.w, progress) : x;
        if (!w)
            return tl::unexpected(w.error());
        GemmOutput y = makeOutput(row.sums, problem.shape);

        const auto quantizeX = [&] { return !row.quantizeX || row.quantizeX(operands.x.data(), *x, pulse); };
        const auto multiply = [&] { return quantizeX() && row.multiply(*x, *w, y, pulse); };
        if (!measured.warmUp(multiply))
            return cancelled();
        const auto error = measure(row, **reference, *x, *w, y, pulse);
        if (!error)
            return tl::unexpected(error.error());
        measured.setError(*error);
        if (row.quantizeX && !measured.sampleQuantizing(quantizeX, budget))
            return cancelled();
        if (!measured.sample(multiply, budget))
            return cancelled();
        return measured.finish();
    }

private:
    static const CpuKernel* find(const std::string& id)
    {
        const auto all = cpuKernels();
        const auto row = std::find_if(all.begin(), all.end(), [&](const CpuKernel& kernel) { return kernel.about.id == id; });
        return row == all.end() ? nullptr : &*row;
    }

    static Result<GemmError> measure(const CpuKernel& row, const GemmReference& reference, const StoredMatrix& x,
                                     const StoredMatrix& w, const GemmOutput& y, const Pulse& pulse)
    {
        const auto readRow = [&](std::size_t place, std::span<double> target) {
            const std::int64_t index = reference.rows[place];
            y.readRow(index, target);
            if (row.sums == SumType::Int32)
                for (std::size_t column = 0; column < target.size(); ++column)
                    target[column] *= x.rowScale(index) * w.rowScale(std::int64_t(column));
        };
        return row.sums == SumType::Fp64 ? measureFp64Error(reference, readRow, pulse)
                                         : measureGemmError(reference, x, w, readRow, pulse);
    }

    DeviceInfo m_device;
    std::vector<GemmKernel> m_kernels;
    ReferenceCache m_references;
};

}  // namespace

std::shared_ptr<GemmBackend> makeCpuBackend()
{
    return std::make_shared<CpuBackend>();
}

}  // namespace quantoscope
