// SPDX-License-Identifier: Apache-2.0
#include "gpu/worker/sweep.h"

#include "gpu/worker/child_process.h"
#include "gpu/worker/cuda_check.h"
#include "gpu/worker/devices.h"
#include "gpu/worker/sensors.h"
#include "gpu/worker/sweep_record.h"
#include "gpu/kernel_table.h"

#include <unistd.h>

#include <chrono>
#include <ctime>
#include <fstream>

namespace quantoscope::gpu {
namespace {

using Clock = std::chrono::steady_clock;
constexpr double mostSeconds = 510;   // Of the ten minutes; the rest is for who is still at work then.

/// Bytes a second of a copy inside the GPU, read and written: the ceiling of what is bound by memory.
double copyBandwidth(const DeviceDescription& device)
{
    check(cudaSetDevice(int(device.ordinal)), "choosing the GPU");
    std::size_t free = 0, total = 0;
    check(cudaMemGetInfo(&free, &total), "asking for free memory");
    const std::size_t bytes = std::min<std::size_t>(std::size_t{1} << 30, free / 4);
    const DeviceMemory from(bytes), to(bytes);
    const Event begin, end;
    check(cudaMemset(from.as(), 1, bytes), "filling memory");
    std::vector<double> rates;
    for (int i = 0; i < 21; ++i) {
        check(cudaEventRecord(begin.get()), "timing");
        check(cudaMemcpyAsync(to.as(), from.as(), bytes, cudaMemcpyDeviceToDevice), "copying");
        check(cudaEventRecord(end.get()), "timing");
        check(cudaEventSynchronize(end.get()), "copying");
        float milliseconds = 0;
        check(cudaEventElapsedTime(&milliseconds, begin.get(), end.get()), "timing");
        rates.push_back(2 * double(bytes) / (milliseconds / 1e3));
    }
    return summarize(rates).median;
}

SweepHead headOf(const DeviceDescription& device)
{
    SweepHead head;
    head.device = device;
    head.cublasLtVersion = cublasLtGetVersion();
    const SensorLimits limits = Sensors(int(device.ordinal)).limits();
    head.driver = limits.driver;
    head.largestClockMegahertz = limits.largestClockMegahertz;
    head.powerLimitWatts = limits.powerLimitMilliwatts / 1e3;
    char date[32] = {};
    const std::time_t now = std::time(nullptr);
    std::strftime(date, sizeof date, "%Y-%m-%dT%H:%M:%SZ", std::gmtime(&now));
    head.date = date;
    head.method = "CUDA events around batches of about 10 ms; operands rotate through twice the second-level cache, two copies at least; products under 10 µs as one graph; "
                  "uniform random data, -1 to 1; 4096 x 4096 x 4096 by cuBLASLt after a warm-up of 1 to 3 s until the median's interval is within 1 %, "
                  "the rest after 50 ms for a quarter of a second; median with its 95 % order-statistic interval; bytes are those that must be read and written once; "
                  "errors on 8 rows against FP64 on the processor; clocks not fixed";
    head.copyBytesPerSecond = copyBandwidth(device);
    // A GPU in exclusive mode serves one process at a time, and from here on that is the child of each kernel.
    check(cudaDeviceReset(), "leaving the GPU to the kernels");
    return head;
}

std::vector<std::string> linesOf(const std::string& path)
{
    std::vector<std::string> lines;
    std::ifstream file(path);
    for (std::string line; std::getline(file, line);)
        if (line.starts_with('{') && line.ends_with('}'))   // A child that was ended may have left half of one.
            lines.push_back(line);
    return lines;
}

/// The document appears whole or stays what it was.
bool writeWhole(const std::string& path, const std::string& text)
{
    const std::string partial = path + ".partial";
    std::FILE* file = std::fopen(partial.c_str(), "w");
    if (!file)
        return false;
    const bool isWritten = std::fwrite(text.data(), 1, text.size(), file) == text.size() && std::fflush(file) == 0 && fsync(fileno(file)) == 0;
    return std::fclose(file) == 0 && isWritten && std::rename(partial.c_str(), path.c_str()) == 0;
}

/// Runs every kernel's part; false where the document cannot be written.
bool record(const DeviceDescription& device, const SweepHead& head, const std::string& path, const std::string& linesPath)
{
    constexpr double leastSeconds = 15, longestAfter = 30;
    const auto start = Clock::now();
    const auto elapsed = [&] { return std::chrono::duration<double>(Clock::now() - start).count(); };
    bool isComplete = true;
    std::size_t left = kernelRows().size();
    for (const KernelRow& row : kernelRows()) {
        const double remaining = mostSeconds - elapsed(), fair = remaining / double(left--);
        if (remaining < leastSeconds) {
            isComplete = false;
            break;
        }
        const double seconds = std::min(remaining - longestAfter / 2, std::max(leastSeconds, 2 * fair));
        const ChildEnd end = runSelf({"--sweep-kernel", std::to_string(device.ordinal), row.id, std::to_string(seconds), linesPath},
                                     std::min(seconds + longestAfter, mostSeconds + longestAfter - elapsed()));
        const std::string complaint = complaintAbout(end, seconds + longestAfter);
        isComplete = isComplete && complaint.empty() && end.number == 0;
        std::printf("%-16s %5.0f s  %s\n", row.id, elapsed(), complaint.empty() ? (end.number == 0 ? "done" : end.number == 3 ? "time was over" : "failed") : complaint.c_str());
        if (!writeWhole(path, sweepText(head, linesOf(linesPath), isComplete && left == 0)))
            return false;
    }
    return writeWhole(path, sweepText(head, linesOf(linesPath), isComplete));
}

}  // namespace

int runSweep(const std::string& path)
{
    try {
        const auto devices = listDevices();
        const auto usable = std::find_if(devices.begin(), devices.end(), [](const DeviceDescription& device) { return device.obstacle.empty(); });
        if (usable == devices.end()) {
            std::printf("Not run: there is no GPU that can be used.\n");
            return 77;
        }
        const SweepHead head = headOf(*usable);
        const std::string lines = path + ".lines";
        std::remove(lines.c_str());
        const bool isWritten = record(*usable, head, path, lines);
        std::remove(lines.c_str());
        if (!isWritten)
            std::fprintf(stderr, "quantoscope-gpu: %s cannot be written.\n", path.c_str());
        return isWritten ? 0 : 1;
    } catch (const CudaFailure& failure) {
        std::fprintf(stderr, "quantoscope-gpu: %s\n", failure.what());
        return failure.code == cudaErrorInsufficientDriver || failure.code == cudaErrorNoDevice ? 77 : 1;
    }
}

}  // namespace quantoscope::gpu
