// SPDX-License-Identifier: Apache-2.0
// INT8: exact 32-bit sums of products of two INT8 codes (W8A8). Where the processor has VNNI, by
// int8_vnni.cpp; else both operands are widened to 16 bits and multiplied in pairs (vpmaddwd), which
// cannot overflow. The faster vpmaddubsw saturates and is wrong: int8_saturating shows it as such.
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "core/gemm/cpu_kernels/int8_exact.cpp"
#include <hwy/foreach_target.h>

#include "core/gemm/cpu_kernels/cpu_kernel.h"
#include "core/gemm/cpu_kernels/int8_vnni.h"
#include "core/gemm/cpu_kernels/output_blocks.h"

#include <hwy/aligned_allocator.h>
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace quantoscope::cpu::HWY_NAMESPACE {
namespace {   // Other kernels have functions of the same names.

namespace hn = hwy::HWY_NAMESPACE;

constexpr std::int64_t chunkColumns = 2048;
constexpr int tileX = HWY_TARGET <= HWY_AVX3 ? 4 : 3, tileW = HWY_TARGET <= HWY_AVX3 ? 6 : 4;

void widenToInt16(const std::int8_t* source, std::int64_t count, std::int16_t* target)
{
    const hn::ScalableTag<std::int16_t> d;
    const hn::Rebind<std::int8_t, decltype(d)> narrow;
    for (std::int64_t i = 0; i < count; i += std::int64_t(hn::Lanes(d)))
        hn::Store(hn::PromoteTo(d, hn::LoadU(narrow, source + i)), d, target + i);
}

template <int rowsOfX>
HWY_INLINE void dotTile(const std::int16_t* x, std::int64_t xRow, const std::int16_t* w, std::int64_t columns,
                        std::int32_t (&sums)[tileX][tileW])
{
    const hn::ScalableTag<std::int16_t> d;
    const hn::RepartitionToWide<decltype(d)> d32;
    hn::Vec<decltype(d32)> sum[rowsOfX][tileW], rest = hn::Zero(d32);
    // Unrolled, or the compiler keeps the sums in memory instead of in registers.
#pragma GCC unroll 8
    for (int i = 0; i < rowsOfX; ++i)
#pragma GCC unroll 8
        for (int j = 0; j < tileW; ++j)
            sum[i][j] = hn::Zero(d32);
    for (std::int64_t k = 0; k < columns; k += std::int64_t(hn::Lanes(d)))
#pragma GCC unroll 8
        for (int j = 0; j < tileW; ++j) {
            const auto b = hn::Load(d, w + j * chunkColumns + k);
#pragma GCC unroll 8
            for (int i = 0; i < rowsOfX; ++i)
                sum[i][j] = hn::ReorderWidenMulAccumulate(d32, hn::Load(d, x + i * xRow + k), b, sum[i][j], rest);
        }
    // `rest` holds what a target without pairwise multiplication accumulates on the side; x86 leaves it 0.
    static_assert(HWY_ARCH_X86);
#pragma GCC unroll 8
    for (int i = 0; i < rowsOfX; ++i)
#pragma GCC unroll 8
        for (int j = 0; j < tileW; ++j)
            sums[i][j] = hn::GetLane(hn::SumOfLanes(d32, sum[i][j]));
}

void multiplyBlock(const OutputBlock& block, const std::int16_t* x, std::int64_t xRow, const StoredMatrix& w,
                   std::int32_t* y, std::int64_t yRow, const Pulse& pulse)
{
    thread_local const auto decoded = hwy::AllocateAligned<std::int16_t>(blockColumns * chunkColumns);
    std::int32_t* corner = y + block.firstRow * yRow + block.firstColumn;
    for (std::int64_t k = 0; k < xRow; k += chunkColumns) {
        if (!pulse.goesOn())
            return;
        const std::int64_t columns = std::min(chunkColumns, xRow - k);
        std::fill_n(decoded.get(), blockColumns * chunkColumns, std::int16_t{0});
        for (std::int64_t j = 0; j < block.columns; ++j)
            widenToInt16(w.rowAs<std::int8_t>(block.firstColumn + j) + k, columns, decoded.get() + j * chunkColumns);
        for (std::int64_t i = 0; i < block.rows; i += tileX)
            for (std::int64_t j = 0; j < block.columns; j += tileW) {
                std::int32_t sums[tileX][tileW];
                const std::int16_t* a = x + (block.firstRow + i) * xRow + k;
                const std::int16_t* b = decoded.get() + j * chunkColumns;
                const int rows = int(std::min<std::int64_t>(tileX, block.rows - i));
                switch (rows) {
                case 1: dotTile<1>(a, xRow, b, columns, sums); break;
                case 2: dotTile<2>(a, xRow, b, columns, sums); break;
                case 3: dotTile<3>(a, xRow, b, columns, sums); break;
                default: dotTile<tileX>(a, xRow, b, columns, sums); break;
                }
                for (int r = 0; r < rows; ++r)
                    for (int c = 0; c < std::min<std::int64_t>(tileW, block.columns - j); ++c) {
                        std::int32_t& target = corner[(i + r) * yRow + j + c];
                        target = k == 0 ? sums[r][c] : target + sums[r][c];
                    }
            }
    }
}

bool multiply(const StoredMatrix& x, const StoredMatrix& w, GemmOutput& y, const Pulse& pulse)
{
    const std::int64_t row = std::int64_t(x.rowBytes);   // One byte an element, filled up to 64.
    const auto widened = hwy::AllocateAligned<std::int16_t>(std::size_t(x.rows * row));
    parallelFor(std::size_t(x.rows), [&](std::size_t i) {
        widenToInt16(x.rowAs<std::int8_t>(std::int64_t(i)), row, widened.get() + std::int64_t(i) * row);
    }, pulse.progress().stop);
    return forEachOutputBlock(x.rows, w.rows, pulse, [&](const OutputBlock& block) {
        multiplyBlock(block, widened.get(), row, w, y.as<std::int32_t>(), w.rows, pulse);
    });
}

}  // namespace
}  // namespace quantoscope::cpu::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace quantoscope::cpu {
HWY_EXPORT(multiply);

bool multiplyInt8Widened(const StoredMatrix& x, const StoredMatrix& w, GemmOutput& y, const Pulse& pulse)
{
    return HWY_DYNAMIC_DISPATCH(multiply)(x, w, y, pulse);
}

bool multiplyInt8(const StoredMatrix& x, const StoredMatrix& w, GemmOutput& y, const Pulse& pulse)
{
    return hasVnni() ? multiplyInt8Vnni(x, w, y, pulse) : multiplyInt8Widened(x, w, y, pulse);
}

}  // namespace quantoscope::cpu
#endif
