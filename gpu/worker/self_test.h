// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace quantoscope::gpu {

/// Multiplies with every kernel on every usable GPU and compares with FP64, one line a kernel, within three
/// minutes. Each kernel runs in a process of its own. 0: all good; 1; 77 where there is no GPU.
int runSelfTest();

/// The part of one kernel: 0 good, 1 not, 2 impossible on this GPU. Starts no further product after `seconds`.
int testKernel(int device, const std::string& kernelId, double seconds);

}  // namespace quantoscope::gpu
