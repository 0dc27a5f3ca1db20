// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace quantoscope::gpu {

/// 16 bytes that nobody writes and nobody needs a second time: past the first-level cache.
__device__ inline uint4 readOnce(const void* place)
{
    uint4 pack;
    asm volatile("ld.global.nc.L1::no_allocate.L2::128B.v4.u32 {%0, %1, %2, %3}, [%4];"
                 : "=r"(pack.x), "=r"(pack.y), "=r"(pack.z), "=r"(pack.w) : "l"(place));
    return pack;
}

}  // namespace quantoscope::gpu
