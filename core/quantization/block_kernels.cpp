// SPDX-License-Identifier: Apache-2.0
#include "core/quantization/block_kernels.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "core/quantization/block_kernels.cpp"
#define HWY_DISABLED_TARGETS (HWY_SVE | HWY_SVE2 | HWY_SVE_256 | HWY_SVE2_128 | HWY_RVV)   // lanes must be a constant
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include <algorithm>
#include <cstring>
#include <limits>

HWY_BEFORE_NAMESPACE();
namespace quantoscope::HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

using Floats = hn::CappedTag<float, 8>;
using Integers = hn::Rebind<std::int32_t, Floats>;
using Bytes = hn::Rebind<std::uint8_t, Floats>;
using SignedBytes = hn::Rebind<std::int8_t, Floats>;
using F = hn::Vec<Floats>;
constexpr std::size_t width = hn::MaxLanes(Floats());

F Load(const float* from) { return hn::LoadU(Floats(), from); }
void StoreCodes(hn::Vec<Integers> codes, std::uint8_t* to) { hn::StoreU(hn::DemoteTo(Bytes(), codes), Bytes(), to); }

void LargestMagnitudes(const float* values, std::size_t count, std::size_t block, float* largest)
{
    const Floats d;
    for (std::size_t first = 0; first < count; first += block) {
        F most = hn::Abs(Load(values + first));
        for (std::size_t i = first + width; i < first + block; i += width)
            most = hn::Max(most, hn::Abs(Load(values + i)));
        *largest++ = hn::GetLane(hn::MaxOfLanes(d, most));
    }
}

void Extremes(const float* values, std::size_t count, std::size_t block, float* smallest, float* largest)
{
    const Floats d;
    for (std::size_t first = 0; first < count; first += block) {
        F least = Load(values + first), most = least;
        for (std::size_t i = first + width; i < first + block; i += width) {
            least = hn::Min(least, Load(values + i));
            most = hn::Max(most, Load(values + i));
        }
        *smallest++ = hn::GetLane(hn::MinOfLanes(d, least));
        *largest++ = hn::GetLane(hn::MaxOfLanes(d, most));
    }
}

/// Calls `one(i, factor)` for each vector of each block.
template <class One>
void EachVector(std::size_t count, std::size_t block, const float* factors, One one)
{
    for (std::size_t first = 0; first < count; first += block) {
        const F factor = hn::Set(Floats(), *factors++);
        for (std::size_t i = first; i < first + block; i += width)
            one(i, factor);
    }
}

void MultiplyBlocks(const float* values, std::size_t count, std::size_t block, const float* factors, float* products)
{
    EachVector(count, block, factors, [&](std::size_t i, F factor) { hn::StoreU(hn::Mul(Load(values + i), factor), Floats(), products + i); });
}

/// Thresholds above which the next code begins; where a tie goes up, the float just below it.
constexpr float e2m1Thresholds[] = {0.25f, 0x1.7ffffep-1f, 1.25f, 0x1.bffffep0f, 2.5f, 0x1.bffffep1f, 5.0f};

hn::Vec<Integers> E2m1Code(F value)
{
    const Floats d;
    const Integers integers;
    const hn::Rebind<std::uint32_t, Floats> words;
    const F magnitude = hn::Abs(value);
    auto code = hn::BitCast(integers, hn::ShiftLeft<3>(hn::ShiftRight<31>(hn::BitCast(words, value))));   // The sign.
    for (const float threshold : e2m1Thresholds)   // A mask is −1.
        code = hn::Sub(code, hn::VecFromMask(integers, hn::RebindMask(integers, hn::Gt(magnitude, hn::Set(d, threshold)))));
    return code;
}

void EncodeE2m1Products(const float* values, std::size_t count, std::size_t block, const float* factors, std::uint8_t* codes)
{
    EachVector(count, block, factors, [&](std::size_t i, F factor) { StoreCodes(E2m1Code(hn::Mul(Load(values + i), factor)), codes + i); });
}

void EncodeE2m1Quotients(const float* values, std::size_t count, std::size_t block, const float* divisors, std::uint8_t* codes)
{
    const F zero = hn::Zero(Floats());
    EachVector(count, block, divisors, [&](std::size_t i, F divisor) {
        const F quotient = hn::IfThenElseZero(hn::Ne(divisor, zero), hn::Div(Load(values + i), divisor));
        StoreCodes(E2m1Code(hn::Add(quotient, zero)), codes + i);   // −0 + 0 = 0
    });
}

void RoundToBytes(const float* values, std::size_t count, std::size_t block, const float* factors, std::int8_t* codes)
{
    // The float below one half: adding it carries exactly the halves and what lies above them.
    const F belowHalf = hn::Set(Floats(), 0x1.fffffep-2f);
    EachVector(count, block, factors, [&](std::size_t i, F factor) {
        const F scaled = hn::Mul(Load(values + i), factor);
        const auto code = hn::ConvertTo(Integers(), hn::Add(scaled, hn::CopySignToAbs(belowHalf, scaled)));
        hn::StoreU(hn::DemoteTo(SignedBytes(), code), SignedBytes(), codes + i);
    });
}

void TruncateToCodes(const float* values, std::size_t count, std::size_t block, const float* factors, float offset,
                     int highest, std::uint8_t* codes)
{
    const F plus = hn::Set(Floats(), offset);
    const auto most = hn::Set(Integers(), highest);
    EachVector(count, block, factors, [&](std::size_t i, F factor) {
        StoreCodes(hn::Min(hn::ConvertTo(Integers(), hn::Add(hn::Mul(Load(values + i), factor), plus)), most), codes + i);
    });
}

