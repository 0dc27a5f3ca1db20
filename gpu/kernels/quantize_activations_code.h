// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/formats/narrow_float.h"

#include <cmath>

namespace quantoscope::gpu {

/// The INT8 code of x / scale: exactly core's nearbyint of the FP64 quotient, without FP64 but for the few
/// values that lie almost in the middle of two codes. Host and GPU, so that a test can try every FP16 number.
QUANTOSCOPE_HOST_DEVICE inline int nearestInt8Code(float x, float scale)
{
    const float quotient = x / scale;
    const float code = rintf(quotient);
    if (fabsf(fabsf(quotient - code) - 0.5f) < 1e-4f) {   // FP32 errs by 2^-24 of at most 127: far less.
        const double exact = rint(double(x) / double(scale));
        return exact > 127 ? 127 : exact < -127 ? -127 : int(exact);
    }
    return code > 127 ? 127 : code < -127 ? -127 : int(code);
}

}  // namespace quantoscope::gpu
