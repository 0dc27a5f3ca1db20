// SPDX-License-Identifier: Apache-2.0
// Arrays from FP32 to narrower floats and back, beside Eigen (FP16, BF16) and the bytes moved by memcpy and by
// a reading sum, in the same run: with 2^24 elements, larger than any cache, as weights are, and with 2^12, which
// stay in the first cache, so that only the arithmetic counts. Eigen has no floats of 8 bits and fewer; there
// ml_dtypes is the peer, which no Debian package has: 0.138 Gelem/s to FP8, 0.166 back, 0.095 to FP4 and FP6 on
// one core of a Zen 3.
#include "core/formats/convert_array.h"
#include "core/random.h"

#include "tests/benchmarks/limits.h"
#include "tests/benchmarks/side_by_side.h"

#include <Eigen/Core>
#include <benchmark/benchmark.h>

#include <cstring>
#include <span>
#include <string>
#include <type_traits>
#include <vector>

using namespace quantoscope;

namespace {

constexpr std::size_t most = std::size_t{1} << 24;

const std::vector<float>& weights()
{
    static const std::vector<float> values = [] {
        std::vector<float> made(most);
        const RandomStream random(3);
        for (std::size_t i = 0; i < most; ++i)
            made[i] = float(random.normal(i));
        return made;
    }();
    return values;
}

using benchmarks::Contender;

/// As often as makes the same number of elements in every table.
template <class Work>
auto repeated(std::size_t count, Work work)
{
    return [times = most / count, work] {
        for (std::size_t i = 0; i < times; ++i) {
            work();
            benchmark::ClobberMemory();
        }
    };
}

/// FP32 to codes and back beside Eigen, and beside memcpy of as many bytes: the limit.
template <class Stored, class Peer>
void compareFormats(const char* title, std::size_t count, std::initializer_list<const char*> ids)
{
    std::vector<Stored> codes(count);
    std::vector<float> values(count);
    const std::span<const float> input = std::span(weights()).first(count);
    const std::size_t half = count * (sizeof(float) + sizeof(Stored)) / 2;
    std::vector<char> from(half, 1), to(half);
    const std::string limit = "memcpy of as many bytes", encodePeer = "FP32 to codes, Eigen", decodePeer = "codes to FP32, Eigen";
    std::vector<Contender> contenders{
        {limit, repeated(count, [&] { std::memcpy(to.data(), from.data(), half); }), double(most)},
        {"reading sum of the FP32 values", repeated(count, [&] { benchmark::DoNotOptimize(benchmarks::readingSum(input)); }), double(most)}};
    constexpr bool hasPeer = !std::is_void_v<Peer>;
    for (const char* id : ids) {
        const NumberFormat& format = *findNumberFormat(id);
        contenders.push_back({std::string("FP32 to ") + id, repeated(count, [&, input] { encodeArray(format, input, std::span(codes)); }),
                              double(most), limit, hasPeer ? encodePeer : ""});
        contenders.push_back({std::string(id) + " to FP32", repeated(count, [&] { decodeArray(format, std::span<const Stored>(codes), values); }),
                              double(most), limit, hasPeer ? decodePeer : ""});
    }
    if constexpr (hasPeer) {
        using Codes = Eigen::Array<Peer, Eigen::Dynamic, 1>;
        contenders.push_back({encodePeer, repeated(count, [&, input] {
            Eigen::Map<Codes>(reinterpret_cast<Peer*>(codes.data()), Eigen::Index(count)) =
                Eigen::Map<const Eigen::ArrayXf>(input.data(), Eigen::Index(count)).template cast<Peer>(); }), double(most), limit});
        contenders.push_back({decodePeer, repeated(count, [&] {
            Eigen::Map<Eigen::ArrayXf>(values.data(), Eigen::Index(count)) =
                Eigen::Map<const Codes>(reinterpret_cast<const Peer*>(codes.data()), Eigen::Index(count)).template cast<float>(); }),
            double(most), limit});
    }
    benchmarks::compare(title, "Gelem/s", contenders);
}

}  // namespace

int main()
{
    constexpr std::size_t cached = std::size_t{1} << 12;
    compareFormats<std::uint8_t, void>("Eight bits and fewer, 2^24 values", most, {"e4m3", "e5m2", "e3m2", "e2m3", "e2m1"});
    compareFormats<std::uint16_t, Eigen::half>("FP16, 2^24 values", most, {"fp16"});
    compareFormats<std::uint16_t, Eigen::bfloat16>("BF16, 2^24 values", most, {"bf16"});
    compareFormats<std::uint8_t, void>("Eight bits and fewer, 2^12 values in the cache", cached, {"e4m3", "e5m2", "e3m2", "e2m3", "e2m1"});
    compareFormats<std::uint16_t, Eigen::half>("FP16, 2^12 values in the cache", cached, {"fp16"});
    compareFormats<std::uint16_t, Eigen::bfloat16>("BF16, 2^12 values in the cache", cached, {"bf16"});
}
