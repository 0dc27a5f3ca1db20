// SPDX-License-Identifier: Apache-2.0
// What q4_k_vnni.cpp does, on processors without VNNI: vpmaddubsw adds two products of a nibble and a byte in
// 16 bits, at most 2 · 15 · 127, and vpmaddwd adds two such sums times the part's scale in 32. All exact.
#include "core/gemm/cpu_kernels/q4_k.h"

#include "core/gemm/cpu_kernels/avx2_step.h"
#include "core/gemm/cpu_kernels/int8_vnni.h"
#include "core/gemm/cpu_kernels/panel_tiles.h"
#include "core/gemm/q4_k_rows.h"

namespace quantoscope::cpu {
namespace {

constexpr std::array orderOfParts{0, 1, 2, 3, 4, 5, 6, 7};

#if defined(__x86_64__)
template <int rows>
QUANTOSCOPE_AVX2 void multiplyTile(const Q4kX& x, std::int64_t i, const StoredMatrix& w, std::int64_t j, float* y)
{
    const __m256i half = _mm256_set1_epi8(15);
    const std::int64_t blocks = x.blocks;
    const std::byte* block = w.row(j);
    __m256d above[rows], below[rows];
#pragma GCC unroll 4
    for (int r = 0; r < rows; ++r)
        above[r] = below[r] = _mm256_setzero_pd();
    for (std::int64_t b = 0; b < blocks; ++b, block += q4kBytes) {
        askForMore<3>(block);
        const Q4kScales own = scalesOfQ4k(block);
        const __m128i mins = _mm_cvtepu8_epi16(_mm_cvtsi64_si128(std::int64_t(own.mins)));
        __m256i sums[rows];
#pragma GCC unroll 4
        for (int r = 0; r < rows; ++r)
            sums[r] = _mm256_setzero_si256();
#pragma GCC unroll 4
        for (int c = 0; c < 4; ++c) {
            const __m256i codes = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(block + 16 + 32 * c));
            const __m256i low = _mm256_and_si256(codes, half), high = _mm256_and_si256(_mm256_srli_epi16(codes, 4), half);
            const __m256i lowScale = _mm256_set1_epi16(short(own.scale(2 * c))), highScale = _mm256_set1_epi16(short(own.scale(2 * c + 1)));
#pragma GCC unroll 4
            for (int r = 0; r < rows; ++r) {
                const auto* row = reinterpret_cast<const __m256i*>(x.codesOf(i + r, b) + 64 * c);
                sums[r] = _mm256_add_epi32(sums[r], _mm256_madd_epi16(_mm256_maddubs_epi16(low, _mm256_load_si256(row)), lowScale));
                sums[r] = _mm256_add_epi32(sums[r], _mm256_madd_epi16(_mm256_maddubs_epi16(high, _mm256_load_si256(row + 1)), highScale));
            }
        }
#pragma GCC unroll 4
        for (int r = 0; r < rows; ++r) {
            const __m128i folded = _mm_add_epi32(_mm256_castsi256_si128(sums[r]), _mm256_extracti128_si256(sums[r], 1));
            const __m128i lowest = _mm_madd_epi16(_mm_load_si128(reinterpret_cast<const __m128i*>(x.sumsOf(i + r, b))), mins);
            const double scale = x.scalesOf(i + r)[b];
            above[r] = _mm256_fmadd_pd(_mm256_cvtepi32_pd(folded), _mm256_set1_pd(scale * double(own.d)), above[r]);
            below[r] = _mm256_fmadd_pd(_mm256_cvtepi32_pd(lowest), _mm256_set1_pd(scale * double(own.dmin)), below[r]);
        }
    }
#pragma GCC unroll 4
    for (int r = 0; r < rows; ++r) {
        alignas(32) double lanes[4];
        _mm256_store_pd(lanes, _mm256_sub_pd(above[r], below[r]));
        y[r * w.rows] = float((lanes[0] + lanes[1]) + (lanes[2] + lanes[3]));
    }
}
#endif

/// The same a number at a time.
void multiplyPortable(const Q4kX& x, std::int64_t i, const StoredMatrix& w, std::int64_t j, float* y)
{
    double total = 0;
    for (std::int64_t b = 0; b < x.blocks; ++b) {
        const std::byte* block = w.row(j) + std::size_t(b) * q4kBytes;
        const Q4kScales own = scalesOfQ4k(block);
        std::int32_t above = 0, below = 0;
        for (std::int64_t part = 0; part < 8; ++part) {
            std::int32_t sum = 0;
            for (std::int64_t k = 0; k < 32; ++k)
                sum += int(unsigned(block[16 + part / 2 * 32 + k]) >> (part % 2 * 4) & 15u) * x.codesOf(i, b)[32 * part + k];
            above += sum * own.scale(part);
            below += x.sumsOf(i, b)[part] * own.min(part);
        }
        total += x.scalesOf(i)[b] * (double(own.d) * above - double(own.dmin) * below);
    }
    *y = float(total);
}

}  // namespace

