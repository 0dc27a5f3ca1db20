// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace quantoscope::gpu {

inline constexpr double selfTestSeconds = 165;

/// Multiplies with every kernel on every usable GPU and compares with FP64, one line a kernel. Each kernel
/// runs in a process of its own, and none starts a further product when its share of the time is over.
/// 0: all good; 1; 77 where there is no GPU.
int runSelfTest(double seconds = selfTestSeconds);

/// The part of one kernel: 0 good, 1 not, 2 impossible on this GPU. Starts no further product after `seconds`.
int testKernel(int device, const std::string& kernelId, double seconds);

}  // namespace quantoscope::gpu
