// SPDX-License-Identifier: Apache-2.0
// FP32: the linked BLAS, as fast as this processor multiplies FP32 matrices. The yardstick of speed.
#include "core/gemm/blas_product.h"
#include "core/gemm/cpu_kernels/cpu_kernel.h"

namespace quantoscope::cpu {

bool multiplyFp32(const StoredMatrix& x, const StoredMatrix& w, GemmOutput& y, const Pulse& pulse)
{
    return multiplyByBlas(x.rows, w.rows, x.columns, x.rowAs<float>(0), std::int64_t(x.rowBytes / sizeof(float)),
                          w.rowAs<float>(0), std::int64_t(w.rowBytes / sizeof(float)), y.as<float>(), pulse);
}

}  // namespace quantoscope::cpu
