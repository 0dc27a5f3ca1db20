// SPDX-License-Identifier: Apache-2.0
// What decoded_fp32.cpp does, for a batch of a few rows, where the product waits for W: each row of W is read
// once and in order, widened in registers and multiplied by all rows of x on the spot, without the buffer
// that pays for itself only when its numbers are used many times. Nibbles are looked up in a table of sixteen
// levels that has been multiplied by the group's scale, so that a weight costs one instruction a vector;
// x lies with even columns before odd ones, as the halves of the bytes come.
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "core/gemm/cpu_kernels/few_rows_fp32.cpp"
#include <hwy/foreach_target.h>

#include "core/gemm/cpu_kernels/decode_row.inl"

#include "core/gemm/cpu_kernels/few_rows_fp32.h"
#include "core/gemm/cpu_kernels/panel_tiles.h"

#include <hwy/aligned_allocator.h>
#include <hwy/highway.h>

#include <array>

HWY_BEFORE_NAMESPACE();
namespace quantoscope::cpu::HWY_NAMESPACE {
namespace {   // Other kernels have functions of the same names.

#if HWY_TARGET > HWY_AVX2   // Without wide table look-ups nothing is gained.
std::int64_t fewRows() { return 0; }
bool multiply(const float*, std::int64_t, std::int64_t, const StoredMatrix&, float*, const Pulse&) { return false; }
#else

namespace hn = hwy::HWY_NAMESPACE;

using D = hn::ScalableTag<float>;
using V = hn::Vec<D>;
constexpr std::int64_t stepColumns = 32;
constexpr int vectors = HWY_TARGET <= HWY_AVX3 ? 2 : 4;   // Of a step.
constexpr int mostRows = HWY_TARGET <= HWY_AVX3 ? 8 : 4;

std::int64_t fewRows() { return mostRows; }

constexpr std::array<float, 16> int4Levels{0, 1, 2, 3, 4, 5, 6, 7, -8, -7, -6, -5, -4, -3, -2, -1};

/// How one format widens 32 columns. `row` and `scales` are those of one row of W.
struct Fp16Steps {
    static constexpr bool isInterleaved = false;
    template <class Stored = hwy::float16_t>
    static HWY_INLINE void widen(const std::byte* row, const float*, std::int64_t step, int, V (&w)[vectors])
    {
        const hn::Rebind<Stored, D> narrow;
        const auto* source = reinterpret_cast<const Stored*>(row) + step * stepColumns;
        for (int v = 0; v < vectors; ++v)
            w[v] = hn::PromoteTo(D(), hn::LoadU(narrow, source + std::size_t(v) * hn::Lanes(D())));
    }
};

struct Bf16Steps {
    static constexpr bool isInterleaved = false;
    static HWY_INLINE void widen(const std::byte* row, const float* scales, std::int64_t step, int shift, V (&w)[vectors])
    {
        Fp16Steps::widen<hwy::bfloat16_t>(row, scales, step, shift, w);
    }
};

/// A scale for the row is left to the end: `scales` is nullptr.
struct Int8Steps {
    static constexpr bool isInterleaved = false;
    static HWY_INLINE void widen(const std::byte* row, const float* scales, std::int64_t step, int shift, V (&w)[vectors])
    {
        const hn::Rebind<std::int32_t, D> d32;
        const hn::Rebind<std::int8_t, D> d8;
        const auto* source = reinterpret_cast<const std::int8_t*>(row) + step * stepColumns;
        for (int v = 0; v < vectors; ++v) {
            w[v] = hn::ConvertTo(D(), hn::PromoteTo(d32, hn::LoadU(d8, source + std::size_t(v) * hn::Lanes(D()))));
            if (scales)
                w[v] = hn::Mul(w[v], hn::Set(D(), scales[step >> shift]));
        }
    }
};

/// One vector of codes to the levels they stand for; only the lowest four bits of a lane count.
HWY_INLINE V lookUp(const float* levels, V scale, hn::Vec<hn::Rebind<std::int32_t, D>> codes)
{
#if HWY_TARGET <= HWY_AVX3
    return V{_mm512_permutexvar_ps(codes.raw, hn::Mul(hn::LoadU(D(), levels), scale).raw)};
#else
    const V low = hn::Mul(hn::LoadU(D(), levels), scale), high = hn::Mul(hn::LoadU(D(), levels + 8), scale);
    const __m256 upper = _mm256_castsi256_ps(_mm256_slli_epi32(codes.raw, 28));   // Bit 3 chooses, as the sign.
    return V{_mm256_blendv_ps(_mm256_permutevar8x32_ps(low.raw, codes.raw), _mm256_permutevar8x32_ps(high.raw, codes.raw), upper)};
#endif
}

template <const std::array<float, 16>& levels>
struct NibbleSteps {
    static constexpr bool isInterleaved = true;
    static HWY_INLINE void widen(const std::byte* row, const float* scales, std::int64_t step, int shift, V (&w)[vectors])
    {
        const hn::Rebind<std::int32_t, D> d32;
        const hn::Rebind<std::uint8_t, D> d8;
        const auto* source = reinterpret_cast<const std::uint8_t*>(row) + step * stepColumns / 2;
        const V scale = hn::Set(D(), scales[step >> shift]);
        for (int v = 0; v < vectors / 2; ++v) {
            const auto codes = hn::PromoteTo(d32, hn::LoadU(d8, source + std::size_t(v) * hn::Lanes(D())));
            w[v] = lookUp(levels.data(), scale, codes);
            w[v + vectors / 2] = lookUp(levels.data(), scale, hn::ShiftRight<4>(codes));
        }
    }
};

/// Neighbours are a byte apart in Q4_K: nothing is interleaved. Scales are taken apart once a block.
struct Q4kSteps {
    static constexpr bool isInterleaved = false;
    alignas(32) float factors[8], lowest[8];   ///< d·scale and dmin·min of each part, exact.

