// SPDX-License-Identifier: Apache-2.0
// INT8 as fast libraries multiply it on processors with AVX2 and no VNNI, faster and wrong: vpmaddubsw adds two
// products of an unsigned and a signed byte in 16 bits and saturates. W enters as W + 128, as in int8_vnni.cpp,
// so that large codes reach 255 · 127 · 2 = 64 770, of which 32 767 is left. Here so that it can be seen: 64
// products of 127 · 127 come out as 8 160 instead of 1 032 256. Three instructions for 32 products, where
// int8_exact.cpp takes four.
#include "core/gemm/cpu_kernels/avx2_step.h"
#include "core/gemm/cpu_kernels/cpu_kernel.h"
#include "core/gemm/cpu_kernels/packed_bytes.h"

#include <array>
#include <numeric>

namespace quantoscope::cpu {
namespace {

constexpr std::int32_t offset = 128;

/// Additions that may wrap on the way.
std::int32_t wrappingSum(std::int32_t a, std::int32_t b)
{
    return std::int32_t(std::uint32_t(a) + std::uint32_t(b));
}

/// −128 · Σx, modulo 2³²: what the sums of a row of x begin with.
std::int32_t startOf(const StoredMatrix& x, std::int64_t row)
{
    const auto* codes = x.rowAs<std::int8_t>(row);
    return std::int32_t(-std::uint32_t(offset) * std::uint32_t(std::accumulate(codes, codes + x.columns, std::int32_t{0})));
}

/// The same arithmetic a pair at a time, where the processor has no AVX2.
bool multiplyPortable(const StoredMatrix& x, const StoredMatrix& w, std::int32_t* y, const Pulse& pulse)
{
    return forEachStripOfW(x.rows, w, pulse, 1, [&](std::int64_t i, std::int64_t, std::int64_t j) {
        const auto *a = x.rowAs<std::int8_t>(i), *b = w.rowAs<std::int8_t>(j);
        std::int32_t sum = startOf(x, i);
        for (std::size_t k = 0; k < x.rowBytes; k += 2)
            sum = wrappingSum(sum, std::clamp(a[k] * (b[k] + offset) + a[k + 1] * (b[k + 1] + offset), -32768, 32767));
        y[i * w.rows + j] = sum;
    });
}

#if defined(__x86_64__)
#include "core/gemm/cpu_kernels/tile_sums.inl"

constexpr int tileRows = 4;
constexpr std::int64_t panelColumns = 16, chunkBytes = 1024;   // A panel of 16 KiB.

struct SaturatingStep : Avx2Step {
    static QUANTOSCOPE_INLINE void add(Sum& sum, Codes w, Codes x)
    {
        // The addition by name, as in int8_exact.cpp.
        asm("vpaddd %1, %0, %0" : "+x"(sum) : "x"(_mm256_madd_epi16(_mm256_maddubs_epi16(w, x), _mm256_set1_epi16(1))));
    }
};

template <int rows>
QUANTOSCOPE_INLINE void storeTile(const TileSums<SaturatingStep, rows>& sums, std::int32_t* tile)
{
    if constexpr (rows > 0) {
        _mm256_store_si256(reinterpret_cast<__m256i*>(tile), sums.left);
        _mm256_store_si256(reinterpret_cast<__m256i*>(tile + 8), sums.right);
        storeTile(sums.below, tile + panelColumns);
    }
}

/// tile[row][column] = a tile of x · panel; rows of x beyond the last one are zero.
QUANTOSCOPE_AVX2 __attribute__((noinline)) void multiplyTile(const std::int32_t* x, const std::byte* panel, std::int64_t bytes, std::int32_t* tile)
{
    TileSums<SaturatingStep, tileRows> sums;
    clear(sums);
    addSteps<tileRows>(sums, x, panel, bytes / 4);
    storeTile(sums, tile);
}

bool multiplyAvx2(const StoredMatrix& x, const StoredMatrix& w, std::int32_t* y, const Pulse& pulse)
{
    const std::int64_t row = std::int64_t(w.rowBytes);
    const Scratch<std::int32_t> tiles = packTiles<tileRows, std::int32_t>(x.rows, row / 4, [&](std::int64_t i) { return x.rowAs<std::int32_t>(i); });
    return forEachOutputBlock(x.rows, w.rows, pulse, [&](const OutputBlock& block) {
        alignas(64) thread_local std::array<std::byte, std::size_t(panelColumns * chunkBytes)> panel;
        alignas(64) std::int32_t tile[tileRows * panelColumns];
        startBlock(block, y, w.rows, [&](std::int64_t i) { return startOf(x, i); });
        const auto pack = [&](const PanelPlace& place) { packBytes<panelColumns>(w, place, panel.data()); };
        forEachPanel(block, row, {panelColumns, chunkBytes, tileRows}, pulse, pack, [&](const PanelPlace& place, std::int64_t i, std::int64_t rows) {
            multiplyTile(tiles.data() + (i * row + place.first * tileRows) / 4, panel.data(), place.columns, tile);
            addTileToOutput<panelColumns>(tile, place, i, rows, y, w.rows);
        });
    }, {.rows = 256, .columns = 64});
}
#endif

}  // namespace

bool multiplyInt8Saturating(const StoredMatrix& x, const StoredMatrix& w, GemmOutput& y, const Pulse& pulse)
{
#if defined(__x86_64__)
    static const bool hasAvx2 = __builtin_cpu_supports("avx2");
    if (hasAvx2)
        return multiplyAvx2(x, w, y.as<std::int32_t>(), pulse);
#endif
    return multiplyPortable(x, w, y.as<std::int32_t>(), pulse);
}

}  // namespace quantoscope::cpu
