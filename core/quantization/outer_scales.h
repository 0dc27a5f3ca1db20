// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/progress.h"
#include "core/quantization/block_format.h"
#include "core/tensors/tensor.h"

#include <vector>

namespace quantoscope {

/// The outer scales of a tensor that is not empty, over its finite values, in one streaming pass; as
/// many as outerScaleCount() says. Sums are in double and chunk by chunk, whatever the number of threads.
Result<std::vector<float>> outerScalesOf(const TensorSource&, const TensorInfo&, const BlockFormat&, const Progress&);

}  // namespace quantoscope
