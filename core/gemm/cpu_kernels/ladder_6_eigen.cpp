// SPDX-License-Identifier: Apache-2.0
// Rung 6: what the rungs before did by hand, left to Eigen, a library of templates that the compiler turns
// into blocked, vectorised code. It is compiled for the processor that every x86-64 computer has, so it
// cannot use the wide registers that OpenBLAS finds at run time.
#include "core/gemm/cpu_kernels/cpu_kernel.h"
#include "core/gemm/cpu_kernels/output_blocks.h"

#define EIGEN_DONT_PARALLELIZE
#include <Eigen/Core>

namespace quantoscope::cpu {

bool multiplyByEigen(const StoredMatrix& x, const StoredMatrix& w, GemmOutput& y, const Pulse& pulse)
{
    using RowMajor = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
    using Rows = Eigen::Map<const RowMajor, Eigen::Unaligned, Eigen::OuterStride<>>;
    const Rows left(x.rowAs<float>(0), x.rows, x.columns, Eigen::OuterStride<>(std::int64_t(x.rowBytes / sizeof(float))));
    const Rows right(w.rowAs<float>(0), w.rows, w.columns, Eigen::OuterStride<>(std::int64_t(w.rowBytes / sizeof(float))));
    Eigen::Map<RowMajor> product(y.as<float>(), x.rows, w.rows);
    return forEachOutputBlock(x.rows, w.rows, pulse, [&](const OutputBlock& block) {
        product.block(block.firstRow, block.firstColumn, block.rows, block.columns).noalias()
            = left.middleRows(block.firstRow, block.rows) * right.middleRows(block.firstColumn, block.columns).transpose();
    });
}

}  // namespace quantoscope::cpu
