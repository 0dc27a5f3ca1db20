// SPDX-License-Identifier: Apache-2.0
#include "core/quantization/block_kernels.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "core/quantization/block_kernels.cpp"
#define HWY_DISABLED_TARGETS (HWY_SVE | HWY_SVE2 | HWY_SVE_256 | HWY_SVE2_128 | HWY_RVV)   // lanes must be a constant
#include <hwy/foreach_target.h>
#include <hwy/cache_control.h>
#include <hwy/highway.h>

#include <algorithm>
#include <cstring>
#include <iterator>
#include <limits>

HWY_BEFORE_NAMESPACE();
namespace quantoscope::HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

/// Behind a lambda's parameters: one that is called has its vectors go through memory.
#ifndef QUANTOSCOPE_INLINE
#define QUANTOSCOPE_INLINE __attribute__((always_inline))
#endif

// Sixteen lanes at the most: blocks have 16 values or more.
using Floats = hn::CappedTag<float, 16>;
using Integers = hn::Rebind<std::int32_t, Floats>;
using Words = hn::Rebind<std::uint32_t, Floats>;
using F = hn::Vec<Floats>;
using W = hn::Vec<Words>;
constexpr std::size_t width = hn::MaxLanes(Floats());

HWY_INLINE F Load(const float* from) { return hn::LoadU(Floats(), from); }

/// The whole part of numbers up to 2^22, in the lowest bits.
HWY_INLINE W WholePart(F value)
{
    return hn::BitCast(Words(), hn::Add(hn::Trunc(value), hn::Set(Floats(), 0x1.8p23f)));
}

#if HWY_TARGET != HWY_SCALAR
using Bytes = hn::Repartition<std::uint8_t, Floats>;   ///< Four times as many lanes.
using B = hn::Vec<Bytes>;

/// The lowest bytes of four vectors, in order; what is above them may be anything.
HWY_INLINE B LowestBytes(const W* four)
{
    const Words words;
    const W pairs[2] = {hn::OrAnd(hn::ShiftLeft<8>(four[1]), four[0], hn::Set(words, 0xFF)),
                        hn::OrAnd(hn::ShiftLeft<8>(four[3]), four[2], hn::Set(words, 0xFF))};
    const W all = hn::OrAnd(hn::ShiftLeft<16>(pairs[1]), pairs[0], hn::Set(words, 0xFFFF));
    HWY_ALIGN static constexpr std::uint8_t fours[16] = {0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15};
    const B inFours = hn::TableLookupBytes(hn::BitCast(Bytes(), all), hn::LoadDup128(Bytes(), fours));
    if constexpr (width == 4)
        return inFours;
    HWY_ALIGN static constexpr std::int32_t of16[16] = {0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15};
    HWY_ALIGN static constexpr std::int32_t of8[16] = {0, 4, 1, 5, 2, 6, 3, 7};
    const auto order = hn::SetTableIndices(Words(), width == 16 ? of16 : of8);
    return hn::BitCast(Bytes(), hn::TableLookupLanes(hn::BitCast(words, inFours), order));
}

/// Pieces of `piece` bytes, each `stride` after the one before; a vector that is shorter is part of one.
template <std::size_t piece, class D>
HWY_INLINE void StorePieces(D d, hn::Vec<D> bytes, std::byte* to, std::size_t stride)
{
    if constexpr (hn::MaxLanes(d) > piece) {
        const hn::Half<D> half;
        StorePieces<piece>(half, hn::LowerHalf(half, bytes), to, stride);
        StorePieces<piece>(half, hn::UpperHalf(half, bytes), to + hn::MaxLanes(half) / piece * stride, stride);
    } else {
        hn::StoreU(bytes, d, reinterpret_cast<std::uint8_t*>(to));
    }
}

#endif

