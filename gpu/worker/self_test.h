// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace quantoscope::gpu {

/// Every kernel on every GPU against its own FP64 reference, on ordinary and hostile shapes and data.
/// Prints a line for each; 0 where all are within their bound, 1 where one is not, 77 without a GPU.
int runSelfTest();

}  // namespace quantoscope::gpu
