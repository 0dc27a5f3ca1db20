// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "gpu/kernels/kernels.h"
#include "gpu/kernels/weight_decode.h"

#include <algorithm>

namespace quantoscope::gpu {

/// Into how many parts the skinny kernel cuts K: as many blocks as run at once with two on every
/// multiprocessor (some more would be a second round in which most of the GPU waits), and at least four
/// chunks each. The parts are added in order, so the number of multiprocessors is all that y can depend on.
inline int partsOfK(std::int64_t n, std::int64_t k, int multiprocessors)
{
    constexpr int rowsABlock = 128, most = 16;
    const std::int64_t blocks = (n + rowsABlock - 1) / rowsABlock;
    const std::int64_t wanted = 2 * std::int64_t(multiprocessors) / blocks;
    return int(std::clamp<std::int64_t>(std::min(wanted, chunksOf(k) / 4), 1, most));
}

/// For a batch of one or two: weight_only_vector.cu.
template <class Format>
void launchVector(const KernelArguments&, cudaStream_t);
/// For three to 64 rows on compute capability 8.0 and newer: weight_only_tensor_cores.cu.
template <class Format>
void launchSkinny(const KernelArguments&, cudaStream_t);

}  // namespace quantoscope::gpu
