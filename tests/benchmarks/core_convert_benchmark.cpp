// SPDX-License-Identifier: Apache-2.0
// Arrays from FP32 to narrower floats and back, beside Eigen (FP16, BF16) and the bytes moved by memcpy
// and by a reading sum in the same run. 2^24 elements: larger than any cache, as weights are.
#include "core/formats/convert_array.h"
#include "core/random.h"

#include "tests/benchmarks/side_by_side.h"

#include <Eigen/Core>
#include <benchmark/benchmark.h>

#include <cstring>
#include <string>
#include <type_traits>
#include <vector>

using namespace quantoscope;

namespace {

constexpr std::size_t count = std::size_t{1} << 24;

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

using benchmarks::Contender;

/// FP32 to codes and back beside Eigen, and beside memcpy of as many bytes: the limit.
template <class Stored, class Peer>
void compareFormats(const char* title, std::initializer_list<const char*> ids)
{
    std::vector<Stored> codes(count);
    std::vector<float> values(count);
    const std::size_t half = count * (sizeof(float) + sizeof(Stored)) / 2;
    std::vector<char> from(half, 1), to(half);
    const std::string limit = "memcpy of as many bytes";
    std::vector<Contender> contenders{
        {limit, [&] { std::memcpy(to.data(), from.data(), half); benchmark::ClobberMemory(); }, double(count)}};
    for (const char* id : ids) {
        const NumberFormat& format = *findNumberFormat(id);
        contenders.push_back({std::string("FP32 to ") + id, [&] { encodeArray(format, weights(), std::span(codes)); }, double(count), limit});
        contenders.push_back({std::string(id) + " to FP32", [&] { decodeArray(format, std::span<const Stored>(codes), values); },
                              double(count), limit});
    }
    if constexpr (!std::is_void_v<Peer>) {
        contenders.push_back({"FP32 to codes, Eigen", [&] {
            Eigen::Map<Eigen::Array<Peer, Eigen::Dynamic, 1>>(reinterpret_cast<Peer*>(codes.data()), Eigen::Index(count)) =
                Eigen::Map<const Eigen::ArrayXf>(weights().data(), Eigen::Index(count)).template cast<Peer>();
            benchmark::ClobberMemory(); }, double(count), limit});
        contenders.push_back({"codes to FP32, Eigen", [&] {
            Eigen::Map<Eigen::ArrayXf>(values.data(), Eigen::Index(count)) =
                Eigen::Map<const Eigen::Array<Peer, Eigen::Dynamic, 1>>(reinterpret_cast<const Peer*>(codes.data()), Eigen::Index(count))
                    .template cast<float>();
            benchmark::ClobberMemory(); }, double(count), limit});
    }
    benchmarks::compare(title, "Gelem/s", contenders);
}

}  // namespace

int main()
{
    compareFormats<std::uint8_t, void>("Eight bits and fewer, 2^24 values", {"e4m3", "e5m2", "e3m2", "e2m3", "e2m1"});
    compareFormats<std::uint16_t, Eigen::half>("FP16, 2^24 values", {"fp16"});
    compareFormats<std::uint16_t, Eigen::bfloat16>("BF16, 2^24 values", {"bf16"});
}
