// SPDX-License-Identifier: Apache-2.0
// Conversion between FP32 and narrower floats, nearest even, by arithmetic on the codes. Normal values
// are rounded by an integer addition; subnormal ones by a float addition whose last bit is the format's.
// No operand is ever an FP32 subnormal unless the input is, so nothing falls into slow microcode.
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "core/formats/wide_float.cpp"
#include <hwy/foreach_target.h>

#include "core/formats/wide_float.h"

#include <hwy/highway.h>

#include <algorithm>

HWY_BEFORE_NAMESPACE();
namespace quantoscope::HWY_NAMESPACE {
namespace {

namespace hn = hwy::HWY_NAMESPACE;

using D = hn::ScalableTag<float>;
using U = hn::RebindToUnsigned<D>;
using I = hn::RebindToSigned<D>;
using Floats = hn::Vec<D>;
using Words = hn::Vec<U>;

enum class Layout { General, SignlessZero, Fp32Exponents };

/// Constants of a format in registers, outside the loops.
struct Constants {
    explicit Constants(const WideFloat& format)
        : sign(hn::Set(U(), 0x80000000u)), one(hn::Set(U(), 1u)), infinity(hn::Set(I(), 0x7F800000)),
          halfBelow(hn::Set(U(), (1u << (format.roundShift - 1)) - 1)), rebias(hn::Set(U(), format.rebias)),
          firstNormal(hn::Set(I(), std::int32_t(format.firstNormal))), magic(hn::Set(D(), format.subnormalMagic)),
          overflow(hn::Set(U(), format.overflow)), notANumber(hn::Set(U(), format.notANumber)),
          codeSign(hn::Set(U(), format.signBit)), nanSign(hn::Set(U(), format.signedNaN ? ~0u : 0u)), shift(format.roundShift),
          signShift(hwy::Num0BitsAboveMS1Bit_Nonzero32(format.signBit))
    {
    }

