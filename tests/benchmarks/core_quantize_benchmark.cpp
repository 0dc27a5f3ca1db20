// SPDX-License-Identifier: Apache-2.0
// Quantizing with error figures against reading and writing the same bytes (a copy), and evaluating a
// moved clip or level from counts; one run. "share_of_limit" is the part of the copy's rate reached.
#include "core/quantization/quantize.h"
#include "core/tensors/synthetic_tensors.h"

#include <benchmark/benchmark.h>

#include <chrono>
#include <cstring>

using namespace quantoscope;

namespace {

constexpr std::int64_t count = std::int64_t{1} << 24;

const TensorSource& weights()
{
    static const auto source = [] {
        constexpr std::int64_t period = 1 << 20;
        const auto made = makeSyntheticTensor({.count = period});
        std::vector<float> all(count);
        (void)(*made)->read((*made)->tensors().front(), {0, period}, std::span(all).first(period));
        for (std::size_t i = period; i < all.size(); ++i)
            all[i] = all[i - period];
        return makeTensor("weights", std::move(all), {count / 4096, 4096});
    }();
    return *source;
}

const ValueCounts& counts()
{
    static const auto counted = *countValues(weights(), weights().tensors().front());
    return *counted;
}

double copySeconds()
{
    static const double best = [] {
        std::vector<float> from(count, 1.0f), to(count);
        double seconds = 1e9;
        for (int i = 0; i < 5; ++i) {
            const auto start = std::chrono::steady_clock::now();
            std::memcpy(to.data(), from.data(), from.size() * sizeof(float));
            benchmark::DoNotOptimize(to.data());
            benchmark::ClobberMemory();
            seconds = std::min(seconds, std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count());
        }
        return seconds;
    }();
    return best;
}

void quantizeWeights(benchmark::State& state, const char* text)
{
    const auto scheme = *parseScheme(text);
    for (auto _ : state)
        benchmark::DoNotOptimize(quantize(weights(), weights().tensors().front(), scheme));
    state.counters["ms_per_1e8"] = benchmark::Counter(double(count) / 1e8 * 1e-3, benchmark::Counter::kIsIterationInvariantRate | benchmark::Counter::kInvert);
    state.counters["share_of_limit"] = benchmark::Counter(copySeconds(), benchmark::Counter::kIsIterationInvariantRate);
}
BENCHMARK_CAPTURE(quantizeWeights, int8, "int8")->Unit(benchmark::kMillisecond)->UseRealTime();
BENCHMARK_CAPTURE(quantizeWeights, int4_group128, "int4,group=128")->Unit(benchmark::kMillisecond)->UseRealTime();
BENCHMARK_CAPTURE(quantizeWeights, int4_group32, "int4,group=32")->Unit(benchmark::kMillisecond)->UseRealTime();
BENCHMARK_CAPTURE(quantizeWeights, int8_channel, "int8,channel")->Unit(benchmark::kMillisecond)->UseRealTime();
BENCHMARK_CAPTURE(quantizeWeights, e4m3, "e4m3")->Unit(benchmark::kMillisecond)->UseRealTime();
BENCHMARK_CAPTURE(quantizeWeights, nf4_group64, "element=nf4,group=64")->Unit(benchmark::kMillisecond)->UseRealTime();
BENCHMARK_CAPTURE(quantizeWeights, levels16, "levels=16")->Unit(benchmark::kMillisecond)->UseRealTime();

/// What a drag of a handle asks for: the level map of a new range and its error. Independent of size.
void evaluateMovedClip(benchmark::State& state, const char* text)
{
    const auto scheme = *parseScheme(text);
    double clip = counts().absoluteMaximum();
    for (auto _ : state) {
        clip *= 0.9999;
        benchmark::DoNotOptimize(errorOf(counts(), levelMapOf(scheme, -clip, clip)));
    }
}
BENCHMARK_CAPTURE(evaluateMovedClip, int4, "int4")->Unit(benchmark::kMicrosecond);
BENCHMARK_CAPTURE(evaluateMovedClip, int8, "int8")->Unit(benchmark::kMicrosecond);
BENCHMARK_CAPTURE(evaluateMovedClip, e4m3, "e4m3")->Unit(benchmark::kMicrosecond);

void leastSquaresClip(benchmark::State& state, const char* text)
{
    const auto scheme = *parseScheme(text);
    for (auto _ : state)
        benchmark::DoNotOptimize(clipRangeOf(scheme, counts()));
}
BENCHMARK_CAPTURE(leastSquaresClip, int4, "int4,clip=mse")->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(leastSquaresClip, int8, "int8,clip=mse")->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(leastSquaresClip, int4_asymmetric, "int4,asymmetric,clip=mse")->Unit(benchmark::kMillisecond);

void costCurve(benchmark::State& state)
{
    const auto scheme = *parseScheme("int8");
    for (auto _ : state)
        benchmark::DoNotOptimize(clipCostCurve(scheme, counts(), 200));
}
BENCHMARK(costCurve)->Unit(benchmark::kMillisecond);

}  // namespace

BENCHMARK_MAIN();