    HWY_INLINE void takeScalesApart(const std::byte* block)
    {
        const hn::FixedTag<float, 8> d8;
        const hn::Rebind<std::int32_t, decltype(d8)> whole;
        const hn::Rebind<std::uint8_t, decltype(d8)> narrow;
        const Q4kScales scales = scalesOfQ4k(block);
        const auto widen = [&](const std::uint64_t& eight, float unit, float* target) HWY_ATTR {
            const auto codes = hn::PromoteTo(whole, hn::LoadU(narrow, reinterpret_cast<const std::uint8_t*>(&eight)));
            hn::Store(hn::Mul(hn::ConvertTo(d8, codes), hn::Set(d8, unit)), d8, target);
        };
        widen(scales.scales, scales.d, factors);
        widen(scales.mins, scales.dmin, lowest);
    }

    HWY_INLINE void widen(const std::byte* row, const float*, std::int64_t step, int, V (&w)[vectors])
    {
        const hn::Rebind<std::int32_t, D> d32;
        const hn::Rebind<std::uint8_t, D> d8;
        const std::byte* block = row + step / 8 * std::int64_t(q4kBytes);
        const std::int64_t part = step % 8;
        if (part == 0)
            takeScalesApart(block);
        const V factor = hn::Set(D(), factors[part]), offset = hn::Set(D(), lowest[part]);
        const auto* source = reinterpret_cast<const std::uint8_t*>(block + 16 + part / 2 * 32);
        const int shift = int(part % 2) * 4;
        for (int v = 0; v < vectors; ++v) {
            const auto both = hn::PromoteTo(d32, hn::LoadU(d8, source + std::size_t(v) * hn::Lanes(D())));
            const auto code = hn::And(hn::ShiftRightSame(both, shift), hn::Set(d32, 15));
            w[v] = hn::MulSub(hn::ConvertTo(D(), code), factor, offset);
        }
    }
};

/// y[r] = x row r · one row of W. Two sums a row of x, so that neither waits for itself.
template <class Steps, int rows>
void dotRow(const float* x, std::int64_t xRow, std::int64_t columns, const std::byte* w, const float* scales, int shift, float* y, std::int64_t yRow)
{
    const D d;
    const std::int64_t lanes = std::int64_t(hn::Lanes(d)), steps = columns / stepColumns;
    Steps format;
    V sums[rows][2];
#pragma GCC unroll 8
    for (int r = 0; r < rows; ++r)
        sums[r][0] = sums[r][1] = hn::Zero(d);
    for (std::int64_t step = 0; step < steps; ++step, x += stepColumns) {
        V widened[vectors];
        format.widen(w, scales, step, shift, widened);
#pragma GCC unroll 8
        for (int r = 0; r < rows; ++r)
#pragma GCC unroll 4
            for (int v = 0; v < vectors; ++v)
                sums[r][v % 2] = hn::MulAdd(widened[v], hn::Load(d, x + r * xRow + v * lanes), sums[r][v % 2]);
    }
#pragma GCC unroll 8
    for (int r = 0; r < rows; ++r)
        y[r * yRow] = hn::GetLane(hn::SumOfLanes(d, hn::Add(sums[r][0], sums[r][1])));
}

/// Even columns of every 32 before odd ones.
void separateHalves(float* x, std::int64_t count)
{
    for (std::int64_t first = 0; first < count; first += stepColumns) {
        float columns[stepColumns];
        std::copy_n(x + first, stepColumns, columns);
        for (std::int64_t i = 0; i < stepColumns; ++i)
            x[first + i / 2 + i % 2 * stepColumns / 2] = columns[i];
    }
}

template <class Steps>
bool multiplyAs(const float* x, std::int64_t rows, std::int64_t xRow, const StoredMatrix& w, float* y, const Pulse& pulse)
{
    // A line between rows: a power of two apart they would fall into the same few lines of the cache and drive
    // each other out.
    const std::int64_t ownRow = xRow + 16;
    const auto own = hwy::AllocateAligned<float>(std::size_t(rows * ownRow));
    for (std::int64_t i = 0; i < rows; ++i) {
        std::copy_n(x + i * xRow, xRow, own.get() + i * ownRow);
        if (Steps::isInterleaved)
            separateHalves(own.get() + i * ownRow, xRow);
    }
    const bool isGrouped = w.storage.sharing == ScaleSharing::Group;
    const std::int64_t groups = isGrouped ? w.groups() : 0;
    int shift = 0;   // From steps to groups.
    while (isGrouped && stepColumns << shift < w.storage.groupColumns)
        ++shift;
    const auto dot = forEachNumberOfRows<mostRows>([](auto number) { return &dotRow<Steps, number>; })[std::size_t(rows - 1)];
    return forEachRowOfW(w.rows, std::int64_t(w.rowBytes), pulse, [&](std::int64_t j) {
        dot(own.get(), ownRow, xRow, w.row(j), isGrouped ? w.scales.data() + j * groups : nullptr, shift, y + j, w.rows);
        if (w.storage.sharing == ScaleSharing::Row)
            for (std::int64_t i = 0; i < rows; ++i)
                y[i * w.rows + j] *= w.scales[std::size_t(j)];
    });
}

bool multiply(const float* x, std::int64_t rows, std::int64_t xRow, const StoredMatrix& w, float* y, const Pulse& pulse)
{
    switch (w.storage.element) {
    case ElementType::Fp16: return multiplyAs<Fp16Steps>(x, rows, xRow, w, y, pulse);
    case ElementType::Bf16: return multiplyAs<Bf16Steps>(x, rows, xRow, w, y, pulse);
    case ElementType::Int8: return multiplyAs<Int8Steps>(x, rows, xRow, w, y, pulse);
    case ElementType::Int4: return multiplyAs<NibbleSteps<int4Levels>>(x, rows, xRow, w, y, pulse);
    case ElementType::Nf4: return multiplyAs<NibbleSteps<nf4Levels>>(x, rows, xRow, w, y, pulse);
    case ElementType::E2m1: return multiplyAs<NibbleSteps<e2m1Levels>>(x, rows, xRow, w, y, pulse);
    case ElementType::Q4k: return multiplyAs<Q4kSteps>(x, rows, xRow, w, y, pulse);
    default: std::abort();   // takesFewRows() has none of these.
    }
}
#endif

}  // namespace
}  // namespace quantoscope::cpu::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace quantoscope::cpu {
HWY_EXPORT(fewRows);
HWY_EXPORT(multiply);

bool takesFewRows(const StoredMatrix& w, std::int64_t rows)
{
    using enum ElementType;
    const ElementType element = w.storage.element;
    const bool isKnown = element == Fp16 || element == Bf16 || element == Int8 || element == Int4 || element == Nf4 || element == E2m1 || element == Q4k;
    return isKnown && rows <= HWY_DYNAMIC_DISPATCH(fewRows)();
}

bool multiplyFewRows(const float* x, std::int64_t rows, std::int64_t xRow, const StoredMatrix& w, float* y, const Pulse& pulse)
{
    return HWY_DYNAMIC_DISPATCH(multiply)(x, rows, xRow, w, y, pulse);
}

}  // namespace quantoscope::cpu
#endif
