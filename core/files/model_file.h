// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/tensors/tensor.h"

#include <filesystem>
#include <memory>

namespace quantoscope {

/// Opens a model file of any format in fileFormats(). Reads the directory only; the error is a
/// sentence that names the file and, where one is known, the byte.
Result<std::shared_ptr<const TensorSource>> openModelFile(const std::filesystem::path&);

}  // namespace quantoscope
