// SPDX-License-Identifier: Apache-2.0
#include "core/files/npy_header.h"

namespace quantoscope {

std::string npyHeader(std::string_view descr, const Shape& shape)
{
    constexpr std::size_t prefixBytes = 10, alignment = 64;
    std::string sizes;
    for (const std::int64_t size : shape)
        sizes += std::to_string(size) + (shape.size() == 1 ? "," : ", ");
    if (shape.size() > 1)
        sizes.resize(sizes.size() - 2);
    std::string dictionary = "{'descr': '" + std::string(descr) + "', 'fortran_order': False, 'shape': (" + sizes + "), }";
    const std::size_t used = prefixBytes + dictionary.size() + 1;
    dictionary.append((alignment - used % alignment) % alignment, ' ');
    dictionary += '\n';
    std::string header = "\x93NUMPY";
    header += '\1';
    header += '\0';
    header += char(dictionary.size() & 0xFF);
    header += char(dictionary.size() >> 8);
    return header + dictionary;
}

}  // namespace quantoscope
