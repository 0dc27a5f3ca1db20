// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/formats/narrow_float.h"
#include "gpu/kernels/mma_layout.h"

#include <cstdint>

/// The tiles of 7_wgmma_tma.cu in shared memory: rows of 64 BF16 numbers, 128 bytes, swizzled as the copy
/// engine writes and the tensor cores read them. Plain C++, so that a test can follow every byte.
namespace quantoscope::gpu {

inline constexpr int wgmmaRowBytes = 128, wgmmaDepth = 64;   ///< Of a tile: one row of the 128-byte swizzle.

/// The 128-byte swizzle: of an address, the segment of 16 bytes in its row (bits 4–6) is exchanged by the
/// row modulo eight (bits 7–9). PTX ISA, "Strides", swizzling modes. Tiles begin at multiples of 1024.
QUANTOSCOPE_HOST_DEVICE constexpr std::uint32_t swizzle128(std::uint32_t address)
{
    return address ^ (address >> 7 & 7u) << 4;
}

/// The descriptor of an operand in shared memory whose rows lie along K (PTX ISA, "Matrix descriptor"):
/// bits 0–13 where it begins, 16–29 not used with this swizzle, 32–45 from eight rows to the next eight,
/// all in units of 16 bytes, 62–63 the swizzle of 128 bytes. The next 16 columns of K begin 32 bytes later:
/// the hardware swizzles addresses, not offsets.
QUANTOSCOPE_HOST_DEVICE constexpr std::uint64_t wgmmaDescriptor(std::uint32_t sharedAddress)
{
    constexpr std::uint64_t unused = 1, eightRows = 8 * wgmmaRowBytes / 16, swizzleOf128Bytes = 1;
    return std::uint64_t(sharedAddress >> 4 & 0x3FFFu) | unused << 16 | eightRows << 32 | swizzleOf128Bytes << 62;
}

/// The accumulators of wgmma.m64nNk16: FP32 value `value` of thread 0…127 of a warpgroup. Each warp has 16
/// rows, in each tile of eight columns as mma.m16n8k16 has them.
QUANTOSCOPE_HOST_DEVICE constexpr FragmentPlace placeInWarpgroup(int thread, int value)
{
    const FragmentPlace inTile = placeInC(thread % 32, value % 4);
    return {thread / 32 * 16 + inTile.row, value / 4 * 8 + inTile.column};
}

}  // namespace quantoscope::gpu