/// Writes codes, `perByte` values in each byte and `piece` bytes together. `codes(values, factors, b)` are those of
/// the bytes from b on, one a lane; what does not fill a vector of bytes is filled up. Asks for as many values behind
/// these as there are here: the caller's next tile, while nothing else keeps memory busy.
template <std::size_t piece, std::size_t perByte, std::size_t perFactor, class Codes>
HWY_INLINE void StoreCodes(const float* values, std::size_t count, const float* factors, std::byte* to, std::size_t stride, Codes codes)
{
#if HWY_TARGET == HWY_SCALAR
    for (std::size_t b = 0; b < count / perByte; ++b)
        to[b / piece * stride + b % piece] = std::byte(hn::GetLane(codes(values, factors, b)));
#else
    constexpr std::size_t step = hn::MaxLanes(Bytes()), read = step * perByte;
    const auto one = [&](const float* x, const float* f, std::size_t b) QUANTOSCOPE_INLINE {
        const W four[4] = {codes(x, f, b), codes(x, f, b + width), codes(x, f, b + 2 * width), codes(x, f, b + 3 * width)};
        return LowestBytes(four);
    };
    const std::size_t bytes = count / perByte;
    std::size_t b = 0;
    for (; b + step <= bytes; b += step) {
        for (std::size_t i = 0; i < read; i += 16)
            hwy::Prefetch(values + count + b * perByte + i);
        StorePieces<piece>(Bytes(), one(values, factors, b), to + b / piece * stride + b % piece, stride);
    }
    if (b == bytes)
        return;
    float padded[read] = {}, paddedFactors[std::max<std::size_t>(1, read / perFactor)] = {};
    std::byte made[step];
    const std::size_t first = b * perByte;
    std::memcpy(padded, values + first, (count - first) * sizeof(float));
    std::memcpy(paddedFactors, factors + first / perFactor, (count - first + perFactor - 1) / perFactor * sizeof(float));
    hn::StoreU(one(padded, paddedFactors, 0), Bytes(), reinterpret_cast<std::uint8_t*>(made));
    for (std::size_t done = 0; b + done < bytes; done += piece)
        std::memcpy(to + (b + done) / piece * stride, made + done, std::min(piece, bytes - b - done));
#endif
}

struct Larger {
    HWY_INLINE F operator()(F a, F b) const { return hn::Max(a, b); }
    HWY_INLINE float of(F lanes) const { return hn::GetLane(hn::MaxOfLanes(Floats(), lanes)); }
};
struct Smaller {
    HWY_INLINE F operator()(F a, F b) const { return hn::Min(a, b); }
    HWY_INLINE float of(F lanes) const { return hn::GetLane(hn::MinOfLanes(Floats(), lanes)); }
};

/// As many vectors as one has lanes: lane i of the result is what is left of all lanes of vector i.
template <class Op>
HWY_INLINE F FoldEach(const F* v, [[maybe_unused]] Op op)
{
#if HWY_TARGET == HWY_SCALAR
    return v[0];
#else
    const Floats d;
    const hn::Repartition<std::uint64_t, Floats> pairs;
    // Within each stretch of four lanes; four vectors give one.
    const auto four = [&](const F* from) QUANTOSCOPE_INLINE {
        const F ab = op(hn::InterleaveLower(d, from[0], from[1]), hn::InterleaveUpper(d, from[0], from[1]));
        const F cd = op(hn::InterleaveLower(d, from[2], from[3]), hn::InterleaveUpper(d, from[2], from[3]));
        const auto low = hn::BitCast(pairs, ab), high = hn::BitCast(pairs, cd);
        return op(hn::BitCast(d, hn::InterleaveLower(pairs, low, high)), hn::BitCast(d, hn::InterleaveUpper(pairs, low, high)));
    };
    [[maybe_unused]] const auto halves = [&](F a, F b) QUANTOSCOPE_INLINE { return op(hn::ConcatLowerLower(d, b, a), hn::ConcatUpperUpper(d, b, a)); };
    if constexpr (width == 4) {
        return four(v);
    } else if constexpr (width == 8) {
        return halves(four(v), four(v + 4));
    } else {
        const F even = halves(four(v), four(v + 8)), odd = halves(four(v + 4), four(v + 12));
        return hn::OddEvenBlocks(op(odd, hn::SwapAdjacentBlocks(odd)), op(even, hn::SwapAdjacentBlocks(even)));
    }
#endif
}

