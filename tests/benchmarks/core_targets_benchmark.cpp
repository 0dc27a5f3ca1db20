// SPDX-License-Identifier: Apache-2.0
// The targets of counting, statistics, quantizing and clustering: ours, the rate at which memory can be read and
// NumPy or scikit-learn (Debian's packages, where they are installed) in one run, by processor time. Then how long
// a moved handle takes to answer from counts, for a million to a billion weights.
//
// core_targets_benchmark [ELEMENTS [LARGEST]]   100 million and a billion, if not said; the largest needs 4 bytes each.
#include "core/quantization/codebook.h"
#include "core/quantization/quantize.h"
#include "core/statistics/histogram.h"
#include "core/statistics/moments.h"
#include "core/statistics/summary.h"
#include "core/tensors/synthetic_tensors.h"

#include "tests/benchmarks/limits.h"
#include "tests/benchmarks/numpy_peer.h"
#include "tests/benchmarks/side_by_side.h"

#include <benchmark/benchmark.h>

#include <chrono>
#include <cmath>
#include <cstdlib>

using namespace quantoscope;
using namespace quantoscope::benchmarks;

namespace {

/// A period of normal weights repeated: making all of them would take longer than measuring.
std::vector<float> weights(std::int64_t count)
{
    constexpr std::int64_t period = 1 << 20;
    static const std::shared_ptr<const TensorSource> source = *makeSyntheticTensor({.count = period});
    std::vector<float> all(static_cast<std::size_t>(count));
    const auto first = std::size_t(std::min(period, count));
    (void)source->read(source->tensors().front(), {0, std::int64_t(first)}, std::span(all).first(first));
    for (std::size_t i = first; i < all.size(); ++i)
        all[i] = all[i - first];
    return all;
}

std::uint16_t halfOf(float value)
{
    static const NumberFormat& fp16 = *findNumberFormat("fp16");
    return std::uint16_t(encode(fp16, double(value)));
}

/// The same weights as FP16, held as bytes.
class Halves : public TensorSource {
public:
    explicit Halves(std::int64_t count)
        : m_codes(static_cast<std::size_t>(count))
    {
        const std::vector<float> period = weights(std::min<std::int64_t>(count, 1 << 20));
        for (std::size_t i = 0; i < m_codes.size(); ++i)
            m_codes[i] = i < period.size() ? halfOf(period[i]) : m_codes[i - period.size()];
        m_tensor.name = "weights";
        m_tensor.typeName = "F16";
        m_tensor.type = findStorageType("F16");
        m_tensor.shape = {count};
        m_tensor.count = count;
        m_tensor.bytes = std::uint64_t(count) * 2;
    }

