// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "gpu/kernels/weight_decode.h"

namespace quantoscope::gpu {

/// All copies of the table of NF4's pairs, by the threads of a block; each pair is made once.
__device__ inline void fillTable(std::uint32_t* table, int thread, int threads)
{
    static_assert(Nf4Code::copies == 8);
    for (int byte = thread; byte < 256; byte += threads) {
        const std::uint32_t pair = Nf4Code::tableEntry(unsigned(byte));
        auto* target = reinterpret_cast<uint4*>(table + byte * Nf4Code::copies);
        target[0] = target[1] = {pair, pair, pair, pair};
    }
}

}  // namespace quantoscope::gpu
