// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/gemm/pulse.h"

#include <cstdint>
#include <string>

namespace quantoscope {

/// y[M,N] = x[M,K] · W[N,K]ᵀ by the linked BLAS, with the distances between rows in elements. In blocks
/// of a fixed size: small enough to be cancelled within 100 ms, and the same on every machine, so that
/// the order of the sums does not depend on how fast one is. False once cancelled; y is then unfinished.
bool multiplyByBlas(std::int64_t m, std::int64_t n, std::int64_t k, const float* x, std::int64_t xRow,
                    const float* w, std::int64_t wRow, float* y, const Pulse&);
bool multiplyByBlas(std::int64_t m, std::int64_t n, std::int64_t k, const double* x, std::int64_t xRow,
                    const double* w, std::int64_t wRow, double* y, const Pulse&);

/// "OpenBLAS 0.3.21 (SkylakeX), 2 threads"
std::string blasDescription();

}  // namespace quantoscope