void CountThresholds(const float* values, std::size_t count, std::size_t block, const float* factors,
                     const float* thresholds, std::uint8_t* indices)
{
    const Floats d;
    const Integers integers;
    const F one = hn::Set(d, 1), minusOne = hn::Set(d, -1);
    EachVector(count, block, factors, [&](std::size_t i, F factor) {
        const F scaled = hn::Min(hn::Max(hn::Mul(Load(values + i), factor), minusOne), one);
        auto index = hn::Zero(integers);   // A mask is −1.
        for (std::size_t t = 0; t < 15; ++t)
            index = hn::Sub(index, hn::VecFromMask(integers, hn::RebindMask(integers, hn::Gt(scaled, hn::Set(d, thresholds[t])))));
        StoreCodes(index, indices + i);
    });
}

void NearestDoubledE2m1(const float* values, std::size_t count, std::size_t block, const float* scales, std::uint8_t* codes)
{
    const Floats d;
    const Integers integers;
    const F zero = hn::Zero(d);
    EachVector(count, block, scales, [&](std::size_t i, F scale) {
        const F value = Load(values + i), magnitude = hn::Abs(value);
        auto code = hn::Zero(integers);
        for (const float middle : {0.5f, 1.5f, 2.5f, 3.5f, 5.0f, 7.0f, 10.0f})
            code = hn::Sub(code, hn::VecFromMask(integers, hn::RebindMask(integers, hn::Gt(magnitude, hn::Mul(hn::Set(d, middle), scale)))));
        const auto isNegative = hn::And(hn::RebindMask(integers, hn::Lt(value, zero)), hn::Gt(code, hn::Zero(integers)));
        code = hn::Or(code, hn::IfThenElseZero(isNegative, hn::Set(integers, 8)));
        StoreCodes(hn::IfThenElseZero(hn::RebindMask(integers, hn::Gt(scale, zero)), code), codes + i);
    });
}

void LookUpBlocks(const std::uint8_t* codes, std::size_t count, std::size_t block, const float* table,
                  const float* factors, float* values)
{
    const Floats d;
    EachVector(count, block, factors, [&](std::size_t i, F factor) {
        const auto index = hn::PromoteTo(Integers(), hn::LoadU(Bytes(), codes + i));
        hn::StoreU(hn::Mul(hn::GatherIndex(d, table, index), factor), d, values + i);
    });
}

}  // namespace quantoscope::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace quantoscope {

HWY_EXPORT(LargestMagnitudes);
HWY_EXPORT(MultiplyBlocks);
HWY_EXPORT(Extremes);
HWY_EXPORT(EncodeE2m1Products);
HWY_EXPORT(EncodeE2m1Quotients);
HWY_EXPORT(RoundToBytes);
HWY_EXPORT(TruncateToCodes);
HWY_EXPORT(CountThresholds);
HWY_EXPORT(NearestDoubledE2m1);
HWY_EXPORT(LookUpBlocks);

void largestMagnitudes(const float* values, std::size_t count, std::size_t block, float* largest)
{
    HWY_DYNAMIC_DISPATCH(LargestMagnitudes)(values, count, block, largest);
}

void multiplyBlocks(const float* values, std::size_t count, std::size_t block, const float* factors, float* products)
{
    HWY_DYNAMIC_DISPATCH(MultiplyBlocks)(values, count, block, factors, products);
}

void extremes(const float* values, std::size_t count, std::size_t block, float* smallest, float* largest)
{
    HWY_DYNAMIC_DISPATCH(Extremes)(values, count, block, smallest, largest);
}

void encodeE2m1Products(const float* values, std::size_t count, std::size_t block, const float* factors, std::uint8_t* codes)
{
    HWY_DYNAMIC_DISPATCH(EncodeE2m1Products)(values, count, block, factors, codes);
}

void encodeE2m1Quotients(const float* values, std::size_t count, std::size_t block, const float* divisors, std::uint8_t* codes)
{
    HWY_DYNAMIC_DISPATCH(EncodeE2m1Quotients)(values, count, block, divisors, codes);
}

void roundToBytes(const float* values, std::size_t count, std::size_t block, const float* factors, std::int8_t* codes)
{
    HWY_DYNAMIC_DISPATCH(RoundToBytes)(values, count, block, factors, codes);
}

void truncateToCodes(const float* values, std::size_t count, std::size_t block, const float* factors, float offset,
                     int highest, std::uint8_t* codes)
{
    HWY_DYNAMIC_DISPATCH(TruncateToCodes)(values, count, block, factors, offset, highest, codes);
}

void countThresholds(const float* values, std::size_t count, std::size_t block, const float* factors,
                     const float* thresholds, std::uint8_t* indices)
{
    HWY_DYNAMIC_DISPATCH(CountThresholds)(values, count, block, factors, thresholds, indices);
}

void nearestDoubledE2m1(const float* values, std::size_t count, std::size_t block, const float* scales, std::uint8_t* codes)
{
    HWY_DYNAMIC_DISPATCH(NearestDoubledE2m1)(values, count, block, scales, codes);
}

void lookUpBlocks(const std::uint8_t* codes, std::size_t count, std::size_t block, const float* table,
                  const float* factors, float* values)
{
    HWY_DYNAMIC_DISPATCH(LookUpBlocks)(codes, count, block, table, factors, values);
}

}  // namespace quantoscope
#endif