    std::string name() const override { return "F16"; }
    std::span<const TensorInfo> tensors() const override { return {&m_tensor, 1}; }
    std::span<const std::pair<std::string, std::string>> metadata() const override { return {}; }
    Result<void> read(const TensorInfo&, ElementRange, std::span<double>) const override { return failure(Error::Kind::Unsupported, "Only bytes are here."); }
    Result<void> read(const TensorInfo&, ElementRange, std::span<float>) const override { return failure(Error::Kind::Unsupported, "Only bytes are here."); }
    Result<void> readBytes(const TensorInfo&, ElementRange range, std::span<std::byte> bytes) const override
    {
        std::memcpy(bytes.data(), m_codes.data() + range.first, std::size_t(range.count) * 2);
        return {};
    }
    std::span<const std::uint16_t> codes() const { return m_codes; }

private:
    std::vector<std::uint16_t> m_codes;
    TensorInfo m_tensor;
};

/// A peer's task as a contender; left out where the peer is not installed.
void addPeer(std::vector<Contender>& contenders, NumpyPeer& peer, const char* name, const char* task, double work)
{
    if (peer.secondsOf(task))
        contenders.push_back({name, {}, work, {}, {}, [&peer, task] { return peer.secondsOf(task).value_or(NAN); }});
}

const char* const limit = "read once (sum)";

void compareStatistics(const TensorSource& source, NumpyPeer& peer)
{
    const TensorInfo& info = source.tensors().front();
    const double work = double(info.count);
    std::vector<float> values(static_cast<std::size_t>(info.count));
    (void)source.read(info, {0, info.count}, std::span(values));
    std::vector<Contender> contenders{{limit, [&] { benchmark::DoNotOptimize(readingSum(values)); }, work}};
    addPeer(contenders, peer, "NumPy min, max, mean, deviation", "statistics", work);
    addPeer(contenders, peer, "NumPy histogram", "histogram", work);
    contenders.push_back({"min, max, mean, deviation", [&] { benchmark::DoNotOptimize(momentsOf(source, info)); }, work, limit, {}, {},
                          "NumPy min, max, mean, deviation", 7});
    contenders.push_back({"the same and all counts", [&] { benchmark::DoNotOptimize(summaryOf(**countValues(source, info))); }, work, limit});
    contenders.push_back({"all statistics, nine exact quantiles", [&] { benchmark::DoNotOptimize(summarize(source, info)); }, work, limit});
    contenders.push_back({"256-bin histogram, exact", [&] { benchmark::DoNotOptimize(exactHistogram(source, info, -0.1, 0.1, 256)); }, work, limit, {}, {},
                          "NumPy histogram", 12});
    compare("statistics, FP32", "Gelem/s", contenders, 5);
}

void compareCodeCounts(const Halves& halves, NumpyPeer& peer)
{
    const TensorInfo& info = halves.tensors().front();
    const double work = double(info.count);
    const auto codes = halves.codes();
    const std::span<const float> asFloats(reinterpret_cast<const float*>(codes.data()), codes.size() / 2);
    std::vector<Contender> contenders{{limit, [=] { benchmark::DoNotOptimize(readingSum(asFloats)); }, work}};
    addPeer(contenders, peer, "NumPy bincount", "code_counts", work);
    contenders.push_back({"exact counts of codes", [&] { benchmark::DoNotOptimize(countValues(halves, info)); }, work, limit, {}, {}, "NumPy bincount", 5});
    compare("counting, FP16", "Gelem/s", contenders, 7);
}

void compareQuantizing(const TensorSource& source, NumpyPeer& peer)
{
    const TensorInfo& info = source.tensors().front();
    const double work = double(info.count);
    std::vector<float> values(static_cast<std::size_t>(info.count));
    (void)source.read(info, {0, info.count}, std::span(values));
    std::vector<Contender> contenders{{limit, [&] { benchmark::DoNotOptimize(readingSum(values)); }, work}};
    addPeer(contenders, peer, "NumPy INT8 and error, step given", "int8_given", work);
    addPeer(contenders, peer, "NumPy INT8 and error", "int8", work);
    QuantizationSink packing;
    packing.codes = packing.scales = [](std::span<const std::byte> bytes) -> Result<void> { benchmark::DoNotOptimize(bytes.data()); return {}; };
    QuantizationSink errorsAlone;
    errorsAlone.levelCounts = false;
    const auto add = [&](const char* text, const char* with, const QuantizationSink& sink, const char* other = "", double target = 0) {
        contenders.push_back({std::string(text) + with, [&, scheme = *parseScheme(text)] { benchmark::DoNotOptimize(quantize(source, info, scheme, sink)); },
                              work, limit, {}, {}, other, target});
    };
    add("int8,clip=-0.1:0.1", "", errorsAlone, "NumPy INT8 and error, step given");
    add("int8", "", errorsAlone, "NumPy INT8 and error", 30);
    add("int4,group=128", "", errorsAlone, "", 1 / 1.5);
    add("int4,group=32", "", errorsAlone, "", 1 / 1.5);
    const QuantizationSink counting;
    for (const char* text : {"int8", "int4,group=128", "int4,group=32", "levels=16"})
        add(text, ", counts per level", counting);
    add("element=nf4,group=64", ", counts per level, packed", packing);
    compare("quantizing with all error figures, FP32", "Gelem/s", contenders, 5);
}

void compareClustering(std::int64_t count, NumpyPeer& peer)
{
    const auto source = makeTensor("weights", weights(count), {count});
    const TensorInfo& info = source->tensors().front();
    std::vector<Contender> contenders;
    addPeer(contenders, peer, "scikit-learn Lloyd, one start", "lloyd", double(count));
    addPeer(contenders, peer, "scikit-learn MiniBatchKMeans", "mini_batch", double(count));
    contenders.push_back({"16 optimal levels, counting included",
                          [&] { benchmark::DoNotOptimize(optimalClustering((*countValues(*source, info))->bins(), 16)); }, double(count), {}, {}, {},
                          "scikit-learn Lloyd, one start", 500});
    compare("clustering, FP32", "Gelem/s", contenders, 1);
}

void compareCalibrating(const TensorSource& source)
{
    const TensorInfo& info = source.tensors().front();
    const auto counts = *countValues(source, info);
    const QuantizationScheme scheme = *parseScheme("int4");
    std::vector<float> values(static_cast<std::size_t>(info.count));
    (void)source.read(info, {0, info.count}, std::span(values));
    compare("calibrating INT4 by all methods", "Gelem/s",
            {{limit, [&] { benchmark::DoNotOptimize(readingSum(values)); }, double(info.count)},
             {"from counts", [&] { benchmark::DoNotOptimize(calibrationMarks(scheme, *counts)); }, double(info.count), limit},
             {"exactly", [&] { benchmark::DoNotOptimize(calibrationMarks(source, info, scheme, *counts, {})); }, double(info.count), limit}}, 3);
}

/// Microseconds to answer a moved clip: the level map and its error, from counts alone. The clip only ever shrinks a little.
struct Latency { double median, p99; };
Latency dragOver(const ValueCounts& counts, const char* text)
{
    const QuantizationScheme scheme = *parseScheme(text);
    std::vector<double> times;
    double clip = counts.absoluteMaximum();
    for (int move = 0; move < 2000; ++move) {
        clip *= 0.9995;
        const double start = processorSeconds();
        benchmark::DoNotOptimize(errorOf(counts, levelMapOf(scheme, -clip, clip)));
        times.push_back((processorSeconds() - start) * 1e6);
    }
    std::sort(times.begin(), times.end());
    return {times[times.size() / 2], times[times.size() * 99 / 100]};
}

void printDrag(const char* type, const TensorSource& source)
{
    const TensorInfo& info = source.tensors().front();
    const double start = processorSeconds();
    const auto counts = *countValues(source, info);
    std::printf("%-5s %14lld %12.1f %8zu", type, static_cast<long long>(info.count), (processorSeconds() - start) * 1e3, counts->bins().size());
    for (const char* text : {"int4", "int8", "e4m3"}) {
        const Latency latency = dragOver(*counts, text);
        std::printf("   %5s %6.1f /%6.1f", text, latency.median, latency.p99);
    }
    std::printf("\n");
    std::fflush(stdout);
}

void compareDrags(std::int64_t largest)
{
    std::printf("\nmoved clip answered from counts, processor time (target < 100 µs at every size)\n%-5s %14s %12s %8s   µs, median / 99th percentile\n",
                "", "elements", "counting ms", "bins");
    for (std::int64_t count = 1'000'000; count <= largest; count *= 10)
        printDrag("FP32", *makeTensor("weights", weights(count), {count}));
    for (std::int64_t count = 1'000'000; count <= largest; count *= 10)
        printDrag("FP16", Halves(count));
}

}  // namespace

int main(int argc, char** argv)
{
    const std::int64_t count = argc > 1 ? std::atoll(argv[1]) : 100'000'000, largest = argc > 2 ? std::atoll(argv[2]) : 1'000'000'000;
    {
        NumpyPeer peer(QUANTOSCOPE_NUMPY_PEER, count);
        const auto source = makeTensor("weights", weights(count), {count / 4096 * 4096 == count ? count / 4096 : 1, count / 4096 * 4096 == count ? 4096 : count});
        compareStatistics(*source, peer);
        compareQuantizing(*source, peer);
        compareCodeCounts(Halves(count), peer);
        compareCalibrating(*source);
    }
    NumpyPeer peer(QUANTOSCOPE_NUMPY_PEER, count / 10);
    compareClustering(count / 10, peer);
    compareDrags(largest);
}