Q4kX prepareQ4k(const StoredMatrix& stored, const std::array<int, 8>& order, const Progress& progress)
{
    Q4kX x;
    x.rows = stored.rows;
    x.blocks = (stored.columns + q4kColumns - 1) / q4kColumns;
    x.codesARow = x.blocks * q4kColumns + 64;
    x.codes = hwy::AllocateAligned<std::int8_t>(std::size_t(x.rows * x.codesARow));
    x.sums = hwy::AllocateAligned<std::int16_t>(std::size_t(x.rows * x.blocks * 8));
    x.scales = hwy::AllocateAligned<double>(std::size_t(x.rows * x.blocks));
    parallelFor(std::size_t(x.rows), [&](std::size_t index) {
        const auto row = std::int64_t(index);
        const auto* source = stored.rowAs<std::int8_t>(row);
        for (std::int64_t b = 0; b < x.blocks; ++b) {
            x.scales[std::size_t(row * x.blocks + b)] = stored.scales[std::size_t(row * x.blocks + b)];
            for (std::size_t place = 0; place < 8; ++place) {
                const std::int64_t part = order[place], first = b * q4kColumns + 32 * part;
                std::int8_t* target = x.codes.get() + row * x.codesARow + b * q4kColumns + 32 * std::int64_t(place);
                std::int16_t sum = 0;
                for (std::int64_t k = 0; k < 32; ++k) {
                    target[k] = first + k < stored.columns ? source[first + k] : std::int8_t{0};
                    sum = std::int16_t(sum + target[k]);
                }
                x.sums[std::size_t((row * x.blocks + b) * 8 + part)] = sum;
            }
        }
    }, progress.stop);
    return x;
}

bool multiplyQ4kPairs(const StoredMatrix& stored, const StoredMatrix& w, GemmOutput& y, const Pulse& pulse)
{
#if defined(__x86_64__)
    static const bool hasAvx2 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
    constexpr std::int64_t fewRows = 4;   // So few rows of x do not pay for packing W.
    if (hasAvx2 && stored.rows > fewRows)
        return multiplyQ4kPanelsAvx2(stored, w, y, pulse);
#endif
    const Q4kX x = prepareQ4k(stored, orderOfParts, pulse.progress());
    std::array<Q4kTile*, 4> tiles{multiplyPortable, nullptr, nullptr, nullptr};
    std::int64_t tileRows = 1;
#if defined(__x86_64__)
    if (hasAvx2) {
        tiles = forEachNumberOfRows<4>([](auto rows) -> Q4kTile* { return &multiplyTile<rows>; });
        tileRows = 4;
    }
#endif
    return forEachStripOfW(x.rows, w, pulse, tileRows, [&](std::int64_t i, std::int64_t rows, std::int64_t j) {
        tiles[std::size_t(rows - 1)](x, i, w, j, y.as<float>() + i * w.rows + j);
    });
}

bool multiplyQ4k(const StoredMatrix& x, const StoredMatrix& w, GemmOutput& y, const Pulse& pulse)
{
    return hasVnni() ? multiplyQ4kVnni(x, w, y, pulse) : multiplyQ4kPairs(x, w, y, pulse);
}

}  // namespace quantoscope::cpu
