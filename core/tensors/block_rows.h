// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/tensors/block_type.h"

namespace quantoscope {

/// Values of consecutive blocks, many at a time: of the small types a call for each block would cost more than
/// its values. The type must have values.
void decodeBlocks(const BlockType&, const std::uint8_t* blocks, std::size_t count, float* values);

}  // namespace quantoscope
