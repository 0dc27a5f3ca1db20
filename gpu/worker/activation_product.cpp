// SPDX-License-Identifier: Apache-2.0
#include "gpu/worker/activation_product.h"

namespace quantoscope::gpu {

ActivationProduct::ActivationProduct(const KernelRow& row, const ProductShape& shape, const float* xScale, const float* wScales)
    : m_shape(shape), m_target(row.x.element == ElementType::Int8 ? ActivationTarget::Int8 : ActivationTarget::E4m3),
      m_isStatic(row.x.sharing == ScaleSharing::Matrix), m_wScales(wScales),
      m_rowBytes(std::int64_t(storedRowBytes(ElementType::Fp16, shape.k))), m_codeRowBytes(std::int64_t(storedRowBytes(row.x.element, shape.k))),
      m_codes(std::size_t(shape.m * m_codeRowBytes)), m_rowScales(4 * std::size_t(shape.m)),
      m_xScales(m_isStatic ? xScale : m_rowScales.as<float>()), m_product(row, shape, m_xScales, wScales)
{
}

void ActivationProduct::quantize(const void* x, cudaStream_t stream)
{
    launchQuantizeActivations(m_target, {x, m_codes.as(), m_rowScales.as<float>(), m_isStatic ? m_xScales : nullptr,
                                         m_shape.m, m_shape.k, m_rowBytes, m_codeRowBytes}, stream);
    check(cudaGetLastError(), "starting a kernel");
}

void ActivationProduct::launch(const void* x, const void* w, void* y, cudaStream_t stream)
{
    quantize(x, stream);
    m_product.launch(m_codes.as(), w, y, stream);
    if (m_target == ActivationTarget::Int8) {
        launchScaleSums(y, m_xScales, m_isStatic, m_wScales, m_shape.m, m_shape.n, stream);
        check(cudaGetLastError(), "starting a kernel");
    }
}

void ActivationProduct::tune(const void* x, const void* w, void* y, cudaStream_t stream)
{
    quantize(x, stream);
    m_product.tune(m_codes.as(), w, y, stream);
}

}  // namespace quantoscope::gpu
