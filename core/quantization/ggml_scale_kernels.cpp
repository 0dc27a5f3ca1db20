// SPDX-License-Identifier: Apache-2.0
#include "core/quantization/ggml_scale_kernels.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "core/quantization/ggml_scale_kernels.cpp"
#define HWY_DISABLED_TARGETS (HWY_SVE | HWY_SVE2 | HWY_SVE_256 | HWY_SVE2_128 | HWY_RVV)   // lanes must be a constant
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include <algorithm>
#include <limits>

HWY_BEFORE_NAMESPACE();
namespace quantoscope::HWY_NAMESPACE {
namespace {

namespace hn = hwy::HWY_NAMESPACE;

using Floats = hn::CappedTag<float, 16>;
using Integers = hn::RebindToSigned<Floats>;
using Bytes = hn::Rebind<std::uint8_t, Floats>;
using F = hn::Vec<Floats>;
using I = hn::Vec<Integers>;
constexpr std::size_t width = hn::MaxLanes(Floats());

/// The first `count` of them, the rest zeros.
HWY_INLINE F Load(const float* from, std::size_t count)
{
    if (count >= width)
        return hn::LoadU(Floats(), from);
    HWY_ALIGN float padded[width] = {};
    std::copy_n(from, count, padded);
    return hn::Load(Floats(), padded);
}

HWY_INLINE void Store(F values, float* to, std::size_t count)
{
    if (count >= width)
        return hn::StoreU(values, Floats(), to);
    HWY_ALIGN float all[width];
    hn::Store(values, Floats(), all);
    std::copy_n(all, count, to);
}

HWY_INLINE void StoreBytes(I codes, std::uint8_t* to, std::size_t count)
{
    const auto bytes = hn::DemoteTo(Bytes(), codes);
    if (count >= width)
        return hn::StoreU(bytes, Bytes(), to);
    std::uint8_t all[width];
    hn::StoreU(bytes, Bytes(), all);
    std::copy_n(all, count, to);
}

bool SignedSteps(const float* smallest, const float* largest, std::size_t count, float* scales)
{
    const Floats d;
    bool isSure = true;
    for (std::size_t at = 0; at < count; at += width) {
        const std::size_t here = count - at;
        const F least = Load(smallest + at, here), most = Load(largest + at, here), magnitude = hn::Neg(least);
        Store(hn::Div(hn::IfThenElse(hn::Gt(magnitude, most), least, most), hn::Set(d, -8)), scales + at, here);
        const std::size_t tied = hn::CountTrue(d, hn::Eq(magnitude, most));
        isSure &= tied == (here < width ? width - here : 0);   // What is filled up is tied.
    }
    return isSure;
}

void InvertOrZero(float* values, std::size_t count)
{
    const Floats d;
    for (std::size_t at = 0; at < count; at += width) {
        const F value = Load(values + at, count - at);
        Store(hn::IfThenElseZero(hn::Ne(value, hn::Zero(d)), hn::Div(hn::Set(d, 1), value)), values + at, count - at);
    }
}

bool PowersOfTwo(const float* largest, std::size_t count, std::uint8_t* codes, float* halfScales)
{
    const Floats d;
    const Integers integers;
    bool arePlain = true;
    for (std::size_t at = 0; at < count; at += width) {
        const std::size_t here = count - at;
        const I bits = hn::BitCast(integers, Load(largest + at, here)), exponent = hn::ShiftRight<23>(bits);
        const auto isPlain = hn::And(hn::Gt(exponent, hn::Set(integers, 3)),
                                     hn::Lt(hn::And(bits, hn::Set(integers, 0x7FFFFF)), hn::Set(integers, 0x7FFF00)));
        arePlain &= hn::CountTrue(integers, isPlain) == std::min(here, width);
        StoreBytes(hn::Sub(exponent, hn::Set(integers, 2)), codes + at, here);
        Store(hn::BitCast(d, hn::ShiftLeft<23>(hn::Sub(exponent, hn::Set(integers, 3)))), halfScales + at, here);
    }
    return arePlain;
}

void SixthsAsSmallFloats(const float* largest, std::size_t count, std::uint8_t* codes, float* halfScales)
{
    const Floats d;
    const Integers integers;
    const auto set = [&](std::int32_t number) { return hn::Set(integers, number); };
    for (std::size_t at = 0; at < count; at += width) {
        const F scale = hn::Min(hn::Div(Load(largest + at, count - at), hn::Set(d, 6)), hn::Set(d, 448));
        const I bits = hn::BitCast(integers, scale);
        const F steps = hn::Add(hn::Mul(hn::Min(scale, hn::Set(d, 1)), hn::Set(d, 512)), hn::Set(d, 0.5f));
        const I subnormal = hn::Min(hn::ConvertTo(integers, steps), set(7));
        // Half of what is cut off is added to what is kept; exponents are biased by 127 and by 7.
        const I rounded = hn::Sub(hn::Add(hn::ShiftRight<20>(bits), hn::And(hn::ShiftRight<19>(bits), set(1))), set(120 << 3));
        const I normal = hn::IfThenElse(hn::Lt(rounded, set(15 << 3)), rounded, set(0x7E));
        const I code = hn::IfThenElse(hn::RebindMask(integers, hn::Lt(scale, hn::Set(d, 0x1p-6f))), subnormal, normal);
        StoreBytes(code, codes + at, count - at);
        const F small = hn::IfThenElse(hn::RebindMask(d, hn::Eq(code, hn::Zero(integers))),
                                       hn::Set(d, std::numeric_limits<float>::infinity()),
                                       hn::Mul(hn::ConvertTo(d, code), hn::Set(d, 0x1p-10f)));
        const F large = hn::BitCast(d, hn::Add(hn::ShiftLeft<20>(code), set(119 << 23)));
        Store(hn::IfThenElse(hn::RebindMask(d, hn::Lt(code, set(8))), small, large), halfScales + at, count - at);
    }
}

}  // namespace
}  // namespace quantoscope::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace quantoscope {

HWY_EXPORT(SignedSteps);
HWY_EXPORT(InvertOrZero);
HWY_EXPORT(PowersOfTwo);
HWY_EXPORT(SixthsAsSmallFloats);

namespace ggml {

bool signedSteps(const float* smallest, const float* largest, std::size_t count, float* scales)
{
    return HWY_DYNAMIC_DISPATCH(SignedSteps)(smallest, largest, count, scales);
}

void invertOrZero(float* values, std::size_t count)
{
    HWY_DYNAMIC_DISPATCH(InvertOrZero)(values, count);
}

bool powersOfTwo(const float* largest, std::size_t count, std::uint8_t* codes, float* halfScales)
{
    return HWY_DYNAMIC_DISPATCH(PowersOfTwo)(largest, count, codes, halfScales);
}

void sixthsAsSmallFloats(const float* largest, std::size_t count, std::uint8_t* codes, float* halfScales)
{
    HWY_DYNAMIC_DISPATCH(SixthsAsSmallFloats)(largest, count, codes, halfScales);
}

}  // namespace ggml
}  // namespace quantoscope
#endif
