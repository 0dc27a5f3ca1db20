// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/formats/narrow_float.h"

enum __nv_saturation_t { __NV_NOSAT, __NV_SATFINITE };
enum __nv_fp8_interpretation_t { __NV_E4M3, __NV_E5M2 };

/// E4M3 with saturation, the only way our kernels ask for it.
inline std::uint8_t __nv_cvt_float_to_fp8(float value, __nv_saturation_t, __nv_fp8_interpretation_t)
{
    return std::uint8_t(quantoscope::encodeNarrow<quantoscope::NarrowE4m3>(value, true));
}
