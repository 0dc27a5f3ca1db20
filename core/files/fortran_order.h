// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/files/file_bytes.h"
#include "core/tensors/tensor.h"

namespace quantoscope {

/// Reads the bytes of a C-order range of elements from a tensor that is stored in Fortran order, first
/// dimension fastest, and puts them into C order. Elements are whole bytes. `bytes` is as long as the
/// range; memory beyond it stays under a megabyte whatever the shape.
Result<void> readFortranOrder(const FileBytes&, const TensorInfo&, ElementRange, std::span<std::byte> bytes);

}  // namespace quantoscope
