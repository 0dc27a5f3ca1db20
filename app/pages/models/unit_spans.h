// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/progress.h"
#include "core/quantization/level_map.h"
#include "core/tensors/tensor.h"

namespace quantoscope {

/// How far the levels of a scheme with many scales reach: in the middle one of its groups or channels,
/// and in the widest, whose largest weight all others there must share their levels with.
struct UnitSpans {
    LevelMap median, widest;
    std::int64_t units = 0;
};
/// Unsupported above a number of scales whose ranges would take too much memory.
Result<UnitSpans> unitSpansOf(const TensorSource&, const TensorInfo&, const QuantizationScheme&, const Progress&);

}  // namespace quantoscope
