// SPDX-License-Identifier: Apache-2.0
// Block formats: encoding and decoding alone on one thread, and quantizing a tensor with its error figures on all,
// each beside a copy of the bytes it must move, in one run. "share_of_limit" is the part of the copy's rate
// reached; "fp32_bytes" the rate in bytes of FP32, which is how other people's programs are quoted.
#include "core/quantization/block_format.h"
#include "core/quantization/quantize.h"
#include "core/tensors/block_type.h"
#include "core/tensors/synthetic_tensors.h"

#include <benchmark/benchmark.h>

#include <chrono>
#include <cstring>

using namespace quantoscope;

namespace {

constexpr std::int64_t count = std::int64_t{1} << 22;

const std::vector<float>& weights()
{
    static const std::vector<float> values = [] {
        const auto made = makeSyntheticTensor({.count = 1 << 18});
        std::vector<float> all(count);
        (void)(*made)->read((*made)->tensors().front(), {0, 1 << 18}, std::span(all).first(1 << 18));
        for (std::size_t i = 1 << 18; i < all.size(); ++i)
            all[i] = all[i - (1 << 18)];
        return all;
    }();
    return values;
}

/// Seconds to read `from` bytes and write `to` bytes at the rate of a copy.
double copySeconds(double from, double to)
{
    static const double perByte = [] {
        std::vector<float> source(count, 1.0f), target(count);
        double seconds = 1e9;
        for (int i = 0; i < 10; ++i) {
            const auto start = std::chrono::steady_clock::now();
            std::memcpy(target.data(), source.data(), target.size() * sizeof(float));
            benchmark::DoNotOptimize(target.data());
            benchmark::ClobberMemory();
            seconds = std::min(seconds, std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count());
        }
        return seconds / (2.0 * count * sizeof(float));
    }();
    return perByte * (from + to);
}

void report(benchmark::State& state, double limit)
{
    using benchmark::Counter;
    state.counters["fp32_bytes"] = Counter(double(count) * 4, Counter::kIsIterationInvariantRate, Counter::kIs1024);
    state.counters["elements"] = Counter(double(count), Counter::kIsIterationInvariantRate);
    state.counters["share_of_limit"] = Counter(limit, Counter::kIsIterationInvariantRate);
}

struct Stored {
    const BlockFormat& format;
    BlockContext context{.tensorScale = 1e-4f};
    std::vector<std::byte> codes, scales;

    explicit Stored(const char* id)
        : format(*findBlockFormat(id))
        , codes(format.codeBytesOf(count))
        , scales(format.scaleBytesOf(count))
    {
    }
    void encode() { format.encode(weights(), context, codes.data(), scales.data()); }
    double bytes() const { return double(codes.size() + scales.size()); }
};

void encodeBlocks(benchmark::State& state, const char* id)
{
    Stored stored(id);
    for (auto _ : state) {
        stored.encode();
        benchmark::DoNotOptimize(stored.codes.data());
        benchmark::ClobberMemory();
    }
    report(state, copySeconds(4.0 * count, stored.bytes()));
}

/// What reading a GGUF file does: values alone.
void decodeGgufBlocks(benchmark::State& state, std::uint32_t ggmlId, const char* id)
{
    Stored stored(id);
    stored.encode();
    const BlockType& type = *findBlockType(ggmlId);
    std::vector<float> values(count);
    for (auto _ : state) {
        const auto* block = reinterpret_cast<const std::uint8_t*>(stored.codes.data());
        for (std::size_t at = 0; at < values.size(); at += std::size_t(type.elements), block += type.bytes)
            type.decode(block, values.data() + at);
        benchmark::DoNotOptimize(values.data());
        benchmark::ClobberMemory();
    }
    report(state, copySeconds(stored.bytes(), 4.0 * count));
}

/// Values, and the level of each for the figures.
void decodeBlocks(benchmark::State& state, const char* id)
{
    Stored stored(id);
    stored.encode();
    std::vector<float> values(count);
    std::vector<std::uint16_t> levels(count);
    for (auto _ : state) {
        stored.format.decode(stored.codes.data(), stored.scales.data(), stored.context, values, levels.data());
        benchmark::DoNotOptimize(values.data());
        benchmark::ClobberMemory();
    }
    report(state, copySeconds(stored.bytes(), 6.0 * count));
}

/// All that the page needs: codes, values, error figures and counts per level.
void quantizeTensor(benchmark::State& state, const char* id)
{
    static const auto source = makeTensor("weights", weights(), {count / 4096, 4096});
    const auto scheme = *parseScheme(id);
    for (auto _ : state)
        benchmark::DoNotOptimize(quantize(*source, source->tensors().front(), scheme));
    report(state, copySeconds(4.0 * count, bitsPerWeight(scheme, {count / 4096, 4096}) / 8 * count));
}

#define FOR_FORMAT(id) \
    BENCHMARK_CAPTURE(encodeBlocks, id, #id)->Unit(benchmark::kMillisecond); \
    BENCHMARK_CAPTURE(decodeBlocks, id, #id)->Unit(benchmark::kMillisecond); \
    BENCHMARK_CAPTURE(quantizeTensor, id, #id)->Unit(benchmark::kMillisecond)->UseRealTime()

FOR_FORMAT(q8_0);
FOR_FORMAT(q4_0);
FOR_FORMAT(q4_k);
FOR_FORMAT(q6_k);
FOR_FORMAT(mxfp4);
FOR_FORMAT(mxfp4_ggml);
FOR_FORMAT(nvfp4);
FOR_FORMAT(nvfp4_ggml);
FOR_FORMAT(nf4);
FOR_FORMAT(nf4_dq);
FOR_FORMAT(iq4_nl);
BENCHMARK_CAPTURE(decodeGgufBlocks, q8_0, 8, "q8_0")->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(decodeGgufBlocks, q4_0, 2, "q4_0")->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(decodeGgufBlocks, q4_k, 12, "q4_k")->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(decodeGgufBlocks, q6_k, 14, "q6_k")->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(decodeGgufBlocks, mxfp4, 39, "mxfp4_ggml")->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(decodeGgufBlocks, nvfp4, 40, "nvfp4_ggml")->Unit(benchmark::kMillisecond);

}  // namespace

BENCHMARK_MAIN();
