// SPDX-License-Identifier: Apache-2.0
// Arrays from FP32 to narrower floats and back, beside Eigen (FP16, BF16) and the bytes moved by memcpy
// and by a reading sum in the same run. 2^22 elements: larger than a cache, as weights are.
#include "core/formats/convert_array.h"
#include "core/random.h"

#include <Eigen/Core>
#include <benchmark/benchmark.h>

#include <cstring>
#include <string>
#include <vector>

using namespace quantoscope;

namespace {

constexpr std::size_t count = std::size_t{1} << 22;

const std::vector<float>& weights()
{
    static const std::vector<float> values = [] {
        std::vector<float> made(count);
        const RandomStream random(3);
        for (std::size_t i = 0; i < count; ++i)
            made[i] = float(random.normal(i));
        return made;
    }();
    return values;
}

void report(benchmark::State& state, std::size_t bytesMoved)
{
    state.SetItemsProcessed(state.iterations() * std::int64_t(count));
    state.SetBytesProcessed(state.iterations() * std::int64_t(bytesMoved));
}

template <class Stored>
void encodeFormat(benchmark::State& state, const char* id)
{
    const NumberFormat& format = *findNumberFormat(id);
    std::vector<Stored> codes(count);
    for (auto _ : state) {
        encodeArray(format, weights(), std::span(codes));
        benchmark::ClobberMemory();
    }
    report(state, count * (sizeof(float) + sizeof(Stored)));
}

template <class Stored>
void decodeFormat(benchmark::State& state, const char* id)
{
    const NumberFormat& format = *findNumberFormat(id);
    std::vector<Stored> codes(count);
    encodeArray(format, weights(), std::span(codes));
    std::vector<float> values(count);
    for (auto _ : state) {
        decodeArray(format, std::span<const Stored>(codes), values);
        benchmark::ClobberMemory();
    }
    report(state, count * (sizeof(float) + sizeof(Stored)));
}

/// The same codes, a value at a time by the general encoder: what the wide code replaces.
void encodeOneByOne(benchmark::State& state, const char* id)
{
    const NumberFormat& format = *findNumberFormat(id);
    std::vector<std::uint8_t> codes(count);
    for (auto _ : state) {
        for (std::size_t i = 0; i < count; ++i)
            codes[i] = std::uint8_t(encode(format, double(weights()[i])));
        benchmark::ClobberMemory();
    }
    report(state, count * 5);
}

template <class Stored>
void encodeEigen(benchmark::State& state)
{
    std::vector<Stored> codes(count);
    const Eigen::Map<const Eigen::ArrayXf> source(weights().data(), Eigen::Index(count));
    Eigen::Map<Eigen::Array<Stored, Eigen::Dynamic, 1>> target(codes.data(), Eigen::Index(count));
    for (auto _ : state) {
        target = source.template cast<Stored>();
        benchmark::ClobberMemory();
    }
    report(state, count * 6);
}

template <class Stored>
void decodeEigen(benchmark::State& state)
{
    std::vector<Stored> codes(count, Stored(0.37f));
    std::vector<float> values(count);
    const Eigen::Map<const Eigen::Array<Stored, Eigen::Dynamic, 1>> source(codes.data(), Eigen::Index(count));
    Eigen::Map<Eigen::ArrayXf> target(values.data(), Eigen::Index(count));
    for (auto _ : state) {
        target = source.template cast<float>();
        benchmark::ClobberMemory();
    }
    report(state, count * 6);
}

/// As many bytes moved as FP32 to one-byte codes: the limit of those rows, in elements.
void copySameBytes(benchmark::State& state)
{
    const std::size_t half = count * 5 / 2;
    std::vector<char> from(half, 1), to(half);
    for (auto _ : state) {
        std::memcpy(to.data(), from.data(), half);
        benchmark::ClobberMemory();
    }
    report(state, count * 5);
}

}  // namespace

int main(int argc, char** argv)
{
    using benchmark::RegisterBenchmark;
    RegisterBenchmark("memcpy of as many bytes", copySameBytes);
    for (const char* id : {"e4m3", "e5m2", "e2m1"})
        RegisterBenchmark((std::string("FP32 to ") + id).c_str(), encodeFormat<std::uint8_t>, id);
    RegisterBenchmark("FP32 to e4m3, a value at a time", encodeOneByOne, "e4m3");
    for (const char* id : {"fp16", "bf16"})
        RegisterBenchmark((std::string("FP32 to ") + id).c_str(), encodeFormat<std::uint16_t>, id);
    RegisterBenchmark("FP32 to fp16, Eigen", encodeEigen<Eigen::half>);
    RegisterBenchmark("FP32 to bf16, Eigen", encodeEigen<Eigen::bfloat16>);
    for (const char* id : {"e4m3", "e5m2", "e2m1"})
        RegisterBenchmark((std::string(id) + " to FP32").c_str(), decodeFormat<std::uint8_t>, id);
    for (const char* id : {"fp16", "bf16"})
        RegisterBenchmark((std::string(id) + " to FP32").c_str(), decodeFormat<std::uint16_t>, id);
    RegisterBenchmark("fp16 to FP32, Eigen", decodeEigen<Eigen::half>);
    RegisterBenchmark("bf16 to FP32, Eigen", decodeEigen<Eigen::bfloat16>);
    benchmark::Initialize(&argc, argv);
    benchmark::RunSpecifiedBenchmarks();
}
