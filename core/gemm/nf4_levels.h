// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>

namespace quantoscope {

/// The 16 levels of NormalFloat-4, bit for bit as bitsandbytes has them (Dettmers et al., "QLoRA", 2023).
inline constexpr std::array<float, 16> nf4Levels{
    -0x1.000000p+0f, -0x1.647362p-1f, -0x1.0cd660p-1f, -0x1.946540p-2f, -0x1.23449ap-2f, -0x1.7a6a7ep-3f,
    -0x1.74f0e2p-4f, 0.0f, 0x1.45f5fep-4f, 0x1.4995c6p-3f, 0x1.f809bap-3f, 0x1.5a0674p-2f,
    0x1.c349b8p-2f, 0x1.200f56p-1f, 0x1.722766p-1f, 0x1.000000p+0f};

/// The level nearest to a value in −1…1, by the midpoints between levels.
constexpr unsigned nearestNf4Code(double value)
{
    unsigned code = 0;
    for (unsigned upper = 1; upper < nf4Levels.size(); ++upper)
        code += value > (double(nf4Levels[upper - 1]) + nf4Levels[upper]) / 2;
    return code;
}

}  // namespace quantoscope
