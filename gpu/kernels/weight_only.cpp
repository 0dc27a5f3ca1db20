// SPDX-License-Identifier: Apache-2.0
#include "gpu/kernels/weight_only.h"

namespace quantoscope::gpu {

template <class Format>
void launchWeightOnly(const KernelArguments& a, cudaStream_t stream)
{
    constexpr int firstWithCopies = 80, vectorRows = 2;   // Of compute capability; of x
    if (a.m <= vectorRows || a.computeCapability < firstWithCopies)
        launchVector<Format>(a, stream);
    else
        launchSkinny<Format>(a, stream);
}

Launch* findWeightOnly(std::string_view kernelId)
{
    struct Row {
        std::string_view id;
        Launch* launch;
    };
    static constexpr Row rows[] = {
        {"w8a16_int8", launchWeightOnly<Int8Rows>},   {"w8a16_q8_0", launchWeightOnly<Q8Blocks>},
        {"w4a16_int4", launchWeightOnly<Int4Groups>}, {"w4a16_q4_0", launchWeightOnly<Q4Blocks>},
        {"w4a16_nf4", launchWeightOnly<Nf4Groups>},   {"w4a16_mxfp4", launchWeightOnly<Mxfp4Blocks>},
    };
    for (const Row& row : rows)
        if (row.id == kernelId)
            return row.launch;
    return nullptr;
}

}  // namespace quantoscope::gpu
