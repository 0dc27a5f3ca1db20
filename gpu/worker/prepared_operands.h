// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "gpu/kernels/pack_weights.h"
#include "gpu/kernel_table.h"

namespace quantoscope::gpu {

struct ProductShape {
    std::int64_t m, n, k;
};

/// Stored operands in the memory of this process, as core/gemm stores them.
struct HostOperands {
    const KernelRow* row;
    ProductShape shape;
    const std::byte* x;
    const std::byte* w;
    const float* xScales;
    const float* wScales;
};

/// One operand as its kernel wants it in device memory; still in the memory of this process.
struct PreparedOperand {
    const std::byte* bytes = nullptr;   ///< The stored operand itself, or `packed`.
    std::size_t byteCount = 0;
    std::int64_t rowBytes = 0;
    PackedOperand packed;               ///< And the scales.
};

/// Rearranged where the kernel needs that: packed weights, tiled or transposed scales. Exact.
struct PreparedOperands {
    PreparedOperand x, w;
    float alpha = 1;   ///< Before the whole product: NVFP4's scales of the two matrices.
};
PreparedOperands prepare(const HostOperands&);

}  // namespace quantoscope::gpu
