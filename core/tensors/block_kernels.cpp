// SPDX-License-Identifier: Apache-2.0
#include "core/tensors/block_kernels.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "core/tensors/block_kernels.cpp"
#define HWY_DISABLED_TARGETS (HWY_SVE | HWY_SVE2 | HWY_SVE_256 | HWY_SVE2_128 | HWY_RVV)   // lanes must be a constant
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace quantoscope::HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

using Floats = hn::CappedTag<float, 16>;
using Integers = hn::RebindToSigned<Floats>;
using Codes = hn::Rebind<std::int8_t, Floats>;
constexpr std::size_t width = hn::MaxLanes(Floats());

void LookUpHalves(const std::uint8_t* packed, std::size_t count, const std::int8_t* table16, std::int8_t* low, std::int8_t* high)
{
    const hn::CappedTag<std::uint8_t, 16> bytes;
    constexpr std::size_t step = hn::MaxLanes(bytes);
    std::size_t i = 0;
    if (step == 16) {
        const auto table = hn::LoadU(bytes, reinterpret_cast<const std::uint8_t*>(table16));
        const auto mask = hn::Set(bytes, 15);
        for (; i + step <= count; i += step) {
            const auto both = hn::LoadU(bytes, packed + i);
            hn::StoreU(hn::TableLookupBytes(table, hn::And(both, mask)), bytes, reinterpret_cast<std::uint8_t*>(low + i));
            hn::StoreU(hn::TableLookupBytes(table, hn::ShiftRight<4>(both)), bytes, reinterpret_cast<std::uint8_t*>(high + i));
        }
    }
    for (; i < count; ++i) {
        low[i] = table16[packed[i] & 15];
        high[i] = table16[packed[i] >> 4];
    }
}

HWY_INLINE hn::Vec<Floats> Wide(const std::int8_t* codes)
{
    return hn::ConvertTo(Floats(), hn::PromoteTo(Integers(), hn::LoadU(Codes(), codes)));
}

void ScaleCodes(const std::int8_t* codes, std::size_t count, std::size_t group, const float* scales, float* values)
{
    const Floats d;
    for (std::size_t first = 0; first < count; first += group) {
        const auto scale = hn::Set(d, *scales++);
        for (std::size_t i = first; i < first + group; i += width)
            hn::StoreU(hn::Mul(scale, Wide(codes + i)), d, values + i);
    }
}

void ScaleCodesLess(const std::int8_t* codes, std::size_t count, std::size_t group, const float* scales,
                    const float* minima, float* values)
{
    const Floats d;
    for (std::size_t first = 0; first < count; first += group) {
        const auto scale = hn::Set(d, *scales++), minimum = hn::Set(d, *minima++);
        for (std::size_t i = first; i < first + group; i += width)
            hn::StoreU(hn::Sub(hn::Mul(scale, Wide(codes + i)), minimum), d, values + i);
    }
}

/// One scale's codes, `count` of them.
template <std::size_t count>
HWY_INLINE void ScaleSome(const std::int8_t* codes, float scale, float* values)
{
    const Floats d;
    for (std::size_t i = 0; i < count; i += width)
        hn::StoreU(hn::Mul(hn::Set(d, scale), Wide(codes + i)), d, values + i);
}

void ScaleNibbleBlocks(const std::uint8_t* packed, std::size_t blocks, std::size_t stride, const std::int8_t* table16,
                       const float* scales, float* values)
{
#if HWY_TARGET != HWY_SCALAR
    const hn::Full128<std::uint8_t> bytes;
    const auto table = hn::LoadU(bytes, reinterpret_cast<const std::uint8_t*>(table16));
    const auto mask = hn::Set(bytes, 15);
#endif
    HWY_ALIGN std::int8_t codes[32];
    for (std::size_t block = 0; block < blocks; ++block, packed += stride, values += 32) {
#if HWY_TARGET != HWY_SCALAR
        const auto both = hn::LoadU(bytes, packed);
        hn::Store(hn::TableLookupBytes(table, hn::And(both, mask)), bytes, reinterpret_cast<std::uint8_t*>(codes));
        hn::Store(hn::TableLookupBytes(table, hn::ShiftRight<4>(both)), bytes, reinterpret_cast<std::uint8_t*>(codes + 16));
#else
        LookUpHalves(packed, 16, table16, codes, codes + 16);
#endif
        ScaleSome<32>(codes, scales[block], values);
    }
}

