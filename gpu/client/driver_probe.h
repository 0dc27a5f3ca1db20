// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace quantoscope {

/// What the CUDA driver of this machine says about itself.
struct DriverProbe {
    enum class State { Missing, Damaged, Stub, TooOld, Present };
    State state = State::Missing;
    int version = 0;        ///< 1000 · major + 10 · minor of the newest CUDA it serves.
    std::string sentence;   ///< Why it cannot be used; empty where it can.
};

/// Asks the driver library for its version and nothing else: no context is made, no CUDA library is
/// loaded, and a driver that hangs while it starts can hang only the worker process. Under 1 ms.
DriverProbe probeDriver(const char* library = "libcuda.so.1");

/// "13.0"
std::string cudaVersionText(int version);

}  // namespace quantoscope
