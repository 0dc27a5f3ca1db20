// SPDX-License-Identifier: Apache-2.0
// What grouped_vnni.cpp does, on processors without VNNI. INT4 by INT8: vpmaddubsw adds two products of an
// unsigned nibble and a signed byte in 16 bits, at most 2 · 15 · 127, so two such sums fit and nothing
// saturates. INT8 by INT8: the magnitude of W by x with W's sign, at most 2 · 127 · 127, which fits once.
#include "core/gemm/cpu_kernels/grouped_int8.h"

#include "core/gemm/cpu_kernels/avx2_step.h"
#include "core/gemm/cpu_kernels/int8_vnni.h"
#include "core/gemm/cpu_kernels/panel_tiles.h"

#include <bit>

namespace quantoscope::cpu {
namespace {

void prepareRow(GroupedX& x, std::int64_t row, const StoredMatrix& stored, bool isInt4)
{
    const std::int64_t half = x.unitColumns / 2, columnsALane = x.unitColumns / x.lanes;
    const auto* source = stored.rowAs<std::int8_t>(row);
    const float* ownScales = stored.scales.data() + row * stored.groups();
    for (std::int64_t unit = 0; unit < x.units; ++unit) {
        const std::int64_t first = unit * x.unitColumns;
        auto* codes = const_cast<std::int8_t*>(x.codesOf(row, unit));
        auto* starts = const_cast<std::int32_t*>(x.startsOf(row, unit));
        auto* scales = const_cast<float*>(x.scalesOf(row, unit));
        for (std::int64_t lane = 0; lane < x.lanes; ++lane) {
            std::int32_t sum = 0;
            for (std::int64_t k = lane * columnsALane; k < (lane + 1) * columnsALane; ++k) {
                const std::int8_t code = first + k < stored.columns ? source[first + k] : std::int8_t{0};
                codes[isInt4 ? k / 2 + k % 2 * half : k] = code;
                sum += code;
            }
            starts[lane] = -sum * (isInt4 ? 8 : 128);
            scales[lane] = ownScales[std::min((first + lane * columnsALane) / stored.storage.groupColumns, stored.groups() - 1)];
        }
    }
}

#if defined(__x86_64__)
template <bool isInt4, int rows>
QUANTOSCOPE_AVX2 void multiplyTile(const GroupedX& x, std::int64_t i, const StoredMatrix& w, std::int64_t j, float* y)
{
    constexpr std::int64_t unitColumns = isInt4 ? 64 : 32, lanes = 8;
    const std::int64_t groups = x.groups, units = x.units, codesARow = x.codesARow, lanesARow = x.lanesARow;
    const int group = std::countr_zero(unsigned(w.storage.groupColumns));   // As a power of two.
    const float* scalesOfW = w.scales.data() + j * groups;
    const auto* codesOfW = reinterpret_cast<const __m256i*>(w.row(j));
    const std::int8_t* own = x.codesOf(i, 0);
    const std::int32_t* starts = x.startsOf(i, 0);
    const float* scales = x.scalesOf(i, 0);
    const __m256i half = _mm256_set1_epi8(15), flip = _mm256_set1_epi8(char(0x88)), ones = _mm256_set1_epi16(1);
    __m256 sums[rows];
#pragma GCC unroll 4
    for (int r = 0; r < rows; ++r)
        sums[r] = _mm256_setzero_ps();
    for (std::int64_t unit = 0; unit < units; ++unit, ++codesOfW, own += unitColumns, starts += lanes, scales += lanes) {
        askForMore(codesOfW);
        const __m256i codes = _mm256_loadu_si256(codesOfW), unsignedCodes = _mm256_xor_si256(codes, flip);
        const __m256i low = isInt4 ? _mm256_and_si256(unsignedCodes, half) : _mm256_abs_epi8(codes);
        const __m256i high = _mm256_and_si256(_mm256_srli_epi16(unsignedCodes, 4), half);
        // A unit has one group, or two halves that are groups; the last one may reach beyond K.
        const std::int64_t first = std::min(unit * unitColumns >> group, groups - 1);
        const std::int64_t second = std::min((unit * unitColumns + unitColumns / 2) >> group, groups - 1);
        const __m256 scale = _mm256_set_m128(_mm_set1_ps(scalesOfW[second]), _mm_set1_ps(scalesOfW[first]));
#pragma GCC unroll 4
        for (int r = 0; r < rows; ++r) {
            const auto* row = reinterpret_cast<const __m256i*>(own + r * codesARow);
            __m256i sum;
            if constexpr (isInt4) {
                const __m256i pairs = _mm256_add_epi16(_mm256_maddubs_epi16(low, _mm256_load_si256(row)),
                                                       _mm256_maddubs_epi16(high, _mm256_load_si256(row + 1)));
                sum = _mm256_add_epi32(_mm256_madd_epi16(pairs, ones),
                                       _mm256_load_si256(reinterpret_cast<const __m256i*>(starts + r * lanesARow)));
            } else {
                sum = _mm256_madd_epi16(_mm256_maddubs_epi16(low, _mm256_sign_epi8(_mm256_load_si256(row), codes)), ones);
            }
            // The product of two scales of 11 bits is exact; one rounding here.
            sums[r] = _mm256_fmadd_ps(_mm256_cvtepi32_ps(sum), _mm256_mul_ps(scale, _mm256_load_ps(scales + r * lanesARow)), sums[r]);
        }
    }
#pragma GCC unroll 4
    for (int r = 0; r < rows; ++r) {
        alignas(32) float lanes[8];
        _mm256_store_ps(lanes, sums[r]);
        y[r * w.rows] = ((lanes[0] + lanes[1]) + (lanes[2] + lanes[3])) + ((lanes[4] + lanes[5]) + (lanes[6] + lanes[7]));
    }
}

template <bool isInt4>
bool multiplyAvx2(const StoredMatrix& stored, const StoredMatrix& w, float* y, const Pulse& pulse)
{
    static constexpr auto tiles = forEachNumberOfRows<4>([](auto rows) -> GroupedTile* { return &multiplyTile<isInt4, rows>; });
    const GroupedX x = prepareGrouped(stored, w, 32, pulse.progress());
    return forEachStripOfW(x.rows, w, pulse, std::int64_t(tiles.size()), [&](std::int64_t i, std::int64_t rows, std::int64_t j) {
        tiles[std::size_t(rows - 1)](x, i, w, j, y + i * w.rows + j);
    });
}
#endif

int codeOf(const StoredMatrix& w, const std::byte* row, std::int64_t column)
{
    if (w.storage.element == ElementType::Int8)
        return int(std::int8_t(row[column]));
    return int((unsigned(row[column / 2]) >> (column % 2 * 4) & 15u) ^ 8u) - 8;
}

/// The same a number at a time.
bool multiplyPortable(const StoredMatrix& x, const StoredMatrix& w, float* y, const Pulse& pulse)
{
    const std::int64_t group = w.storage.groupColumns;
    return forEachRowOfW(w.rows, std::int64_t(w.rowBytes), pulse, [&](std::int64_t j) {
        for (std::int64_t i = 0; i < x.rows && pulse.goesOn(); ++i) {
            float total = 0;
            for (std::int64_t g = 0; g < w.groups(); ++g) {
                std::int32_t sum = 0;
                for (std::int64_t k = g * group; k < std::min(x.columns, (g + 1) * group); ++k)
                    sum += x.rowAs<std::int8_t>(i)[k] * codeOf(w, w.row(j), k);
                total += float(sum) * (x.scales[std::size_t(i * x.groups() + g)] * w.scales[std::size_t(j * w.groups() + g)]);
            }
            y[i * w.rows + j] = total;
        }
    });
}

}  // namespace

GroupedX prepareGrouped(const StoredMatrix& stored, const StoredMatrix& w, std::int64_t vectorBytes, const Progress& progress)
{
    const bool isInt4 = w.storage.element == ElementType::Int4;
    GroupedX x;
    x.rows = stored.rows;
    x.groups = w.groups();
    x.lanes = vectorBytes / 4;
    x.unitColumns = isInt4 ? 2 * vectorBytes : vectorBytes;
    x.units = (stored.columns + x.unitColumns - 1) / x.unitColumns;
    x.codesARow = x.units * x.unitColumns + 64;
    x.lanesARow = x.units * x.lanes + 16;
    const std::int64_t group = w.storage.groupColumns;
    x.groupsAUnit = std::max<std::int64_t>(1, x.unitColumns / group);
    x.unitsAGroup = std::countr_zero(std::uint64_t(std::max<std::int64_t>(1, group / x.unitColumns)));
    x.groupsInLastUnit = x.unitsAGroup > 0 ? 1 : w.groups() - (x.units - 1) * x.groupsAUnit;
    for (std::int64_t lane = 0; lane < x.lanes; ++lane)
        x.groupOfLane[std::size_t(lane)] = std::int32_t(lane * (x.unitColumns / x.lanes) / group);
    x.codes = hwy::AllocateAligned<std::int8_t>(std::size_t(x.rows * x.codesARow));
    x.starts = hwy::AllocateAligned<std::int32_t>(std::size_t(x.rows * x.lanesARow));
    x.scales = hwy::AllocateAligned<float>(std::size_t(x.rows * x.lanesARow));
    parallelFor(std::size_t(x.rows), [&](std::size_t row) { prepareRow(x, std::int64_t(row), stored, isInt4); }, progress.stop);
    return x;
}

bool multiplyGroupedPairs(const StoredMatrix& x, const StoredMatrix& w, GemmOutput& y, const Pulse& pulse)
{
#if defined(__x86_64__)
    static const bool hasAvx2 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
    constexpr std::int64_t fewRows = 4;   // So few rows of x do not pay for packing W.
    if (hasAvx2 && w.storage.element == ElementType::Int4 && x.rows > fewRows)
        return multiplyInt4PanelsAvx2(x, w, y, pulse);
    if (hasAvx2)
        return w.storage.element == ElementType::Int4 ? multiplyAvx2<true>(x, w, y.as<float>(), pulse)
                                                      : multiplyAvx2<false>(x, w, y.as<float>(), pulse);
#endif
    return multiplyPortable(x, w, y.as<float>(), pulse);
}

bool multiplyGrouped(const StoredMatrix& x, const StoredMatrix& w, GemmOutput& y, const Pulse& pulse)
{
    return hasVnni() ? multiplyGroupedVnni(x, w, y, pulse) : multiplyGroupedPairs(x, w, y, pulse);
}

}  // namespace quantoscope::cpu
