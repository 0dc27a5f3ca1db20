// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/gemm/pulse.h"
#include "core/gemm/stored_matrix.h"

namespace quantoscope::cpu {

/// Whether multiplyFewRowsBf16() multiplies these on this processor.
bool takesFewRowsBf16(const StoredMatrix& x, const StoredMatrix& w);
/// y = x · Wᵀ, x widened to FP32 from FP16, `xRow` from one row to the next.
bool multiplyFewRowsBf16(const float* x, std::int64_t rows, std::int64_t xRow, const StoredMatrix& w, float* y, const Pulse&);

}  // namespace quantoscope::cpu
