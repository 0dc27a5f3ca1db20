// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace quantoscope::gpu {

/// Times and checks every kernel of the first usable GPU over square products and over batch sizes, and
/// writes one JSON document with device, driver, clocks, date and method. At most ten minutes: what does
/// not fit is left out and the document says so. Each kernel runs in a process of its own, and after each
/// the document is written whole, so that what was measured stays whatever happens. 0; 1 with a sentence;
/// 77 without a GPU.
int runSweep(const std::string& file);

/// The part of one kernel: appends its runs to a file, one line each. Starts none after `seconds`.
int sweepKernel(int device, const std::string& kernelId, double seconds, const std::string& lines);

}  // namespace quantoscope::gpu
