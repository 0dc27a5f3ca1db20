// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/gemm/gemm_backend.h"

namespace quantoscope {

/// One kernel at one shape of a recorded run: what was measured, or why nothing was.
struct RecordedRun {
    GemmShape shape;
    GemmRun run;            ///< Without samples; device is the GPU's name.
    std::string obstacle;   ///< A sentence; empty where there are times.
    std::int64_t samples = 0;   ///< How many times the median is of; 0 where the file does not say.
    double clockMegahertz = 0, powerWatts = 0, temperatureCelsius = 0;   ///< While it ran; 0 where not known.
    std::string method;
};

/// What `quantoscope-gpu --sweep` wrote on some machine with a GPU.
struct RecordedSweep {
    DeviceInfo device;          ///< Its id is "recorded".
    std::string date, method;   ///< The date as ISO 8601.
    std::uint64_t cublasLtVersion = 0;
    double copyBytesPerSecond = 0;   ///< Measured: the ceiling of what is bound by memory.
    double largestClockMegahertz = 0, powerLimitWatts = 0;
    std::vector<RecordedRun> runs;   ///< In the order of the kernels.
    bool isComplete = false;

    /// The highest measured rate of a kernel, the ceiling of what is bound by arithmetic; 0 where it was not run.
    double bestTeraflops(std::string_view kernel) const;
};

/// Reads the document. It is held to be untrusted: what is missing or no number is refused by name.
Result<RecordedSweep> readRecordedSweep(std::string_view text);
Result<RecordedSweep> openRecordedSweep(const std::string& path);

}  // namespace quantoscope
