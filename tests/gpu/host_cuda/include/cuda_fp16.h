// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/formats/narrow_float.h"

#include <cuda_runtime_api.h>

struct __half { std::uint16_t code; };
struct __half2 { __half x, y; } __align__(4);

inline float __half2float(__half half) { return quantoscope::decodeNarrow<quantoscope::NarrowFp16>(half.code); }
inline float2 __half22float2(__half2 halves) { return {__half2float(halves.x), __half2float(halves.y)}; }
