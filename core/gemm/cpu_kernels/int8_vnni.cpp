// SPDX-License-Identifier: Apache-2.0
// INT8 by AVX-512 VNNI: vpdpbusd multiplies 64 unsigned by 64 signed bytes and adds them, four at a time, to
// sixteen 32-bit sums, without saturation. Both of our operands are signed, so W enters as W + 128 and
// 128 · Σx is taken off again; sums wrap modulo 2³² on the way, and the end is exact whenever the true sum
// fits. W is packed as in int8_exact.cpp, four neighbours along K instead of two. Highway 1.0.3 has no such
// instruction, hence intrinsics, in the files named *_vnni only; the caller asks hasVnni() first.
#include "core/gemm/cpu_kernels/int8_vnni.h"

#include "core/gemm/cpu_kernels/output_blocks.h"
#include "core/gemm/cpu_kernels/packed_bytes.h"

#if defined(__x86_64__)
// g++ 12 takes the "undefined" vectors of its own header for a mistake (GCC bug 105593).
#pragma GCC diagnostic ignored "-Wuninitialized"
#include <immintrin.h>

#include <array>
#include <iterator>
#include <numeric>

#define QUANTOSCOPE_VNNI __attribute__((target("avx512f,avx512bw,avx512vl,avx512vnni")))
#define QUANTOSCOPE_INLINE QUANTOSCOPE_VNNI __attribute__((always_inline)) inline

