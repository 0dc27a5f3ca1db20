// SPDX-License-Identifier: Apache-2.0
// INT8 by AVX-512 VNNI: vpdpbusd multiplies 64 unsigned by 64 signed bytes and adds them, four at a
// time, to sixteen 32-bit sums, without saturation. Both of our operands are signed, so x enters as
// x + 128 and 128 · Σw is taken off again; sums wrap modulo 2³² on the way, and the end is exact
// whenever the true sum fits. Highway 1.0.3 has no such instruction, hence intrinsics, in this file
// only; the caller asks hasVnni() first.
#include "core/gemm/cpu_kernels/int8_vnni.h"

#include "core/gemm/cpu_kernels/output_blocks.h"

#if defined(__x86_64__)
// g++ 12 takes the "undefined" vectors of its own header for a mistake (GCC bug 105593).
#pragma GCC diagnostic ignored "-Wuninitialized"
#include <immintrin.h>

#define QUANTOSCOPE_VNNI __attribute__((target("avx512f,avx512bw,avx512vl,avx512vnni")))

namespace quantoscope::cpu {
namespace {

constexpr int tileX = 4, tileW = 6;
constexpr std::int64_t chunkBytes = 4096;   // Of K: a tile of x and one of W stay in the first-level cache.

/// sum += a · b, four bytes a lane. Not the intrinsic: g++ 12 copies every sum around it, and 24 sums with
/// 24 copies no longer fit into 32 registers and go through memory.
QUANTOSCOPE_VNNI inline void addProducts(__m512i& sum, __m512i a, __m512i b)
{
    asm("vpdpbusd %2, %1, %0" : "+v"(sum) : "v"(a), "v"(b));
}

/// The sums of the lanes of four vectors at once, by a small transposition: a third of the instructions
/// of four single reductions, which for short rows would cost as much as the products.
QUANTOSCOPE_VNNI inline __m128i laneSums(__m512i a, __m512i b, __m512i c, __m512i d)
{
    const __m512i ab = _mm512_add_epi32(_mm512_unpacklo_epi32(a, b), _mm512_unpackhi_epi32(a, b));
    const __m512i cd = _mm512_add_epi32(_mm512_unpacklo_epi32(c, d), _mm512_unpackhi_epi32(c, d));
    const __m512i all = _mm512_add_epi32(_mm512_unpacklo_epi64(ab, cd), _mm512_unpackhi_epi64(ab, cd));
    const __m256i half = _mm256_add_epi32(_mm512_castsi512_si256(all), _mm512_extracti64x4_epi64(all, 1));
    return _mm_add_epi32(_mm256_castsi256_si128(half), _mm256_extracti128_si256(half, 1));
}

/// sums[i][j] of one chunk: 24 sums and five operands in 32 registers.
template <int rowsOfX, int rowsOfW>
QUANTOSCOPE_VNNI void dotTile(const std::uint8_t* x, std::size_t xRow, const std::byte* w, std::size_t wRow,
                              std::int64_t bytes, std::int32_t (&sums)[tileX][tileW])
{
    __m512i sum[rowsOfX][rowsOfW];
    // Unrolled, or the compiler keeps the sums in memory instead of in registers.
#pragma GCC unroll 8
    for (int i = 0; i < rowsOfX; ++i)
#pragma GCC unroll 8
        for (int j = 0; j < rowsOfW; ++j)
            sum[i][j] = _mm512_setzero_si512();
    for (std::int64_t k = 0; k < bytes; k += 64) {
        __m512i a[rowsOfX];
#pragma GCC unroll 8
        for (int i = 0; i < rowsOfX; ++i)
            a[i] = _mm512_loadu_si512(x + std::size_t(i) * xRow + k);
#pragma GCC unroll 8
        for (int j = 0; j < rowsOfW; ++j) {
            const __m512i b = _mm512_loadu_si512(w + std::size_t(j) * wRow + k);
#pragma GCC unroll 8
            for (int i = 0; i < rowsOfX; ++i)
                addProducts(sum[i][j], a[i], b);
        }
    }
#pragma GCC unroll 8
    for (int j = 0; j < rowsOfW; ++j) {
        const __m512i none = _mm512_setzero_si512();
        alignas(16) std::int32_t column[4];
        _mm_store_si128(reinterpret_cast<__m128i*>(column),
                        laneSums(sum[0][j], rowsOfX > 1 ? sum[rowsOfX > 1][j] : none, rowsOfX > 2 ? sum[rowsOfX > 2 ? 2 : 0][j] : none,
                                 rowsOfX > 3 ? sum[rowsOfX > 3 ? 3 : 0][j] : none));
#pragma GCC unroll 8
        for (int i = 0; i < rowsOfX; ++i)
            sums[i][j] = column[i];
    }
}

/// 128 · Σw over a whole row, modulo 2³².
QUANTOSCOPE_VNNI std::int32_t offsetOf(const std::byte* w, std::size_t bytes)
{
    const __m512i offset = _mm512_set1_epi8(char(128));
    __m512i sum = _mm512_setzero_si512();
    for (std::size_t k = 0; k < bytes; k += 64)
        sum = _mm512_dpbusd_epi32(sum, offset, _mm512_loadu_si512(w + k));
    // Each of the sixteen sums fits, but their total is 128 times a sum of codes and may pass 2^31. It is
    // subtracted from one that is off by just as much, modulo 2^32, so it is added without a sign.
    std::uint32_t parts[16];
    _mm512_storeu_si512(parts, sum);
    std::uint32_t total = 0;
    for (const std::uint32_t part : parts)
        total += part;
    return static_cast<std::int32_t>(total);
}

template <int rowsOfW>
void dotTiles(int rowsOfX, const std::uint8_t* x, std::size_t xRow, const std::byte* w, std::size_t wRow,
              std::int64_t bytes, std::int32_t (&sums)[tileX][tileW])
{
    switch (rowsOfX) {
    case 1: return dotTile<1, rowsOfW>(x, xRow, w, wRow, bytes, sums);
    case 2: return dotTile<2, rowsOfW>(x, xRow, w, wRow, bytes, sums);
    case 3: return dotTile<3, rowsOfW>(x, xRow, w, wRow, bytes, sums);
    default: return dotTile<tileX, rowsOfW>(x, xRow, w, wRow, bytes, sums);
    }
}

/// Additions that may wrap: the end is right even where the way there is not.
std::int32_t wrappingSum(std::int32_t a, std::int32_t b)
{
    return std::int32_t(std::uint32_t(a) + std::uint32_t(b));
}

void multiplyBlock(const OutputBlock& block, const std::vector<std::uint8_t>& x, const StoredMatrix& w,
                   std::int32_t* y, std::int64_t yRow, const Pulse& pulse)
{
    const std::size_t row = w.rowBytes;
    std::int32_t* corner = y + block.firstRow * yRow + block.firstColumn;
    for (std::int64_t i = 0; i < block.rows; ++i)
        std::fill_n(corner + i * yRow, block.columns, 0);
    for (std::int64_t k = 0; k < std::int64_t(row); k += chunkBytes) {
        if (!pulse.goesOn())
            return;
        const std::int64_t bytes = std::min(chunkBytes, std::int64_t(row) - k);
        for (std::int64_t j = 0; j < block.columns; j += tileW)
            for (std::int64_t i = 0; i < block.rows; i += tileX) {
                std::int32_t sums[tileX][tileW];
                const std::uint8_t* a = x.data() + std::size_t(block.firstRow + i) * row + k;
                const int down = int(std::min<std::int64_t>(tileX, block.rows - i));
                const int across = int(std::min<std::int64_t>(tileW, block.columns - j));
                if (across == tileW)
                    dotTiles<tileW>(down, a, row, w.row(block.firstColumn + j) + k, row, bytes, sums);
                for (int c = 0; across < tileW && c < across; ++c) {
                    std::int32_t column[tileX][tileW];
                    dotTiles<1>(down, a, row, w.row(block.firstColumn + j + c) + k, row, bytes, column);
                    for (int r = 0; r < down; ++r)
                        sums[r][c] = column[r][0];
                }
                for (int r = 0; r < down; ++r)
                    for (int c = 0; c < across; ++c)
                        corner[(i + r) * yRow + j + c] = wrappingSum(corner[(i + r) * yRow + j + c], sums[r][c]);
            }
    }
    for (std::int64_t j = 0; j < block.columns; ++j) {
        const std::int32_t offset = offsetOf(w.row(block.firstColumn + j), row);
        for (std::int64_t i = 0; i < block.rows; ++i)
            corner[i * yRow + j] = std::int32_t(std::uint32_t(corner[i * yRow + j]) - std::uint32_t(offset));
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
    std::vector<std::uint8_t> shifted(x.bytes.size());
    const std::size_t row = x.rowBytes;
    parallelFor(std::size_t(x.rows), [&](std::size_t i) {
        for (std::size_t k = i * row; k < (i + 1) * row; ++k)
            shifted[k] = std::uint8_t(x.bytes[k]) ^ 0x80;   // x + 128
    }, pulse.progress().stop);
    return forEachOutputBlock(x.rows, w.rows, pulse, [&](const OutputBlock& block) {
        multiplyBlock(block, shifted, w, y.as<std::int32_t>(), w.rows, pulse);
    });
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
