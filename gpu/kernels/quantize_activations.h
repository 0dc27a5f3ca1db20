// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "gpu/kernels/quantize_activations_code.h"

#include <cuda_runtime_api.h>

#include <cstdint>

/// Rounding x on the way into a product with narrow operands, and what stands after an INT8 product.
namespace quantoscope::gpu {

enum class ActivationTarget { Int8, E4m3 };

struct ActivationArguments {
    const void* x;            ///< FP16, rows of rowBytes.
    void* target;             ///< One byte an element, rows of targetRowBytes; what fills them up is zeroed.
    float* rowScales;         ///< Dynamic: written, one a row.
    const float* givenScale;  ///< Static: read, one for the matrix; nullptr: dynamic.
    std::int64_t rows, columns, rowBytes, targetRowBytes;
};

/// Dynamic: one block a row finds the largest magnitude and rounds; the row is read twice, the second
/// time from the cache. Static: one pass.
void launchQuantizeActivations(ActivationTarget, const ActivationArguments&, cudaStream_t);

/// y = sum · xScale · wScale, from INT32 to FP32 in place. `xScales` is one a row, or one in all.
void launchScaleSums(void* y, const float* xScales, bool isOneForAll, const float* wScales, std::int64_t m, std::int64_t n, cudaStream_t);

}  // namespace quantoscope::gpu
