// SPDX-License-Identifier: Apache-2.0
#include "gpu/kernels/kernels.h"

#include "gpu/kernels/weight_only.h"

namespace quantoscope::gpu {

Launch* findLaunch(std::string_view kernelId)
{
    struct Row {
        std::string_view id;
        Launch* launch;
    };
    static constexpr Row rows[] = {
        {"fp32_naive", launchNaive},
        {"fp32_coalesced", launchCoalesced},
        {"fp32_shared", launchSharedTiles},
        {"fp32_registers", launchRegisterTiles},
        {"fp32_vector", launchVectorLoads},
        {"bf16_mma", launchTensorCores},
        {"bf16_wgmma", launchWarpgroups},
    };
    for (const Row& row : rows)
        if (row.id == kernelId)
            return row.launch;
    return findWeightOnly(kernelId);
}

std::size_t workspaceBytesOf(const KernelRow& row, std::int64_t m, std::int64_t n, std::int64_t k, int multiprocessors)
{
    if (row.mark != KernelMark::WeightOnly)
        return 0;
    return 4 * std::size_t(partsOfK(n, k, multiprocessors)) * std::size_t(m) * std::size_t(n);
}

}  // namespace quantoscope::gpu
