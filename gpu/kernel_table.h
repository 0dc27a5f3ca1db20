// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/gemm/operand_storage.h"

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
    KernelMark mark;
    OperandStorage x, w;
    bool sumsAreIntegers;          ///< y is INT32 without its scales; else FP32 with them.
    double unitRoundoff;           ///< Of the accumulator, doubled where it truncates; 0: exact.
    int extraRoundings;            ///< Of each sum: scaling the result.
    int computeCapability;         ///< 10 · major + minor of the oldest architecture that has it.
    std::int64_t multipleOfN, multipleOfK;
    std::int64_t largestK;
    double slowestTeraflops;       ///< 0, or what a teaching kernel reaches at least: caps the size it is given.
    bool isLibrary;                ///< By cuBLASLt; else a kernel of our own in gpu/kernels.
};

inline std::span<const KernelRow> kernelRows()
{
    using enum ElementType;
    using enum ScaleSharing;
    constexpr std::int64_t anyK = std::numeric_limits<std::int64_t>::max();
    constexpr double fp32 = 0x1p-24;
    // Tensor cores align the products of a block to its largest and truncate (Fasi et al., PeerJ CS 330,
    // 2021; MMA-Sim, arXiv 2511.10909): twice the roundoff of FP32, and with FP8 on Hopper's fast path
    // 13 fraction bits.
    constexpr double tensorCore = 0x1p-23, tensorCoreFp8 = 0x1p-13;
    static constexpr KernelRow rows[] = {
        {"fp32", "FP32", "Products and sums in FP32 without tensor cores, by cuBLASLt.", KernelMark::Float,
         {Fp32, None, 0}, {Fp32, None, 0}, false, fp32, 0, 75, 1, 1, anyK, 0, true},
        {"tf32", "TF32", "Operands rounded to TF32, sums in FP32 on tensor cores, by cuBLASLt.", KernelMark::Float,
         {Tf32, None, 0}, {Tf32, None, 0}, false, tensorCore, 0, 80, 1, 1, anyK, 0, true},
        {"fp16", "FP16", "Operands rounded to FP16, sums in FP32 on tensor cores, by cuBLASLt.", KernelMark::Float,
         {Fp16, None, 0}, {Fp16, None, 0}, false, tensorCore, 0, 75, 1, 1, anyK, 0, true},
        {"bf16", "BF16", "Operands rounded to BF16, sums in FP32 on tensor cores, by cuBLASLt.", KernelMark::Float,
         {Bf16, None, 0}, {Bf16, None, 0}, false, tensorCore, 0, 80, 1, 1, anyK, 0, true},
        {"e4m3", "FP8 E4M3", "Operands rounded to E4M3 with one scale each, sums on FP8 tensor cores, by cuBLASLt.",
         KernelMark::Float, {E4m3, Matrix, 0}, {E4m3, Matrix, 0}, false, tensorCoreFp8, 2, 89, 16, 16, anyK, 0, true},
        {"int8", "INT8", "Both operands in INT8 with a scale a row, exact 32-bit sums on tensor cores, by cuBLASLt (W8A8).",
         KernelMark::Integer, {Int8, Row, 0}, {Int8, Row, 0}, true, 0, 0, 75, 4, 4, 133144, 0, true},
        {"fp32_naive", "1 Naive", "One thread an element of y, everything from global memory.", KernelMark::Float,
         {Fp32, None, 0}, {Fp32, None, 0}, false, fp32, 0, 75, 1, 1, anyK, 0.05, false},
        {"fp32_coalesced", "2 Coalesced", "Neighbouring threads read neighbouring memory.", KernelMark::Float,
         {Fp32, None, 0}, {Fp32, None, 0}, false, fp32, 0, 75, 1, 1, anyK, 0.2, false},
        {"fp32_shared", "3 Shared tiles", "A block of threads shares what it reads.", KernelMark::Float,
         {Fp32, None, 0}, {Fp32, None, 0}, false, fp32, 0, 75, 1, 1, anyK, 0.5, false},
        {"fp32_registers", "4 Register tiles", "A thread computes 8 × 8 elements from registers.", KernelMark::Float,
         {Fp32, None, 0}, {Fp32, None, 0}, false, fp32, 0, 75, 1, 1, anyK, 1, false},
        {"w8a16_int8", "INT8 weights", "Weights in INT8 with a scale a row, x in FP16, sums in FP32; for a few rows of x.",
         KernelMark::WeightOnly, {Fp16, None, 0}, {Int8, Row, 0}, false, fp32, 1, 75, 1, 1, anyK, 0, false},
        {"w4a16_int4", "INT4 weights", "Weights in INT4 with an FP16 scale for every 128, x in FP16, sums in FP32; for a few rows of x.",
         KernelMark::WeightOnly, {Fp16, None, 0}, {Int4, Group, 128}, false, fp32, 0, 75, 1, 1, anyK, 0, false},
    };
    return rows;
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
    if (capability < row.computeCapability)
        return std::string(row.name) + " needs compute capability " + capabilityText(row.computeCapability)
            + "; this GPU has " + capabilityText(capability) + ".";
    for (const std::int64_t size : {m, n, k})
        if (size < 1 || size > largest)
            return "M, N and K must each lie between 1 and 16 777 216.";
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
    const double bytes = double(m) * double(storedRowBytes(row.x.element, k)) + double(n) * double(storedRowBytes(row.w.element, k))
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
    layout.x = take(std::uint64_t(m) * storedRowBytes(row.x.element, k));
    layout.w = take(std::uint64_t(n) * storedRowBytes(row.w.element, k));
    layout.xScales = take(4 * std::uint64_t(scaleCount(row.x, m, k)));
    layout.wScales = take(4 * std::uint64_t(scaleCount(row.w, n, k)));
    layout.rows = take(8 * std::uint64_t(rowCount));
    layout.y = take(4 * std::uint64_t(rowCount) * std::uint64_t(n));
    layout.end = place;
    return layout;
}

}  // namespace quantoscope::gpu
