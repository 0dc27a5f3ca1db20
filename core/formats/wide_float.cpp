// SPDX-License-Identifier: Apache-2.0
// Conversion between FP32 and narrower floats, nearest even, by arithmetic on the codes. A value is
// rounded by adding a power of two so large that the sum's last bit is the format's.
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

/// Which special cases a format has.
enum class Layout {
    General,          ///< NaN takes the sign.
    NaNWithoutSign,   ///< No NaN, or one alone, which is stored without the sign.
    SignlessZero,     ///< The same, and its code is that of -0.
    Fp32Exponents,    ///< BF16: the subnormals are FP32's own.
};

/// Constants of a format in registers, outside the loops.
struct Constants {
    explicit Constants(const WideFloat& format)
        : sign(hn::Set(U(), 0x80000000u)), one(hn::Set(U(), 1u)),
          halfBelow(hn::Set(U(), (1u << (format.roundShift - 1)) - 1)), clamp(hn::Set(U(), format.clamp)),
          exponent(hn::Set(U(), 0x7F800000u)), lift(hn::Set(U(), std::uint32_t(format.roundShift) << 23)),
          magic(hn::BitCast(U(), hn::Set(D(), format.subnormalMagic))),
          magicCode(hn::ShiftRightSame(magic, format.roundShift)), overflow(hn::Set(U(), format.overflow)),
          notANumber(hn::Set(U(), format.notANumber)), codeSign(hn::Set(U(), format.signBit)),
          shift(format.roundShift), signShift(hwy::Num0BitsAboveMS1Bit_Nonzero32(format.signBit))
    {
    }

    Words sign, one;
    Words halfBelow, clamp, exponent, lift, magic, magicCode, overflow, notANumber, codeSign;
    int shift, signShift;
};

/// One code a lane, in its lowest bits.
template <Layout layout>
HWY_INLINE Words encodeVector(const Constants& c, Floats value)
{
    const D d;
    const U u;
    const Words bits = hn::BitCast(u, value);
    const Words magnitude = hn::AndNot(c.sign, bits);
    const auto isNaN = hn::RebindMask(u, hn::IsNaN(value));
    const Words codeSign = hn::ShiftRightSame(bits, c.signShift);

    Words code;
    if constexpr (layout == Layout::Fp32Exponents) {
        const Words odd = hn::And(hn::ShiftRightSame(magnitude, c.shift), c.one);
        code = hn::ShiftRightSame(hn::Add(hn::Add(magnitude, c.halfBelow), odd), c.shift);
        code = hn::Min(code, c.overflow);
    } else {
        // The magic number is 2^23 steps of the value's binade, or of the subnormals': the sum is the
        // value in steps, rounded once. The binade's own place is the magic number's exponent.
        const Words clamped = hn::Min(magnitude, c.clamp);
        const Words magic = hn::Max(hn::Add(hn::And(clamped, c.exponent), c.lift), c.magic);
        const Words sum = hn::BitCast(u, hn::Add(hn::BitCast(d, clamped), hn::BitCast(d, magic)));
        code = hn::Add(hn::Sub(sum, magic), hn::Sub(hn::ShiftRightSame(magic, c.shift), c.magicCode));
    }
    code = hn::IfThenElse(isNaN, c.notANumber, code);
    if constexpr (layout == Layout::NaNWithoutSign)
        return hn::Or(code, hn::IfThenZeroElse(isNaN, hn::And(codeSign, c.codeSign)));
    if constexpr (layout == Layout::SignlessZero) {
        // The NaN is the code of -0: neither it nor zero takes a sign.
        const auto takesNone = hn::Or(isNaN, hn::Eq(code, hn::Zero(u)));
        return hn::Or(code, hn::IfThenZeroElse(takesNone, hn::And(codeSign, c.codeSign)));
    }
    return hn::OrAnd(code, codeSign, c.codeSign);
}

/// The low bytes or halves of as many vectors of codes as fill one, in order.
template <class Stored>
HWY_INLINE void storeCodes(const Words* codes, Stored* to)
{
#if HWY_TARGET == HWY_SCALAR   // one lane, which cannot be packed
    for (std::size_t i = 0; i < sizeof(float) / sizeof(Stored); ++i)
        to[i] = Stored(hn::GetLane(codes[i]));
#else
    const hn::Repartition<std::uint16_t, D> halves;
    const auto pair = [&](const Words* two) {
        return hn::ConcatEven(halves, hn::BitCast(halves, two[1]), hn::BitCast(halves, two[0]));
    };
    if constexpr (sizeof(Stored) == 2) {
        hn::StoreU(pair(codes), halves, to);
    } else {
        const hn::Repartition<std::uint8_t, D> bytes;
        hn::StoreU(hn::ConcatEven(bytes, hn::BitCast(bytes, pair(codes + 2)), hn::BitCast(bytes, pair(codes))), bytes, to);
    }
#endif
}

