// SPDX-License-Identifier: Apache-2.0
#include "gpu/worker/self_test.h"

#include "gpu/worker/child_process.h"
#include "gpu/worker/devices.h"
#include "gpu/worker/example_operands.h"
#include "gpu/worker/measured_product.h"

#include <chrono>
#include <cmath>
#include <cstdio>
#include <numeric>

namespace quantoscope::gpu {
namespace {

using Clock = std::chrono::steady_clock;

/// 1, primes, not multiples of any tile, K = 1, very long K, one row, one column, multiples of 32 for the
/// kernels that take nothing else, and every width of batch that the weight-only kernels tell apart.
constexpr ProductShape shapes[] = {{1, 1, 1},       {16, 32, 32},     {4, 64, 128},    {3, 5, 7},         {128, 128, 128},  {2, 97, 129},
                                   {1, 97, 1},      {13, 47, 61},     {8, 256, 1024},  {12, 129, 520},    {64, 256, 512},   {33, 64, 96},
                                   {17, 64, 4096},  {129, 257, 65},   {256, 384, 320}, {255, 512, 1024},  {40, 200, 4104},  {61, 1008, 288},
                                   {1, 16, 20032},  {24, 77, 2056},   {7, 1, 1000},    {5, 16, 133120},   {1, 4096, 4096},  {2, 3, 1000003},
                                   {64, 272, 1040}, {20, 400, 4112}};
constexpr ExampleData kinds[] = {ExampleData::Normal, ExampleData::Largest, ExampleData::Uniform, ExampleData::Outliers, ExampleData::Zeros, ExampleData::Positive};

/// FP16 sums overflow where they must: such products say nothing.
bool overflowsFp16(ExampleData data, std::int64_t k)
{
    return data == ExampleData::Largest || (data == ExampleData::Positive && k > 20000);
}

/// The bound for all data, and for data around zero what rounding is as good as certain to stay under
/// (Higham and Mary, SIAM J. Sci. Comput. 41, 2019: the square root of K instead of K). The bound alone
/// would let a wrong FP8 product pass, because 13 bits promise little for a long K.
double allowedError(const KernelRow& row, std::int64_t k, ExampleData data)
{
    const double bound = errorBound(row, k);
    if (data == ExampleData::Positive || row.unitRoundoff == 0)
        return bound;
    const double sums = row.sumsAreExact ? 0 : double(row.promotedColumns ? std::min<std::int64_t>(k, row.promotedColumns) : k);
    return std::min(bound, (16 + std::sqrt(sums) + row.extraRoundings) * row.unitRoundoff);
}

struct Tally {
    int passed = 0, failed = 0, impossible = 0, refused = 0;
    double worstShare = 0;   ///< Of what is allowed.
    std::string worst;
};

std::string caseText(const ProductShape& shape, ExampleData data)
{
    return std::to_string(shape.m) + " x " + std::to_string(shape.n) + " x " + std::to_string(shape.k) + " " + nameOf(data);
}

void testOne(const DeviceDescription& device, const KernelRow& row, const ExampleOperands& example, ExampleData data, Tally& tally)
{
    constexpr int mostComplaints = 5;
    const auto [m, n, k] = example.shape;
    std::vector<std::int64_t> rows(static_cast<std::size_t>(m));
    std::iota(rows.begin(), rows.end(), 0);
    const StoredExample stored = store(example, row);
    std::vector<std::uint32_t> y(std::size_t(m * n));
    std::string complaint;
    ExampleError error;
    try {
        MeasuredProduct product(int(device.ordinal), stored.operands(), MeasuredProduct::Copies::Once);
        product.multiplyOnce();
        product.readRows(rows, y.data());
        error = errorOf(example, stored, rows, y.data());
    } catch (const NotOffered&) {
        ++tally.refused;
        return;
    } catch (const CudaFailure& failure) {
        if (failure.isSticky)
            throw;
        complaint = failure.what();
    }
    const double allowed = allowedError(row, k, data);
    const bool isGood = complaint.empty() && std::isfinite(error.accumulation) && error.accumulation <= allowed;
    const double share = error.accumulation == 0 ? 0 : error.accumulation / allowed;
    if (share >= tally.worstShare) {
        tally.worstShare = share;
        tally.worst = caseText(example.shape, data);
    }
    ++(isGood ? tally.passed : tally.failed);
    if (!isGood && tally.failed <= mostComplaints)
        std::printf("       %s %s: error %.3g, allowed %.3g. %s\n", row.id, caseText(example.shape, data).c_str(), error.accumulation, allowed, complaint.c_str());
}

double secondsSince(Clock::time_point start)
{
    return std::chrono::duration<double>(Clock::now() - start).count();
}

/// Of the kernels of one device.
struct Summary {
    int good = 0, bad = 0, impossible = 0;
};

Summary testDevice(const DeviceDescription& device, Clock::time_point start, double wholeTest)
{
    const double leastSeconds = wholeTest / 2 / double(kernelRows().size()), longestAfter = std::min(40.0, wholeTest);
    Summary summary;
    std::size_t left = kernelRows().size();
    for (const KernelRow& row : kernelRows()) {
        const double seconds = std::max(leastSeconds, (wholeTest - secondsSince(start)) / double(left--));
        const ChildEnd end = runSelf({"--test-kernel", std::to_string(device.ordinal), row.id, std::to_string(seconds)}, seconds + longestAfter);
        const std::string complaint = complaintAbout(end, seconds + longestAfter);
        if (!complaint.empty())
            std::printf("FAILED %-16s %s\n", row.id, complaint.c_str());
        if (!complaint.empty() || end.number == 1)
            ++summary.bad;
        else
            ++(end.number == 0 ? summary.good : summary.impossible);
    }
    return summary;
}

}  // namespace

int testKernel(int ordinal, const std::string& kernelId, double seconds)
{
    const auto start = Clock::now();
    const KernelRow* row = findKernelRow(kernelId);
    Tally tally;
    std::string complaint;
    bool isWhole = true;
    try {
        const auto devices = listDevices();
        if (!row || ordinal < 0 || std::size_t(ordinal) >= devices.size())
            return 1;
        const DeviceDescription& device = devices[std::size_t(ordinal)];
        const int capability = 10 * device.computeMajor + device.computeMinor;
        if (const auto obstacle = obstacleOf(*row, capability, device.memoryBytes, 32, 32, 32)) {
            std::printf("-      %-16s %s\n", row->id, obstacle->c_str());
            return 2;
        }
        for (const ExampleData data : kinds)
            for (const ProductShape& shape : shapes) {
                if (obstacleOf(*row, capability, device.memoryBytes, shape.m, shape.n, shape.k) || (row->sumsInFp16 && overflowsFp16(data, shape.k))) {
                    ++tally.impossible;
                    continue;
                }
                if (!(isWhole = secondsSince(start) < seconds))
                    break;
                testOne(device, *row, makeExample(shape, data, 7), data, tally);
            }
    } catch (const CudaFailure& failure) {
        complaint = failure.what();
    } catch (const std::exception& failure) {
        complaint = failure.what();
    }
    const bool isGood = complaint.empty() && tally.failed == 0 && tally.passed > 0;
    std::printf("%s %-16s %d products right, %d wrong, %d shapes refused by the library, %d not for this kernel; worst %.2g of the allowed error (%s)%s %s\n",
                isGood ? "ok    " : "FAILED", row ? row->id : "?", tally.passed, tally.failed, tally.refused, tally.impossible, tally.worstShare,
                tally.worst.c_str(), isWhole ? "" : "; stopped when its time was over", complaint.c_str());
    return isGood ? 0 : 1;
}

int runSelfTest(double seconds)
{
    std::vector<DeviceDescription> devices;
    try {
        devices = listDevices();
    } catch (const CudaFailure& failure) {
        std::printf("Not run: %s\n", failure.what());
        return 77;
    }
    const auto start = Clock::now();
    Summary all;
    for (const DeviceDescription& device : devices) {
        std::printf("%s, compute capability %d.%d%s%s\n", device.name.c_str(), device.computeMajor, device.computeMinor,
                    device.obstacle.empty() ? "" : ": ", device.obstacle.c_str());
        if (!device.obstacle.empty())
            continue;
        const Summary one = testDevice(device, start, seconds);
        all = {all.good + one.good, all.bad + one.bad, all.impossible + one.impossible};
    }
    if (all.good + all.bad == 0) {
        std::printf("Not run: there is no GPU that can be used.\n");
        return 77;
    }
    std::printf("%d kernels right, %d wrong, %d not possible on this GPU; %.0f seconds\n", all.good, all.bad, all.impossible, secondsSince(start));
    return all.bad > 0 ? 1 : 0;
}

}  // namespace quantoscope::gpu
