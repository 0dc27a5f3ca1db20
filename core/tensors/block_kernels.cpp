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

using Floats = hn::CappedTag<float, 8>;
using Integers = hn::Rebind<std::int32_t, Floats>;
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

hn::Vec<Floats> Wide(const std::int8_t* codes)
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

}  // namespace quantoscope::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace quantoscope {

HWY_EXPORT(LookUpHalves);
HWY_EXPORT(ScaleCodes);
HWY_EXPORT(ScaleCodesLess);

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

}  // namespace quantoscope
#endif
