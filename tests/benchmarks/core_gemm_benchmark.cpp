// SPDX-License-Identifier: Apache-2.0
// Our kernels beside OpenBLAS, BLIS and XNNPACK, and all of them beside the limits of this processor and of
// its memory, in one run, on one core: rates are by processor time, ratios within a round. The weights of
// the products with one row are larger than the caches. Words on the command line choose parts by name:
//   core_gemm_benchmark limits fp32 int8 w4 gemv batch
// and the word avx2 leaves AVX-512 unused in what goes through Highway.
#include "core/gemm/cpu_kernels/cpu_kernel.h"
#include "core/gemm/cpu_kernels/grouped_int8.h"
#include "core/gemm/cpu_kernels/int8_vnni.h"
#include "core/gemm/cpu_kernels/q4_k.h"
#include "core/gemm/gemm_operands.h"

#include "tests/benchmarks/gemm_limits.h"
#include "tests/benchmarks/gemm_peers.h"
#include "tests/benchmarks/limits.h"
#include "tests/benchmarks/side_by_side.h"

#include <hwy/targets.h>

#include <sched.h>

#include <algorithm>
#include <cstring>
#include <map>
#include <string_view>

extern "C" void openblas_set_num_threads(int);

using namespace quantoscope;
using namespace quantoscope::benchmarks;

namespace {

void stayOnOneCore()
{
    // Before anything starts a thread. The last core: the first is where interrupts go.
    cpu_set_t allowed, one;
    CPU_ZERO(&one);
    if (sched_getaffinity(0, sizeof allowed, &allowed) != 0)
        return;
    for (int core = CPU_SETSIZE - 1; core >= 0; --core)
        if (CPU_ISSET(core, &allowed)) {
            CPU_SET(core, &one);
            sched_setaffinity(0, sizeof one, &one);
            break;
        }
    openblas_set_num_threads(1);
    setenv("BLIS_NUM_THREADS", "1", 1);
}

/// W by rows that repeat after 256: as random as a kernel can tell, and made at once.
GemmOperands operandsOf(const GemmShape& shape)
{
    const std::int64_t rows = std::min<std::int64_t>(shape.n, 256);
    GemmOperands operands = *makeGemmOperands({{shape.m, rows, shape.k}, GemmData::Normal, 7, {}});
    auto w = std::make_shared<std::vector<float>>(std::size_t(shape.n * shape.k));
    for (std::int64_t row = 0; row < shape.n; ++row)
        std::copy_n(operands.w->begin() + row % rows * shape.k, shape.k, w->begin() + row * shape.k);
    operands.w = std::move(w);
    operands.shape = shape;
    return operands;
}

const CpuKernel& kernelOf(std::string_view id)
{
    for (const CpuKernel& kernel : cpuKernels())
        if (kernel.about.id == id)
            return kernel;
    std::fprintf(stderr, "There is no kernel %s.\n", std::string(id).c_str());
    std::exit(1);
}

/// A kernel with its operands stored, ready to multiply.
struct Prepared {
    const CpuKernel* kernel;
    StoredMatrix x, w;
    GemmOutput y;

