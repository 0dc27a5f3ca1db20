// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/quantization/level_map.h"

namespace quantoscope {

/// The range of a uniform scheme that costs the least squared error, `clip=mse`; `full` is that of the
/// values. Exact where every bin is one value and they are not too many (StepSearch), among ranges up to
/// twice as wide as `full` (asymmetric schemes above 4 bits: eight codes wider); else a grid of clips within `full` and a descent from the best of them. Rounding
/// is taken to be to the nearest.
ClipRange leastSquaresRange(const QuantizationScheme&, const ValueCounts&, const ClipRange& full);

}  // namespace quantoscope
