// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace quantoscope {

struct NumberFormat;

/// One row of the table of types in which files store tensors. Elements are packed little-endian,
/// lowest bits first, `bits` each.
struct StorageType {
    std::string_view id;         ///< In safetensors' spelling: "F32", "BF16", "F8_E4M3".
    std::string_view formatId;   ///< Row of the number-format table that decodes an element; "" for 64-bit integers.
    int bits;                    ///< Per element.
};

std::span<const StorageType> storageTypes();
const StorageType* findStorageType(std::string_view id);

}  // namespace quantoscope
