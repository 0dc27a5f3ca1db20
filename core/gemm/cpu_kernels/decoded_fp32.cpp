// SPDX-License-Identifier: Apache-2.0
// FP16, BF16 and weight-only kernels: operands lie in memory in their narrow storage and are widened to
// FP32 a few rows at a time, just before they are multiplied; all sums are FP32. Every element of y is a
// dot product along K, so that both operands are read in the order in which they are stored and nothing
// is transposed. A tile of several rows of x and of W keeps as many sums in registers as there are. A batch of
// a few rows goes to few_rows_fp32.cpp or few_rows_bf16.cpp.
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "core/gemm/cpu_kernels/decoded_fp32.cpp"
#include <hwy/foreach_target.h>

#include "core/gemm/cpu_kernels/decode_row.inl"

#include "core/gemm/cpu_kernels/cpu_kernel.h"
#include "core/gemm/cpu_kernels/few_rows_bf16.h"
#include "core/gemm/cpu_kernels/few_rows_fp32.h"
#include "core/gemm/cpu_kernels/output_blocks.h"

#include <hwy/aligned_allocator.h>
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace quantoscope::cpu::HWY_NAMESPACE {
namespace {   // Other kernels have functions of the same names.

namespace hn = hwy::HWY_NAMESPACE;

constexpr std::int64_t chunkColumns = 1024;   // Of K: six such rows of W fit into a first-level cache.
// 32 vector registers hold 24 sums and their operands, 16 hold 12.
constexpr int tileX = HWY_TARGET <= HWY_AVX3 ? 4 : 3, tileW = HWY_TARGET <= HWY_AVX3 ? 6 : 4;
static_assert(blockColumns % tileW == 0);

using D = hn::ScalableTag<float>;

/// sums[i][j] = x row i · W row j over `columns`, which is a multiple of the vector.
template <int rowsOfX>
HWY_INLINE void dotTile(const float* x, std::int64_t xRow, const float* w, std::int64_t wRow, std::int64_t columns,
                        float (&sums)[tileX][tileW])
{
    const D d;
    hn::Vec<D> sum[rowsOfX][tileW];
    // Unrolled, or the compiler keeps the sums in memory instead of in registers.
#pragma GCC unroll 8
    for (int i = 0; i < rowsOfX; ++i)
#pragma GCC unroll 8
        for (int j = 0; j < tileW; ++j)
            sum[i][j] = hn::Zero(d);
    for (std::int64_t k = 0; k < columns; k += std::int64_t(hn::Lanes(d))) {
        hn::Vec<D> a[rowsOfX];
#pragma GCC unroll 8
        for (int i = 0; i < rowsOfX; ++i)
            a[i] = hn::Load(d, x + i * xRow + k);
#pragma GCC unroll 8
        for (int j = 0; j < tileW; ++j) {
            const auto b = hn::Load(d, w + j * wRow + k);
#pragma GCC unroll 8
            for (int i = 0; i < rowsOfX; ++i)
                sum[i][j] = hn::MulAdd(a[i], b, sum[i][j]);
        }
    }
#pragma GCC unroll 8
    for (int i = 0; i < rowsOfX; ++i)
#pragma GCC unroll 8
        for (int j = 0; j < tileW; ++j)
            sums[i][j] = hn::GetLane(hn::SumOfLanes(d, sum[i][j]));
}

/// All rows of x against one tile of decoded rows of W: y += sums, or y = sums for the first chunk of K.
void addTile(std::int64_t rowsOfX, int rowsOfW, const float* x, std::int64_t xRow, const float* w, std::int64_t columns,
             bool isFirst, float* y, std::int64_t yRow)
{
    float sums[tileX][tileW];
    for (std::int64_t i = 0; i < rowsOfX; i += tileX) {
        const int rows = int(std::min<std::int64_t>(tileX, rowsOfX - i));
        const float* a = x + i * xRow;
        switch (rows) {
        case 1: dotTile<1>(a, xRow, w, chunkColumns, columns, sums); break;
        case 2: dotTile<2>(a, xRow, w, chunkColumns, columns, sums); break;
        case 3: dotTile<3>(a, xRow, w, chunkColumns, columns, sums); break;
        default: dotTile<tileX>(a, xRow, w, chunkColumns, columns, sums); break;
        }
        for (int r = 0; r < rows; ++r)
            for (int c = 0; c < rowsOfW; ++c) {
                float& target = y[(i + r) * yRow + c];
                target = isFirst ? sums[r][c] : target + sums[r][c];
            }
    }
}

void multiplyBlock(const OutputBlock& block, const float* x, std::int64_t xRow, const StoredMatrix& w, float* y,
                   std::int64_t yRow, const Pulse& pulse)
{
    // A tile of W is decoded into the first-level cache and used for all rows of x before the next one.
    thread_local const auto decoded = hwy::AllocateAligned<float>(tileW * chunkColumns);
    float* corner = y + block.firstRow * yRow + block.firstColumn;
    for (std::int64_t k = 0; k < xRow; k += chunkColumns) {
        if (!pulse.goesOn())
            return;
        const std::int64_t columns = std::min(chunkColumns, xRow - k);
        for (std::int64_t j = 0; j < block.columns; j += tileW) {
            const int rows = int(std::min<std::int64_t>(tileW, block.columns - j));
            for (int r = 0; r < tileW; ++r) {
                float* row = decoded.get() + r * chunkColumns;
                if (r < rows)
                    decodeRow(w, block.firstColumn + j + r, k, columns, row);
                else
                    std::fill_n(row, columns, 0.0f);
            }
            addTile(block.rows, rows, x + block.firstRow * xRow + k, xRow, decoded.get(), columns, k == 0, corner + j, yRow);
        }
    }
}

/// What stands before a whole row: its scale, the matrix's, or 1; groups' scales are in the decoded values.
float scaleOfRow(const StoredMatrix& matrix, std::int64_t row)
{
    return matrix.storage.sharing == ScaleSharing::Row ? matrix.scales[std::size_t(row)]
        : matrix.storage.sharing == ScaleSharing::Matrix ? matrix.scales.front() : 1.0f;
}

/// Row scales multiply finished sums: one rounding a result, two where both operands have them, instead of one a
/// product.
void scaleBlock(const OutputBlock& block, const StoredMatrix& x, const StoredMatrix& w, float* y)
{
    for (std::int64_t i = block.firstRow; i < block.firstRow + block.rows; ++i) {
        const float own = scaleOfRow(x, i);
        for (std::int64_t j = block.firstColumn; j < block.firstColumn + block.columns; ++j)
            y[i * w.rows + j] *= own * scaleOfRow(w, j);
    }
}

bool hasRowScales(const StoredMatrix& matrix)
{
    return matrix.storage.sharing == ScaleSharing::Row || matrix.storage.sharing == ScaleSharing::Matrix;
}

bool multiply(const StoredMatrix& x, const StoredMatrix& w, GemmOutput& y, const Pulse& pulse, bool onAllCores)
{
    const std::int64_t row = decodedColumns(x.columns);
    Scratch<float> decodedX(std::size_t(x.rows * row));
    parallelFor(std::size_t(x.rows), [&](std::size_t i) {
        decodeRow(x, std::int64_t(i), 0, row, decodedX.data() + std::int64_t(i) * row);
    }, pulse.progress().stop);
    const bool isScaled = hasRowScales(x) || hasRowScales(w);
    if (onAllCores && takesFewRowsBf16(x, w))
        return multiplyFewRowsBf16(decodedX.data(), x.rows, row, w, y.as<float>(), pulse);
    if (onAllCores && takesFewRows(w, x.rows)) {
        if (!multiplyFewRows(decodedX.data(), x.rows, row, w, y.as<float>(), pulse))
            return false;
        if (isScaled)
            scaleBlock({0, x.rows, 0, w.rows}, x, w, y.as<float>());
        return true;
    }
    return forEachOutputBlock(x.rows, w.rows, pulse, [&](const OutputBlock& block) {
        multiplyBlock(block, decodedX.data(), row, w, y.as<float>(), w.rows, pulse);
        if (isScaled)
            scaleBlock(block, x, w, y.as<float>());
    }, {}, onAllCores);
}

}  // namespace
}  // namespace quantoscope::cpu::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace quantoscope::cpu {
HWY_EXPORT(multiply);

bool multiplyDecoded(const StoredMatrix& x, const StoredMatrix& w, GemmOutput& y, const Pulse& pulse)
{
    return HWY_DYNAMIC_DISPATCH(multiply)(x, w, y, pulse, true);
}

bool multiplyDecodedOnOneCore(const StoredMatrix& x, const StoredMatrix& w, GemmOutput& y, const Pulse& pulse)
{
    return HWY_DYNAMIC_DISPATCH(multiply)(x, w, y, pulse, false);
}

}  // namespace quantoscope::cpu
#endif
