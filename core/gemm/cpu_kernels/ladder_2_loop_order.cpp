// SPDX-License-Identifier: Apache-2.0
// Rung 2: the same three loops with K innermost. Both operands are now read in the order in which they
// lie in memory, and the sum stays in a register. But each addition waits for the one before.
#include "core/gemm/cpu_kernels/cpu_kernel.h"

namespace quantoscope::cpu {

bool multiplyInLoopOrder(const StoredMatrix& x, const StoredMatrix& w, GemmOutput& y, const Pulse& pulse)
{
    float* values = y.as<float>();
    for (std::int64_t i = 0; i < x.rows; ++i)
        for (std::int64_t j = 0; j < w.rows; ++j) {
            const float* a = x.rowAs<float>(i);
            const float* b = w.rowAs<float>(j);
            float sum = 0;
            for (std::int64_t k = 0; k < x.columns; ++k)
                sum += a[k] * b[k];
            values[i * w.rows + j] = sum;
            if (j % 64 == 0 && !pulse.goesOn())
                return false;
        }
    return true;
}

}  // namespace quantoscope::cpu
