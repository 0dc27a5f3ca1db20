// SPDX-License-Identifier: Apache-2.0
// What decoded_fp32.cpp does, for a batch of a few rows, where the product waits for W: each row of W is read
// once and in order, widened in registers and multiplied by all rows of x on the spot, without the buffer
// that pays for itself only when its numbers are used many times. Codes of four bits are widened where they stand
// in a vector (few_rows_units.inl); x lies in the order in which they come.
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "core/gemm/cpu_kernels/few_rows_fp32.cpp"
#include <hwy/foreach_target.h>

#include "core/gemm/cpu_kernels/decode_row.inl"

#include "core/gemm/cpu_kernels/few_rows_fp32.h"
#include "core/gemm/cpu_kernels/panel_tiles.h"

#include <hwy/aligned_allocator.h>
#include <hwy/highway.h>

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

/// How numbers of eight bits and more are widened, 32 columns at a time. `row` and `scales` are those of one row of
/// W; a group has 2^shift steps.
struct Fp16Steps {
    static constexpr std::int64_t stepBytes = 2 * stepColumns;
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
    static constexpr std::int64_t stepBytes = 2 * stepColumns;
    static HWY_INLINE void widen(const std::byte* row, const float* scales, std::int64_t step, int shift, V (&w)[vectors])
    {
        Fp16Steps::widen<hwy::bfloat16_t>(row, scales, step, shift, w);
    }
};

struct E4m3Steps {
    static constexpr std::int64_t stepBytes = stepColumns;
    static HWY_INLINE void widen(const std::byte* row, const float*, std::int64_t step, int, V (&w)[vectors])
    {
        for (int v = 0; v < vectors; ++v)
            w[v] = widenE4m3(row + step * stepColumns + std::size_t(v) * hn::Lanes(D()));
    }
};

/// A scale for the row is left to the caller: `scales` is nullptr.
struct Int8Steps {
    static constexpr std::int64_t stepBytes = stepColumns;
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

/// y[r] = x row r · one row of W. Two sums a row of x, so that neither waits for itself.
template <class Steps, int rows>
void dotRow(const float* x, std::int64_t xRow, std::int64_t columns, const std::byte* w, const float* scales, int shift, float* y, std::int64_t yRow)
{
    const D d;
    const std::int64_t lanes = std::int64_t(hn::Lanes(d)), steps = columns / stepColumns;
    V sums[rows][2];
#pragma GCC unroll 8
    for (int r = 0; r < rows; ++r)
        sums[r][0] = sums[r][1] = hn::Zero(d);
    for (std::int64_t step = 0; step < steps; ++step, x += stepColumns) {
        V widened[vectors];
        askForMore(w + step * Steps::stepBytes);
        Steps::widen(w, scales, step, shift, widened);
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

template <class Steps>
bool multiplySteps(const float* x, std::int64_t rows, std::int64_t xRow, const StoredMatrix& w, float* y, const Pulse& pulse)
{
    const auto dot = forEachNumberOfRows<mostRows>([](auto number) { return &dotRow<Steps, number>; })[std::size_t(rows - 1)];
    const std::int64_t ownRow = xRow + 16;   // A line between rows, as in multiplyUnits().
    const auto own = hwy::AllocateAligned<float>(std::size_t(rows * ownRow));
    for (std::int64_t i = 0; i < rows; ++i)
        std::copy_n(x + i * xRow, xRow, own.get() + i * ownRow);
    const bool isGrouped = w.storage.sharing == ScaleSharing::Group;
    const std::int64_t groups = isGrouped ? w.groups() : 0;
    int shift = 0;   // From steps to groups.
    while (isGrouped && stepColumns << shift < w.storage.groupColumns)
        ++shift;
    return forEachRowOfW(w.rows, std::int64_t(w.rowBytes), pulse, [&](std::int64_t j) {
        dot(own.get(), ownRow, xRow, w.row(j), isGrouped ? w.scales.data() + j * groups : nullptr, shift, y + j, w.rows);
    });
}

#include "core/gemm/cpu_kernels/few_rows_units.inl"

bool multiply(const float* x, std::int64_t rows, std::int64_t xRow, const StoredMatrix& w, float* y, const Pulse& pulse)
{
    switch (w.storage.element) {
    case ElementType::Fp16: return multiplySteps<Fp16Steps>(x, rows, xRow, w, y, pulse);
    case ElementType::Bf16: return multiplySteps<Bf16Steps>(x, rows, xRow, w, y, pulse);
    case ElementType::E4m3: return multiplySteps<E4m3Steps>(x, rows, xRow, w, y, pulse);
    case ElementType::Int8: return multiplySteps<Int8Steps>(x, rows, xRow, w, y, pulse);
    case ElementType::Int4: return multiplyUnits<Int4Units>(x, rows, xRow, w, y, pulse);
    case ElementType::Nf4: return multiplyUnits<LevelUnits<nf4Levels>>(x, rows, xRow, w, y, pulse);
    case ElementType::E2m1: return multiplyUnits<LevelUnits<e2m1Levels>>(x, rows, xRow, w, y, pulse);
    case ElementType::Q4k: return multiplyUnits<Q4kUnits>(x, rows, xRow, w, y, pulse);
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
    // FP8 with a scale a block is left to decoded_fp32.cpp.
    const bool isKnown = element == Fp16 || element == Bf16 || element == Int8 || element == Int4 || element == Nf4 || element == E2m1 || element == Q4k
        || (element == E4m3 && w.storage.sharing != ScaleSharing::Group);
    return isKnown && rows <= HWY_DYNAMIC_DISPATCH(fewRows)();
}

bool multiplyFewRows(const float* x, std::int64_t rows, std::int64_t xRow, const StoredMatrix& w, float* y, const Pulse& pulse)
{
    return HWY_DYNAMIC_DISPATCH(multiply)(x, rows, xRow, w, y, pulse);
}

}  // namespace quantoscope::cpu
#endif
