// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/compensation/activations.h"

#include <string>

namespace quantoscope {

/// What `--activations` and the Quantize page call the inputs of a matrix: "sample", what flows into it while
/// the sample model reads its calibration words; "synthetic:rho=0.5,outliers=2"; or a file of [tokens, columns].
Result<Activations> activationsFor(const std::string& argument, const TensorSource&, const TensorInfo&, const Progress& = {});

/// Whether "sample" means something for a model, told by names alone.
bool hasSampleActivations(const TensorSource&, const TensorInfo&);

}  // namespace quantoscope
