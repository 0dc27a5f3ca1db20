// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/quantization/quantize.h"

namespace quantoscope {

/// quantize() for schemes of kind Block.
Result<QuantizationReport> quantizeBlocks(const TensorSource&, const TensorInfo&, const QuantizationScheme&,
                                          const QuantizationSink&, const Progress&);

}  // namespace quantoscope
