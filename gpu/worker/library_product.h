// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "gpu/kernel_table.h"
#include "gpu/worker/cuda_check.h"

#include <functional>
#include <string>
#include <vector>

namespace quantoscope::gpu {

struct ProductShape {
    std::int64_t m, n, k;
};

/// y[M,N] = x[M,K] · W[N,K]ᵀ through cuBLASLt. Row-major y is column-major yᵀ = W · xᵀ: W enters as the
/// transposed first operand and x as the second, the one arrangement ("TN") that all narrow types have.
class LibraryProduct {
public:
    LibraryProduct(const KernelRow&, const ProductShape&, const float* xScale, const float* wScale);
    ~LibraryProduct();
    LibraryProduct(const LibraryProduct&) = delete;
    LibraryProduct& operator=(const LibraryProduct&) = delete;

    void launch(const void* x, const void* w, void* y, cudaStream_t stream);
    /// Times the heuristic's candidates and keeps the fastest.
    void tune(const void* x, const void* w, void* y, cudaStream_t stream);
    std::string algorithmText() const;   ///< "algorithm 66, tile 128x128, split 1; 1.03 × the heuristic's first choice"

private:
    cublasLtHandle_t m_handle = nullptr;
    cublasLtMatmulDesc_t m_operation = nullptr;
    cublasLtMatrixLayout_t m_w = nullptr, m_x = nullptr, m_y = nullptr;
    std::vector<cublasLtMatmulHeuristicResult_t> m_candidates;
    std::size_t m_chosen = 0;
    double m_gain = 1;
    bool m_sumsAreIntegers;
    DeviceMemory m_workspace;
};

}  // namespace quantoscope::gpu
