// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/quantization/block_format.h"

#include <array>
#include <vector>

namespace quantoscope {

/// Which values of a block change when one of its bits is flipped.
struct BitReach {
    int count = 0;
    int first = -1, last = -1;   ///< Indices of values; −1 where none changes.
};

/// What a byte of a block is for.
enum class ByteRole {
    Value,      ///< Codes of single values.
    SubScale,   ///< Of a part of the block.
    Scale,      ///< Of all of it.
    Unused,     ///< No bit of it changes anything (one code a byte: the high half).
};

/// Where a block keeps what, found by asking its decoder, not from a description of the layout.
struct BlockAnatomy {
    using Byte = std::array<BitReach, 8>;   ///< Lowest bit first.
    std::vector<Byte> codes, scales;
    int elements = 0;
    int subBlock = 0;   ///< Values that share a scale of their own; `elements` where there is one level of scales.

    ByteRole role(const Byte& byte) const;
};

/// Looks at a block in which no value is so small that its scale would not matter. At most 1024 values.
BlockAnatomy blockAnatomy(const BlockFormat&);

}  // namespace quantoscope