    Words sign, one;
    hn::Vec<I> infinity;
    Words halfBelow, rebias;
    hn::Vec<I> firstNormal;
    Floats magic;
    Words overflow, notANumber, codeSign, nanSign;
    int shift, signShift;
};

template <Layout layout>
HWY_INLINE Words encodeVector(const Constants& c, Floats value)
{
    const D d;
    const U u;
    const I i;
    const Words bits = hn::BitCast(u, value);
    const Words magnitude = hn::AndNot(c.sign, bits);
    const auto signedMagnitude = hn::BitCast(i, magnitude);

    const Words odd = hn::And(hn::ShiftRightSame(magnitude, c.shift), c.one);
    Words code = hn::ShiftRightSame(hn::Add(hn::Add(magnitude, c.halfBelow), odd), c.shift);
    if constexpr (layout != Layout::Fp32Exponents) {
        code = hn::Sub(code, c.rebias);
        const Words small = hn::Sub(hn::BitCast(u, hn::Add(hn::BitCast(d, magnitude), c.magic)), hn::BitCast(u, c.magic));
        const auto isSmall = hn::RebindMask(u, hn::Lt(signedMagnitude, c.firstNormal));
        code = hn::IfThenElse(isSmall, small, code);
    }
    code = hn::Min(code, c.overflow);

    const auto isNaN = hn::RebindMask(u, hn::Gt(signedMagnitude, c.infinity));
    const Words codeSign = hn::And(hn::ShiftRightSame(bits, c.signShift), c.codeSign);
    if constexpr (layout == Layout::SignlessZero) {
        const auto isZero = hn::Eq(code, hn::Zero(u));
        code = hn::Or(code, hn::IfThenZeroElse(isZero, codeSign));
        return hn::IfThenElse(isNaN, c.notANumber, code);
    } else {
        const Words nan = hn::Or(c.notANumber, hn::And(codeSign, c.nanSign));
        return hn::IfThenElse(isNaN, nan, hn::Or(code, codeSign));
    }
}

template <Layout layout, class Stored>
void encodeAll(const WideFloat& format, const float* HWY_RESTRICT values, Stored* HWY_RESTRICT codes, std::size_t count)
{
    const D d;
    const I i32;
    const hn::Rebind<Stored, D> narrow;
    const std::size_t lanes = hn::Lanes(d);
    const Constants c(format);
    const auto one = [&](const float* from, Stored* to) {
        const Words code = encodeVector<layout>(c, hn::LoadU(d, from));
        hn::StoreU(hn::DemoteTo(narrow, hn::BitCast(i32, code)), narrow, to);
    };
    std::size_t i = 0;
    for (; i + 2 * lanes <= count; i += 2 * lanes) {
        one(values + i, codes + i);
        one(values + i + lanes, codes + i + lanes);
    }
    for (; i < count; i += lanes) {
        const std::size_t left = std::min(lanes, count - i);
        HWY_ALIGN float padded[HWY_MAX_BYTES / sizeof(float)] = {};
        HWY_ALIGN Stored result[HWY_MAX_BYTES / sizeof(float)];
        std::copy_n(values + i, left, padded);
        one(padded, result);
        std::copy_n(result, left, codes + i);
    }
}

template <Layout layout, class Stored>
void decodeAll(const WideFloat& format, const Stored* HWY_RESTRICT codes, float* HWY_RESTRICT values, std::size_t count)
{
    const D d;
    const U u;
    const I i32;
    const hn::Rebind<Stored, D> narrow;
    const std::size_t lanes = hn::Lanes(d);
    const auto magnitudeMask = hn::Set(u, format.signBit - 1);
    const auto signMask = hn::Set(u, 0x80000000u);
    const auto rebias = hn::Set(u, format.rebias << format.roundShift);
    const auto firstNormal = hn::Set(i32, std::int32_t(((format.firstNormal >> format.roundShift) - format.rebias)));
    const auto step = hn::Set(d, format.subnormalStep);
    const auto largest = hn::Set(i32, std::int32_t(format.largest));
    const auto infinityCode = hn::Set(u, format.hasInfinity ? format.largest + 1 : ~0u);
    const auto infinity = hn::Set(u, 0x7F800000u), quietNaN = hn::Set(u, 0x7FC00000u);
    const auto signBit = hn::Set(u, format.signBit);
    const int signShift = hwy::Num0BitsAboveMS1Bit_Nonzero32(format.signBit), shift = format.roundShift;

    const auto one = [&](const Stored* from, float* to) {
        const Words code = hn::PromoteTo(u, hn::LoadU(narrow, from));
        const Words sign = hn::And(hn::ShiftLeftSame(code, signShift), signMask);
        if constexpr (layout == Layout::Fp32Exponents) {
            const Words moved = hn::ShiftLeftSame(code, shift);
            // A signalling NaN becomes a quiet one without payload, as everywhere else.
            const auto isNaN = hn::Gt(hn::BitCast(i32, hn::AndNot(signMask, moved)), hn::BitCast(i32, infinity));
            hn::StoreU(hn::BitCast(d, hn::IfThenElse(hn::RebindMask(u, isNaN), hn::Or(quietNaN, sign), moved)), d, to);
            return;
        }
        const Words magnitude = hn::And(code, magnitudeMask);
        const auto signedMagnitude = hn::BitCast(i32, magnitude);
        const Words normal = hn::Add(hn::ShiftLeftSame(magnitude, shift), rebias);
        const Words small = hn::BitCast(u, hn::Mul(hn::ConvertTo(d, signedMagnitude), step));
        Words result = hn::IfThenElse(hn::RebindMask(u, hn::Lt(signedMagnitude, firstNormal)), small, normal);
        const Words special = hn::IfThenElse(hn::Eq(magnitude, infinityCode), infinity, quietNaN);
        result = hn::IfThenElse(hn::RebindMask(u, hn::Gt(signedMagnitude, largest)), special, result);
        if constexpr (layout == Layout::SignlessZero)
            result = hn::IfThenElse(hn::Eq(code, signBit), quietNaN, result);
        hn::StoreU(hn::BitCast(d, hn::Or(result, sign)), d, to);
    };
    std::size_t i = 0;
    for (; i + 2 * lanes <= count; i += 2 * lanes) {
        one(codes + i, values + i);
        one(codes + i + lanes, values + i + lanes);
    }
    for (; i < count; i += lanes) {
        const std::size_t left = std::min(lanes, count - i);
        HWY_ALIGN Stored padded[HWY_MAX_BYTES / sizeof(float)] = {};
        HWY_ALIGN float result[HWY_MAX_BYTES / sizeof(float)];
        std::copy_n(codes + i, left, padded);
        one(padded, result);
        std::copy_n(result, left, values + i);
    }
}

template <class Stored>
void encodeAny(const WideFloat& format, const float* values, Stored* codes, std::size_t count)
{
    if (format.fp32Exponents)
        encodeAll<Layout::Fp32Exponents>(format, values, codes, count);
    else if (format.signlessZero)
        encodeAll<Layout::SignlessZero>(format, values, codes, count);
    else
        encodeAll<Layout::General>(format, values, codes, count);
}

template <class Stored>
void decodeAny(const WideFloat& format, const Stored* codes, float* values, std::size_t count)
{
    if (format.fp32Exponents)
        decodeAll<Layout::Fp32Exponents>(format, codes, values, count);
    else if (format.signlessZero)
        decodeAll<Layout::SignlessZero>(format, codes, values, count);
    else
        decodeAll<Layout::General>(format, codes, values, count);
}

void encodeBytes(const WideFloat& f, const float* v, std::uint8_t* c, std::size_t n) { encodeAny(f, v, c, n); }
void encodeHalves(const WideFloat& f, const float* v, std::uint16_t* c, std::size_t n) { encodeAny(f, v, c, n); }
void decodeBytes(const WideFloat& f, const std::uint8_t* c, float* v, std::size_t n) { decodeAny(f, c, v, n); }
void decodeHalves(const WideFloat& f, const std::uint16_t* c, float* v, std::size_t n) { decodeAny(f, c, v, n); }

}  // namespace
}  // namespace quantoscope::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
#include <cmath>

