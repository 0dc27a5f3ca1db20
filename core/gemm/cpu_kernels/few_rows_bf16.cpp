// SPDX-License-Identifier: Apache-2.0
// What few_rows_fp32.cpp does with weights of four bits, on processors that multiply BF16 (AVX-512 BF16): vdpbf16ps
// adds two products of BF16 to each sum in FP32. A level of INT4 or E2M1 is a number in BF16 as it is, and a
// number in FP16 is the sum of two: its first eight bits and what they leave. So all products are exact, one look-up
// widens 32 weights where FP32 widens 16, and what is read of x serves several rows of W.
#include "core/gemm/cpu_kernels/few_rows_bf16.h"

#if defined(__x86_64__)
#include "core/formats/narrow_float.h"
#include "core/gemm/cpu_kernels/panel_tiles.h"
#include "core/gemm/e2m1_levels.h"

#include <hwy/targets.h>

// g++ 12 takes the "undefined" vectors of its own header for a mistake (GCC bug 105593).
#pragma GCC diagnostic ignored "-Wuninitialized"
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#include <immintrin.h>

#include <bit>
#include <cmath>

#define QUANTOSCOPE_BF16 __attribute__((target("avx512f,avx512bw,avx512vl,avx512bf16,fma")))

namespace quantoscope::cpu {
namespace {

constexpr std::int64_t mostRows = 8, unitBytes = 64, unitColumns = 128, lanes = 32;   ///< Lanes: of 16 bits.

std::uint16_t bf16Of(float value) { return std::uint16_t(encodeNarrow<NarrowBf16>(value)); }

/// The sixteen levels twice: a look-up reads five bits, and the fifth is the next code's.
std::array<std::uint16_t, lanes> levelsOf(ElementType element)
{
    std::array<std::uint16_t, lanes> levels;
    for (unsigned code = 0; code < lanes; ++code)
        levels[code] = bf16Of(element == ElementType::E2m1 ? e2m1Value(code % 16) : float(int(code % 16 ^ 8) - 8));
    return levels;
}

/// x in the order in which codes come: [row][unit][place in a lane][first bits, then the others][lane].
struct SplitX {
    std::int64_t units, rowNumbers;
    Scratch<std::uint16_t> numbers;
};

SplitX splitRows(const float* x, std::int64_t rows, std::int64_t xRow, std::int64_t columns)
{
    const std::int64_t units = (columns + unitColumns - 1) / unitColumns;
    SplitX split{units, units * 2 * unitColumns + 32, {}};   // A line between rows: see multiplyUnits().
    split.numbers = Scratch<std::uint16_t>(std::size_t(rows * split.rowNumbers));
    for (std::int64_t i = 0; i < rows; ++i) {
        std::uint16_t* target = split.numbers.data() + i * split.rowNumbers;
        for (std::int64_t first = 0; first < units * unitColumns; first += unitColumns)
            for (std::int64_t place = 0; place < 4; ++place, target += 2 * lanes)
                for (std::int64_t lane = 0; lane < lanes; ++lane) {
                    const std::int64_t column = first + 4 * lane + place;
                    const float value = column < columns ? x[i * xRow + column] : 0;
                    target[lane] = bf16Of(value);
                    target[lanes + lane] = std::isfinite(value) ? bf16Of(value - decodeNarrow<NarrowBf16>(target[lane])) : 0;
                }
    }
    return split;
}

/// Where the scales of a unit's sixteen sums are: several groups a unit, or 2^unitsAGroup units a group.
struct ScalePlaces {
    alignas(64) std::array<std::int32_t, 16> groupOfSum;
    std::int64_t groups;
    int unitsAGroup, groupsAUnit;   ///< As powers of two.
    __mmask16 all, last;            ///< Of a unit's groups, those that are there.
};

__mmask16 maskOfFirst(std::int64_t count) { return __mmask16((1u << count) - 1); }

ScalePlaces scalePlaces(const StoredMatrix& w, std::int64_t units)
{
    const std::int64_t group = w.storage.groupColumns, groupsAUnit = std::max<std::int64_t>(1, unitColumns / group);
    ScalePlaces places{{}, w.groups(), std::countr_zero(std::uint64_t(std::max<std::int64_t>(1, group / unitColumns))),
                       std::countr_zero(std::uint64_t(groupsAUnit)), {}, {}};
    for (std::int32_t sum = 0; sum < 16; ++sum)
        places.groupOfSum[std::size_t(sum)] = std::int32_t(sum * 8 / group);
    places.all = maskOfFirst(groupsAUnit);
    places.last = maskOfFirst(std::min(groupsAUnit, places.groups - ((units - 1) >> places.unitsAGroup << places.groupsAUnit)));
    return places;
}

/// sum += a · b, two numbers in BF16 a lane. By name, as in vnni_step.h.
QUANTOSCOPE_BF16 __attribute__((always_inline)) inline void addPairs(__m512& sum, __m512i a, __m512i b)
{
    asm("vdpbf16ps %2, %1, %0" : "+v"(sum) : "v"(a), "v"(b));
}

/// y[i][0 … rowsOfW) = x row i · rows of W from `first`.
template <int rowsOfX, int rowsOfW>
QUANTOSCOPE_BF16 void multiplyTile(const SplitX& split, const ScalePlaces& places, const std::array<std::uint16_t, lanes>& levelsOfW, const StoredMatrix& w,
                                   std::int64_t first, float* y)
{
    const __m512i levels = _mm512_loadu_si512(levelsOfW.data()), groupOfSum = _mm512_load_si512(places.groupOfSum.data());
    const std::int64_t units = split.units, xRow = split.rowNumbers, rowBytes = std::int64_t(w.rowBytes), groups = places.groups;
    const std::uint16_t* x = split.numbers.data();
    const std::byte* codesOfW = w.row(first);
    const float* scalesOfW = w.scales.data() + first * groups;
    __m512 totals[rowsOfX][rowsOfW];
#pragma GCC unroll 8
    for (int i = 0; i < rowsOfX; ++i)
#pragma GCC unroll 4
        for (int j = 0; j < rowsOfW; ++j)
            totals[i][j] = _mm512_setzero_ps();
    for (std::int64_t unit = 0; unit < units; ++unit, codesOfW += unitBytes, x += 2 * unitColumns) {
        __m512i codes[rowsOfW];
        __m512 upper[rowsOfX][rowsOfW], lower[rowsOfX][rowsOfW];   // Sums of x's first bits, and of what they leave.
#pragma GCC unroll 4
        for (int j = 0; j < rowsOfW; ++j) {
            askForMore(codesOfW + j * rowBytes);
            codes[j] = _mm512_loadu_si512(codesOfW + j * rowBytes);
#pragma GCC unroll 8
            for (int i = 0; i < rowsOfX; ++i)
                upper[i][j] = lower[i][j] = _mm512_setzero_ps();
        }
#pragma GCC unroll 4
        for (int place = 0; place < 4; ++place)
#pragma GCC unroll 4
            for (int j = 0; j < rowsOfW; ++j) {
                const __m512i values = _mm512_permutexvar_epi16(_mm512_srli_epi16(codes[j], unsigned(4 * place)), levels);
#pragma GCC unroll 8
                for (int i = 0; i < rowsOfX; ++i) {
                    addPairs(upper[i][j], values, _mm512_load_si512(x + i * xRow + 2 * lanes * place));
                    addPairs(lower[i][j], values, _mm512_load_si512(x + i * xRow + 2 * lanes * place + lanes));
                }
            }
        const std::int64_t group = unit >> places.unitsAGroup << places.groupsAUnit;
        const __mmask16 isThere = unit + 1 == units ? places.last : places.all;
#pragma GCC unroll 4
        for (int j = 0; j < rowsOfW; ++j) {
            const __m512 scale = _mm512_permutexvar_ps(groupOfSum, _mm512_maskz_loadu_ps(isThere, scalesOfW + j * groups + group));
#pragma GCC unroll 8
            for (int i = 0; i < rowsOfX; ++i)
                totals[i][j] = _mm512_fmadd_ps(_mm512_add_ps(upper[i][j], lower[i][j]), scale, totals[i][j]);
        }
    }
#pragma GCC unroll 8
    for (int i = 0; i < rowsOfX; ++i)
#pragma GCC unroll 4
        for (int j = 0; j < rowsOfW; ++j)
            y[i * w.rows + j] = _mm512_reduce_add_ps(totals[i][j]);
}

using Tile = void(const SplitX&, const ScalePlaces&, const std::array<std::uint16_t, lanes>&, const StoredMatrix&, std::int64_t, float*);

struct Tiles {
    std::int64_t rowsOfW;   ///< As many as there are registers for.
    Tile *whole, *one;
};

Tiles tilesFor(std::int64_t rowsOfX)
{
    static constexpr auto all = forEachNumberOfRows<mostRows>([](auto rows) {
        constexpr int rowsOfW = rows == 1 ? 4 : rows == 2 ? 2 : 1;
        return Tiles{rowsOfW, &multiplyTile<rows, rowsOfW>, &multiplyTile<rows, 1>};
    });
    return all[std::size_t(rowsOfX - 1)];
}

}  // namespace

bool takesFewRowsBf16(const StoredMatrix& x, const StoredMatrix& w)
{
    static const bool has = __builtin_cpu_supports("avx512bf16") && __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl");
    const bool isAllowed = (hwy::SupportedTargets() & HWY_AVX3) != 0;   // Tests and benchmarks go without.
    return has && isAllowed && x.rows <= mostRows && x.storage.element == ElementType::Fp16 && w.storage.sharing == ScaleSharing::Group
        && (w.storage.element == ElementType::Int4 || w.storage.element == ElementType::E2m1);
}

bool multiplyFewRowsBf16(const float* x, std::int64_t rows, std::int64_t xRow, const StoredMatrix& w, float* y, const Pulse& pulse)
{
    const SplitX split = splitRows(x, rows, xRow, w.columns);
    const ScalePlaces places = scalePlaces(w, split.units);
    const auto levels = levelsOf(w.storage.element);
    const auto [step, whole, one] = tilesFor(rows);
    return forEachRowOfW((w.rows + step - 1) / step, step * std::int64_t(w.rowBytes), pulse, [&](std::int64_t tile) {
        const std::int64_t first = tile * step, last = std::min(w.rows, first + step);
        if (last - first == step)
            return whole(split, places, levels, w, first, y + first);
        for (std::int64_t j = first; j < last; ++j)
            one(split, places, levels, w, j, y + j);
    });
}

}  // namespace quantoscope::cpu

#else

namespace quantoscope::cpu {
bool takesFewRowsBf16(const StoredMatrix&, const StoredMatrix&) { return false; }
bool multiplyFewRowsBf16(const float*, std::int64_t, std::int64_t, const StoredMatrix&, float*, const Pulse&) { return false; }
}  // namespace quantoscope::cpu

#endif
