// SPDX-License-Identifier: Apache-2.0
#include "core/random.h"
#include "gpu/kernels/kernels.h"
#include "gpu/worker/example_operands.h"
#include "tests/gpu/host_cuda/check.h"
#include "tests/gpu/host_cuda/memory.h"

#include <chrono>
#include <cmath>
#include <cstdio>
#include <ctime>
#include <numeric>
#include <span>

namespace host_cuda {
namespace {

using namespace quantoscope::gpu;

/// Edges of every tile on both sides, K = 1, not a multiple of 16, 64 or 128, of one stage and of many.
constexpr ProductShape plainShapes[] = {{1, 1, 1},      {3, 5, 7},      {2, 97, 129},  {129, 1, 31}, {33, 64, 96},
                                        {128, 128, 64}, {131, 137, 70}, {1, 1, 4099},  {16, 8, 520}, {257, 129, 17}};
/// Every width of batch that is told apart, K in one part and in several, one chunk and many.
constexpr ProductShape weightShapes[] = {{1, 1, 1},    {1, 97, 129}, {2, 7, 2048}, {3, 5, 7},       {7, 131, 513},  {8, 16, 1024},
                                         {13, 20, 96}, {24, 3, 260}, {33, 17, 40}, {64, 130, 1100}, {5, 1, 16500},  {2, 2, 16387}};

std::string caseText(const KernelRow& row, const ProductShape& shape, ExampleData data, int seed)
{
    return std::string(row.id) + " " + std::to_string(shape.m) + " x " + std::to_string(shape.n) + " x " + std::to_string(shape.k) + " " + nameOf(data) + ", seed "
        + std::to_string(seed);
}

/// As the worker goes about it (gpu/worker/measured_product.cpp), with what is asked of a device made up.
std::string productComplaint(const KernelRow& row, const ProductShape& shape, ExampleData data, int seed, int capability)
{
    constexpr int multiprocessors = 4;
    const auto [m, n, k] = shape;
    const ExampleOperands example = makeExample(shape, data, 7);
    const StoredExample stored = store(example, row);
    const PreparedOperands prepared = prepare(stored.operands());
    const DeviceMemory x(prepared.x.bytes, prepared.x.byteCount), w(prepared.w.bytes, prepared.w.byteCount);
    const DeviceMemory xScales(prepared.x.packed.scales.data(), prepared.x.packed.scales.size());
    const DeviceMemory wScales(prepared.w.packed.scales.data(), prepared.w.packed.scales.size());
    const DeviceMemory y(4 * std::size_t(m * n)), workspace(workspaceBytesOf(row, m, n, k, multiprocessors));
    setSeed(std::uint64_t(seed));
    findLaunch(row.id)({x.get(), w.get(), xScales.get(), wScales.get(), static_cast<float*>(y.get()), m, n, k, prepared.x.rowBytes,
                        prepared.w.rowBytes, workspace.get(), multiprocessors, capability}, nullptr);
    std::string complaint;
    for (const std::string& one : takeComplaints())
        complaint += one + "; ";
    if (!y.isWholeWritten())
        complaint += "y is not written whole; ";
    std::vector<std::int64_t> rows(static_cast<std::size_t>(m));
    std::iota(rows.begin(), rows.end(), 0);
    const double error = errorOf(example, stored, rows, y.get()).accumulation, bound = errorBound(row, k);
    if (!(error <= bound))
        complaint += "the error is " + std::to_string(error) + ", the bound " + std::to_string(bound);
    return complaint;
}

/// A sweep keeps W while x changes: that must be what making both anew gives.
std::string operandsComplaint(const KernelRow& row)
{
    ExampleOperands kept = makeExample({40, 48, 256}, ExampleData::Outliers, 7);
    StoredExample stored = store(kept, row);
    for (const std::int64_t m : {4, 64}) {
        changeRows(kept, stored, m, ExampleData::Outliers, 7);
        const ExampleOperands fresh = makeExample({m, 48, 256}, ExampleData::Outliers, 7);
        const StoredExample freshStored = store(fresh, row);
        if (kept.x != fresh.x || kept.w != fresh.w || stored.shape.m != m || stored.x != freshStored.x || stored.w != freshStored.w
            || stored.xScales != freshStored.xScales || stored.wScales != freshStored.wScales || stored.arrivingX != freshStored.arrivingX)
            return "another x for the same W is not as if both were made anew";
    }
    return {};
}

/// Mostly small numbers, now and then a large one, up to `most`.
std::int64_t someSize(const quantoscope::RandomStream& stream, std::uint64_t& count, double most)
{
    return std::int64_t(std::exp(stream.uniform(count++) * std::log(most)) + 0.5);
}

}  // namespace

int checkRandomProducts(int seconds)
{
    const auto start = std::chrono::steady_clock::now();
    const quantoscope::RandomStream stream{std::uint64_t(std::time(nullptr))};
    std::uint64_t count = 0;
    int failures = 0, products = 0;
    while (std::chrono::steady_clock::now() - start < std::chrono::seconds(seconds))
        for (const KernelRow& row : kernelRows()) {
            if (!findLaunch(row.id))
                continue;
            const bool isWeightOnly = row.mark == KernelMark::WeightOnly;
            const ProductShape shape{someSize(stream, count, isWeightOnly ? 64 : 300), someSize(stream, count, 300), someSize(stream, count, 3000)};
            const auto data = ExampleData(stream.bits(count++) % 6);
            const int seed = int(stream.bits(count++) % 1000000), capability = stream.bits(count++) % 4 == 0 ? 75 : 90;
            failures += report(caseText(row, shape, data, seed), productComplaint(row, shape, data, seed, isWeightOnly ? capability : 90));
            ++products;
        }
    std::printf("%d products of random shapes\n", products);
    return failures;
}

int checkProducts(std::string_view only)
{
    int failures = 0;
    for (const KernelRow& row : kernelRows()) {
        failures += report(row.id, operandsComplaint(row));
        if (!findLaunch(row.id) || (!only.empty() && only != row.id))
            continue;
        int count = 0;
        const bool isWeightOnly = row.mark == KernelMark::WeightOnly;
        for (const ProductShape& shape : isWeightOnly ? std::span<const ProductShape>(weightShapes) : plainShapes)
            for (int seed = 1; seed <= 2; ++seed) {
                const ExampleData data = seed == 1 ? ExampleData::Positive : ExampleData::Outliers;
                // Weight-only kernels take another path on GPUs without asynchronous copies.
                const int capability = isWeightOnly && seed == 2 && shape.m % 2 ? 75 : 90;
                failures += report(caseText(row, shape, data, seed), productComplaint(row, shape, data, seed, capability));
                ++count;
            }
        std::printf("%-16s %d products\n", row.id, count);
    }
    return failures;
}

}  // namespace host_cuda
