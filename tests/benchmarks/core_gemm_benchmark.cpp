// SPDX-License-Identifier: Apache-2.0
// Our kernels beside OpenBLAS (linked) and BLIS (loaded with RTLD_LOCAL, so that the two libraries do not
// take each other's functions) in one run, on the same operands. Counters: GFLOP/s, and GB/s of stored
// operands where memory is the limit. Compare rows of one run only.
#include "core/gemm/cpu_kernels/cpu_kernel.h"
#include "core/gemm/gemm_operands.h"

#include <benchmark/benchmark.h>
#include <dlfcn.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <string>
#include <thread>

using namespace quantoscope;

namespace {

using Sgemm = void(int order, int transposeA, int transposeB, int m, int n, int k, float alpha, const float* a, int lda,
                   const float* b, int ldb, float beta, float* c, int ldc);

const GemmOperands& operandsOf(const GemmShape& shape)
{
    static std::map<std::array<std::int64_t, 3>, GemmOperands> made;
    const std::array key{shape.m, shape.n, shape.k};
    if (!made.contains(key))
        made.emplace(key, *makeGemmOperands({shape, GemmData::Normal, 7, {}}));
    return made.at(key);
}

void count(benchmark::State& state, const GemmShape& shape, double bytes)
{
    const auto products = double(state.iterations());
    state.counters["GFLOP/s"] = benchmark::Counter(2e-9 * double(shape.m) * double(shape.n) * double(shape.k) * products, benchmark::Counter::kIsRate);
    state.counters["GB/s"] = benchmark::Counter(1e-9 * bytes * products, benchmark::Counter::kIsRate);
}

void runKernel(benchmark::State& state, const CpuKernel& kernel, GemmShape shape)
{
    const GemmOperands& operands = operandsOf(shape);
    const StoredMatrix x = *storeMatrix(operands.x, shape.m, shape.k, kernel.x), w = *storeMatrix(*operands.w, shape.n, shape.k, kernel.w);
    const auto elements = std::size_t(shape.m * shape.n);
    GemmOutput y{shape.m, shape.n, {}};
    switch (kernel.sums) {
    case SumType::Fp32: y.values = std::vector<float>(elements); break;
    case SumType::Fp64: y.values = std::vector<double>(elements); break;
    case SumType::Int32: y.values = std::vector<std::int32_t>(elements); break;
    }
    const Pulse pulse({});
    for (auto _ : state)
        kernel.multiply(x, w, y, pulse);
    count(state, shape, storedBytes(kernel.x, shape.m, shape.k) + storedBytes(kernel.w, shape.n, shape.k));
}

void runBlis(benchmark::State& state, Sgemm* sgemm, GemmShape shape)
{
    const GemmOperands& operands = operandsOf(shape);
    std::vector<float> y(std::size_t(shape.m * shape.n));
    constexpr int rowMajor = 101, asItIs = 111, transposed = 112;
    for (auto _ : state)
        sgemm(rowMajor, asItIs, transposed, int(shape.m), int(shape.n), int(shape.k), 1, operands.x.data(), int(shape.k),
              operands.w->data(), int(shape.k), 0, y.data(), int(shape.n));
    count(state, shape, 4 * double(shape.k) * double(shape.m + shape.n));
}

}  // namespace

int main(int count, char** words)
{
    // All cores, as OpenBLAS takes them; BLIS takes one unless told.
    const std::string threads = std::to_string(std::max(1u, std::thread::hardware_concurrency()));
    setenv("BLIS_NUM_THREADS", threads.c_str(), 0);
    void* blis = dlopen("libblis.so.4", RTLD_NOW | RTLD_LOCAL);
    const auto sgemm = blis ? reinterpret_cast<Sgemm*>(dlsym(blis, "cblas_sgemm")) : nullptr;
    if (!sgemm)
        std::fprintf(stderr, "BLIS is not measured: libblis.so.4 is not installed.\n");
    for (const GemmShape shape : {GemmShape{512, 512, 512}, {512, 2048, 2048}, {1, 4096, 4096}, {8, 4096, 4096}}) {
        const std::string suffix = "/" + std::to_string(shape.m) + "x" + std::to_string(shape.n) + "x" + std::to_string(shape.k);
        if (sgemm)
            benchmark::RegisterBenchmark(("fp32_blis" + suffix).c_str(), runBlis, sgemm, shape)->UseRealTime();
        for (const CpuKernel& kernel : cpuKernels())
            if (!kernel.obstacle || !kernel.obstacle(shape))
                benchmark::RegisterBenchmark((kernel.about.id + suffix).c_str(), runKernel, kernel, shape)->UseRealTime();
    }
    benchmark::Initialize(&count, words);
    benchmark::RunSpecifiedBenchmarks();
}
