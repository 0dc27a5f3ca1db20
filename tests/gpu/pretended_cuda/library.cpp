// SPDX-License-Identifier: Apache-2.0
// cuBLASLt as far as the worker uses it, on the processor, after its documentation and not after the
// worker: a wrong order of scales, a wrong leading dimension or a missing attribute gives a wrong product.
#include "core/formats/narrow_float.h"
#include "core/gemm/e2m1_levels.h"
#include "tests/gpu/pretended_cuda/pretended.h"

#include <cublasLt.h>

#include <cmath>
#include <cstdlib>
#include <cstring>

namespace {

using namespace quantoscope;
using pretended::require, pretended::requireDevice;

struct Operation {
    cublasComputeType_t compute;
    cudaDataType_t scaleType;
    std::int32_t transposeA = CUBLAS_OP_N, transposeB = CUBLAS_OP_N, modeA = 0, modeB = 0;
    const void *scaleA = nullptr, *scaleB = nullptr;
    std::int8_t fast = 0;
};

struct Layout {
    cudaDataType_t type;
    std::int64_t rows, columns, leading;
};

Operation& of(cublasLtMatmulDesc_t description) { return *reinterpret_cast<Operation*>(description); }
Layout& of(cublasLtMatrixLayout_t layout) { return *reinterpret_cast<Layout*>(layout); }

int bitsOf(cudaDataType_t type)
{
    switch (type) {
    case CUDA_R_32F: case CUDA_R_32I: return 32;
    case CUDA_R_16F: case CUDA_R_16BF: return 16;
    case CUDA_R_8F_E4M3: case CUDA_R_8I: return 8;
    case CUDA_R_4F_E2M1: return 4;
    default: require(false, "an unknown type"); return 0;
    }
}

float elementAt(const void* matrix, cudaDataType_t type, std::int64_t index)
{
    const auto* bytes = static_cast<const std::uint8_t*>(matrix);
    std::uint16_t half = 0;
    switch (type) {
    case CUDA_R_32F: return static_cast<const float*>(matrix)[index];
    case CUDA_R_8I: return static_cast<const std::int8_t*>(matrix)[index];
    case CUDA_R_8F_E4M3: return decodeNarrow<NarrowE4m3>(bytes[index]);
    case CUDA_R_4F_E2M1: return e2m1Value(bytes[index / 2] >> (index % 2 * 4) & 15u);
    default: std::memcpy(&half, bytes + 2 * index, 2);
    }
    return type == CUDA_R_16F ? decodeNarrow<NarrowFp16>(half) : decodeNarrow<NarrowBf16>(half);
}

/// The scale of element (k, outer) of an operand of K × outerCount, column-major: cuBLAS, "Narrow Precision Data Types Usage".
double scaleAt(std::int32_t mode, const void* scales, std::int64_t k, std::int64_t outer, std::int64_t depth, std::int64_t outerCount)
{
    const auto* wide = static_cast<const float*>(scales);
    const auto* bytes = static_cast<const std::uint8_t*>(scales);
    const auto tiled = [&](std::int64_t group) {
        const std::int64_t inner = k / group, innerCount = ((depth + group - 1) / group + 3) / 4 * 4;
        const std::int64_t start = (inner / 4 * 4 + outer / 128 * innerCount) * 128;
        return bytes[start + outer % 128 % 32 * 16 + outer % 128 / 32 * 4 + inner % 4];
    };
    switch (mode) {
    case CUBLASLT_MATMUL_MATRIX_SCALE_SCALAR_32F: return scales ? wide[0] : 1;
    case CUBLASLT_MATMUL_MATRIX_SCALE_OUTER_VEC_32F: return wide[outer];
    case CUBLASLT_MATMUL_MATRIX_SCALE_VEC128_32F: return wide[k / 128 * outerCount + outer];
    case CUBLASLT_MATMUL_MATRIX_SCALE_BLK128x128_32F: return wide[outer / 128 * (((depth + 127) / 128 + 3) / 4 * 4) + k / 128];
    case CUBLASLT_MATMUL_MATRIX_SCALE_VEC32_UE8M0: return std::ldexp(1.0, tiled(32) - 127);
    case CUBLASLT_MATMUL_MATRIX_SCALE_VEC16_UE4M3: return decodeNarrow<NarrowE4m3>(tiled(16));
    default: require(false, "an unknown mode of scales"); return 0;
    }
}

bool isScaledInside(std::int32_t mode)
{
    return mode != CUBLASLT_MATMUL_MATRIX_SCALE_SCALAR_32F && mode != CUBLASLT_MATMUL_MATRIX_SCALE_OUTER_VEC_32F;
}

/// Column `outer` of an operand, with the scales that vary along K.
pretended::Row columnOf(const Layout& layout, const void* matrix, std::int32_t mode, const void* scales, std::int64_t outer)
{
    pretended::Row values(static_cast<std::size_t>(layout.rows));
    for (std::int64_t k = 0; k < layout.rows; ++k) {
        values[std::size_t(k)] = elementAt(matrix, layout.type, outer * layout.leading + k);
        if (isScaledInside(mode))
            values[std::size_t(k)] *= float(scaleAt(mode, scales, k, outer, layout.rows, layout.columns));
    }
    return values;
}

const char* modelOf(const Operation& operation, cudaDataType_t type)
{
    if (operation.compute == CUBLAS_COMPUTE_16F)
        return "fp16_sums";
    if (operation.compute == CUBLAS_COMPUTE_32I)
        return "exact";
    if (operation.compute == CUBLAS_COMPUTE_32F_PEDANTIC)
        return "fp32";
    if (type != CUDA_R_8F_E4M3 || pretended::capability() != 90)
        return "tensor_cores";
    return isScaledInside(operation.modeA) ? "fp8_promoted" : "fp8";
}

}  // namespace

