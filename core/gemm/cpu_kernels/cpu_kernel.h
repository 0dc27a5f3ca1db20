// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/gemm/gemm_backend.h"
#include "core/gemm/gemm_output.h"
#include "core/gemm/pulse.h"
#include "core/gemm/stored_matrix.h"

namespace quantoscope {

enum class SumType { Fp32, Fp64, Int32 };

/// One row of the CPU's kernel table: how both operands are stored and who multiplies them.
struct CpuKernel {
    GemmKernel about;
    OperandStorage x, w;
    SumType sums = SumType::Fp32;
    int extraRoundings = 0;   ///< Of each sum, beyond its K products: scaling the result is one.
    /// Computes all of y, which has its final size. False once the pulse says stop.
    bool (*multiply)(const StoredMatrix& x, const StoredMatrix& w, GemmOutput& y, const Pulse&);
    /// Why it cannot multiply this shape, a sentence; nullptr: it multiplies any.
    std::optional<std::string> (*obstacle)(const GemmShape&) = nullptr;
    /// Where x arrives in FP32 and is rounded in the time of the product: fills x's codes, and its scales unless
    /// there is only one, which was chosen before. False once the pulse says stop.
    bool (*quantizeX)(const float* values, StoredMatrix& x, const Pulse&) = nullptr;
};

std::span<const CpuKernel> cpuKernels();   ///< In cpu_kernels.cpp

// Each in a file of its own, whose head says what it does.
namespace cpu {
using Multiply = bool(const StoredMatrix& x, const StoredMatrix& w, GemmOutput& y, const Pulse&);
Multiply multiplyFp64;       // blas_fp64.cpp
Multiply multiplyFp32;       // blas_fp32.cpp
Multiply multiplyDecoded;    // decoded_fp32.cpp
Multiply multiplyDecodedOnOneCore;
Multiply multiplyInt8;       // int8_exact.cpp
Multiply multiplyGrouped;          // grouped_int8.cpp, grouped_vnni.cpp
Multiply multiplyQ4k;              // q4_k.cpp, q4_k_vnni.cpp
Multiply multiplyInt8AndScale;     // quantize_rows.cpp
bool quantizeRows(const float* values, StoredMatrix& x, const Pulse&);
Multiply multiplyInt8Saturating;   // int8_saturating.cpp
Multiply multiplyNaive;            // ladder_1_naive.cpp
Multiply multiplyByEigen;          // ladder_6_eigen.cpp
Multiply multiplyInLoopOrder;      // ladder_2_loop_order.cpp
Multiply multiplyBlocked;          // ladder_3_blocked.cpp
}  // namespace cpu

}  // namespace quantoscope