/// What `op` leaves of each block, `seen` being what it looks at of a vector of values. Horizontal steps cost
/// more than reading does: they are shared by as many blocks as a vector has lanes.
template <class Op, class Seen>
HWY_INLINE void FoldBlocks(const float* values, std::size_t count, std::size_t block, Op op, Seen seen, float* folded)
{
    const auto across = [&](const float* from) QUANTOSCOPE_INLINE {
        F all = seen(Load(from));
        for (std::size_t i = width; i < block; i += width)
            all = op(all, seen(Load(from + i)));
        return all;
    };
    std::size_t first = 0;
    for (; first + width * block <= count; first += width * block, folded += width) {
        F each[width];
        for (std::size_t i = 0; i < width; ++i)
            each[i] = across(values + first + i * block);
        hn::StoreU(FoldEach(each, op), Floats(), folded);
    }
    for (; first < count; first += block)
        *folded++ = op.of(across(values + first));
}

/// For the sizes that there are, known to the compiler.
template <class Op, class Seen>
HWY_INLINE void FoldAnyBlocks(const float* values, std::size_t count, std::size_t block, Op op, Seen seen, float* folded)
{
    if (block == 16)
        return FoldBlocks(values, count, 16, op, seen, folded);
    if (block == 32)
        return FoldBlocks(values, count, 32, op, seen, folded);
    FoldBlocks(values, count, block, op, seen, folded);
}

void LargestMagnitudes(const float* values, std::size_t count, std::size_t block, float* largest)
{
    FoldAnyBlocks(values, count, block, Larger(), [](F x) QUANTOSCOPE_INLINE { return hn::Abs(x); }, largest);
}

