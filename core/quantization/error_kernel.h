// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/quantization/run_scale.h"

namespace quantoscope {

/// Adds the errors of the finite values up, in eight lanes; values that are not finite are counted.
void addErrors(const float* values, const float* stored, std::size_t count, LaneSums&);

}  // namespace quantoscope
