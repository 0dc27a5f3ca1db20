// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/tensors/storage_type.h"

#include <cstddef>
#include <cstdint>
#include <span>

namespace quantoscope {

/// How elements of a storage type lie in bytes.
struct ElementPacking {
    int firstBit = 0;         ///< Of the first element within the first byte; not 0 only below 8 bits.
    bool bigEndian = false;
};

/// An FP16 code's value, exact; NaN payloads are kept.
float decodeFloat16(std::uint16_t code);

/// Whether the program can decode the type: its row in the table of number formats exists.
bool canDecode(const StorageType&);

/// Decodes as many elements as `values` has; `bytes` holds them all. Rounds to FP32 where asked for
/// floats, which is exact for every type of at most 24 significant bits.
void decodeElements(const StorageType&, ElementPacking, std::span<const std::byte> bytes, std::span<double> values);
void decodeElements(const StorageType&, ElementPacking, std::span<const std::byte> bytes, std::span<float> values);

}  // namespace quantoscope
