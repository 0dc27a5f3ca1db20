// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/gemm/gemm_operands.h"
#include "core/progress.h"
#include "core/tensors/tensor.h"

#include <functional>
#include <memory>
#include <string>

namespace quantoscope {

/// A product of the open model: a matrix of it, and the rows that flow into that matrix while the sample model
/// reads its calibration words, with the three largest channels multiplied by `magnitude`. What was read is kept
/// for the next call. The error says what does not fit: only the sample model has activations.
std::function<Result<GemmOperands>(double magnitude, const Progress&)> modelOperands(std::shared_ptr<const TensorSource> model,
                                                                                     std::string tensor);

}  // namespace quantoscope
