// SPDX-License-Identifier: Apache-2.0
// How soon the long operations of core come back once a stop is requested. The promise is 100 ms. Each is
// stopped at eight moments spread over its run; the table has the median and the longest wait by the
// clock on the wall, which other programs on the machine lengthen.
#include "core/gemm/cpu_kernels/cpu_kernel.h"
#include "core/gemm/error_growth.h"
#include "core/gemm/gemm_error.h"
#include "core/gemm/outlier_experiment.h"
#include "core/quantization/quantize.h"
#include "core/statistics/summary.h"
#include "core/tensors/synthetic_tensors.h"

#include "tests/benchmarks/side_by_side.h"

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <stop_token>
#include <thread>

using namespace quantoscope;

namespace {

constexpr int moments = 8;       // These two, so that all of it takes a minute.
constexpr double longest = 1000;   // ms; what takes longer is looked at no further

using Clock = std::chrono::steady_clock;

/// Returns false where the operation ended by itself before it was stopped.
using Operation = std::function<bool(const Progress&)>;

struct Stopped {
    bool wasStopped;
    double milliseconds, wait;   ///< Of the whole run, and from the request to the end.
};

Stopped runUntil(double milliseconds, const Operation& run)
{
    std::stop_source stop;
    std::mutex mutex;
    std::condition_variable ended;
    bool hasEnded = false;
    Clock::time_point requested;
    std::thread asker([&] {
        std::unique_lock lock(mutex);
        ended.wait_for(lock, std::chrono::duration<double, std::milli>(milliseconds), [&] { return hasEnded; });
        requested = Clock::now();
        stop.request_stop();
    });
    const auto start = Clock::now();
    const bool wasStopped = run({stop.get_token()});
    const auto end = Clock::now();
    {
        const std::lock_guard lock(mutex);
        hasEnded = true;
    }
    ended.notify_one();
    asker.join();
    const auto between = [](Clock::time_point a, Clock::time_point b) { return std::chrono::duration<double, std::milli>(b - a).count(); };
    return {wasStopped, between(start, end), between(requested, end)};
}

void measure(const char* name, const Operation& run)
{
    const bool isLong = runUntil(longest, run).wasStopped;
    const double whole = isLong ? longest : runUntil(longest, run).milliseconds;
    std::vector<double> waits;
    for (int moment = 1; moment <= moments; ++moment) {
        const Stopped stopped = runUntil(whole * moment / (moments + 2), run);
        if (stopped.wasStopped)
            waits.push_back(stopped.wait);
    }
    if (waits.empty())
        std::printf("%-36s %10.0f   ended before it could be stopped\n", name, whole);
    else
        std::printf("%-36s %s%9.0f %10.1f %10.1f   %zu of %d stopped\n", name, isLong ? ">" : " ", whole, benchmarks::median(waits),
                    *std::max_element(waits.begin(), waits.end()), waits.size(), moments);
    std::fflush(stdout);
}

void measureProduct(const char* id, const GemmShape& shape)
{
    for (const CpuKernel& kernel : cpuKernels()) {
        if (kernel.about.id != id)
            continue;
        const GemmOperands operands = *makeGemmOperands({shape, GemmData::Normal, 7, {}});
        const StoredMatrix x = *storeMatrix(operands.x, shape.m, shape.k, kernel.x), w = *storeMatrix(*operands.w, shape.n, shape.k, kernel.w);
        GemmOutput y{shape.m, shape.n, {}};
        const auto elements = std::size_t(shape.m * shape.n);
        if (kernel.sums == SumType::Int32)
            y.values = std::vector<std::int32_t>(elements);
        else if (kernel.sums == SumType::Fp64)
            y.values = std::vector<double>(elements);
        else
            y.values = std::vector<float>(elements);
        measure(id, [&](const Progress& progress) { return !kernel.multiply(x, w, y, Pulse(progress)); });
    }
}

}  // namespace

int main()
{
    std::printf("%-36s %10s %10s %10s\n", "", "whole ms", "median ms", "longest ms");
    // Held in memory: computing a synthetic value takes ten times as long as anything that is done with it.
    const std::int64_t count = std::int64_t{1} << 25, period = std::int64_t{1} << 20;
    const auto made = makeSyntheticTensor({.count = period});
    std::vector<float> values(count);
    (void)(*made)->read((*made)->tensors().front(), {0, period}, std::span(values).first(std::size_t(period)));
    for (std::size_t i = std::size_t(period); i < values.size(); ++i)
        values[i] = values[i - std::size_t(period)];
    const auto held = makeTensor("weights", std::move(values), {count / 4096, 4096});
    const TensorSource& source = *held;
    const TensorInfo& tensor = source.tensors().front();
    measure("statistics of 2^25 values", [&](const Progress& p) { return !summarize(source, tensor, p); });
    measure("counts of 2^25 values", [&](const Progress& p) { return !countValues(source, tensor, p); });
    for (const char* text : {"int8", "int4,group=32", "element=nf4,group=64", "int8,channel,clip=mse", "levels=256", "levels=256,fit=lloyd", "q4_k"}) {
        const auto scheme = parseScheme(text);
        if (scheme)
            measure(text, [&](const Progress& p) { return !quantize(source, tensor, *scheme, {}, p); });
    }
    for (const CpuKernel& kernel : cpuKernels())
        measureProduct(kernel.about.id.c_str(), kernel.about.id == "fp32_naive" ? GemmShape{1024, 1024, 1024}
                                                    : kernel.obstacle && kernel.obstacle({2048, 4096, 4096}) ? GemmShape{1024, 2048, 2048}
                                                                                                             : GemmShape{2048, 4096, 4096});
    const GemmOperands operands = *makeGemmOperands({{2048, 4096, 4096}, GemmData::Normal, 7, {}});
    measure("FP64 reference of a product", [&](const Progress& p) { return !makeGemmReference(operands, 7, Pulse(p)); });
    for (const CpuKernel& kernel : cpuKernels())
        if (kernel.about.id == "w4a8_q4_k")
            measure("storing weights as Q4_K", [&](const Progress& p) { return !storeMatrix(*operands.w, 4096, 4096, kernel.w, p); });
    GrowthQuestion growth;
    growth.trials = 512;
    measure("error against K", [&](const Progress& p) { return !measureErrorGrowth(growth, p); });
    const auto outliers = makeOutlierOperands({{512, 1024, 4096}});
    measure("outliers, every treatment", [&](const Progress& p) { return !compareTreatments(*outliers, {}, p); });
}
