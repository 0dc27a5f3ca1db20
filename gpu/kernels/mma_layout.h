// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/formats/narrow_float.h"

#include <cstdint>

/// Which lane holds what of the instruction mma.sync.m16n8k16 for 16-bit operands (PTX ISA, "Matrix
/// Fragments for mma.m16n8k16 with floating point type"). Plain C++: the kernels use these maps, and a
/// test runs them against an emulation of the instruction.
namespace quantoscope::gpu {

struct FragmentPlace {
    int row, column;
};

/// A, 16 × 16: register 0…3 of a lane holds this element and the one right of it.
QUANTOSCOPE_HOST_DEVICE constexpr FragmentPlace placeInA(int lane, int reg)
{
    return {lane / 4 + 8 * (reg % 2), 2 * (lane % 4) + 8 * (reg / 2)};
}

/// B, 16 (k) × 8: register 0…1 of a lane holds this element and the one below it.
QUANTOSCOPE_HOST_DEVICE constexpr FragmentPlace placeInB(int lane, int reg)
{
    return {2 * (lane % 4) + 8 * reg, lane / 4};
}

/// The accumulators, 16 × 8: FP32 value 0…3 of a lane.
QUANTOSCOPE_HOST_DEVICE constexpr FragmentPlace placeInC(int lane, int value)
{
    return {lane / 4 + 8 * (value / 2), 2 * (lane % 4) + value % 2};
}

}  // namespace quantoscope::gpu
