// SPDX-License-Identifier: Apache-2.0
#include "gpu/worker/library_product.h"

namespace quantoscope::gpu {
namespace {

constexpr std::size_t workspaceBytes = 32 << 20;   // What cuBLAS itself takes on Hopper and newer.

struct TypeRow {
    ElementType element;
    cudaDataType_t type;
    cublasComputeType_t compute;
};

/// FP32 is pedantic: nothing, not even NVIDIA_TF32_OVERRIDE, may turn it into TF32.
constexpr TypeRow types[] = {
    {ElementType::Fp32, CUDA_R_32F, CUBLAS_COMPUTE_32F_PEDANTIC},
    {ElementType::Tf32, CUDA_R_32F, CUBLAS_COMPUTE_32F_FAST_TF32},
    {ElementType::Fp16, CUDA_R_16F, CUBLAS_COMPUTE_32F},
    {ElementType::Bf16, CUDA_R_16BF, CUBLAS_COMPUTE_32F},
    {ElementType::E4m3, CUDA_R_8F_E4M3, CUBLAS_COMPUTE_32F},
    {ElementType::Int8, CUDA_R_8I, CUBLAS_COMPUTE_32I},
};

const TypeRow& typeOf(ElementType element)
{
    for (const TypeRow& row : types)
        if (row.element == element)
            return row;
    throw CudaFailure(0, false, "cuBLASLt has no kernel for this element type.");
}

template <class Value>
void set(cublasLtMatmulDesc_t operation, cublasLtMatmulDescAttributes_t attribute, const Value& value)
{
    check(cublasLtMatmulDescSetAttribute(operation, attribute, &value, sizeof value), "describing a product");
}

cublasLtMatrixLayout_t layout(cudaDataType_t type, std::int64_t rows, std::int64_t columns, std::int64_t leading)
{
    cublasLtMatrixLayout_t made = nullptr;
    check(cublasLtMatrixLayoutCreate(&made, type, std::uint64_t(rows), std::uint64_t(columns), leading), "describing a matrix");
    return made;
}

template <class Value>
Value configuration(const cublasLtMatmulAlgo_t& algorithm, cublasLtMatmulAlgoConfigAttributes_t attribute)
{
    Value value{};
    std::size_t written = 0;
    cublasLtMatmulAlgoConfigGetAttribute(&algorithm, attribute, &value, sizeof value, &written);
    return value;
}

}  // namespace

LibraryProduct::LibraryProduct(const KernelRow& row, const ProductShape& shape, const float* xScale, const float* wScale)
    : m_sumsAreIntegers(row.sumsAreIntegers), m_workspace(workspaceBytes)
{
    const TypeRow& type = typeOf(row.x.element);
    const cudaDataType_t result = m_sumsAreIntegers ? CUDA_R_32I : CUDA_R_32F;
    const auto leading = std::int64_t(storedRowBytes(row.x.element, shape.k)) * 8 / bitsOf(row.x.element);
    check(cublasLtCreate(&m_handle), "starting cuBLASLt");
    check(cublasLtMatmulDescCreate(&m_operation, type.compute, result), "describing a product");
    set(m_operation, CUBLASLT_MATMUL_DESC_TRANSA, CUBLAS_OP_T);
    set(m_operation, CUBLASLT_MATMUL_DESC_TRANSB, CUBLAS_OP_N);
    if (row.x.sharing == ScaleSharing::Matrix) {
        set(m_operation, CUBLASLT_MATMUL_DESC_A_SCALE_POINTER, wScale);
        set(m_operation, CUBLASLT_MATMUL_DESC_B_SCALE_POINTER, xScale);
    }
    m_w = layout(type.type, shape.k, shape.n, leading);
    m_x = layout(type.type, shape.k, shape.m, leading);
    m_y = layout(result, shape.n, shape.m, shape.n);

    cublasLtMatmulPreference_t preference = nullptr;
    check(cublasLtMatmulPreferenceCreate(&preference), "choosing an algorithm");
    cublasLtMatmulPreferenceSetAttribute(preference, CUBLASLT_MATMUL_PREF_MAX_WORKSPACE_BYTES, &workspaceBytes, sizeof workspaceBytes);
    m_candidates.resize(8);
    int found = 0;
    const cublasStatus_t status = cublasLtMatmulAlgoGetHeuristic(m_handle, m_operation, m_w, m_x, m_y, m_y, preference,
                                                                 int(m_candidates.size()), m_candidates.data(), &found);
    cublasLtMatmulPreferenceDestroy(preference);
    m_candidates.resize(std::size_t(found));
    // A success may hide candidates that are none.
    std::erase_if(m_candidates, [](const auto& one) { return one.state != CUBLAS_STATUS_SUCCESS; });
    if (status == CUBLAS_STATUS_NOT_SUPPORTED || m_candidates.empty())
        throw CudaFailure(0, false, "cuBLASLt has no " + std::string(row.name) + " kernel for this shape on this GPU.");
    check(status, "choosing an algorithm");
}

LibraryProduct::~LibraryProduct()
{
    for (cublasLtMatrixLayout_t one : {m_w, m_x, m_y})
        if (one)
            cublasLtMatrixLayoutDestroy(one);
    if (m_operation)
        cublasLtMatmulDescDestroy(m_operation);
    if (m_handle)
        cublasLtDestroy(m_handle);
}

void LibraryProduct::launch(const void* x, const void* w, void* y, cudaStream_t stream)
{
    const float oneF = 1, zeroF = 0;
    const std::int32_t oneI = 1, zeroI = 0;
    const void* one = m_sumsAreIntegers ? static_cast<const void*>(&oneI) : &oneF;
    const void* zero = m_sumsAreIntegers ? static_cast<const void*>(&zeroI) : &zeroF;
    check(cublasLtMatmul(m_handle, m_operation, one, w, m_w, x, m_x, zero, y, m_y, y, m_y, &m_candidates[m_chosen].algo,
                         m_workspace.as(), workspaceBytes, stream), "starting a product");
}

void LibraryProduct::tune(const void* x, const void* w, void* y, cudaStream_t stream)
{
    cudaEvent_t begin = nullptr, end = nullptr;
    check(cudaEventCreate(&begin), "timing");
    check(cudaEventCreate(&end), "timing");
    std::vector<float> milliseconds;
    for (m_chosen = 0; m_chosen < m_candidates.size(); ++m_chosen) {
        launch(x, w, y, stream);
        check(cudaEventRecord(begin, stream), "timing");
        for (int i = 0; i < 3; ++i)
            launch(x, w, y, stream);
        check(cudaEventRecord(end, stream), "timing");
        check(cudaEventSynchronize(end), "multiplying");
        check(cudaEventElapsedTime(&milliseconds.emplace_back(), begin, end), "timing");
    }
    cudaEventDestroy(begin);
    cudaEventDestroy(end);
    m_chosen = std::size_t(std::min_element(milliseconds.begin(), milliseconds.end()) - milliseconds.begin());
    m_gain = milliseconds[0] / milliseconds[m_chosen];
}

std::string LibraryProduct::algorithmText() const
{
    const cublasLtMatmulAlgo_t& algorithm = m_candidates[m_chosen].algo;
    char text[160];
    std::snprintf(text, sizeof text, "algorithm %d, tile %u, split-K %d, candidate %zu of %zu, %.2f times as fast as the first",
                  configuration<std::int32_t>(algorithm, CUBLASLT_ALGO_CONFIG_ID), configuration<std::uint32_t>(algorithm, CUBLASLT_ALGO_CONFIG_TILE_ID),
                  configuration<std::int32_t>(algorithm, CUBLASLT_ALGO_CONFIG_SPLITK_NUM), m_chosen + 1, m_candidates.size(), m_gain);
    return text;
}

}  // namespace quantoscope::gpu
