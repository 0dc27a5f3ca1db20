// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/formats/narrow_float.h"

/// The tiles of 6_tensor_cores_mma.cu in shared memory: rows of 32 BF16 numbers, 64 bytes, as four
/// segments of 16 bytes. Plain C++, so that a test runs it against an emulation of the instructions.
namespace quantoscope::gpu {

inline constexpr int segmentsARow = 4;

/// Two rows fill all 32 banks. ldmatrix reads one segment of eight rows at a time: turning every second
/// row's segments by one puts the eight on different banks.
QUANTOSCOPE_HOST_DEVICE constexpr int segmentPlace(int row, int segment)
{
    return segmentsARow * row + (segment ^ (row / 2 % 4));
}

/// ldmatrix.x4 takes the address of one segment from each lane: lanes 8i … 8i + 7 name the rows of matrix
/// i, which becomes register i. For A: rows 0–7 and 8–15 of columns 0–7, then of columns 8–15.
QUANTOSCOPE_HOST_DEVICE constexpr int segmentOfA(int lane, int firstRow, int step)
{
    return segmentPlace(firstRow + lane % 16, 2 * step + lane / 16);
}

/// For two tiles of B, whose columns are rows of W: both halves of K of rows 0–7, then of rows 8–15.
QUANTOSCOPE_HOST_DEVICE constexpr int segmentOfTwoB(int lane, int firstRow, int step)
{
    return segmentPlace(firstRow + lane % 8 + lane / 16 * 8, 2 * step + lane / 8 % 2);
}

}  // namespace quantoscope::gpu
