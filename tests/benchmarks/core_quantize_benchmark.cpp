// SPDX-License-Identifier: Apache-2.0
// Quantizing with error figures beside the rate at which memory is read, and evaluating a moved clip or
// level from counts; one run.
#include "core/quantization/quantize.h"
#include "core/tensors/synthetic_tensors.h"

#include "tests/benchmarks/limits.h"
#include "tests/benchmarks/side_by_side.h"

#include <benchmark/benchmark.h>

#include <cmath>
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

using benchmarks::compare;
using benchmarks::Contender;
using benchmarks::readingSum;

/// What NumPy does for the same: whole arrays, one after another.
void fakeQuantizeAsArrays(std::span<const float> values, std::vector<float>& scratch)
{
    float largest = 0;
    for (const float x : values)
        largest = std::max(largest, std::abs(x));
    const float step = largest / 127;
    for (std::size_t i = 0; i < values.size(); ++i)
        scratch[i] = std::clamp(std::nearbyintf(values[i] / step), -127.0f, 127.0f) * step;
    double error = 0;
    for (std::size_t i = 0; i < values.size(); ++i)
        error += double(values[i] - scratch[i]) * double(values[i] - scratch[i]);
    benchmark::DoNotOptimize(error);
}

/// Whole calls of quantize() beside reading the same values once: the range takes one reading, the
/// errors the second, so that half of the limit is the most a per-tensor scheme can reach.
void compareSchemes()
{
    const TensorInfo& info = weights().tensors().front();
    std::vector<float> values(count), scratch(count);
    (void)weights().read(info, {0, count}, std::span(values));
    const std::string limit = "read once (sum)";
    std::vector<Contender> contenders{
        {limit, [&] { benchmark::DoNotOptimize(readingSum(values)); }, double(count)},
        {"memcpy", [&] { std::memcpy(scratch.data(), values.data(), count * sizeof(float)); benchmark::ClobberMemory(); }, double(count), limit},
        {"INT8 array by array, as NumPy does", [&] { fakeQuantizeAsArrays(values, scratch); }, double(count), limit}};
    for (const char* text : {"int8", "int8,clip=percentile:99.9", "int8,asymmetric", "int8,channel", "int4,group=128", "int4,group=32", "int4,asymmetric,group=32",
                             "element=nf4,group=64", "e4m3", "levels=16"})
        contenders.push_back({text, [&, scheme = *parseScheme(text)] { benchmark::DoNotOptimize(quantize(weights(), info, scheme)); },
                              double(count), limit});
    QuantizationSink packing;
    packing.codes = [](std::span<const std::byte> bytes) -> Result<void> { benchmark::DoNotOptimize(bytes.data()); return {}; };
    packing.scales = packing.codes;
    for (const char* text : {"int4,group=32", "element=nf4,group=64"})
        contenders.push_back({std::string(text) + ", packed", [&, scheme = *parseScheme(text)] {
                                  benchmark::DoNotOptimize(quantize(weights(), info, scheme, packing)); }, double(count), limit});
    compare("quantize() with all error figures and counts, 2^24 FP32", "Gelem/s", contenders, 9);
}

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

int main(int argc, char** argv)
{
    benchmark::Initialize(&argc, argv);
    compareSchemes();
    benchmark::RunSpecifiedBenchmarks();
}