extern "C" {

cublasStatus_t cublasLtCreate(cublasLtHandle_t* handle) { *handle = reinterpret_cast<cublasLtHandle_t>(new char); return CUBLAS_STATUS_SUCCESS; }
const char* cublasLtGetStatusName(cublasStatus_t) { return "CUBLAS_STATUS_PRETENDED"; }
std::size_t cublasLtGetVersion() { return 130100; }

cublasStatus_t cublasLtMatmulDescCreate(cublasLtMatmulDesc_t* description, cublasComputeType_t compute, cudaDataType_t scaleType)
{
    *description = reinterpret_cast<cublasLtMatmulDesc_t>(new Operation{.compute = compute, .scaleType = scaleType});
    return CUBLAS_STATUS_SUCCESS;
}
cublasStatus_t cublasLtMatmulDescDestroy(cublasLtMatmulDesc_t description) { delete &of(description); return CUBLAS_STATUS_SUCCESS; }

cublasStatus_t cublasLtMatmulDescSetAttribute(cublasLtMatmulDesc_t description, cublasLtMatmulDescAttributes_t attribute, const void* value, std::size_t bytes)
{
    Operation& operation = of(description);
    struct Place { void* address; std::size_t bytes; };
    const auto place = [&]() -> Place {
        switch (attribute) {
        case CUBLASLT_MATMUL_DESC_TRANSA: return {&operation.transposeA, 4};
        case CUBLASLT_MATMUL_DESC_TRANSB: return {&operation.transposeB, 4};
        case CUBLASLT_MATMUL_DESC_A_SCALE_POINTER: return {&operation.scaleA, 8};
        case CUBLASLT_MATMUL_DESC_B_SCALE_POINTER: return {&operation.scaleB, 8};
        case CUBLASLT_MATMUL_DESC_A_SCALE_MODE: return {&operation.modeA, 4};
        case CUBLASLT_MATMUL_DESC_B_SCALE_MODE: return {&operation.modeB, 4};
        case CUBLASLT_MATMUL_DESC_FAST_ACCUM: return {&operation.fast, 1};
        default: return {nullptr, 0};
        }
    }();
    if (!place.address || place.bytes != bytes)
        return CUBLAS_STATUS_INVALID_VALUE;
    std::memcpy(place.address, value, bytes);
    return CUBLAS_STATUS_SUCCESS;
}

cublasStatus_t cublasLtMatrixLayoutCreate(cublasLtMatrixLayout_t* layout, cudaDataType type, std::uint64_t rows, std::uint64_t columns, std::int64_t leading)
{
    *layout = reinterpret_cast<cublasLtMatrixLayout_t>(new Layout{type, std::int64_t(rows), std::int64_t(columns), leading});
    return leading >= std::int64_t(rows) ? CUBLAS_STATUS_SUCCESS : CUBLAS_STATUS_INVALID_VALUE;
}
cublasStatus_t cublasLtMatrixLayoutDestroy(cublasLtMatrixLayout_t layout) { delete &of(layout); return CUBLAS_STATUS_SUCCESS; }

cublasStatus_t cublasLtMatmulPreferenceCreate(cublasLtMatmulPreference_t* preference) { *preference = reinterpret_cast<cublasLtMatmulPreference_t>(new char); return CUBLAS_STATUS_SUCCESS; }
cublasStatus_t cublasLtMatmulPreferenceDestroy(cublasLtMatmulPreference_t preference) { delete reinterpret_cast<char*>(preference); return CUBLAS_STATUS_SUCCESS; }
cublasStatus_t cublasLtMatmulPreferenceSetAttribute(cublasLtMatmulPreference_t, cublasLtMatmulPreferenceAttributes_t, const void*, std::size_t) { return CUBLAS_STATUS_SUCCESS; }

cublasStatus_t cublasLtMatmulAlgoGetHeuristic(cublasLtHandle_t, cublasLtMatmulDesc_t description, cublasLtMatrixLayout_t a, cublasLtMatrixLayout_t b,
                                              cublasLtMatrixLayout_t, cublasLtMatrixLayout_t, cublasLtMatmulPreference_t, int wanted,
                                              cublasLtMatmulHeuristicResult_t results[], int* found)
{
    const Operation& operation = of(description);
    const Layout& left = of(a);
    const std::int64_t alignment = std::int64_t{128} / bitsOf(left.type);
    const bool isNarrow = left.type == CUDA_R_8F_E4M3 || left.type == CUDA_R_4F_E2M1;
    if (isNarrow && (left.rows % alignment || left.columns % 16 || left.leading % alignment))
        return CUBLAS_STATUS_NOT_SUPPORTED;
    if (operation.transposeA != CUBLAS_OP_T || operation.transposeB != CUBLAS_OP_N || of(b).type != left.type || of(b).rows != left.rows)
        return CUBLAS_STATUS_NOT_SUPPORTED;
    *found = std::min(wanted, 4);
    for (int i = 0; i < *found; ++i) {
        results[i] = {};
        results[i].algo.data[0] = std::uint64_t(i);
        results[i].state = i == 1 ? CUBLAS_STATUS_NOT_SUPPORTED : CUBLAS_STATUS_SUCCESS;
    }
    return CUBLAS_STATUS_SUCCESS;
}

cublasStatus_t cublasLtMatmulAlgoConfigGetAttribute(const cublasLtMatmulAlgo_t* algorithm, cublasLtMatmulAlgoConfigAttributes_t, void* value, std::size_t bytes, std::size_t* written)
{
    std::memcpy(value, &algorithm->data[0], std::min<std::size_t>(bytes, 8));
    *written = bytes;
    return CUBLAS_STATUS_SUCCESS;
}

cublasStatus_t cublasLtMatmul(cublasLtHandle_t, cublasLtMatmulDesc_t description, const void* alpha, const void* a, cublasLtMatrixLayout_t layoutA, const void* b,
                              cublasLtMatrixLayout_t layoutB, const void* beta, const void*, cublasLtMatrixLayout_t, void* d, cublasLtMatrixLayout_t layoutD,
                              const cublasLtMatmulAlgo_t* algorithm, void* workspace, std::size_t workspaceBytes, cudaStream_t)
{
    const Operation& operation = of(description);
    const Layout &left = of(layoutA), &right = of(layoutB), &result = of(layoutD);
    requireDevice(a, std::size_t(left.columns * left.leading * bitsOf(left.type) / 8), "A is smaller than its layout");
    requireDevice(b, std::size_t(right.columns * right.leading * bitsOf(right.type) / 8), "B is smaller than its layout");
    requireDevice(d, std::size_t(result.columns * result.leading * bitsOf(result.type) / 8), "D is smaller than its layout");
    requireDevice(workspace, workspaceBytes, "the workspace is smaller than said");
    if (algorithm->data[0] == 3) {   // A candidate that cannot start after all, and whose own launch left its error behind.
        pretended::failNextCheck(cudaErrorInvalidValue);
        return CUBLAS_STATUS_NOT_SUPPORTED;
    }
    require(result.rows == left.columns && result.columns == right.columns && *static_cast<const std::uint16_t*>(beta) == 0, "shapes that do not fit");
    const double slower = std::getenv("PRETENDED_SLOW") ? 1e5 : 1;   // As a large product on a small GPU is.
    if (!pretended::launch(slower * (algorithm->data[0] == 0 ? 6e-6 : 5e-6)) || *static_cast<const std::uint16_t*>(d) != 0xFFFF)
        return CUBLAS_STATUS_SUCCESS;   // What is not poisoned is only timed.
    const char* model = modelOf(operation, left.type);
    std::vector<pretended::Row> columns;
    for (std::int64_t j = 0; j < left.columns; ++j)
        columns.push_back(columnOf(left, a, operation.modeA, operation.scaleA, j));
    for (std::int64_t i = 0; i < right.columns; ++i) {
        const auto x = columnOf(right, b, operation.modeB, operation.scaleB, i);
        for (std::int64_t j = 0; j < left.columns; ++j) {
            double sum = pretended::dot(model, columns[std::size_t(j)], x, left.columns * right.columns * left.rows);
            if (result.type == CUDA_R_32I) {
                static_cast<std::int32_t*>(d)[i * result.leading + j] = std::int32_t(sum);
                continue;
            }
            if (!isScaledInside(operation.modeA) && left.type == CUDA_R_8F_E4M3)
                sum *= scaleAt(operation.modeA, operation.scaleA, 0, j, left.rows, left.columns) * scaleAt(operation.modeB, operation.scaleB, 0, i, left.rows, right.columns);
            if (result.type == CUDA_R_16F) {
                const auto half = std::uint16_t(encodeNarrow<NarrowFp16>(float(sum)));
                std::memcpy(static_cast<char*>(d) + 2 * (i * result.leading + j), &half, 2);
            } else {
                static_cast<float*>(d)[i * result.leading + j] = float(sum * *static_cast<const float*>(alpha));
            }
        }
    }
    return CUBLAS_STATUS_SUCCESS;
}

}  // extern "C"
