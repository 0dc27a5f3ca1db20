// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/tensors/tensor.h"

#include <string>

namespace quantoscope::test {

/// A .npy file of version 1.0. `type` is NumPy's, such as "<f4"; `data` as it is stored.
inline std::string npyBytes(const std::string& type, bool fortranOrder, const Shape& shape, const std::string& data)
{
    std::string header = "{'descr': '" + type + "', 'fortran_order': " + (fortranOrder ? "True" : "False") + ", 'shape': (";
    for (const std::int64_t size : shape)
        header += std::to_string(size) + ",";
    header += ")}\n";
    std::string file = "\x93NUMPY";
    file += {'\1', '\0', char(header.size() & 0xFF), char(header.size() >> 8)};
    return file + header + data;
}

}  // namespace quantoscope::test
