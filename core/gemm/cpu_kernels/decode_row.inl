// SPDX-License-Identifier: Apache-2.0
// Widens stored elements to FP32. Included once for every instruction set (Highway's foreach_target).
#if defined(QUANTOSCOPE_DECODE_ROW_INL) == defined(HWY_TARGET_TOGGLE)
#ifdef QUANTOSCOPE_DECODE_ROW_INL
#undef QUANTOSCOPE_DECODE_ROW_INL
#else
#define QUANTOSCOPE_DECODE_ROW_INL
#endif

#include "core/gemm/e2m1_levels.h"
#include "core/gemm/nf4_levels.h"
#include "core/gemm/q4_k_rows.h"
#include "core/gemm/stored_matrix.h"

#include <hwy/highway.h>

#include <algorithm>
#include <cstdlib>

HWY_BEFORE_NAMESPACE();
namespace quantoscope::cpu::HWY_NAMESPACE {

/// Columns are decoded in steps of 32: a multiple of every vector and of 16 bytes of nibbles. Rows are
/// stored in multiples of 64 bytes, so the last step stays inside the row.
constexpr std::int64_t decodedColumns(std::int64_t columns)
{
    return (columns + 31) / 32 * 32;
}

/// Elements as wide as `Stored`, which Highway widens itself.
template <class Stored>
HWY_INLINE void widenRow(const std::byte* source, std::int64_t count, float* target)
{
    namespace hn = hwy::HWY_NAMESPACE;
    const hn::ScalableTag<float> d;
    const hn::Rebind<Stored, decltype(d)> narrow;
    const auto* stored = reinterpret_cast<const Stored*>(source);
    for (std::int64_t i = 0; i < count; i += std::int64_t(hn::Lanes(d)))
        hn::Store(hn::PromoteTo(d, hn::LoadU(narrow, stored + i)), d, target + i);
}

HWY_INLINE void widenInt8(const std::byte* source, std::int64_t count, float* target)
{
    namespace hn = hwy::HWY_NAMESPACE;
    const hn::ScalableTag<float> d;
    const hn::Rebind<std::int32_t, decltype(d)> d32;
    const hn::Rebind<std::int8_t, decltype(d)> d8;
    const auto* stored = reinterpret_cast<const std::int8_t*>(source);
    for (std::int64_t i = 0; i < count; i += std::int64_t(hn::Lanes(d)))
        hn::Store(hn::ConvertTo(d, hn::PromoteTo(d32, hn::LoadU(d8, stored + i))), d, target + i);
}

/// One vector of E4M3 codes: moved into the bits of FP16, whose exponents are 8 larger, and widened from there.
/// Exact, subnormals too. The code of NaN would give 480; storing never writes it.
HWY_INLINE hwy::HWY_NAMESPACE::Vec<hwy::HWY_NAMESPACE::ScalableTag<float>> widenE4m3(const std::byte* source)
{
    namespace hn = hwy::HWY_NAMESPACE;
    const hn::ScalableTag<float> d;
    const hn::Rebind<std::int16_t, decltype(d)> d16;
    const hn::Rebind<std::int8_t, decltype(d)> d8;
    const auto wide = hn::PromoteTo(d16, hn::LoadU(d8, reinterpret_cast<const std::int8_t*>(source)));
    const auto half = hn::And(hn::ShiftLeft<7>(wide), hn::Set(d16, std::int16_t(0xBF80)));
    return hn::Mul(hn::PromoteTo(d, hn::BitCast(hn::Rebind<hwy::float16_t, decltype(d)>(), half)), hn::Set(d, 256.0f));
}

/// 32 of them times their block's scale: one rounding.
HWY_INLINE void widenScaledE4m3(const std::byte* source, float scale, float* target)
{
    namespace hn = hwy::HWY_NAMESPACE;
    const hn::ScalableTag<float> d;
    for (std::size_t i = 0; i < 32; i += hn::Lanes(d))
        hn::Store(hn::Mul(widenE4m3(source + i), hn::Set(d, scale)), d, target + i);
}

/// 32 INT8 codes times their group's scale: exact, the scale has 11 significant bits and the code 8.
HWY_INLINE void widenScaledInt8(const std::byte* source, float scale, float* target)
{
    namespace hn = hwy::HWY_NAMESPACE;
    const hn::ScalableTag<float> d;
    widenInt8(source, 32, target);
    for (std::size_t i = 0; i < 32; i += hn::Lanes(d))
        hn::Store(hn::Mul(hn::Load(d, target + i), hn::Set(d, scale)), d, target + i);
}

/// 32 nibbles, low half of each byte first, as bytes in order.
HWY_INLINE void splitNibbles(const std::byte* source, std::uint8_t* codes)
{
#if HWY_TARGET == HWY_SCALAR
    for (int i = 0; i < 32; ++i)
        codes[i] = std::uint8_t(unsigned(source[i / 2]) >> (i % 2 * 4) & 15u);
#else
    namespace hn = hwy::HWY_NAMESPACE;
    const hn::FixedTag<std::uint8_t, 16> d;
    const auto packed = hn::LoadU(d, reinterpret_cast<const std::uint8_t*>(source));
    // Highway has no shift of bytes on every target; shifting 16-bit lanes and masking is the same.
    const hn::Repartition<std::uint16_t, decltype(d)> d16;
    const auto mask = hn::Set(d, std::uint8_t{15});
    const auto low = hn::And(packed, mask);
    const auto high = hn::And(hn::BitCast(d, hn::ShiftRight<4>(hn::BitCast(d16, packed))), mask);
    hn::Store(hn::InterleaveLower(d, low, high), d, codes);
    hn::Store(hn::InterleaveUpper(d, low, high), d, codes + 16);
#endif
}

/// 32 INT4 codes times their group's scale: exact, the scale has 11 significant bits and the code 4.
HWY_INLINE void widenInt4(const std::byte* source, float scale, float* target)
{
    namespace hn = hwy::HWY_NAMESPACE;
    const hn::ScalableTag<float> d;
    const hn::Rebind<std::int32_t, decltype(d)> d32;
    const hn::Rebind<std::uint8_t, decltype(d)> d8;
    alignas(64) std::uint8_t codes[32];
    splitNibbles(source, codes);
    const auto signBit = hn::Set(d32, 8);
    for (std::size_t i = 0; i < 32; i += hn::Lanes(d)) {
        const auto code = hn::PromoteTo(d32, hn::Load(d8, codes + i));
        const auto value = hn::Sub(hn::Xor(code, signBit), signBit);
        hn::Store(hn::Mul(hn::ConvertTo(d, value), hn::Set(d, scale)), d, target + i);
    }
}

/// 32 columns of a Q4_K block: d·scale·q − dmin·min. Both products are exact in FP32, so each weight is
/// rounded once. `first` counts columns from the start of the row.
HWY_INLINE void widenQ4k(const std::byte* row, std::int64_t first, float* target)
{
    namespace hn = hwy::HWY_NAMESPACE;
    const hn::ScalableTag<float> d;
    const hn::Rebind<std::int32_t, decltype(d)> d32;
    const hn::Rebind<std::uint8_t, decltype(d)> d8;
    const std::byte* block = row + first / q4kColumns * q4kBytes;
    const Q4kScales scales = scalesOfQ4k(block);
    const std::int64_t part = first % q4kColumns / 32;
    const float step = scales.d * float(scales.scale(part)), lowest = scales.dmin * float(scales.min(part));
    const auto* codes = reinterpret_cast<const std::uint8_t*>(block + 16 + part / 2 * 32);
    for (std::size_t i = 0; i < 32; i += hn::Lanes(d)) {
        const auto both = hn::PromoteTo(d32, hn::LoadU(d8, codes + i));
        const auto code = part % 2 ? hn::ShiftRight<4>(both) : hn::And(both, hn::Set(d32, 15));
        hn::Store(hn::MulSub(hn::ConvertTo(d, code), hn::Set(d, step), hn::Set(d, lowest)), d, target + i);
    }
}

/// 32 codes of a table of 16 levels; the scaled level is rounded once, or not at all where it is exact.
HWY_INLINE void widenLevels(const std::byte* source, float scale, const float* levels, float* target)
{
    namespace hn = hwy::HWY_NAMESPACE;
    alignas(64) std::uint8_t codes[32];
    splitNibbles(source, codes);
#if HWY_TARGET <= HWY_AVX3
    const hn::FixedTag<float, 16> d;
    const hn::Rebind<std::int32_t, decltype(d)> d32;
    const hn::Rebind<std::uint8_t, decltype(d)> d8;
    const auto table = hn::Mul(hn::LoadU(d, levels), hn::Set(d, scale));
    for (std::size_t i = 0; i < 32; i += 16)
        hn::Store(hn::TableLookupLanes(table, hn::IndicesFromVec(d, hn::PromoteTo(d32, hn::Load(d8, codes + i)))), d, target + i);
#else
    for (std::size_t i = 0; i < 32; ++i)
        target[i] = levels[codes[i]] * scale;
#endif
}

HWY_INLINE void widenNf4(const std::byte* source, float scale, float* target)
{
    widenLevels(source, scale, nf4Levels.data(), target);
}

HWY_INLINE void widenE2m1(const std::byte* source, float scale, float* target)
{
    widenLevels(source, scale, e2m1Levels.data(), target);
}

template <class Widen>
HWY_INLINE void widenGroups(const StoredMatrix& matrix, std::int64_t row, std::int64_t first, std::int64_t count,
                            float* target, const Widen& widen)
{
    const float* scales = matrix.scales.data() + row / matrix.storage.groupRows * matrix.groups();
    const int bits = bitsOf(matrix.storage.element);
    const std::byte* source = matrix.row(row) + first * bits / 8;
    for (std::int64_t i = 0; i < count; i += 32)
        widen(source + i * bits / 8, scales[(first + i) / matrix.storage.groupColumns], target + i);
}

/// `count` columns of a row from `first`, both multiples of 32. Row scales are left to the caller.
inline void decodeRow(const StoredMatrix& matrix, std::int64_t row, std::int64_t first, std::int64_t count, float* target)
{
    const ElementType element = matrix.storage.element;
    const std::byte* source = matrix.row(row) + first * bitsOf(element) / 8;
    switch (element) {
    case ElementType::Fp16: return widenRow<hwy::float16_t>(source, count, target);
    case ElementType::Bf16: return widenRow<hwy::bfloat16_t>(source, count, target);
    case ElementType::Int8:
        if (matrix.storage.sharing == ScaleSharing::Group)
            return widenGroups(matrix, row, first, count, target, widenScaledInt8);
        return widenInt8(source, count, target);
    case ElementType::E4m3:
        if (matrix.storage.sharing == ScaleSharing::Group)
            return widenGroups(matrix, row, first, count, target, widenScaledE4m3);
        for (std::int64_t i = 0; i < count; i += std::int64_t(hwy::HWY_NAMESPACE::Lanes(hwy::HWY_NAMESPACE::ScalableTag<float>())))
            hwy::HWY_NAMESPACE::Store(widenE4m3(source + i), hwy::HWY_NAMESPACE::ScalableTag<float>(), target + i);
        return;
    case ElementType::Int4: return widenGroups(matrix, row, first, count, target, widenInt4);
    case ElementType::Q4k:
        for (std::int64_t i = 0; i < count; i += 32)
            widenQ4k(matrix.row(row), first + i, target + i);
        return;
    case ElementType::Nf4: return widenGroups(matrix, row, first, count, target, widenNf4);
    case ElementType::E2m1: return widenGroups(matrix, row, first, count, target, widenE2m1);
    case ElementType::Fp32:
    case ElementType::Tf32: std::copy_n(reinterpret_cast<const float*>(source), std::min(count, matrix.columns - first), target);
        return std::fill(target + std::min(count, matrix.columns - first), target + count, 0.0f);
    default: std::abort();   // No row of the kernel table stores FP64 for this kernel.
    }
}

}  // namespace quantoscope::cpu::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();
#endif
