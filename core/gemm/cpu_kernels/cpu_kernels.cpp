// SPDX-License-Identifier: Apache-2.0
#include "core/gemm/cpu_kernels/cpu_kernel.h"
#include "core/gemm/cpu_kernels/int8_vnni.h"

namespace quantoscope {
namespace {

std::optional<std::string> sumsFitInt32(const GemmShape& shape)
{
    constexpr std::int64_t longest = 2147483647 / (127 * 127);   // 133 144
    if (shape.k > longest)
        return "A sum of more than 133 144 products of two INT8 codes can overflow 32 bits: choose a smaller K.";
    return {};
}

/// Teaching kernels get only what they finish within a few seconds.
template <int gigaOperations>
std::optional<std::string> isSmallEnough(const GemmShape& shape)
{
    if (2.0 * double(shape.m) * double(shape.n) * double(shape.k) > 1e9 * gigaOperations)
        return "This teaching kernel would take many seconds: choose a shape of at most " + std::to_string(gigaOperations) + " GFLOP.";
    return {};
}

}  // namespace

std::span<const CpuKernel> cpuKernels()
{
    using enum ElementType;
    using enum ScaleSharing;
    constexpr double fp64Roundoff = 0x1p-53, fp32Roundoff = 0x1p-24;
    static const std::vector<CpuKernel> kernels{
        {{"fp64", "FP64", "Products and sums in FP64, by OpenBLAS: the reference.", GemmMark::Float, false, fp64Roundoff, true},
         {Fp64}, {Fp64}, SumType::Fp64, 0, cpu::multiplyFp64},
        {{"fp32", "FP32", "Products and sums in FP32, by OpenBLAS.", GemmMark::Float, false, fp32Roundoff},
         {Fp32}, {Fp32}, SumType::Fp32, 0, cpu::multiplyFp32},
        {{"bf16", "BF16", "Operands rounded to BF16, sums in FP32.", GemmMark::Float, false, fp32Roundoff},
         {Bf16}, {Bf16}, SumType::Fp32, 0, cpu::multiplyDecoded},
        {{"fp16", "FP16", "Operands rounded to FP16, sums in FP32.", GemmMark::Float, false, fp32Roundoff},
         {Fp16}, {Fp16}, SumType::Fp32, 0, cpu::multiplyDecoded},
        {{"tf32", "TF32", "Operands rounded to TF32, sums in FP32: what matrix units do to numbers, at the speed of FP32.",
          GemmMark::Float, false, fp32Roundoff},
         {Tf32}, {Tf32}, SumType::Fp32, 0, cpu::multiplyDecoded},
        {{"e4m3", "FP8 E4M3", "Both operands in E4M3 with one scale each (W8A8), widened exactly, sums in FP32.", GemmMark::Float, false, fp32Roundoff},
         {E4m3, Matrix}, {E4m3, Matrix}, SumType::Fp32, 2, cpu::multiplyDecoded},
        {{"e4m3_row", "FP8 E4M3 per row", "Both operands in E4M3 with a scale a row (a token, an output channel), widened exactly, sums in FP32.",
          GemmMark::Float, false, fp32Roundoff},
         {E4m3, Row}, {E4m3, Row}, SumType::Fp32, 2, cpu::multiplyDecoded},
        {{"e4m3_block", "FP8 E4M3 per block", "E4M3 with a scale for 1 × 128 of x and 128 × 128 of W, sums in FP32.", GemmMark::Float, false, fp32Roundoff},
         {.element = E4m3, .sharing = Group, .groupColumns = 128, .scaleFormat = ScaleFormat::Fp32},
         {.element = E4m3, .sharing = Group, .groupColumns = 128, .scaleFormat = ScaleFormat::Fp32, .groupRows = 128},
         SumType::Fp32, 2, cpu::multiplyDecoded},
        {{"int8", "INT8", cpu::hasVnni() ? "Both operands in INT8 with a scale a row, exact 32-bit sums, by VNNI (W8A8)."
                                         : "Both operands in INT8 with a scale a row, exact 32-bit sums (W8A8).",
          GemmMark::Integer, true, 0},
         {Int8, Row}, {Int8, Row}, SumType::Int32, 0, cpu::multiplyInt8, sumsFitInt32},
        {{"int8_dynamic", "INT8, x quantized",
          "As INT8, but x arrives in FP32: each row's scale is found, x rounded and the sums scaled in the time of the product.",
          GemmMark::Integer, true, 0},
         {Int8, Row}, {Int8, Row}, SumType::Fp32, 3, cpu::multiplyInt8AndScale, sumsFitInt32, cpu::quantizeRows},
        {{"int8_static", "INT8, x by a given scale",
          "As INT8, but x arrives in FP32 and is rounded by one scale that was chosen before, in the time of the product.",
          GemmMark::Integer, true, 0},
         {Int8, Matrix}, {Int8, Row}, SumType::Fp32, 3, cpu::multiplyInt8AndScale, sumsFitInt32, cpu::quantizeRows},
        {{"w8a16_int8", "INT8 weights", "Weights in INT8 with a scale a row, x in FP16, sums in FP32 (W8A16).",
          GemmMark::WeightOnly, false, fp32Roundoff},
         {Fp16}, {Int8, Row}, SumType::Fp32, 1, cpu::multiplyDecoded},
        {{"w4a16_int4", "INT4 weights", "Weights in INT4 with an FP16 scale for every 128, x in FP16, sums in FP32 (W4A16).",
          GemmMark::WeightOnly, false, fp32Roundoff},
         {Fp16}, {Int4, Group, 128}, SumType::Fp32, 2, cpu::multiplyDecoded},
        {{"w4a16_nf4", "NF4 weights", "Weights in NF4 with an FP16 scale for every 64, x in FP16, sums in FP32.",
          GemmMark::WeightOnly, false, fp32Roundoff},
         {Fp16}, {Nf4, Group, 64}, SumType::Fp32, 1, cpu::multiplyDecoded},
        {{"w8a16_q8_0", "Q8_0 weights", "Weights as Q8_0 holds them: INT8 with an FP16 scale for every 32, x in FP16, sums in FP32.",
          GemmMark::WeightOnly, false, fp32Roundoff},
         {Fp16}, {Int8, Group, 32}, SumType::Fp32, 0, cpu::multiplyDecoded},
        {{"w4a16_q4_0", "Q4_0 weights",
          "Weights as Q4_0 holds them: codes -8 to 7 with a signed FP16 scale for every 32, x in FP16, sums in FP32.",
          GemmMark::WeightOnly, false, fp32Roundoff},
         {Fp16}, {Int4, Group, 32, true}, SumType::Fp32, 2, cpu::multiplyDecoded},
        {{"w4a16_q4_k", "Q4_K weights", "Weights as Q4_K holds them: blocks of 256 with scales and minima for every 32, x in FP16, sums in FP32.",
          GemmMark::WeightOnly, false, fp32Roundoff},
         {Fp16}, {Q4k}, SumType::Fp32, 1, cpu::multiplyDecoded},
        {{"w4a16_mxfp4", "MXFP4 weights", "Weights in E2M1 with a power of two for every 32, x in FP16, sums in FP32.",
          GemmMark::WeightOnly, false, fp32Roundoff},
         {Fp16}, {.element = E2m1, .sharing = Group, .groupColumns = 32, .scaleFormat = ScaleFormat::E8m0}, SumType::Fp32, 2, cpu::multiplyDecoded},
        {{"w8a8_q8_0", "Q8_0, x in INT8",
          "Weights as Q8_0 holds them and x in INT8 with an FP16 scale for every 32: exact sums in a group, FP32 across groups.",
          GemmMark::Integer, false, fp32Roundoff},
         {Int8, Group, 32}, {Int8, Group, 32}, SumType::Fp32, 1, cpu::multiplyGrouped},
        {{"w4a8_int4", "INT4, x in INT8",
          "Weights in INT4 and x in INT8 with an FP16 scale for every 128: exact sums in a group, FP32 across groups (W4A8).",
          GemmMark::Integer, false, fp32Roundoff},
         {Int8, Group, 128}, {Int4, Group, 128}, SumType::Fp32, 1, cpu::multiplyGrouped},
        {{"w4a8_q4_0", "Q4_0, x in INT8",
          "Weights as Q4_0 holds them and x in INT8 with an FP16 scale for every 32: exact sums in a group, FP32 across groups.",
          GemmMark::Integer, false, fp32Roundoff},
         {Int8, Group, 32}, {Int4, Group, 32, true}, SumType::Fp32, 1, cpu::multiplyGrouped},
        {{"w4a8_q4_k", "Q4_K, x in INT8",
          "Weights as Q4_K holds them and x in INT8 with an FP16 scale for every 256, as ggml multiplies them: exact sums in a block.",
          GemmMark::Integer, false, fp32Roundoff},
         {Int8, Group, 256}, {Q4k}, SumType::Fp32, 1, cpu::multiplyQ4k},
        {{"int8_saturating", "INT8, saturating", "INT8 as fast libraries multiply it on AVX2, and wrong: 16-bit sums of pairs saturate.",
          GemmMark::Integer, false, 0, true},
         {Int8, Row}, {Int8, Row}, SumType::Int32, 0, cpu::multiplyInt8Saturating, sumsFitInt32},
        {{"fp32_naive", "1 Naive", "Three loops in FP32, against the order of memory.", GemmMark::Float, false, fp32Roundoff, true},
         {Fp32}, {Fp32}, SumType::Fp32, 0, cpu::multiplyNaive, isSmallEnough<3>},
        {{"fp32_loop_order", "2 Loop order", "The same loops in the order of memory.", GemmMark::Float, false, fp32Roundoff, true},
         {Fp32}, {Fp32}, SumType::Fp32, 0, cpu::multiplyInLoopOrder, isSmallEnough<10>},
        {{"fp32_blocked", "3 Blocked", "Tiles whose numbers are used several times.", GemmMark::Float, false, fp32Roundoff, true},
         {Fp32}, {Fp32}, SumType::Fp32, 0, cpu::multiplyBlocked, isSmallEnough<20>},
        {{"fp32_vectorised", "4 Vectorised", "Tiles of vectors in registers, on one core.", GemmMark::Float, false, fp32Roundoff, true},
         {Fp32}, {Fp32}, SumType::Fp32, 0, cpu::multiplyDecodedOnOneCore},
        {{"fp32_parallel", "5 Parallel", "The same on all cores.", GemmMark::Float, false, fp32Roundoff, true},
         {Fp32}, {Fp32}, SumType::Fp32, 0, cpu::multiplyDecoded},
        {{"fp32_eigen", "6 Eigen", "FP32 by Eigen, compiled for any x86-64, on all cores.", GemmMark::Float, false, fp32Roundoff, true},
         {Fp32}, {Fp32}, SumType::Fp32, 0, cpu::multiplyByEigen},
    };
    return kernels;
}

}  // namespace quantoscope
