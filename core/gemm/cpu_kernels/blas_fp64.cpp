// SPDX-License-Identifier: Apache-2.0
// FP64: the linked BLAS on operands widened to FP64. Products of FP32 values are exact in FP64, so only
// the sums round. This is the reference that every other kernel is held against.
#include "core/gemm/blas_product.h"
#include "core/gemm/cpu_kernels/cpu_kernel.h"

namespace quantoscope::cpu {

bool multiplyFp64(const StoredMatrix& x, const StoredMatrix& w, GemmOutput& y, const Pulse& pulse)
{
    return multiplyByBlas(x.rows, w.rows, x.columns, x.rowAs<double>(0), std::int64_t(x.rowBytes / sizeof(double)),
                          w.rowAs<double>(0), std::int64_t(w.rowBytes / sizeof(double)), y.as<double>(), pulse);
}

}  // namespace quantoscope::cpu
