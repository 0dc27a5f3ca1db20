// SPDX-License-Identifier: Apache-2.0
#include "gpu/worker/library_product.h"

#include <map>

namespace quantoscope::gpu {
namespace {

constexpr std::size_t workspaceBytes = 32 << 20;   // What cuBLAS itself takes on Hopper and newer.
constexpr float mostTuning = 1000;                 // Milliseconds: the program takes silence for death after 30 seconds.

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
    {ElementType::E2m1, CUDA_R_4F_E2M1, CUBLAS_COMPUTE_32F},
    {ElementType::Int8, CUDA_R_8I, CUBLAS_COMPUTE_32I},
};

const TypeRow& typeOf(ElementType element)
{
    for (const TypeRow& row : types)
        if (row.element == element)
            return row;
    throw CudaFailure(0, false, "cuBLASLt has no kernel for this element type.");
}

/// How the scales of an operand lie (gpu/kernels/scale_layout.h). INT8's are no business of the library's.
cublasLtMatmulMatrixScale_t scaleModeOf(const OperandStorage& storage)
{
    if (storage.scaleFormat == ScaleFormat::E8m0)
        return CUBLASLT_MATMUL_MATRIX_SCALE_VEC32_UE8M0;
    if (storage.scaleFormat == ScaleFormat::Ue4m3)
        return CUBLASLT_MATMUL_MATRIX_SCALE_VEC16_UE4M3;
    switch (storage.sharing) {
    case ScaleSharing::Row: return CUBLASLT_MATMUL_MATRIX_SCALE_OUTER_VEC_32F;
    case ScaleSharing::Group:
        return storage.groupRows == 1 ? CUBLASLT_MATMUL_MATRIX_SCALE_VEC128_32F : CUBLASLT_MATMUL_MATRIX_SCALE_BLK128x128_32F;
    default: return CUBLASLT_MATMUL_MATRIX_SCALE_SCALAR_32F;
    }
}

/// One handle a device: making one takes longer than most products.
cublasLtHandle_t handleOfCurrentDevice()
{
    static std::map<int, cublasLtHandle_t> handles;
    int device = 0;
    check(cudaGetDevice(&device), "asking for the GPU");
    cublasLtHandle_t& handle = handles[device];
    if (!handle)
        check(cublasLtCreate(&handle), "starting cuBLASLt");
    return handle;
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

LibraryProduct::LibraryProduct(const KernelRow& row, const ProductShape& shape, const void* xScales, const void* wScales, float alpha)
    : m_handle(handleOfCurrentDevice()), m_alpha(alpha), m_workspace(workspaceBytes)
{
    try {
        describe(row, shape, xScales, wScales);
        findCandidates(row);
    } catch (...) {
        release();   // No destructor follows a constructor that throws.
        throw;
    }
}

void LibraryProduct::describe(const KernelRow& row, const ProductShape& shape, const void* xScales, const void* wScales)
{
    const TypeRow& type = typeOf(row.x.element);
    const bool isInteger = row.x.element == ElementType::Int8;
    m_scaleType = isInteger ? CUDA_R_32I : row.sumsInFp16 ? CUDA_R_16F : CUDA_R_32F;
    const cudaDataType_t result = m_scaleType;   // Of y too, in all three cases.
    const auto leading = std::int64_t(storedRowBytes(row.x.element, shape.k)) * 8 / bitsOf(row.x.element);
    check(cublasLtMatmulDescCreate(&m_operation, row.sumsInFp16 ? CUBLAS_COMPUTE_16F : type.compute, m_scaleType), "describing a product");
    set(m_operation, CUBLASLT_MATMUL_DESC_TRANSA, CUBLAS_OP_T);
    set(m_operation, CUBLASLT_MATMUL_DESC_TRANSB, CUBLAS_OP_N);
    if (!isInteger && row.x.sharing != ScaleSharing::None) {
        set(m_operation, CUBLASLT_MATMUL_DESC_A_SCALE_POINTER, wScales);
        set(m_operation, CUBLASLT_MATMUL_DESC_B_SCALE_POINTER, xScales);
        if (row.x.sharing != ScaleSharing::Matrix) {   // One scale is what every version of the library assumes.
            set(m_operation, CUBLASLT_MATMUL_DESC_A_SCALE_MODE, std::int32_t(scaleModeOf(row.w)));
            set(m_operation, CUBLASLT_MATMUL_DESC_B_SCALE_MODE, std::int32_t(scaleModeOf(row.x)));
        }
    }
    if (row.x.element == ElementType::E4m3)
        set(m_operation, CUBLASLT_MATMUL_DESC_FAST_ACCUM, std::int8_t(row.usesFastSums));
    m_w = layout(type.type, shape.k, shape.n, leading);
    m_x = layout(type.type, shape.k, shape.m, leading);
    m_y = layout(result, shape.n, shape.m, shape.n);
}

void LibraryProduct::findCandidates(const KernelRow& row)
{
    cublasLtMatmulPreference_t preference = nullptr;
    check(cublasLtMatmulPreferenceCreate(&preference), "choosing an algorithm");
    cublasLtMatmulPreferenceSetAttribute(preference, CUBLASLT_MATMUL_PREF_MAX_WORKSPACE_BYTES, &workspaceBytes, sizeof workspaceBytes);
    m_candidates.resize(8);
    int found = 0;
    const cublasStatus_t status = cublasLtMatmulAlgoGetHeuristic(m_handle, m_operation, m_w, m_x, m_y, m_y, preference,
                                                                 int(m_candidates.size()), m_candidates.data(), &found);
    cublasLtMatmulPreferenceDestroy(preference);
    m_candidates.resize(status == CUBLAS_STATUS_SUCCESS ? std::size_t(found) : 0);
    // A success may hide candidates that are none.
    std::erase_if(m_candidates, [](const auto& one) { return one.state != CUBLAS_STATUS_SUCCESS; });
    if (status == CUBLAS_STATUS_NOT_SUPPORTED || status == CUBLAS_STATUS_INVALID_VALUE || (status == CUBLAS_STATUS_SUCCESS && m_candidates.empty()))
        throw NotOffered("cuBLASLt has no " + std::string(row.name) + " kernel for this shape on this GPU.");
    check(status, "choosing an algorithm");
}

LibraryProduct::~LibraryProduct()
{
    release();
}

void LibraryProduct::release()
{
    for (cublasLtMatrixLayout_t one : {m_w, m_x, m_y})
        if (one)
            cublasLtMatrixLayoutDestroy(one);
    if (m_operation)
        cublasLtMatmulDescDestroy(m_operation);
}

void LibraryProduct::launch(const void* x, const void* w, void* y, cudaStream_t stream)
{
    const std::int32_t oneInteger = 1, zero = 0;   // Zero is all zero bits in every type.
    const std::uint16_t oneHalf = 0x3C00;
    const void* alpha = &m_alpha;
    if (m_scaleType == CUDA_R_32I)
        alpha = &oneInteger;
    else if (m_scaleType == CUDA_R_16F)
        alpha = &oneHalf;
    check(cublasLtMatmul(m_handle, m_operation, alpha, w, m_w, x, m_x, &zero, y, m_y, y, m_y, &m_candidates[m_chosen].algo,
                         m_workspace.as(), workspaceBytes, stream), "starting a product");
}

void LibraryProduct::tune(const void* x, const void* w, void* y, cudaStream_t stream)
{
    const Event begin, end;
    std::vector<float> milliseconds;
    float spent = 0;
    // A candidate that cannot start after all is none; of a slow product not all are tried.
    for (m_chosen = 0; m_chosen < m_candidates.size();) {
        try {
            launch(x, w, y, stream);
        } catch (const CudaFailure& failure) {
            if (failure.isSticky || m_candidates.size() == 1)
                throw;
            m_candidates.erase(m_candidates.begin() + std::ptrdiff_t(m_chosen));
            continue;
        }
        check(cudaEventRecord(begin.get(), stream), "timing");
        for (int i = 0; i < 3; ++i)
            launch(x, w, y, stream);
        check(cudaEventRecord(end.get(), stream), "timing");
        check(cudaEventSynchronize(end.get()), "multiplying");
        check(cudaEventElapsedTime(&milliseconds.emplace_back(), begin.get(), end.get()), "timing");
        ++m_chosen;
        spent += milliseconds.back();
        if (spent > mostTuning)
            m_candidates.resize(m_chosen);
    }
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
