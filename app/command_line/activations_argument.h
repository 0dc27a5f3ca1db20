// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/command_line/tensor_arguments.h"
#include "core/compensation/activations.h"

namespace quantoscope {

/// What `--activations` means for a tensor: "sample", "synthetic:…", or an NPY file of [tokens, columns].
Result<Activations> activationsFor(const std::string& argument, const ChosenTensor&, const Progress&);

}  // namespace quantoscope
