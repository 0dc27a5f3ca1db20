// SPDX-License-Identifier: Apache-2.0
// Stands in for gpu/kernels/streaming_load.cuh when kernels run on the processor.
#pragma once

namespace quantoscope::gpu {

inline uint4 readOnce(const void* place) { return *static_cast<const uint4*>(place); }

}  // namespace quantoscope::gpu
