// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/progress.h"
#include "core/result.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace quantoscope {

/// y[M,N] = x[M,K] · W[N,K]ᵀ, all row-major: M tokens, N output and K input channels.
struct GemmShape {
    std::int64_t m = 512, n = 512, k = 512;
    friend bool operator==(const GemmShape&, const GemmShape&) = default;
};

enum class GemmMark { Float, Integer, WeightOnly };   ///< The shape of its mark: circle, square, diamond.

/// One row of a device's kernel table.
struct GemmKernel {
    std::string id;         ///< "fp32", "int8", "w8a16_int8"
    std::string name;       ///< "INT8"
    std::string sentence;   ///< What it multiplies and how it sums.
    GemmMark mark = GemmMark::Float;
    bool sumsExactly = false;
    double accumulatorUnitRoundoff = 0;   ///< u of the accumulator; 0 where sums are exact.
    bool isExtra = false;   ///< Not one of the choices people have: the reference, a teaching rung, a deliberately wrong one.
};

struct DeviceInfo {
    std::string id;                 ///< "cpu", "cuda:0"
    std::string kind;               ///< "cpu", "gpu"
    std::string name;
    std::uint64_t memoryBytes = 0;
    std::string computeCapability;  ///< "9.0"; empty for a CPU.
    std::string driver;
    std::string status;             ///< "ready", or the reason it cannot be used, a sentence.
    bool isReady() const { return status == "ready"; }
};

enum class GemmData { Normal, Uniform, Outliers };

/// What to multiply: random matrices from a seed, or an open tensor as the weights.
struct GemmProblem {
    GemmShape shape;
    GemmData data = GemmData::Normal;
    std::uint64_t seed = 7;
    std::shared_ptr<const std::vector<float>> weights;   ///< N·K values when given, else made from `data`.
};

struct TimeBudget { double seconds = 0.3; };

/// What one kernel did. `samples` grows while it runs, so that a chart can follow.
struct GemmRun {
    std::string kernel, device;
    std::vector<double> samples;      ///< Seconds of one product each.
    double medianSeconds = 0;
    double confidenceLow = 0, confidenceHigh = 0;   ///< 95 % interval of the median, seconds.
    double teraflops = 0;             ///< 2MNK / median, or tera-operations for integers.
    double gigabytesPerSecond = 0;    ///< Compulsory bytes / median.
    double relativeError = 0;         ///< ‖Y−R0‖F / ‖R0‖F
    double quantizationError = 0;     ///< ‖R1−R0‖F / ‖R0‖F
    double accumulationError = 0;     ///< max |Y−R1| / (|A||B|)
    double bound = 0;                 ///< Of the accumulation error; infinity: no guarantee; 0: exact.
    bool isFinal = false;
    /// Of medianSeconds, what bringing x to its storage takes; 0 where it was stored before.
    double quantizingSeconds = 0;
};

/// A device that multiplies matrices. The CPU is one; gpu/client is another.
class GemmBackend {
public:
    virtual ~GemmBackend() = default;

    virtual DeviceInfo device() const = 0;
    virtual std::span<const GemmKernel> kernels() const = 0;
    /// Empty if the device can run it, else the reason as a sentence.
    virtual std::optional<std::string> obstacle(const GemmKernel&, const GemmShape&) const = 0;
    /// Runs until the budget is spent. `partial` may be called from any thread with a growing run.
    virtual Result<GemmRun> run(const GemmKernel&, const GemmProblem&, const TimeBudget&,
                                const std::function<void(const GemmRun&)>& partial = {}, Progress = {}) = 0;
};

std::shared_ptr<GemmBackend> makeCpuBackend();

}  // namespace quantoscope
