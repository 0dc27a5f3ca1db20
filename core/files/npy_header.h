// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/tensors/tensor.h"

#include <string>
#include <string_view>

namespace quantoscope {

/// What an NPY file of version 1.0 begins with, padded so that the data, which follow in C order,
/// start at a multiple of 64 as NumPy aligns them. `descr` is NumPy's name of the type: "<f4".
std::string npyHeader(std::string_view descr, const Shape&);

}  // namespace quantoscope
