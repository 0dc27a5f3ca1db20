// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

namespace quantoscope::gpu {

/// How a process ended that does one kernel's part of a long work.
struct ChildEnd {
    enum class How { Exit, Signal, TooLong, NotStarted } how = How::NotStarted;
    int number = 0;   ///< Exit status or signal.
};

/// Runs this program again with other arguments and waits. A kernel that poisons its context, crashes or
/// never ends then costs one child. Its output goes where ours goes.
ChildEnd runSelf(const std::vector<std::string>& arguments, double mostSeconds);

/// "crashed (Segmentation fault)", for a sentence; empty after an ordinary exit.
std::string complaintAbout(const ChildEnd&, double mostSeconds);

}  // namespace quantoscope::gpu
