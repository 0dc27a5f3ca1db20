// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "gpu/protocol.h"
#include "gpu/worker/order_statistics.h"

#include <cstdio>
#include <span>
#include <string>
#include <vector>

/// The document of a recorded run: standard library only, so that a test reads with core what the worker
/// writes. core/gemm/recorded_sweep.h reads it.
namespace quantoscope::gpu {

struct SweepHead {
    DeviceDescription device;
    std::string driver, date, method;
    std::uint64_t cublasLtVersion = 0;
    unsigned largestClockMegahertz = 0;
    double powerLimitWatts = 0, copyBytesPerSecond = 0;
};

/// One kernel at one shape: times, or the reason why there are none.
struct SweepRun {
    std::string kernel, obstacle;
    std::int64_t m = 0, n = 0, k = 0;
    Times times;                  ///< Seconds.
    double bytes = 0;             ///< Compulsory.
    double relativeError = 0, quantizationError = 0, accumulationError = 0, bound = 0;
    double quantizeSeconds = 0;   ///< Of quantizing x alone, where that is part of the product.
    double clockMegahertz = 0, powerWatts = 0;
    unsigned temperatureCelsius = 0;
    std::string method;
};

namespace sweep_detail {

/// Text as JSON holds it. Control characters, which no name has, are left out.
inline std::string quoted(const std::string& text)
{
    std::string result = "\"";
    for (const char c : text) {
        if (c == '"' || c == '\\')
            result += '\\';
        if (static_cast<unsigned char>(c) >= 0x20)
            result += c;
    }
    return result + "\"";
}

/// JSON has no infinity and no NaN; as everywhere in this project they are strings.
inline std::string number(double value)
{
    char text[32];
    if (std::isnan(value))
        return "\"nan\"";
    if (std::isinf(value))
        return "\"inf\"";
    std::snprintf(text, sizeof text, "%.6g", value);   // The worker never sets a locale: always a point.
    return text;
}

inline std::string field(const char* name, const std::string& value)
{
    return ", \"" + std::string(name) + "\": " + value;
}

}  // namespace sweep_detail

/// One line.
inline std::string sweepRunText(const SweepRun& run)
{
    using namespace sweep_detail;
    std::string text = "{\"kernel\": " + quoted(run.kernel) + field("m", std::to_string(run.m)) + field("n", std::to_string(run.n)) + field("k", std::to_string(run.k));
    if (!run.obstacle.empty())
        return text + field("obstacle", quoted(run.obstacle)) + "}";
    const double seconds = run.times.median;
    text += field("medianSeconds", number(seconds)) + field("ci95", "[" + number(run.times.low) + ", " + number(run.times.high) + "]");
    text += field("leastSeconds", number(run.times.least)) + field("samples", std::to_string(run.times.samples));
    text += field("teraflops", number(2.0 * double(run.m) * double(run.n) * double(run.k) / seconds / 1e12));
    text += field("gigabytesPerSecond", number(run.bytes / seconds / 1e9));
    text += field("relativeError", number(run.relativeError)) + field("quantizationError", number(run.quantizationError));
    text += field("accumulationError", number(run.accumulationError)) + field("bound", number(run.bound));
    if (run.quantizeSeconds > 0)
        text += field("quantizeSeconds", number(run.quantizeSeconds));
    text += field("clockMegahertz", number(run.clockMegahertz)) + field("powerWatts", number(run.powerWatts));
    text += field("temperatureCelsius", std::to_string(run.temperatureCelsius)) + field("method", quoted(run.method));
    return text + "}";
}

/// The whole document; `runs` are lines of sweepRunText().
inline std::string sweepText(const SweepHead& head, std::span<const std::string> runs, bool isComplete)
{
    using namespace sweep_detail;
    const DeviceDescription& device = head.device;
    std::string text = "{\"format\": \"quantoscope gemm sweep 1\"" + field("device", quoted(device.name));
    text += field("computeCapability", quoted(std::to_string(device.computeMajor) + "." + std::to_string(device.computeMinor)));
    text += field("memoryBytes", std::to_string(device.memoryBytes)) + field("driver", quoted(head.driver));
    text += field("driverCudaVersion", std::to_string(device.driverVersion)) + field("cublasLtVersion", std::to_string(head.cublasLtVersion));
    text += field("date", quoted(head.date)) + ",\n\"method\": " + quoted(head.method) + ",\n\"largestClockMegahertz\": " + std::to_string(head.largestClockMegahertz);
    text += field("powerLimitWatts", number(head.powerLimitWatts)) + field("copyBytesPerSecond", number(head.copyBytesPerSecond)) + ",\n\"runs\": [\n";
    for (std::size_t i = 0; i < runs.size(); ++i)
        text += runs[i] + (i + 1 < runs.size() ? ",\n" : "\n");
    return text + "], \"isComplete\": " + (isComplete ? "true" : "false") + "}\n";
}

}  // namespace quantoscope::gpu
