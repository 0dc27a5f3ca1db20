// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace quantoscope::gpu {

/// Answers the program on standard input and output until it ends; the exit status.
int serve();

}  // namespace quantoscope::gpu
