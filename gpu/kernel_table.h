// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/gemm/operand_storage.h"

#include <algorithm>
#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <string_view>

/// The kernels of a GPU, for the program and for its worker alike. What a device cannot run is known
/// from this table, not from trying: cuBLAS runs some unsupported mixtures wrongly instead of refusing.
namespace quantoscope::gpu {

enum class KernelMark { Float, Integer, WeightOnly };

struct KernelRow {
    const char* id;
    const char* name;
    const char* sentence;
    KernelMark mark = KernelMark::Float;
    OperandStorage x, w;           ///< As they are multiplied.
    bool quantizesX = false;       ///< x arrives in FP16 and the kernel rounds it to `x`, which is timed with it.
    bool sumsAreIntegers = false;  ///< y is INT32 without its scales; else FP32 with them.
    bool sumsAreExact = false;     ///< Only extraRoundings round.
    bool sumsInFp16 = false;       ///< And y is FP16 on the GPU; the worker hands it on as FP32.
    bool usesFastSums = false;     ///< FP8: cuBLASLt need not promote sums to FP32 in between.
    double unitRoundoff = 0;       ///< Of the accumulator, doubled where it truncates; 0: exact.
    int extraRoundings = 0;        ///< Of each sum: scaling the result.
    int promotedColumns = 0;       ///< After so many the sum moves on to FP32; 0: never.
    int computeCapability = 75;    ///< 10 · major + minor of the oldest architecture that has it …
    int newestCapability = 999;    ///< … and of the newest.
    std::int64_t multipleOfM = 1, multipleOfN = 1, multipleOfK = 1;
    std::int64_t largestK = std::numeric_limits<std::int64_t>::max();
    double slowestTeraflops = 0;   ///< 0, or what a teaching kernel reaches at least: caps the size it is given.
    bool isRung = false;           ///< Of the ladder: there to be compared, not chosen.
    bool isLibrary = false;        ///< By cuBLASLt; else a kernel of our own in gpu/kernels.
};

inline std::span<const KernelRow> kernelRows()
{
    using enum ElementType;
    using enum ScaleSharing;
    constexpr double fp32 = 0x1p-24;
    // Tensor cores align the products of a block to its largest and truncate (Fasi et al., PeerJ CS 330,
    // 2021; MMA-Sim, arXiv 2511.10909): twice the roundoff of FP32, and with FP8 on Hopper's fast path
    // 13 fraction bits.
    constexpr double tensorCore = 0x1p-23, tensorCoreFp8 = 0x1p-13;
    // NF4's levels are rounded to FP16 before they are multiplied: 2^-11 of each product.
    constexpr int fp16Levels = 0x1p-11 / 0x1p-23;
    static constexpr KernelRow rows[] = {
        {.id = "fp32", .name = "FP32", .sentence = "Products and sums in FP32 without tensor cores, by cuBLASLt.",
         .x = {Fp32}, .w = {Fp32}, .unitRoundoff = fp32, .isLibrary = true},
        {.id = "tf32", .name = "TF32", .sentence = "Operands rounded to TF32, sums in FP32 on tensor cores, by cuBLASLt.",
         .x = {Tf32}, .w = {Tf32}, .unitRoundoff = tensorCore, .computeCapability = 80, .isLibrary = true},
        {.id = "fp16", .name = "FP16", .sentence = "Operands rounded to FP16, sums in FP32 on tensor cores, by cuBLASLt.",
         .x = {Fp16}, .w = {Fp16}, .unitRoundoff = tensorCore, .isLibrary = true},
        {.id = "fp16_acc16", .name = "FP16, FP16 sums", .sentence = "Operands rounded to FP16, sums in FP16 as well: they overflow beyond 65504. By cuBLASLt.",
         .x = {Fp16}, .w = {Fp16}, .sumsInFp16 = true, .unitRoundoff = 0x1p-11, .extraRoundings = 1, .isLibrary = true},
        {.id = "bf16", .name = "BF16", .sentence = "Operands rounded to BF16, sums in FP32 on tensor cores, by cuBLASLt.",
         .x = {Bf16}, .w = {Bf16}, .unitRoundoff = tensorCore, .computeCapability = 80, .isLibrary = true},
        {.id = "e4m3", .name = "FP8 E4M3", .sentence = "Operands rounded to E4M3 with one scale each, sums on FP8 tensor cores, by cuBLASLt.",
         .x = {E4m3, Matrix}, .w = {E4m3, Matrix}, .unitRoundoff = tensorCoreFp8, .extraRoundings = 2, .computeCapability = 89,
         .multipleOfN = 16, .multipleOfK = 16, .isLibrary = true},
        {.id = "e4m3_fast", .name = "FP8 E4M3, fast sums", .sentence = "As FP8 E4M3, but sums are never promoted to FP32 in between: faster, and on Hopper with about 13 fraction bits to the end. By cuBLASLt.",
         .x = {E4m3, Matrix}, .w = {E4m3, Matrix}, .usesFastSums = true, .unitRoundoff = tensorCoreFp8, .extraRoundings = 2, .computeCapability = 89,
         .multipleOfN = 16, .multipleOfK = 16, .isLibrary = true},
        {.id = "e4m3_row", .name = "FP8 E4M3 per row", .sentence = "Operands rounded to E4M3 with a scale a row (a token, an output channel), by cuBLASLt.",
         .x = {E4m3, Row}, .w = {E4m3, Row}, .unitRoundoff = tensorCoreFp8, .extraRoundings = 2, .computeCapability = 90, .newestCapability = 90,
         .multipleOfN = 16, .multipleOfK = 16, .isLibrary = true},
        {.id = "e4m3_block", .name = "FP8 E4M3 per block", .sentence = "E4M3 with a scale for 1 × 128 of x and 128 × 128 of W, sums promoted to FP32 after every 128, by cuBLASLt.",
         .x = {.element = E4m3, .sharing = Group, .groupColumns = 128, .scaleFormat = ScaleFormat::Fp32},
         .w = {.element = E4m3, .sharing = Group, .groupColumns = 128, .scaleFormat = ScaleFormat::Fp32, .groupRows = 128},
         .unitRoundoff = tensorCoreFp8, .extraRoundings = 2, .promotedColumns = 128, .computeCapability = 90, .newestCapability = 90,
         .multipleOfM = 4, .multipleOfN = 16, .multipleOfK = 16, .isLibrary = true},
        {.id = "mxfp8", .name = "MXFP8 E4M3", .sentence = "E4M3 with a power of two for every 32, which the tensor cores apply themselves, by cuBLASLt.",
         .x = {.element = E4m3, .sharing = Group, .groupColumns = 32, .scaleFormat = ScaleFormat::E8m0},
         .w = {.element = E4m3, .sharing = Group, .groupColumns = 32, .scaleFormat = ScaleFormat::E8m0},
         .unitRoundoff = tensorCore, .extraRoundings = 2, .computeCapability = 100, .multipleOfN = 16, .multipleOfK = 32, .isLibrary = true},
        {.id = "nvfp4", .name = "NVFP4", .sentence = "E2M1 with an E4M3 scale for every 16 under one FP32 scale, which the tensor cores apply themselves, by cuBLASLt.",
         .x = {.element = E2m1, .sharing = Group, .groupColumns = 16, .scaleFormat = ScaleFormat::Ue4m3},
         .w = {.element = E2m1, .sharing = Group, .groupColumns = 16, .scaleFormat = ScaleFormat::Ue4m3},
         .unitRoundoff = tensorCore, .extraRoundings = 4, .computeCapability = 100, .multipleOfN = 32, .multipleOfK = 32, .isLibrary = true},
        {.id = "int8", .name = "INT8", .sentence = "Both operands in INT8 with a scale a row, exact 32-bit sums on tensor cores, by cuBLASLt (W8A8).",
         .mark = KernelMark::Integer, .x = {Int8, Row}, .w = {Int8, Row}, .sumsAreIntegers = true, .sumsAreExact = true,
         .multipleOfN = 4, .multipleOfK = 4, .largestK = 133144, .isLibrary = true},
        {.id = "int8_dynamic", .name = "INT8, x quantized", .sentence = "As INT8, but x arrives in FP16: each row's scale is found, x rounded and the sums scaled in the time of the product.",
         .mark = KernelMark::Integer, .x = {Int8, Row}, .w = {Int8, Row}, .quantizesX = true, .sumsAreExact = true, .unitRoundoff = fp32, .extraRoundings = 3,
         .multipleOfN = 4, .multipleOfK = 4, .largestK = 133144, .isLibrary = true},
        {.id = "int8_static", .name = "INT8, x by a given scale", .sentence = "As INT8, but x arrives in FP16 and is rounded by one scale that was chosen before, in the time of the product.",
         .mark = KernelMark::Integer, .x = {Int8, Matrix}, .w = {Int8, Row}, .quantizesX = true, .sumsAreExact = true, .unitRoundoff = fp32, .extraRoundings = 3,
         .multipleOfN = 4, .multipleOfK = 4, .largestK = 133144, .isLibrary = true},
        {.id = "e4m3_dynamic", .name = "FP8, x quantized", .sentence = "As FP8 E4M3 per row, but x arrives in FP16: each row's scale is found and x rounded in the time of the product.",
         .x = {E4m3, Row}, .w = {E4m3, Row}, .quantizesX = true, .unitRoundoff = tensorCoreFp8, .extraRoundings = 2, .computeCapability = 90, .newestCapability = 90,
         .multipleOfN = 16, .multipleOfK = 16, .isLibrary = true},
        {.id = "e4m3_static", .name = "FP8, x by a given scale", .sentence = "As FP8 E4M3, but x arrives in FP16 and is rounded by one scale that was chosen before, in the time of the product.",
         .x = {E4m3, Matrix}, .w = {E4m3, Matrix}, .quantizesX = true, .unitRoundoff = tensorCoreFp8, .extraRoundings = 2, .computeCapability = 89,
         .multipleOfN = 16, .multipleOfK = 16, .isLibrary = true},
        {.id = "fp32_naive", .name = "1 Naive", .sentence = "One thread an element of y, everything from global memory.",
         .x = {Fp32}, .w = {Fp32}, .unitRoundoff = fp32, .slowestTeraflops = 0.05, .isRung = true},
        {.id = "fp32_coalesced", .name = "2 Coalesced", .sentence = "Neighbouring threads read neighbouring memory.",
         .x = {Fp32}, .w = {Fp32}, .unitRoundoff = fp32, .slowestTeraflops = 0.2, .isRung = true},
        {.id = "fp32_shared", .name = "3 Shared tiles", .sentence = "A block of threads shares what it reads.",
         .x = {Fp32}, .w = {Fp32}, .unitRoundoff = fp32, .slowestTeraflops = 0.5, .isRung = true},
        {.id = "fp32_registers", .name = "4 Register tiles", .sentence = "A thread computes 8 × 8 elements from registers.",
         .x = {Fp32}, .w = {Fp32}, .unitRoundoff = fp32, .slowestTeraflops = 1, .isRung = true},
        {.id = "fp32_vector", .name = "5 Vector loads", .sentence = "16 bytes at a time, and the next tile is fetched while this one is multiplied.",
         .x = {Fp32}, .w = {Fp32}, .unitRoundoff = fp32, .slowestTeraflops = 1, .isRung = true},
        {.id = "bf16_mma", .name = "6 Tensor cores", .sentence = "BF16 operands, sums in FP32 on tensor cores (mma.sync), tiles fetched ahead.",
         .x = {Bf16}, .w = {Bf16}, .unitRoundoff = tensorCore, .computeCapability = 80, .slowestTeraflops = 10, .isRung = true},
        {.id = "bf16_wgmma", .name = "7 Warpgroups", .sentence = "BF16 operands straight from shared memory (wgmma), tiles brought by the copy engine (TMA).",
         .x = {Bf16}, .w = {Bf16}, .unitRoundoff = tensorCore, .computeCapability = 90, .newestCapability = 90, .slowestTeraflops = 50, .isRung = true},
        {.id = "w8a16_int8", .name = "INT8 weights", .sentence = "Weights in INT8 with a scale a row, x in FP16, sums in FP32; for a few rows of x.",
         .mark = KernelMark::WeightOnly, .x = {Fp16}, .w = {Int8, Row}, .unitRoundoff = tensorCore, .extraRoundings = 2},
        {.id = "w8a16_q8_0", .name = "Q8_0 weights", .sentence = "Weights as Q8_0 has them: INT8 with an FP16 scale for every 32, x in FP16, sums in FP32; for a few rows of x.",
         .mark = KernelMark::WeightOnly, .x = {Fp16}, .w = {Int8, Group, 32}, .unitRoundoff = tensorCore, .extraRoundings = 2},
        {.id = "w4a16_int4", .name = "INT4 weights", .sentence = "Weights in INT4 with an FP16 scale for every 128, x in FP16, sums in FP32; for a few rows of x.",
         .mark = KernelMark::WeightOnly, .x = {Fp16}, .w = {Int4, Group, 128}, .unitRoundoff = tensorCore, .extraRoundings = 2},
        {.id = "w4a16_q4_0", .name = "Q4_0 weights", .sentence = "Weights as Q4_0 has them: INT4 with an FP16 scale for every 32 that makes the largest −8, x in FP16, sums in FP32; for a few rows of x.",
         .mark = KernelMark::WeightOnly, .x = {Fp16}, .w = {Int4, Group, 32, true}, .unitRoundoff = tensorCore, .extraRoundings = 2},
        {.id = "w4a16_nf4", .name = "NF4 weights", .sentence = "Weights in NF4 with an FP16 scale for every 64, its levels rounded to FP16, x in FP16, sums in FP32; for a few rows of x.",
         .mark = KernelMark::WeightOnly, .x = {Fp16}, .w = {Nf4, Group, 64}, .unitRoundoff = tensorCore, .extraRoundings = 2 + fp16Levels},
        {.id = "w4a16_mxfp4", .name = "MXFP4 weights", .sentence = "Weights in E2M1 with a power of two for every 32, x in FP16, sums in FP32; for a few rows of x.",
         .mark = KernelMark::WeightOnly, .x = {Fp16}, .w = {.element = E2m1, .sharing = Group, .groupColumns = 32, .scaleFormat = ScaleFormat::E8m0},
         .unitRoundoff = tensorCore, .extraRoundings = 2},
    };
    return rows;
}

/// x as the worker is given it.
inline OperandStorage arrivingX(const KernelRow& row)
{
    return row.quantizesX ? OperandStorage{ElementType::Fp16} : row.x;
}

/// γₙ of a kernel for sums of K products: |y − R1| ≤ γₙ |A||B| whatever the order of the sums (Higham,
/// "Accuracy and Stability of Numerical Algorithms", 2002, section 3.1). Infinity: no guarantee.
inline double errorBound(const KernelRow& row, std::int64_t k)
{
    const double sums = row.sumsAreExact ? 0 : row.promotedColumns == 0 ? double(k) : double(std::min<std::int64_t>(k, row.promotedColumns));
    const double promoted = row.promotedColumns == 0 ? 0 : double(k) / row.promotedColumns + 1;
    const double product = (sums + row.extraRoundings) * row.unitRoundoff + promoted * 0x1p-24;
    return product < 1 ? product / (1 - product) : std::numeric_limits<double>::infinity();
}

inline const KernelRow* findKernelRow(std::string_view id)
{
    for (const KernelRow& row : kernelRows())
        if (id == row.id)
            return &row;
    return nullptr;
}

inline std::string capabilityText(int capability)
{
    return std::to_string(capability / 10) + "." + std::to_string(capability % 10);
}

/// Why a device of this compute capability and memory cannot multiply this shape, a sentence.
inline std::optional<std::string> obstacleOf(const KernelRow& row, int capability, std::uint64_t memoryBytes,
                                             std::int64_t m, std::int64_t n, std::int64_t k)
{
    constexpr std::int64_t largest = 1 << 24;
    if (capability > row.newestCapability)
        return std::string(row.name) + " is only in GPUs of compute capability " + capabilityText(row.newestCapability)
            + "; this GPU has " + capabilityText(capability) + ".";
    if (capability < row.computeCapability)
        return std::string(row.name) + " needs compute capability " + capabilityText(row.computeCapability)
            + "; this GPU has " + capabilityText(capability) + ".";
    for (const std::int64_t size : {m, n, k})
        if (size < 1 || size > largest)
            return "M, N and K must each lie between 1 and 16 777 216.";
    if (m % row.multipleOfM)
        return "M must be a multiple of " + std::to_string(row.multipleOfM) + " for " + row.name + ".";
    if (n % row.multipleOfN)
        return "N must be a multiple of " + std::to_string(row.multipleOfN) + " for " + row.name + ".";
    if (k % row.multipleOfK)
        return "K must be a multiple of " + std::to_string(row.multipleOfK) + " for " + row.name + ".";
    if (k > row.largestK)
        return "A sum of more than " + std::to_string(row.largestK) + " products of two INT8 codes can overflow 32 bits: choose a smaller K.";
    if (row.mark == KernelMark::WeightOnly && m > 64)
        return "This kernel is for the few rows of a batch: M must be at most 64.";
    // A teaching kernel that ran for seconds would hold up the display of a GPU that has one.
    if (row.slowestTeraflops > 0 && 2.0 * double(m) * double(n) * double(k) > 0.5e12 * row.slowestTeraflops)
        return "This teaching kernel would take too long: choose a smaller shape.";
    if (!row.isLibrary && double(m) * double(n) > 0x1p31)   // A grid has at most 2^31 − 1 blocks.
        return "This kernel computes at most 2 147 483 648 elements: choose a smaller shape.";
    const double bytes = double(m) * double(storedRowBytes(arrivingX(row).element, k)) + double(n) * double(storedRowBytes(row.w.element, k))
        + 4.0 * double(m) * double(n);
    if (2 * bytes > 0.7 * double(memoryBytes))   // Two copies at least, so that no cache holds the operands.
        return "The matrices do not fit into the memory of this GPU twice: choose a smaller shape.";
    return {};
}

/// Where everything of a request lies in shared memory, in bytes; each part begins at a multiple of 256.
struct SharedLayout {
    std::uint64_t x = 0, w = 0, xScales = 0, wScales = 0, rows = 0, y = 0, end = 0;
};

inline SharedLayout sharedLayout(const KernelRow& row, std::int64_t m, std::int64_t n, std::int64_t k, std::int64_t rowCount)
{
    SharedLayout layout;
    std::uint64_t place = 0;
    const auto take = [&](std::uint64_t bytes) {
        const std::uint64_t start = place;
        place = (place + bytes + 255) / 256 * 256;
        return start;
    };
    layout.x = take(std::uint64_t(m) * storedRowBytes(arrivingX(row).element, k));
    layout.w = take(std::uint64_t(n) * storedRowBytes(row.w.element, k));
    layout.xScales = take(4 * std::uint64_t(scaleCount(row.x, m, k)));
    layout.wScales = take(4 * std::uint64_t(scaleCount(row.w, n, k)));
    layout.rows = take(8 * std::uint64_t(rowCount));
    layout.y = take(4 * std::uint64_t(rowCount) * std::uint64_t(n));
    layout.end = place;
    return layout;
}

}  // namespace quantoscope::gpu
