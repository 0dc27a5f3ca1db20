// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/formats/number_format.h"

#include <vector>

namespace quantoscope {

/// Numbers of a format that lie at equal distances: one binade of a float, all of an integer, one
/// entry of a level table. `first + k · step` is exact for k = 0 … count − 1.
struct UniformRun {
    double first = 0;
    double step = 0;
    double count = 1;

    double last() const { return first + (count - 1) * step; }
};

/// All finite numbers of a format as runs in ascending order: a picture of any part of any format
/// costs as much as what is seen of it, never as much as the format has codes.
std::vector<UniformRun> uniformRuns(const NumberFormat&);

}  // namespace quantoscope
