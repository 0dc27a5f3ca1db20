// SPDX-License-Identifier: Apache-2.0
#include "core/gemm/roofline.h"

#include "core/parallel_for.h"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <numeric>

#include <unistd.h>

namespace quantoscope {

namespace {

/// Best of several passes over memory far larger than the caches. Whole numbers, so that the compiler
/// may sum in any order and the sum costs nothing beside the reading.
double measureReading(const Progress& progress)
{
    const std::size_t count = std::size_t{32} << 20, chunk = std::size_t{1} << 18;
    const std::vector<std::uint32_t> memory(count, 1);
    std::vector<std::uint64_t> sums(count / chunk);
    double best = 0;
    for (int pass = 0; pass < 5 && !progress.cancelled(); ++pass) {
        const auto start = std::chrono::steady_clock::now();
        parallelFor(sums.size(), [&](std::size_t index) {
            const auto begin = memory.begin() + std::ptrdiff_t(index * chunk);
            sums[index] = std::accumulate(begin, begin + std::ptrdiff_t(chunk), std::uint32_t{0});
        }, progress.stop);
        const std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - start;
        // The sum is looked at, so that the reading cannot be left out.
        if (std::accumulate(sums.begin(), sums.end(), std::uint64_t{0}) == count)
            best = std::max(best, double(count * sizeof(std::uint32_t)) / elapsed.count() * 1e-9);
    }
    return best;
}

}  // namespace

Result<Ceilings> measureCpuCeilings(GemmBackend& cpu, Progress progress)
{
    Ceilings ceilings{measureReading(progress), 0, double(std::max(0L, sysconf(_SC_LEVEL3_CACHE_SIZE)))};
    for (const GemmKernel& kernel : cpu.kernels()) {
        if (kernel.id != "fp32")
            continue;
        const auto run = cpu.run(kernel, {{1024, 1024, 1024}, GemmData::Normal, 7, nullptr}, {0.15}, {}, progress);
        if (!run)
            return tl::unexpected(run.error());
        // A ceiling is what was reached at best, not the median of a busy moment.
        const double best = *std::min_element(run->samples.begin(), run->samples.end());
        ceilings.teraflops = 2.0 * 1024 * 1024 * 1024 / best * 1e-12;
    }
    return ceilings;
}

AboveRoof whyAboveRoof(const GemmKernel& kernel, const GemmRun& run, const Ceilings& ceilings)
{
    constexpr double tolerance = 1.05;   // Two medians of the same thing differ by as much.
    if (!(ceilings.teraflops > 0) || !(ceilings.gigabytesPerSecond > 0) || !(run.medianSeconds > 0))
        return AboveRoof::No;
    if (run.teraflops > ceilings.teraflops * tolerance)
        return kernel.mark == GemmMark::Integer ? AboveRoof::OwnPeak : AboveRoof::BusyMachine;
    if (run.gigabytesPerSecond > ceilings.gigabytesPerSecond * tolerance) {
        const double bytes = run.gigabytesPerSecond * 1e9 * run.medianSeconds;
        return bytes <= ceilings.cacheBytes ? AboveRoof::Cache : AboveRoof::BusyMachine;
    }
    return AboveRoof::No;
}

double operationsPerByte(const GemmRun& run)
{
    return run.gigabytesPerSecond > 0 ? run.teraflops * 1000 / run.gigabytesPerSecond : 0;
}

}  // namespace quantoscope
