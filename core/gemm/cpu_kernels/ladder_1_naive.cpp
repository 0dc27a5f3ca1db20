// SPDX-License-Identifier: Apache-2.0
// Rung 1 of the ladder: the formula as three loops, the row of x innermost. Every step jumps a whole row
// of x and a whole row of y ahead, so almost every access misses the cache.
#include "core/gemm/cpu_kernels/cpu_kernel.h"

namespace quantoscope::cpu {

bool multiplyNaive(const StoredMatrix& x, const StoredMatrix& w, GemmOutput& y, const Pulse& pulse)
{
    float* values = y.as<float>();
    for (std::int64_t j = 0; j < w.rows; ++j) {
        for (std::int64_t k = 0; k < x.columns; ++k) {
            const float weight = w.rowAs<float>(j)[k];
            for (std::int64_t i = 0; i < x.rows; ++i)
                values[i * w.rows + j] = (k == 0 ? 0 : values[i * w.rows + j]) + x.rowAs<float>(i)[k] * weight;
            if (k % 64 == 0 && !pulse.goesOn())
                return false;
        }
    }
    return true;
}

}  // namespace quantoscope::cpu
