// SPDX-License-Identifier: Apache-2.0
#include "gpu/kernels/kernels.h"

namespace quantoscope::gpu {

Launch* findLaunch(std::string_view kernelId)
{
    struct Row {
        std::string_view id;
        Launch* launch;
    };
    static constexpr Row rows[] = {
        {"fp32_naive", launchNaive},           {"fp32_coalesced", launchCoalesced}, {"fp32_shared", launchSharedTiles},
        {"fp32_registers", launchRegisterTiles}, {"w8a16_int8", launchInt8Weights},   {"w4a16_int4", launchInt4Weights},
    };
    for (const Row& row : rows)
        if (row.id == kernelId)
            return row.launch;
    return nullptr;
}

}  // namespace quantoscope::gpu