namespace quantoscope {
HWY_EXPORT(encodeBytes);
HWY_EXPORT(encodeHalves);
HWY_EXPORT(decodeBytes);
HWY_EXPORT(decodeHalves);

void encodeWide(const WideFloat& format, const float* values, std::uint8_t* codes, std::size_t count)
{
    HWY_DYNAMIC_DISPATCH(encodeBytes)(format, values, codes, count);
}

void encodeWide(const WideFloat& format, const float* values, std::uint16_t* codes, std::size_t count)
{
    HWY_DYNAMIC_DISPATCH(encodeHalves)(format, values, codes, count);
}

void decodeWide(const WideFloat& format, const std::uint8_t* codes, float* values, std::size_t count)
{
    HWY_DYNAMIC_DISPATCH(decodeBytes)(format, codes, values, count);
}

void decodeWide(const WideFloat& format, const std::uint16_t* codes, float* values, std::size_t count)
{
    HWY_DYNAMIC_DISPATCH(decodeHalves)(format, codes, values, count);
}

std::optional<WideFloat> wideFloat(const FloatFormat& format, Overflow overflow)
{
    const bool fp32Exponents = format.exponentBits == 8 && format.bias == 127;
    const int smallest = format.minExponent() - format.mantissaBits;
    const int largestField = (1 << format.exponentBits) - 1;
    // The sum with the magic number must be a normal FP32 number whose last bit is the format's step.
    const bool inRange = fp32Exponents || (format.minExponent() > -100 && smallest + 23 > -126
                                           && largestField - format.bias <= 127);
    if (format.significantBits() > 16 || format.unusedLowBits != 0 || !format.isSigned || !format.hasSubnormals
        || format.mantissaBits < 1 || !inRange)
        return std::nullopt;

    const bool saturates = overflow == Overflow::Saturate || (overflow == Overflow::Default && !hasInfinity(format));
    const bool signlessZero = format.specials == SpecialCodes::NanAtNegativeZero
        || format.specials == SpecialCodes::P3109Extended;
    if (!saturates && format.specials == SpecialCodes::NanAtNegativeZero)
        return std::nullopt;   // overflows into the NaN at -0, which is not the code after the largest

    WideFloat wide;
    wide.roundShift = 23 - format.mantissaBits;
    wide.rebias = std::uint32_t(127 - format.bias) << format.mantissaBits;
    wide.firstNormal = fp32Exponents ? 0 : std::uint32_t(format.minExponent() + 127) << 23;
    wide.subnormalStep = std::ldexp(1.0f, smallest);
    wide.subnormalMagic = std::ldexp(1.0f, smallest + 23);
    wide.largest = std::uint32_t(largestFiniteCode(format));
    wide.overflow = saturates || format.specials == SpecialCodes::None ? wide.largest : wide.largest + 1;
    wide.notANumber = std::uint32_t(nanCode(format));
    wide.signBit = 1u << (format.significantBits() - 1);
    wide.hasInfinity = hasInfinity(format);
    wide.signedNaN = hasNaN(format) && !signlessZero;
    wide.signlessZero = signlessZero;
    wide.fp32Exponents = fp32Exponents;
    return wide;
}

}  // namespace quantoscope
#endif
