// SPDX-License-Identifier: Apache-2.0
// INT8 by AVX-512 VNNI: vpdpbusd multiplies 64 unsigned by 64 signed bytes and adds them, four at a time, to
// sixteen 32-bit sums, without saturation. Both of our operands are signed, so W enters as W + 128 and
// 128 · Σx is taken off again; sums wrap modulo 2³² on the way, and the end is exact whenever the true sum
// fits. W is packed as in int8_exact.cpp, four neighbours along K instead of two. The caller asks hasVnni() first.
#include "core/gemm/cpu_kernels/int8_vnni.h"

#include "core/gemm/cpu_kernels/packed_bytes.h"
#include "core/gemm/cpu_kernels/vnni_step.h"

#if defined(__x86_64__)
#include <iterator>
#include <numeric>

namespace quantoscope::cpu {
namespace {

#include "core/gemm/cpu_kernels/tile_sums.inl"

constexpr int tileRows = 12;                 // 24 sums, two vectors of W and one of x in 32 registers.
constexpr std::int64_t panelColumns = 32;    // Rows of W in a panel: two vectors of 32-bit sums.
constexpr std::int64_t chunkBytes = 512;     // Of K: a panel of 16 KiB stays in the first-level cache.
constexpr std::int64_t fewRows = 8;          // So few rows of x do not pay for packing.
/// Between rows of x where a few are read side by side: a power of two apart they would drive each other out
/// of the cache.
constexpr std::size_t spareBytes = 64;

template <int rows>
QUANTOSCOPE_INLINE void addToOutput(const TileSums<VnniStep, rows>& sums, std::int32_t* y, std::int64_t yRow, __mmask16 left, __mmask16 right)
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
    TileSums<VnniStep, rows> sums;
    clear(sums);
    addSteps<tileRows>(sums, x, panel, bytes / 4);
    addToOutput(sums, y, yRow, maskOf(across), maskOf(across - 16));
}

/// −128 · Σx over a row, modulo 2³²: where its sums begin.
QUANTOSCOPE_VNNI std::int32_t startOf(const std::byte* x, std::size_t bytes)
{
    const __m512i offset = _mm512_set1_epi8(char(128));
    __m512i sum = _mm512_setzero_si512();
    for (std::size_t k = 0; k < bytes; k += 64)
        addByteProducts(sum, offset, _mm512_loadu_si512(x + k));
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
    static constexpr auto tiles = forEachNumberOfRows<tileRows>([](auto rows) { return &addTile<rows>; });
    alignas(64) thread_local std::array<std::byte, std::size_t(panelColumns * chunkBytes)> panel;
    const std::int64_t row = std::int64_t(w.rowBytes);
    startBlock(block, y, w.rows, [&](std::int64_t i) { return starts[std::size_t(i)]; });
    const auto pack = [&](const PanelPlace& place) { packBytes<panelColumns>(w, place, panel.data()); };
    forEachPanel(block, row, {panelColumns, chunkBytes, tileRows}, pulse, pack, [&](const PanelPlace& place, std::int64_t i, std::int64_t rows) {
        tiles[std::size_t(rows - 1)](x + (i * row + place.first * tileRows) / 4, panel.data(), place.columns, y + i * w.rows + place.row, w.rows, place.rows);
    });
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
            askForMore(w + k + 64 * c);
            const __m512i b = _mm512_xor_si512(_mm512_loadu_si512(w + k + 64 * c), flip);
#pragma GCC unroll 8
            for (int i = 0; i < rows; ++i)
                addByteProducts(sum[i][c], b, _mm512_loadu_si512(x + std::size_t(i) * xRow + k + 64 * c));
        }
    for (; k < bytes; k += 64)
#pragma GCC unroll 8
        for (int i = 0; i < rows; ++i)
            addByteProducts(sum[i][0], _mm512_xor_si512(_mm512_loadu_si512(w + k), flip), _mm512_loadu_si512(x + std::size_t(i) * xRow + k));
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
        const auto dot = forEachNumberOfRows<fewRows>([](auto number) { return &dotRow<number>; })[std::size_t(x.rows - 1)];
        std::vector<std::byte> rows(std::size_t(x.rows) * (x.rowBytes + spareBytes));
        for (std::int64_t i = 0; i < x.rows; ++i)
            std::copy_n(x.row(i), x.rowBytes, rows.data() + std::size_t(i) * (x.rowBytes + spareBytes));
        return forEachRowOfW(w.rows, std::int64_t(w.rowBytes), pulse, [&](std::int64_t j) {
            dot(rows.data(), x.rowBytes, starts.data(), w.row(j), values + j, w.rows);
        });
    }
    const Scratch<std::int32_t> tiles = packTiles<tileRows, std::int32_t>(x.rows, std::int64_t(x.rowBytes / 4), [&](std::int64_t i) {
        return x.rowAs<std::int32_t>(i);
    });
    return forEachOutputBlock(x.rows, w.rows, pulse, [&](const OutputBlock& block) {
        multiplyBlock(block, tiles.data(), starts, w, values, pulse);
    }, {.rows = 264, .columns = 64});
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
