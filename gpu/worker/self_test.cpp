// SPDX-License-Identifier: Apache-2.0
#include "gpu/worker/self_test.h"

#include "gpu/worker/devices.h"
#include "gpu/worker/example_operands.h"

#include <cstdio>
#include <limits>
#include <numeric>

namespace quantoscope::gpu {
namespace {

/// 1, primes, not multiples of any tile, K = 1, very long K, one row, one column, and multiples of 16
/// for the kernels that take nothing else.
constexpr ProductShape shapes[] = {{1, 1, 1},      {1, 97, 1},      {3, 5, 7},        {13, 47, 61},   {1, 4, 4},       {16, 16, 16},
                                   {33, 64, 48},   {17, 64, 4096},  {129, 257, 65},   {128, 128, 128}, {64, 256, 512}, {255, 512, 1024},
                                   {1, 16, 20016}, {5, 16, 133136}, {7, 1, 1000},     {1, 4096, 4096}, {61, 1008, 272}, {2, 3, 1000003}};
constexpr ExampleData kinds[] = {ExampleData::Normal, ExampleData::Uniform, ExampleData::Outliers, ExampleData::Zeros, ExampleData::Largest};

/// γ, as core/gemm/gemm_error.h has it; infinity: no guarantee.
double boundOf(const KernelRow& row, std::int64_t k)
{
    const double product = double(k + row.extraRoundings) * row.unitRoundoff;
    return product < 1 ? product / (1 - product) : std::numeric_limits<double>::infinity();
}

struct Tally {
    int passed = 0, failed = 0, impossible = 0;
};

void testOne(const DeviceDescription& device, const KernelRow& row, const ExampleOperands& example, ExampleData data, Tally& tally)
{
    const auto [m, n, k] = example.shape;
    if (obstacleOf(row, 10 * device.computeMajor + device.computeMinor, device.memoryBytes, m, n, k)) {
        ++tally.impossible;
        return;
    }
    std::vector<std::int64_t> rows(static_cast<std::size_t>(m));
    std::iota(rows.begin(), rows.end(), 0);
    const StoredExample stored = store(example, row);
    std::vector<std::uint32_t> y(std::size_t(m * n));
    std::string complaint;
    ExampleError error;
    try {
        MeasuredProduct product(int(device.ordinal), stored.operands());
        product.multiplyOnce();
        product.readRows(rows, y.data());
        error = errorOf(example, stored, rows, y.data());
    } catch (const CudaFailure& failure) {
        if (failure.isSticky)
            throw;
        complaint = failure.what();
    }
    const bool isGood = complaint.empty() && error.accumulation <= boundOf(row, k);
    ++(isGood ? tally.passed : tally.failed);
    std::printf("%-6s %-16s %7lld x %5lld x %7lld  %-8s  error %9.3g  bound %9.3g  %s\n", isGood ? "ok" : "FAILED", row.id, static_cast<long long>(m),
                static_cast<long long>(n), static_cast<long long>(k), nameOf(data), error.accumulation, boundOf(row, k), complaint.c_str());
}

}  // namespace

int runSelfTest()
{
    std::vector<DeviceDescription> devices;
    try {
        devices = listDevices();
    } catch (const CudaFailure& failure) {
        std::printf("Not run: %s\n", failure.what());
        return 77;
    }
    Tally tally;
    try {
        for (const DeviceDescription& device : devices) {
            std::printf("%s, compute capability %d.%d%s%s\n", device.name.c_str(), device.computeMajor, device.computeMinor,
                        device.obstacle.empty() ? "" : ": ", device.obstacle.c_str());
            if (!device.obstacle.empty())
                continue;
            for (const ProductShape& shape : shapes)
                for (const ExampleData data : kinds) {
                    const ExampleOperands example = makeExample(shape, data, 7);
                    for (const KernelRow& row : kernelRows())
                        testOne(device, row, example, data, tally);
                }
        }
    } catch (const CudaFailure& failure) {
        std::printf("FAILED %s Nothing after this could be tested.\n", failure.what());
        ++tally.failed;
    }
    std::printf("%d passed, %d failed, %d not possible on this GPU or with this shape\n", tally.passed, tally.failed, tally.impossible);
    return tally.failed > 0 || tally.passed == 0 ? 1 : 0;
}

}  // namespace quantoscope::gpu
