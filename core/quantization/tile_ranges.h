// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/quantization/level_map.h"
#include "core/quantization/scale_units.h"

namespace quantoscope {

/// rangesOfUnits() for tiles of rows and columns.
Result<std::vector<ClipRange>> rangesOfTiles(const TensorSource&, const TensorInfo&, const QuantizationScheme&,
                                             const ScaleUnits&, const Progress&);

}  // namespace quantoscope
