// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "gpu/kernels/mma_layout.h"

#include <array>

namespace quantoscope::gpu {

/// What the 32 lanes of a warp hold.
template <class Value, int count>
using WarpRegisters = std::array<std::array<Value, count>, 32>;

/// mma.sync.m16n8k16 on the processor, after the element formulas of the PTX ISA and not after
/// mma_layout.h, so that a mistake there is seen. `decode` widens a 16-bit code.
template <class Decode>
void emulateMma(const WarpRegisters<std::uint32_t, 4>& a, const WarpRegisters<std::uint32_t, 2>& b,
                WarpRegisters<double, 4>& c, const Decode& decode)
{
    double left[16][16], right[16][8];
    for (int lane = 0; lane < 32; ++lane) {
        const int group = lane >> 2, inGroup = lane % 4;
        for (int i = 0; i < 8; ++i) {   // a0 … a7 of the PTX ISA
            const int row = (i < 2 || (i >= 4 && i < 6)) ? group : group + 8;
            const int column = i < 4 ? inGroup * 2 + (i & 1) : inGroup * 2 + (i & 1) + 8;
            left[row][column] = decode(a[std::size_t(lane)][std::size_t(i / 2)] >> (16 * (i % 2)) & 0xFFFFu);
        }
        for (int i = 0; i < 4; ++i) {   // b0 … b3
            const int row = i < 2 ? inGroup * 2 + (i & 1) : inGroup * 2 + (i & 1) + 8;
            right[row][group] = decode(b[std::size_t(lane)][std::size_t(i / 2)] >> (16 * (i % 2)) & 0xFFFFu);
        }
    }
    for (int lane = 0; lane < 32; ++lane)
        for (int i = 0; i < 4; ++i) {   // c0 … c3
            const int row = i < 2 ? lane >> 2 : (lane >> 2) + 8, column = lane % 4 * 2 + (i & 1);
            for (int k = 0; k < 16; ++k)
                c[std::size_t(lane)][std::size_t(i)] += left[row][k] * right[k][column];
        }
}

}  // namespace quantoscope::gpu