void ScaleNibblePairs(const std::uint8_t* packed, std::size_t blocks, std::size_t stride, const std::int8_t* table16,
                      const float* scales, float* values)
{
#if HWY_TARGET != HWY_SCALAR
    const hn::Full128<std::uint8_t> bytes;
    const hn::Full128<std::uint64_t> eights;
    const auto table = hn::LoadU(bytes, reinterpret_cast<const std::uint8_t*>(table16));
    const auto mask = hn::Set(bytes, 15);
#endif
    HWY_ALIGN std::int8_t codes[32];
    for (std::size_t pair = 0; pair < 2 * blocks; ++pair, scales += 2, values += 32) {
        const std::uint8_t* const from = packed + pair / 2 * stride + pair % 2 * 16;
#if HWY_TARGET != HWY_SCALAR
        const auto both = hn::LoadU(bytes, from);
        const auto low = hn::BitCast(eights, hn::TableLookupBytes(table, hn::And(both, mask)));
        const auto high = hn::BitCast(eights, hn::TableLookupBytes(table, hn::ShiftRight<4>(both)));
        hn::Store(hn::InterleaveLower(low, high), eights, reinterpret_cast<std::uint64_t*>(codes));
        hn::Store(hn::InterleaveUpper(eights, low, high), eights, reinterpret_cast<std::uint64_t*>(codes + 16));
#else
        for (std::size_t i = 0; i < 2; ++i)
            LookUpHalves(from + 8 * i, 8, table16, codes + 16 * i, codes + 16 * i + 8);
#endif
        ScaleSome<16>(codes, scales[0], values);
        ScaleSome<16>(codes + 16, scales[1], values + 16);
    }
}

void ScaleByteBlocks(const std::uint8_t* codes, std::size_t blocks, std::size_t stride, const float* scales, float* values)
{
    for (std::size_t block = 0; block < blocks; ++block)
        ScaleSome<32>(reinterpret_cast<const std::int8_t*>(codes + block * stride), scales[block], values + block * 32);
}

}  // namespace quantoscope::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace quantoscope {

HWY_EXPORT(LookUpHalves);
HWY_EXPORT(ScaleCodes);
HWY_EXPORT(ScaleCodesLess);
HWY_EXPORT(ScaleNibbleBlocks);
HWY_EXPORT(ScaleNibblePairs);
HWY_EXPORT(ScaleByteBlocks);

void lookUpHalves(const std::uint8_t* packed, std::size_t count, const std::int8_t* table16, std::int8_t* low, std::int8_t* high)
{
    HWY_DYNAMIC_DISPATCH(LookUpHalves)(packed, count, table16, low, high);
}

void scaleCodes(const std::int8_t* codes, std::size_t count, std::size_t group, const float* scales, float* values)
{
    HWY_DYNAMIC_DISPATCH(ScaleCodes)(codes, count, group, scales, values);
}

void scaleCodesLess(const std::int8_t* codes, std::size_t count, std::size_t group, const float* scales,
                    const float* minima, float* values)
{
    HWY_DYNAMIC_DISPATCH(ScaleCodesLess)(codes, count, group, scales, minima, values);
}

void scaleNibbleBlocks(const std::uint8_t* packed, std::size_t blocks, std::size_t stride, const std::int8_t* table16,
                       const float* scales, float* values)
{
    HWY_DYNAMIC_DISPATCH(ScaleNibbleBlocks)(packed, blocks, stride, table16, scales, values);
}

void scaleNibblePairs(const std::uint8_t* packed, std::size_t blocks, std::size_t stride, const std::int8_t* table16,
                      const float* scales, float* values)
{
    HWY_DYNAMIC_DISPATCH(ScaleNibblePairs)(packed, blocks, stride, table16, scales, values);
}

void scaleByteBlocks(const std::uint8_t* codes, std::size_t blocks, std::size_t stride, const float* scales, float* values)
{
    HWY_DYNAMIC_DISPATCH(ScaleByteBlocks)(codes, blocks, stride, scales, values);
}

}  // namespace quantoscope
#endif
