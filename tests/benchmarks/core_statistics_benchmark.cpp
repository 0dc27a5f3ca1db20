// SPDX-License-Identifier: Apache-2.0
// Counting and statistics against the rate at which memory can be read at all (a sum), in one run on
// one thread. "share_of_limit" is the part of that rate that is reached.
#include "core/quantization/codebook.h"
#include "core/statistics/counting.h"
#include "core/statistics/histogram.h"
#include "core/statistics/summary.h"
#include "core/tensors/synthetic_tensors.h"

#include <benchmark/benchmark.h>

#include <bit>
#include <chrono>

using namespace quantoscope;

namespace {

constexpr std::size_t count = std::size_t{1} << 25;

/// A period of normal weights repeated: making 2^25 of them would take longer than measuring.
const std::vector<float>& weights()
{
    static const std::vector<float> values = [] {
        constexpr std::int64_t period = 1 << 20;
        const auto source = makeSyntheticTensor({.count = period});
        std::vector<float> all(count);
        (void)(*source)->read((*source)->tensors().front(), {0, period}, std::span(all).first(period));
        for (std::size_t i = period; i < count; ++i)
            all[i] = all[i - period];
        return all;
    }();
    return values;
}

double sumOf(std::span<const float> values)
{
    float lanes[64] = {};
    for (std::size_t i = 0; i + 64 <= values.size(); i += 64)
        for (std::size_t lane = 0; lane < 64; ++lane)
            lanes[lane] += values[i + lane];
    double sum = 0;
    for (const float lane : lanes)
        sum += lane;
    return sum;
}

/// Seconds to stream the weights once, the best of five.
double limitSeconds()
{
    static const double best = [] {
        double seconds = 1e9;
        for (int i = 0; i < 5; ++i) {
            const auto start = std::chrono::steady_clock::now();
            benchmark::DoNotOptimize(sumOf(weights()));
            seconds = std::min(seconds, std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count());
        }
        return seconds;
    }();
    return best;
}

void report(benchmark::State& state, double limit)
{
    state.counters["values_per_s"] = benchmark::Counter(double(count), benchmark::Counter::kIsIterationInvariantRate);
    state.counters["ms_per_1e8"] = benchmark::Counter(double(count) / 1e8 * 1e-3, benchmark::Counter::kIsIterationInvariantRate | benchmark::Counter::kInvert);
    state.counters["share_of_limit"] = benchmark::Counter(limit, benchmark::Counter::kIsIterationInvariantRate);
}

void streamingSum(benchmark::State& state)
{
    for (auto _ : state)
        benchmark::DoNotOptimize(sumOf(weights()));
    report(state, limitSeconds());
}
BENCHMARK(streamingSum);

void scanMinMaxZeros(benchmark::State& state)
{
    for (auto _ : state)
        benchmark::DoNotOptimize(scanFloats(weights()));
    report(state, limitSeconds());
}
BENCHMARK(scanMinMaxZeros);

void countFp32(benchmark::State& state)
{
    for (auto _ : state)
        benchmark::DoNotOptimize(countValues(weights()));
    report(state, limitSeconds());
}
BENCHMARK(countFp32);

/// Finding the best 16 levels, the counting left out.
void optimalCodebook(benchmark::State& state)
{
    const auto counts = countValues(weights());
    for (auto _ : state)
        benchmark::DoNotOptimize(optimalClustering(counts->bins(), int(state.range(0))));
    state.counters["bins"] = double(counts->bins().size());
}
BENCHMARK(optimalCodebook)->Arg(4)->Arg(16)->Arg(256)->Unit(benchmark::kMillisecond);

void histogramFromCounts(benchmark::State& state)
{
    const auto counts = countValues(weights());
    for (auto _ : state)
        benchmark::DoNotOptimize(histogramOf(*counts, counts->totals().min, counts->totals().max, 256));
}
BENCHMARK(histogramFromCounts)->Unit(benchmark::kMicrosecond);

}  // namespace

BENCHMARK_MAIN();
