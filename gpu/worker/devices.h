// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "gpu/protocol.h"

namespace quantoscope::gpu {

/// The GPUs that the driver lists. Throws CudaFailure where the driver cannot be used at all.
std::vector<DeviceDescription> listDevices();

}  // namespace quantoscope::gpu
