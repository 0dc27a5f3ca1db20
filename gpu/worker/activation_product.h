// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "gpu/kernels/quantize_activations.h"
#include "gpu/worker/library_product.h"

namespace quantoscope::gpu {

/// A product whose x arrives in FP16 and is quantized on the way, as while a model runs: our own kernel
/// rounds, cuBLASLt multiplies, and after INT8 a second own kernel scales the sums.
class ActivationProduct {
public:
    /// `xScale` is the one static scale; not read where the row's scales are dynamic.
    ActivationProduct(const KernelRow&, const ProductShape&, const float* xScale, const float* wScales);

    void launch(const void* x, const void* w, void* y, cudaStream_t);
    void quantize(const void* x, cudaStream_t);   ///< The first part alone, for its own time.
    void tune(const void* x, const void* w, void* y, cudaStream_t);
    std::string algorithmText() const { return m_product.algorithmText(); }

private:
    ProductShape m_shape;
    ActivationTarget m_target;
    bool m_isStatic;
    const float* m_wScales;
    std::int64_t m_rowBytes, m_codeRowBytes;
    DeviceMemory m_codes, m_rowScales;
    const float* m_xScales;
    LibraryProduct m_product;
};

}  // namespace quantoscope::gpu