template <Layout layout, class Stored>
void encodeAll(const WideFloat& format, const float* HWY_RESTRICT values, Stored* HWY_RESTRICT codes, std::size_t count)
{
    const D d;
    const std::size_t lanes = hn::Lanes(d);
    constexpr std::size_t vectors = sizeof(float) / sizeof(Stored);   // as many as fill one vector of codes
    const std::size_t step = vectors * lanes;
    const Constants c(format);
    const auto one = [&](const float* from, Stored* to) {
        Words made[vectors];
        for (std::size_t part = 0; part < vectors; ++part)
            made[part] = encodeVector<layout>(c, hn::LoadU(d, from + part * lanes));
        storeCodes(made, to);
    };
    std::size_t i = 0;
    for (; i + step <= count; i += step)
        one(values + i, codes + i);
    if (i < count) {
        HWY_ALIGN float padded[HWY_MAX_BYTES / sizeof(Stored)] = {};
        HWY_ALIGN Stored result[HWY_MAX_BYTES / sizeof(Stored)];
        std::copy_n(values + i, count - i, padded);
        one(padded, result);
        std::copy_n(result, count - i, codes + i);
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
    const auto firstNormal = hn::Set(i32, std::int32_t(1) << (23 - format.roundShift));
    const auto step = hn::Set(d, format.subnormalStep);
    const auto largest = hn::Set(i32, std::int32_t(format.largest));
    const auto infinityCode = hn::Set(u, format.hasInfinity ? format.largest + 1 : ~0u);
    const auto infinity = hn::Set(u, 0x7F800000u), quietNaN = hn::Set(u, 0x7FC00000u);
    const auto signBit = hn::Set(u, format.signBit);
    const int signShift = hwy::Num0BitsAboveMS1Bit_Nonzero32(format.signBit), shift = format.roundShift;

    const auto one = [&](const Stored* from, float* to) {
        const Words code = hn::PromoteTo(u, hn::LoadU(narrow, from));
        if constexpr (layout == Layout::Fp32Exponents) {
            const Words moved = hn::ShiftLeftSame(code, shift);
            const auto value = hn::BitCast(d, moved);
            // A signalling NaN becomes a quiet one without payload, as everywhere else.
            const auto canonical = hn::BitCast(d, hn::OrAnd(quietNaN, moved, signMask));
            hn::StoreU(hn::IfThenElse(hn::IsNaN(value), canonical, value), d, to);
            return;
        }
        const Words sign = hn::ShiftLeftSame(code, signShift);
        const Words magnitude = hn::And(code, magnitudeMask);
        const auto signedMagnitude = hn::BitCast(i32, magnitude);
        const Words normal = hn::Add(hn::ShiftLeftSame(magnitude, shift), rebias);
        const Words small = hn::BitCast(u, hn::Mul(hn::ConvertTo(d, signedMagnitude), step));
        Words result = hn::IfThenElse(hn::RebindMask(u, hn::Lt(signedMagnitude, firstNormal)), small, normal);
        auto isSpecial = hn::RebindMask(u, hn::Gt(signedMagnitude, largest));
        if constexpr (layout == Layout::SignlessZero)
            isSpecial = hn::Or(isSpecial, hn::Eq(code, signBit));
        if (HWY_UNLIKELY(!hn::AllFalse(u, isSpecial)))
            result = hn::IfThenElse(isSpecial, hn::IfThenElse(hn::Eq(magnitude, infinityCode), infinity, quietNaN), result);
        hn::StoreU(hn::BitCast(d, hn::OrAnd(result, sign, signMask)), d, to);
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
    else if (!format.signedNaN)
        encodeAll<Layout::NaNWithoutSign>(format, values, codes, count);
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
    wide.subnormalStep = std::ldexp(1.0f, smallest);
    wide.subnormalMagic = std::ldexp(1.0f, smallest + 23);
    wide.largest = std::uint32_t(largestFiniteCode(format));
    wide.overflow = saturates || format.specials == SpecialCodes::None ? wide.largest : wide.largest + 1;
    wide.clamp = (wide.overflow + wide.rebias) << wide.roundShift;
    // The largest value must be a normal number, and the magic number of its binade one of FP32.
    if (!fp32Exponents && (wide.largest >> format.mantissaBits == 0 || (wide.clamp >> 23) + std::uint32_t(wide.roundShift) > 254))
        return std::nullopt;
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