void Extremes(const float* values, std::size_t count, std::size_t block, float* smallest, float* largest)
{
    FoldAnyBlocks(values, count, block, Smaller(), [](F x) QUANTOSCOPE_INLINE { return x; }, smallest);
    FoldAnyBlocks(values, count, block, Larger(), [](F x) QUANTOSCOPE_INLINE { return x; }, largest);
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

/// How many of seven ascending thresholds lie below a number.
class SevenThresholds {
public:
    /// Times a scale, exactly; sixteen floats, of which seven count.
    HWY_INLINE SevenThresholds(const float* thresholds, F scale)
    {
        for (std::size_t t = 0; t < 7; ++t)
            m_each[t] = hn::Mul(hn::Set(Floats(), thresholds[t]), scale);
        if constexpr (width >= 8)
            m_all = hn::Mul(Load(thresholds), scale);
    }

    HWY_INLINE W below(F magnitude) const
    {
        const Words words;
        const auto rise = [&](W from, F threshold, std::uint32_t by) QUANTOSCOPE_INLINE {
            return hn::IfThenElse(hn::RebindMask(words, hn::Gt(magnitude, threshold)), hn::Add(from, hn::Set(words, by)), from);
        };
        W count = hn::Zero(words);
        if constexpr (width >= 8) {
            const auto isHigh = hn::Gt(magnitude, m_each[3]);
            count = hn::IfThenElseZero(hn::RebindMask(words, isHigh), hn::Set(words, 4));
            count = rise(count, hn::IfThenElse(isHigh, m_each[5], m_each[1]), 2);
            return rise(count, hn::TableLookupLanes(m_all, hn::IndicesFromVec(Floats(), count)), 1);
        }
        for (const F& threshold : m_each)
            count = rise(count, threshold, 1);
        return count;
    }

private:
    F m_all, m_each[7];
};

/// 8 where the sign bit is set.
HWY_INLINE W SignBit(F value)
{
    return hn::And(hn::ShiftRight<28>(hn::BitCast(Words(), value)), hn::Set(Words(), 8));
}

/// Thresholds above which the next code begins; where a tie goes up, the float just below it.
HWY_ALIGN constexpr float e2m1Thresholds[16] = {0.25f, 0x1.7ffffep-1f, 1.25f, 0x1.bffffep0f, 2.5f, 0x1.bffffep1f, 5.0f};

template <std::size_t block>
HWY_INLINE void EncodeE2m1ProductsOf(const float* values, std::size_t count, const float* factors, std::uint8_t* codes)
{
    const SevenThresholds thresholds(e2m1Thresholds, hn::Set(Floats(), 1));
    StoreCodes<64, 1, block>(values, count, factors, reinterpret_cast<std::byte*>(codes), 64, [&](const float* x, const float* f, std::size_t b) QUANTOSCOPE_INLINE {
        const F product = hn::Mul(Load(x + b), hn::Set(Floats(), f[b / block]));
        return hn::Or(thresholds.below(hn::Abs(product)), SignBit(product));
    });
}

void EncodeE2m1Products(const float* values, std::size_t count, const float* factors, std::uint8_t* codes)
{
    EncodeE2m1ProductsOf<32>(values, count, factors, codes);
}

void EncodeE2m1Quotients(const float* values, std::size_t count, const float* divisors, std::uint8_t* codes)
{
    const F zero = hn::Zero(Floats());
    const SevenThresholds thresholds(e2m1Thresholds, hn::Set(Floats(), 1));
    StoreCodes<64, 1, 16>(values, count, divisors, reinterpret_cast<std::byte*>(codes), 64, [&](const float* x, const float* d, std::size_t b) QUANTOSCOPE_INLINE {
        const F divisor = hn::Set(Floats(), d[b / 16]);
        const F quotient = hn::IfThenElseZero(hn::Ne(divisor, zero), hn::Div(Load(x + b), divisor));
        return hn::Or(thresholds.below(hn::Abs(quotient)), SignBit(hn::Add(quotient, zero)));   // −0 + 0 = 0
    });
}

void RoundToBytes(const float* values, std::size_t count, const float* factors, std::byte* codes, std::size_t stride)
{
    // The float below one half: adding it carries exactly the halves and what lies above them.
    const F belowHalf = hn::Set(Floats(), 0x1.fffffep-2f);
    StoreCodes<32, 1, 32>(values, count, factors, codes, stride, [&](const float* x, const float* f, std::size_t b) QUANTOSCOPE_INLINE {
        const F scaled = hn::Mul(Load(x + b), hn::Set(Floats(), f[b / 32]));
        return WholePart(hn::Add(scaled, hn::CopySignToAbs(belowHalf, scaled)));
    });
}

/// Two codes of four bits a byte, the first of each pair in the low half.
HWY_INLINE W Paired(W low, W high) { return hn::OrAnd(hn::ShiftLeft<4>(high), low, hn::Set(Words(), 15)); }

void TruncateToNibbles(const float* values, std::size_t count, const float* factors, float offset, std::byte* codes,
                       std::size_t stride)
{
    const F plus = hn::Set(Floats(), offset), most = hn::Set(Floats(), 15);
    StoreCodes<16, 2, 32>(values, count, factors, codes, stride, [&](const float* x, const float* f, std::size_t b) QUANTOSCOPE_INLINE {
        const F factor = hn::Set(Floats(), f[b / 16]);
        const float* const from = x + b / 16 * 32 + b % 16;
        const auto code = [&](const float* at) QUANTOSCOPE_INLINE { return WholePart(hn::Min(hn::Add(hn::Mul(Load(at), factor), plus), most)); };
        return Paired(code(from), code(from + 16));
    });
}

void CountThresholds(const float* values, std::size_t count, const float* factors, const float* thresholds, std::uint8_t* indices)
{
    const Words words;
    const auto each = [&](std::size_t t) QUANTOSCOPE_INLINE { return hn::Set(Floats(), thresholds[t]); };
    [[maybe_unused]] float padded[16 + 3];   // for whom looks them up from the fourth on
    std::fill(std::copy_n(thresholds, 15, padded), std::end(padded), std::numeric_limits<float>::infinity());
    StoreCodes<64, 1, 64>(values, count, factors, reinterpret_cast<std::byte*>(indices), 64, [&](const float* x, const float* f, std::size_t b) QUANTOSCOPE_INLINE {
        const F scaled = hn::Mul(Load(x + b), hn::Set(Floats(), f[b / 64]));
        const auto rise = [&](W from, F threshold, std::uint32_t by) QUANTOSCOPE_INLINE {
            return hn::IfThenElse(hn::RebindMask(words, hn::Gt(scaled, threshold)), hn::Add(from, hn::Set(words, by)), from);
        };
        W index = hn::Zero(words);
        if constexpr (width == 16) {   // by bisection, where one register holds them all
            index = rise(index, each(7), 8);
            index = rise(index, hn::TableLookupLanes(Load(padded + 3), hn::IndicesFromVec(Floats(), index)), 4);
            index = rise(index, hn::TableLookupLanes(Load(padded + 1), hn::IndicesFromVec(Floats(), index)), 2);
            return rise(index, hn::TableLookupLanes(Load(padded), hn::IndicesFromVec(Floats(), index)), 1);
        }
        for (std::size_t t = 0; t < 15; ++t)
            index = rise(index, each(t), 1);
        return index;
    });
}

/// ggml's code of the nearest of 0, 1, 2, 3, 4, 6, 8, 12 times a scale: these thresholds times the scale are exact.
HWY_ALIGN constexpr float doubledE2m1Thresholds[16] = {0.5f, 1.5f, 2.5f, 3.5f, 5.0f, 7.0f, 10.0f};

HWY_INLINE W NearestDoubledE2m1(const SevenThresholds& thresholds, F value)
{
    const W code = thresholds.below(hn::Abs(value));
    return hn::IfThenElseZero(hn::Ne(code, hn::Zero(Words())), hn::Or(code, SignBit(value)));
}

void NearestDoubledE2m1Of32(const float* values, std::size_t count, const float* scales, std::byte* codes, std::size_t stride)
{
    StoreCodes<16, 2, 32>(values, count, scales, codes, stride, [](const float* x, const float* s, std::size_t b) QUANTOSCOPE_INLINE {
        const SevenThresholds thresholds(doubledE2m1Thresholds, hn::Set(Floats(), s[b / 16]));
        const float* const from = x + b / 16 * 32 + b % 16;
        return Paired(NearestDoubledE2m1(thresholds, Load(from)), NearestDoubledE2m1(thresholds, Load(from + 16)));
    });
}

void NearestDoubledE2m1Of16(const float* values, std::size_t count, const float* scales, std::byte* codes, std::size_t stride)
{
    StoreCodes<32, 2, 16>(values, count, scales, codes, stride, [](const float* x, const float* s, std::size_t b) QUANTOSCOPE_INLINE {
        const auto nearest = [&](std::size_t block, std::size_t at) QUANTOSCOPE_INLINE {
            return NearestDoubledE2m1(SevenThresholds(doubledE2m1Thresholds, hn::Set(Floats(), s[block])), Load(x + 16 * block + at));
        };
#if HWY_TARGET != HWY_SCALAR
        if constexpr (width == 16) {   // Both halves of a block in one vector: those of two blocks change places.
            const W first = nearest(b / 8, 0), second = nearest(b / 8 + 1, 0);
            return Paired(hn::ConcatLowerLower(Words(), second, first), hn::ConcatUpperUpper(Words(), second, first));
        }
#endif
        return Paired(nearest(b / 8, b % 8), nearest(b / 8, b % 8 + 8));
    });
}

void PackPairs(const std::uint8_t* indices, std::size_t count, const std::uint8_t* table, bool isFirstHigh, std::byte* codes)
{
    std::size_t i = 0;
#if HWY_TARGET != HWY_SCALAR
    const hn::Full128<std::uint8_t> bytes;
    const hn::Full128<std::uint16_t> pairs;
    const auto lookUp = hn::LoadU(bytes, table);
    const auto pack = [&](const std::uint8_t* from) QUANTOSCOPE_INLINE {
        const auto both = hn::BitCast(pairs, hn::TableLookupBytes(lookUp, hn::LoadU(bytes, from)));
        return hn::BitCast(bytes, isFirstHigh ? hn::Or(hn::ShiftLeft<4>(both), hn::ShiftRight<8>(both)) : hn::Or(both, hn::ShiftRight<4>(both)));
    };
    for (; i + 32 <= count; i += 32)
        hn::StoreU(hn::ConcatEven(bytes, pack(indices + i + 16), pack(indices + i)), bytes, reinterpret_cast<std::uint8_t*>(codes) + i / 2);
#endif
    for (; i < count; i += 2) {
        const unsigned first = table[indices[i]], second = table[indices[i + 1]];
        codes[i / 2] = std::byte(isFirstHigh ? first << 4 | second : first | second << 4);
    }
}

void LookUpBlocks(const std::uint8_t* codes, std::size_t count, std::size_t block, const float* table,
                  const float* factors, float* values)
{
    const Floats d;
    const hn::Rebind<std::int32_t, Floats> integers;
    const hn::Rebind<std::uint8_t, Floats> bytes;
    EachVector(count, block, factors, [&](std::size_t i, F factor) {
        const auto index = hn::PromoteTo(integers, hn::LoadU(bytes, codes + i));
        if constexpr (width == 16)
            hn::StoreU(hn::Mul(hn::TableLookupLanes(Load(table), hn::IndicesFromVec(d, index)), factor), d, values + i);
        else
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
HWY_EXPORT(TruncateToNibbles);
HWY_EXPORT(CountThresholds);
HWY_EXPORT(NearestDoubledE2m1Of32);
HWY_EXPORT(NearestDoubledE2m1Of16);
HWY_EXPORT(PackPairs);
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

void encodeE2m1Products(const float* values, std::size_t count, const float* factors, std::uint8_t* codes)
{
    HWY_DYNAMIC_DISPATCH(EncodeE2m1Products)(values, count, factors, codes);
}

void encodeE2m1Quotients(const float* values, std::size_t count, const float* divisors, std::uint8_t* codes)
{
    HWY_DYNAMIC_DISPATCH(EncodeE2m1Quotients)(values, count, divisors, codes);
}

void roundToBytes(const float* values, std::size_t count, const float* factors, std::byte* codes, std::size_t stride)
{
    HWY_DYNAMIC_DISPATCH(RoundToBytes)(values, count, factors, codes, stride);
}

void truncateToNibbles(const float* values, std::size_t count, const float* factors, float offset, std::byte* codes,
                       std::size_t stride)
{
    HWY_DYNAMIC_DISPATCH(TruncateToNibbles)(values, count, factors, offset, codes, stride);
}

void countThresholds(const float* values, std::size_t count, const float* factors, const float* thresholds, std::uint8_t* indices)
{
    HWY_DYNAMIC_DISPATCH(CountThresholds)(values, count, factors, thresholds, indices);
}

void nearestDoubledE2m1(const float* values, std::size_t count, const float* scales, std::byte* codes, std::size_t stride)
{
    HWY_DYNAMIC_DISPATCH(NearestDoubledE2m1Of32)(values, count, scales, codes, stride);
}

void nearestDoubledE2m1Of16(const float* values, std::size_t count, const float* scales, std::byte* codes, std::size_t stride)
{
    HWY_DYNAMIC_DISPATCH(NearestDoubledE2m1Of16)(values, count, scales, codes, stride);
}

void packPairs(const std::uint8_t* indices, std::size_t count, const std::uint8_t* table, bool isFirstHigh, std::byte* codes)
{
    HWY_DYNAMIC_DISPATCH(PackPairs)(indices, count, table, isFirstHigh, codes);
}

void lookUpBlocks(const std::uint8_t* codes, std::size_t count, std::size_t block, const float* table,
                  const float* factors, float* values)
{
    HWY_DYNAMIC_DISPATCH(LookUpBlocks)(codes, count, block, table, factors, values);
}

}  // namespace quantoscope
#endif
