// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "gpu/kernels/mma_layout.h"
#include "gpu/kernels/weight_decode.h"

namespace quantoscope::gpu {

/// What one lane feeds the tensor cores with in the skinny kernel (weight_only_tensor_cores.cu). The 16
/// rows of A are rows of W, so that a batch of 8 fills B and wastes nothing. Plain C++: a test runs all
/// 32 lanes through an emulation of the instruction.
///
/// The instruction wants columns 2q, 2q + 1 and 2q + 8, 2q + 9 of a lane. Which columns of W those are is
/// free as long as A and B agree, and lane q has the eight of unit (i, q) at hand: two instructions use
/// them, four columns each.
template <class Format>
struct WeightFragments {
    using Code = typename Format::Code;
    static constexpr int packsARow = Code::bits / 4;   ///< Of 16 bytes, for each of a lane's two rows.

    /// Where pack `pack` of a lane begins in its chunk, in bytes.
    QUANTOSCOPE_HOST_DEVICE static constexpr int placeOfPack(int pack, int q) { return pack * 64 + q * 16; }

    /// The A registers of the two instructions for columns 32i … 32i + 31 of a chunk. `first` and `second`
    /// are the packs of rows lane / 4 and lane / 4 + 8, as words.
    QUANTOSCOPE_HOST_DEVICE static void makeA(const std::uint32_t* first, const std::uint32_t* second, int i,
                                              const std::uint32_t* table, std::uint32_t (&a)[2][4])
    {
        constexpr int unitWords = Code::bits / 4;
        std::uint32_t upper[4], lower[4];
        Code::decode(first + i * unitWords, table, upper);
        Code::decode(second + i * unitWords, table, lower);
        for (int step = 0; step < 2; ++step) {
            a[step][0] = upper[2 * step];
            a[step][1] = lower[2 * step];
            a[step][2] = upper[2 * step + 1];
            a[step][3] = lower[2 * step + 1];
        }
    }

    /// Where a lane's eight values of x stand in the staged tile, in segments of 16 bytes: words 0 and 1
    /// are B of the first instruction, 2 and 3 of the second.
    QUANTOSCOPE_HOST_DEVICE static constexpr int segmentOfB(int lane, int tileOfEight, int i)
    {
        const int row = 8 * tileOfEight + lane / 4;
        return 16 * row + swizzledSegment(row, firstColumnOfUnit(i, lane % 4) / 8);
    }
};

}  // namespace quantoscope::gpu