    Prepared(std::string_view id, const GemmOperands& operands) : kernel(&kernelOf(id))
    {
        const auto [m, n, k] = operands.shape;
        x = *storeMatrix(operands.x, m, k, kernel->x);
        w = *storeMatrix(*operands.w, n, k, kernel->w);
        const auto elements = std::size_t(m * n);
        y = {m, n, {}};
        if (kernel->sums == SumType::Int32)
            y.values = std::vector<std::int32_t>(elements);
        else if (kernel->sums == SumType::Fp64)
            y.values = std::vector<double>(elements);
        else
            y.values = std::vector<float>(elements);
    }
    void multiply(cpu::Multiply* by = nullptr) { (by ? by : kernel->multiply)(x, w, y, Pulse({})); }
    double weightBytes() const { return storedBytes(kernel->w, w.rows, w.columns); }
};

double operationsOf(const GemmShape& shape)
{
    return 2.0 * double(shape.m) * double(shape.n) * double(shape.k);
}

std::string titleOf(const char* what, const GemmShape& shape)
{
    return std::string(what) + ", " + std::to_string(shape.m) + " x " + std::to_string(shape.n) + " x " + std::to_string(shape.k);
}

std::vector<Contender> limitContenders()
{
    std::vector<Contender> contenders;
    for (const ArithmeticLimit& limit : arithmeticLimits())
        contenders.push_back({limit.name, [run = limit.run] { run(); }, limit.run()});
    return contenders;
}

std::string limitNamed(std::string_view part)
{
    for (const ArithmeticLimit& limit : arithmeticLimits())
        if (limit.name.find(part) != std::string::npos)
            return limit.name;
    return {};
}

void comparePrecise(const GemmShape& shape)
{
    const GemmOperands operands = operandsOf(shape);
    std::vector<Contender> contenders = limitContenders();
    const double work = operationsOf(shape);
    std::vector<float> y(std::size_t(shape.m * shape.n));
    const auto peer = [&](const char* name, const char* file) {
        if (Sgemm* sgemm = sgemmOf(file))
            contenders.push_back({name, [&, sgemm] {
                multiplyBy(sgemm, int(shape.m), int(shape.n), int(shape.k), operands.x.data(), operands.w->data(), y.data());
            }, work, limitNamed("FP32 FMA, AVX2")});
    };
    peer("BLIS", "libblis.so.4");
    std::map<std::string, Prepared> prepared;
    for (const char* id : {"fp32", "fp64", "bf16", "fp16", "fp32_vectorised", "fp32_eigen"}) {
        Prepared& one = prepared.try_emplace(id, id, operands).first->second;
        contenders.push_back({id, [&one] { one.multiply(); }, work, std::string_view(id) == "fp32" ? "BLIS" : "fp32"});
    }
    compare(titleOf("Sums in FP32; the row fp32 is OpenBLAS, which is linked", shape).c_str(), "GFLOP/s", contenders);
}

void compareInt8(const GemmShape& shape)
{
    const GemmOperands operands = operandsOf(shape);
    std::vector<Contender> contenders = limitContenders();
    const double work = operationsOf(shape);
    Prepared int8("int8", operands), saturating("int8_saturating", operands);
    const XnnpackInt8 xnnpack(std::size_t(shape.k), std::size_t(shape.n), reinterpret_cast<const std::int8_t*>(int8.w.bytes.data()));
    std::vector<std::int8_t> y(std::size_t(shape.m * shape.n));
    if (xnnpack.isThere())   // Rows of 64 bytes' multiples are what it wants too: no padding between them.
        contenders.push_back({"XNNPACK, weights packed before", [&] {
            xnnpack.multiply(std::size_t(shape.m), int8.x.rowAs<std::int8_t>(0), y.data());
        }, work, limitNamed("vpmaddwd")});
    contenders.push_back({"int8 by 16-bit pairs, any processor", [&] { int8.multiply(cpu::multiplyInt8Widened); }, work, "XNNPACK, weights packed before"});
    contenders.push_back({"int8 by pairs, of the limit", [&] { int8.multiply(cpu::multiplyInt8Widened); }, work, limitNamed("vpmaddwd")});
    if (cpu::hasVnni()) {
        contenders.push_back({"int8 by VNNI", [&] { int8.multiply(cpu::multiplyInt8Vnni); }, work, "XNNPACK, weights packed before"});
        contenders.push_back({"int8 by VNNI, of the limit", [&] { int8.multiply(cpu::multiplyInt8Vnni); }, work, limitNamed("vpdpbusd")});
    }
    contenders.push_back({"int8_saturating, wrong", [&] { saturating.multiply(); }, work, "int8 by 16-bit pairs, any processor"});
    compare(titleOf("Exact INT8", shape).c_str(), "Gop/s", contenders);
}

/// Four-bit weights at a large batch, with x in FP16 and with x in INT8.
void compareInt4(const GemmShape& shape)
{
    const GemmOperands operands = operandsOf(shape);
    std::vector<Contender> contenders = limitContenders();
    std::map<std::string, Prepared> prepared;
    const auto add = [&](std::string name, const char* id, cpu::Multiply* by, std::string against) {
        Prepared& one = prepared.try_emplace(id, id, operands).first->second;
        contenders.push_back({std::move(name), [&one, by] { one.multiply(by); }, operationsOf(shape), std::move(against)});
    };
    add("fp32", "fp32", nullptr, limitNamed("FP32 FMA, AVX2"));
    for (const char* id : {"w4a16_int4", "w4a16_q4_k", "w8a8_q8_0", "w4a8_int4", "w4a8_q4_0", "w4a8_q4_k"})
        add(id, id, nullptr, "fp32");
    add("w4a8_int4 without VNNI", "w4a8_int4", cpu::multiplyGroupedPairs, limitNamed("vpmaddubsw"));
    add("w4a8_q4_k without VNNI", "w4a8_q4_k", cpu::multiplyQ4kPairs, limitNamed("vpmaddubsw"));
    compare(titleOf("Four-bit weights, groups with scales", shape).c_str(), "Gop/s", contenders, 9);
}

void compareOneRow(const GemmShape& shape)
{
    const GemmOperands operands = operandsOf(shape);
    std::vector<Contender> contenders;
    std::uint64_t sum = 0;
    const std::vector<float, LargePages<float>> stored(operands.w->begin(), operands.w->end());   // As W is stored.
    contenders.push_back({"limit: reading", [&] { sum += readingSum(*operands.w); }, 4.0 * double(operands.w->size())});
    contenders.push_back({"limit: reading large pages", [&] { sum += readingSum(stored); }, 4.0 * double(stored.size())});
    std::map<std::string, Prepared> prepared;
    for (const CpuKernel& kernel : cpuKernels()) {
        if (kernel.about.isExtra)
            continue;
        Prepared& one = prepared.try_emplace(kernel.about.id, kernel.about.id, operands).first->second;
        contenders.push_back({kernel.about.id, [&one] { one.multiply(); }, one.weightBytes(), "limit: reading", "limit: reading large pages"});
    }
    compare(titleOf("Weights read for a batch of one", shape).c_str(), "GB/s", contenders, 9);
    if (sum == 0)   // Looked at, so that the reading cannot be left out.
        std::printf("\n");
}

void compareBatches(const GemmShape& shape)
{
    for (const std::int64_t m : {1, 2, 4, 8, 16, 32, 64, 512}) {
        const GemmOperands operands = operandsOf({m, shape.n, shape.k});
        std::vector<Contender> contenders;
        std::map<std::string, Prepared> prepared;
        for (const CpuKernel& kernel : cpuKernels()) {
            if (kernel.about.isExtra)
                continue;
            Prepared& one = prepared.try_emplace(kernel.about.id, kernel.about.id, operands).first->second;
            contenders.push_back({kernel.about.id, [&one] { one.multiply(); }, operationsOf(operands.shape), "fp32"});
        }
        compare(titleOf("Batches", operands.shape).c_str(), "Gop/s", contenders, 7);
    }
}

}  // namespace

int main(int count, char** words)
{
    stayOnOneCore();
    if (std::any_of(words + 1, words + count, [](const char* word) { return std::string_view(word) == "avx2"; })) {
        hwy::DisableTargets(HWY_AVX3 | HWY_AVX3_DL);
        std::printf("Highway's kernels as on a processor without AVX-512.\n");
    }
    const auto isWanted = [&](std::string_view part) {
        return count < 2 || std::any_of(words + 1, words + count, [&](const char* word) { return word == part; });
    };
    if (isWanted("limits"))
        compare("What this processor can do in registers", "Gop/s", limitContenders());
    if (isWanted("fp32"))
        comparePrecise({512, 2048, 2048});
    if (isWanted("int8")) {
        compareInt8({512, 512, 512});
        compareInt8({512, 2048, 2048});
    }
    if (isWanted("w4"))
        compareInt4({512, 2048, 2048});
    if (isWanted("gemv"))
        compareOneRow({1, 16384, 4096});
    if (isWanted("batch"))
        compareBatches({1, 4096, 4096});
}
