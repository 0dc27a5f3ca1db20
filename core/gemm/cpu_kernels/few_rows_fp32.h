// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/gemm/pulse.h"
#include "core/gemm/stored_matrix.h"

namespace quantoscope::cpu {

/// Whether multiplyFewRows() multiplies so many rows of x by weights stored like these.
bool takesFewRows(const StoredMatrix& w, std::int64_t rows);
/// y = x · Wᵀ, x widened to FP32 and filled up with zeros to `xRow` columns, a multiple of 32. Scales of rows and
/// of matrices are left to the caller.
bool multiplyFewRows(const float* x, std::int64_t rows, std::int64_t xRow, const StoredMatrix& w, float* y, const Pulse&);

}  // namespace quantoscope::cpu
