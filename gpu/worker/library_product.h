// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "gpu/worker/cuda_check.h"
#include "gpu/worker/prepared_operands.h"

#include <string>
#include <vector>

namespace quantoscope::gpu {

/// The library refuses this shape or type on this GPU: a fact about them, not a failure.
struct NotOffered : CudaFailure {
    explicit NotOffered(const std::string& sentence) : CudaFailure(0, false, sentence) {}
};

/// y[M,N] = x[M,K] · W[N,K]ᵀ through cuBLASLt. Row-major y is column-major yᵀ = W · xᵀ: W enters as the
/// transposed first operand and x as the second, the one arrangement ("TN") that all narrow types have.
class LibraryProduct {
public:
    /// The scales are device addresses, nullptr where the row has none; `alpha` stands before everything.
    LibraryProduct(const KernelRow&, const ProductShape&, const void* xScales, const void* wScales, float alpha = 1);
    ~LibraryProduct();
    LibraryProduct(const LibraryProduct&) = delete;
    LibraryProduct& operator=(const LibraryProduct&) = delete;

    void launch(const void* x, const void* w, void* y, cudaStream_t stream);
    /// Times the heuristic's candidates and keeps the fastest.
    void tune(const void* x, const void* w, void* y, cudaStream_t stream);
    std::string algorithmText() const;   ///< "algorithm 66, tile 20, split-K 1, candidate 2 of 8, 1.03 times as fast as the first"

private:
    void describe(const KernelRow&, const ProductShape&, const void* xScales, const void* wScales);
    void findCandidates(const KernelRow&);
    void release();

    cublasLtHandle_t m_handle = nullptr;
    cublasLtMatmulDesc_t m_operation = nullptr;
    cublasLtMatrixLayout_t m_w = nullptr, m_x = nullptr, m_y = nullptr;
    std::vector<cublasLtMatmulHeuristicResult_t> m_candidates;
    std::size_t m_chosen = 0;
    double m_gain = 1;
    cudaDataType_t m_scaleType = CUDA_R_32F;
    float m_alpha;
    DeviceMemory m_workspace;
};

}  // namespace quantoscope::gpu