namespace quantoscope::cpu {
namespace {

constexpr int tileRows = 12;                 // 24 sums, two vectors of W and one of x in 32 registers.
constexpr std::int64_t panelColumns = 32;    // Rows of W in a panel: two vectors of 32-bit sums.
constexpr std::int64_t chunkBytes = 512;     // Of K: a panel of 16 KiB stays in the first-level cache.
constexpr std::int64_t fewRows = 8;          // So few rows of x do not pay for packing.
/// Between rows of x where a few are read side by side: a power of two apart they would drive each other out
/// of the cache.
constexpr std::size_t spareBytes = 64;

/// sum += a · b, four bytes a lane, a unsigned and b signed. Not the intrinsic: g++ 12 copies every sum around
/// it, and 24 sums with 24 copies no longer fit into 32 registers and go through memory.
QUANTOSCOPE_INLINE void addProducts(__m512i& sum, __m512i a, __m512i b)
{
    asm("vpdpbusd %2, %1, %0" : "+v"(sum) : "v"(a), "v"(b));
}

/// The sums of a tile: a member a vector. In an array, however well its loops are unrolled, g++ 12 keeps them
/// in memory.
template <int rows>
struct TileSums {
    __m512i left, right;
    TileSums<rows - 1> below;
};
template <>
struct TileSums<0> {};

template <int rows>
QUANTOSCOPE_INLINE void clear(TileSums<rows>& sums)
{
    if constexpr (rows > 0) {
        sums.left = sums.right = _mm512_setzero_si512();
        clear(sums.below);
    }
}

template <int rows>
QUANTOSCOPE_INLINE void addColumn(TileSums<rows>& sums, const std::int32_t* x, __m512i left, __m512i right)
{
    if constexpr (rows > 0) {
        const __m512i a = _mm512_set1_epi32(*x);
        addProducts(sums.left, left, a);
        addProducts(sums.right, right, a);
        addColumn(sums.below, x + 1, left, right);
    }
}

template <int rows>
QUANTOSCOPE_INLINE void addToOutput(const TileSums<rows>& sums, std::int32_t* y, std::int64_t yRow, __mmask16 left, __mmask16 right)
{
    if constexpr (rows > 0) {
        _mm512_mask_storeu_epi32(y, left, _mm512_add_epi32(_mm512_maskz_loadu_epi32(left, y), sums.left));
        _mm512_mask_storeu_epi32(y + 16, right, _mm512_add_epi32(_mm512_maskz_loadu_epi32(right, y + 16), sums.right));
        addToOutput(sums.below, y + yRow, yRow, left, right);
    }
}

/// y[i][0 … across) += x row i · panel, for `rows` rows of a tile of x.
template <int rows>
QUANTOSCOPE_VNNI void addTile(const std::int32_t* x, const std::byte* panel, std::int64_t bytes, std::int32_t* y, std::int64_t yRow,
                              std::int64_t across)
{
    TileSums<rows> sums;
    clear(sums);
    for (std::int64_t k = 0; k < bytes; k += 4, panel += 4 * panelColumns, x += tileRows)
        addColumn(sums, x, _mm512_loadu_si512(panel), _mm512_loadu_si512(panel + 64));
    addToOutput(sums, y, yRow, __mmask16((1u << std::min<std::int64_t>(across, 16)) - 1),
                __mmask16((1u << std::max<std::int64_t>(across - 16, 0)) - 1));
}

/// addTile() for a number of rows that is known only now.
template <int rows = tileRows>
void addRows(std::int64_t wanted, const std::int32_t* x, const std::byte* panel, std::int64_t bytes, std::int32_t* y, std::int64_t yRow,
             std::int64_t across)
{
    if constexpr (rows > 1)
        if (wanted < rows)
            return addRows<rows - 1>(wanted, x, panel, bytes, y, yRow, across);
    addTile<rows>(x, panel, bytes, y, yRow, across);
}

/// −128 · Σx over a row, modulo 2³²: where its sums begin.
QUANTOSCOPE_VNNI std::int32_t startOf(const std::byte* x, std::size_t bytes)
{
    const __m512i offset = _mm512_set1_epi8(char(128));
    __m512i sum = _mm512_setzero_si512();
    for (std::size_t k = 0; k < bytes; k += 64)
        addProducts(sum, offset, _mm512_loadu_si512(x + k));
    std::uint32_t parts[16];
    _mm512_storeu_si512(parts, sum);
    std::uint32_t total = 0;
    for (const std::uint32_t part : parts)
        total -= part;
    return static_cast<std::int32_t>(total);
}

void multiplyBlock(const OutputBlock& block, const std::int32_t* x, const std::vector<std::int32_t>& starts, const StoredMatrix& w,
                   std::int32_t* y, const Pulse& pulse)
{
    alignas(64) thread_local std::array<std::byte, std::size_t(panelColumns * chunkBytes)> panel;
    const std::int64_t row = std::int64_t(w.rowBytes);
    for (std::int64_t i = block.firstRow; i < block.firstRow + block.rows; ++i)
        std::fill_n(y + i * w.rows + block.firstColumn, block.columns, starts[std::size_t(i)]);
    for (std::int64_t k = 0; k < row; k += chunkBytes) {
        if (!pulse.goesOn())
            return;
        const std::int64_t bytes = std::min(chunkBytes, row - k);
        for (std::int64_t j = 0; j < block.columns; j += panelColumns) {
            const std::int64_t column = block.firstColumn + j;
            packBytes<panelColumns>(w, column, k, bytes, panel.data());
            for (std::int64_t i = block.firstRow; i < block.firstRow + block.rows; i += tileRows)
                addRows(std::min<std::int64_t>(tileRows, block.firstRow + block.rows - i), x + (i * row + k * tileRows) / 4, panel.data(),
                        bytes, y + i * w.rows + column, w.rows, std::min(panelColumns, block.columns - j));
        }
    }
}

/// Of all lanes, modulo 2^32. Not _mm512_reduce_add_epi32: its last additions are of signed numbers, and the sums of
/// flipped weights overflow on the way to a correct end.
QUANTOSCOPE_VNNI std::uint32_t sumOfLanes(__m512i sums)
{
    alignas(64) std::uint32_t lanes[16];
    _mm512_store_si512(lanes, sums);
    return std::accumulate(std::begin(lanes), std::end(lanes), std::uint32_t{0});
}

/// A few rows of x against one row of W as it lies in memory, which is read once and in order.
template <int rows>
QUANTOSCOPE_VNNI void dotRow(const std::byte* x, std::size_t bytes, const std::int32_t* starts, const std::byte* w, std::int32_t* y, std::int64_t yRow)
{
    constexpr int chains = rows <= 2 ? 4 : 1;   // One sum waits four cycles for itself.
    const __m512i flip = _mm512_set1_epi8(char(0x80));
    __m512i sum[rows][chains];
#pragma GCC unroll 8
    for (int i = 0; i < rows; ++i)
#pragma GCC unroll 4
        for (int c = 0; c < chains; ++c)
            sum[i][c] = _mm512_setzero_si512();
    const std::size_t xRow = bytes + spareBytes;
    std::size_t k = 0;
    for (; k + 64 * chains <= bytes; k += 64 * chains)
#pragma GCC unroll 4
        for (int c = 0; c < chains; ++c) {
            const __m512i b = _mm512_xor_si512(_mm512_loadu_si512(w + k + 64 * c), flip);
#pragma GCC unroll 8
            for (int i = 0; i < rows; ++i)
                addProducts(sum[i][c], b, _mm512_loadu_si512(x + std::size_t(i) * xRow + k + 64 * c));
        }
    for (; k < bytes; k += 64)
#pragma GCC unroll 8
        for (int i = 0; i < rows; ++i)
            addProducts(sum[i][0], _mm512_xor_si512(_mm512_loadu_si512(w + k), flip), _mm512_loadu_si512(x + std::size_t(i) * xRow + k));
#pragma GCC unroll 8
    for (int i = 0; i < rows; ++i) {
#pragma GCC unroll 4
        for (int c = 1; c < chains; ++c)
            sum[i][0] = _mm512_add_epi32(sum[i][0], sum[i][c]);
        y[i * yRow] = std::int32_t(sumOfLanes(sum[i][0]) + std::uint32_t(starts[i]));
    }
}

}  // namespace

bool hasVnni()
{
    static const bool has = __builtin_cpu_supports("avx512vnni") && __builtin_cpu_supports("avx512bw")
        && __builtin_cpu_supports("avx512vl");
    return has;
}

bool multiplyInt8Vnni(const StoredMatrix& x, const StoredMatrix& w, GemmOutput& y, const Pulse& pulse)
{
    std::vector<std::int32_t> starts(std::size_t(x.rows));
    parallelFor(std::size_t(x.rows), [&](std::size_t i) { starts[i] = startOf(x.row(std::int64_t(i)), x.rowBytes); }, pulse.progress().stop);
    std::int32_t* values = y.as<std::int32_t>();
    if (x.rows <= fewRows) {
        const auto dot = std::array{dotRow<1>, dotRow<2>, dotRow<3>, dotRow<4>, dotRow<5>, dotRow<6>, dotRow<7>, dotRow<8>}[std::size_t(x.rows - 1)];
        std::vector<std::byte> rows(std::size_t(x.rows) * (x.rowBytes + spareBytes));
        for (std::int64_t i = 0; i < x.rows; ++i)
            std::copy_n(x.row(i), x.rowBytes, rows.data() + std::size_t(i) * (x.rowBytes + spareBytes));
        return forEachRowOfW(w.rows, std::int64_t(w.rowBytes), pulse, [&](std::int64_t j) {
            dot(rows.data(), x.rowBytes, starts.data(), w.row(j), values + j, w.rows);
        });
    }
    const std::vector<std::int32_t> tiles = packTiles<tileRows, std::int32_t>(x.rows, std::int64_t(x.rowBytes / 4), [&](std::int64_t i) {
        return x.rowAs<std::int32_t>(i);
    });
    return forEachOutputBlock(x.rows, w.rows, pulse, [&](const OutputBlock& block) {
        multiplyBlock(block, tiles.data(), starts, w, values, pulse);
    }, {.rows = 252, .columns = 64});
}

}  // namespace quantoscope::cpu

#else

namespace quantoscope::cpu {
bool hasVnni() { return false; }
bool multiplyInt8Vnni(const StoredMatrix& x, const StoredMatrix& w, GemmOutput& y, const Pulse& pulse)
{
    return multiplyInt8Widened(x, w, y, pulse);
}
}  // namespace quantoscope::cpu

#endif
