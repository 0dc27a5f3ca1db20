// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/formats/narrow_float.h"

#include <cstdint>

/// How packed weights lie in the memory of a GPU, for both weight-only kernels and for the code that
/// packs them on the processor. Plain C++, so that tests run it without a GPU.
///
/// A row is cut into chunks of 128 columns, a chunk into 16 units of 8 codes. Unit (i, q) holds the
/// columns 32i + 8q … 32i + 8q + 7. Quarter q of a warp's lanes works on the units of all four i: then
/// each lane reads whole packs of 16 bytes, and a group of 32 columns is finished after two tensor-core
/// steps. The order of columns inside a sum is free, so x stays as it is and only W is rearranged, once.
namespace quantoscope::gpu {

inline constexpr int chunkColumns = 128, unitColumns = 8, unitsAChunk = 16;

/// Whole chunks that hold so many columns.
QUANTOSCOPE_HOST_DEVICE constexpr std::int64_t chunksOf(std::int64_t columns)
{
    return (columns + chunkColumns - 1) / chunkColumns;
}

QUANTOSCOPE_HOST_DEVICE constexpr int firstColumnOfUnit(int i, int q)
{
    return 32 * i + 8 * q;
}

/// Where unit (i, q) stands in its chunk. Codes of 4 bits: the 4 units of a lane are one pack of 16 bytes.
/// Codes of 8 bits: two packs, half a chunk apart, so that neighbouring lanes read neighbouring packs.
QUANTOSCOPE_HOST_DEVICE constexpr int placeOfUnit(int codeBits, int i, int q)
{
    return codeBits == 4 ? 4 * q + i : 8 * (i / 2) + 2 * q + i % 2;
}

/// The kernel for one row reads a pack of 16 bytes a lane: so many lanes read one chunk …
QUANTOSCOPE_HOST_DEVICE constexpr int lanesAChunk(int codeBits)
{
    return chunkColumns * codeBits / 8 / 16;
}

/// … and unit `unit` of a lane's pack is (i, lane % 4) with this i.
QUANTOSCOPE_HOST_DEVICE constexpr int unitOfPack(int codeBits, int lane, int unit)
{
    return codeBits == 4 ? unit : lane % 8 / 4 * 2 + unit;
}

/// Inside a unit of 4-bit codes: columns 0, 2, 4, 6 in the low half of the word and 1, 3, 5, 7 in the high
/// half, so that one mask takes out two neighbours as the halves of a register.
QUANTOSCOPE_HOST_DEVICE constexpr int interleavedNibble(int column)
{
    return column / 2 + 4 * (column % 2);
}

/// x in shared memory: rows of 16 segments of 16 bytes. The lanes that read together hold two rows and
/// four neighbouring segments; odd rows are turned by four so that all eight lie on different banks.
QUANTOSCOPE_HOST_DEVICE constexpr int swizzledSegment(int row, int segment)
{
    return segment ^ ((row & 1) << 2);
}

}  // namespace quantoscope::gpu
