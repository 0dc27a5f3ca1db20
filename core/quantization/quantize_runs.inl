// SPDX-License-Identifier: Apache-2.0
// How a vector kernel walks over runs, once for every instruction set: no include guard of its own.
#if defined(QUANTOSCOPE_QUANTIZE_RUNS_INL) == defined(HWY_TARGET_TOGGLE)
#ifdef QUANTOSCOPE_QUANTIZE_RUNS_INL
#undef QUANTOSCOPE_QUANTIZE_RUNS_INL
#else
#define QUANTOSCOPE_QUANTIZE_RUNS_INL
#endif

#include "core/quantization/lane_sums.inl"

#include <hwy/cache_control.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>

HWY_BEFORE_NAMESPACE();
namespace quantoscope::HWY_NAMESPACE {

using V = hn::Vec<Doubles>;

/// Quantized before anybody looks whether FP32 was sure of them all.
constexpr std::size_t stretchLength = 4 * valuesPerTurn;

struct Counts {
    std::uint64_t notFinite = 0, below = 0, above = 0;
};

/// Adds up `width` values and what is stored for them. Infinities and NaN are counted, and clipped values.
HWY_INLINE void addExactly(std::size_t part, V raw, V stored, double clipLow, double clipHigh, Totals& totals, Counts& counts)
{
    const Doubles d;
    const auto finite = hn::Le(hn::Abs(raw), hn::Set(d, std::numeric_limits<double>::max()));
    counts.notFinite += width - hn::CountTrue(d, finite);
    const V x = hn::IfThenElseZero(finite, raw);
    // What is stored in place of NaN may lie outside a range that does not hold 0, as a codebook's need not.
    counts.below += hn::CountTrue(d, hn::And(finite, hn::Lt(x, hn::Set(d, clipLow))));
    counts.above += hn::CountTrue(d, hn::And(finite, hn::Gt(x, hn::Set(d, clipHigh))));
    totals.addWithLargest(part, x, hn::IfThenElseZero(finite, stored));
}

#if HWY_TARGET != HWY_SCALAR
/// The range of a run as FP32 sees it: its ends rounded inwards; or without ends, where it holds all values.
struct ClipBounds {
    HWY_INLINE void set(const RunScale& run)
    {
        const Floats f;
        low = hn::Set(f, run.holdsAll ? -HUGE_VALF : double(float(run.clipLow)) < run.clipLow ? std::nextafter(float(run.clipLow), HUGE_VALF) : float(run.clipLow));
        high = hn::Set(f, run.holdsAll ? HUGE_VALF : double(float(run.clipHigh)) > run.clipHigh ? std::nextafter(float(run.clipHigh), -HUGE_VALF) : float(run.clipHigh));
    }
    HWY_INLINE hn::Mask<Floats> holds(FloatVector x) const { return hn::And(hn::Ge(x, low), hn::Le(x, high)); }

    FloatVector low, high;
};

HWY_INLINE void storeLevels(IntVector levels, std::uint16_t* to)
{
    const hn::Rebind<std::uint16_t, Floats> w;
    hn::StoreU(hn::DemoteTo(w, levels), w, to);
}
#endif

#if HWY_TARGET != HWY_SCALAR
/// Seldom asked.
template <bool inside, class Fast>
HWY_NOINLINE double largestErrorOf(const Fast& fast, const float* from, std::size_t count)
{
    const Floats f;
    double largest = 0;
    for (std::size_t at = 0; at < count; at += valuesAtOnce) {
        auto sure = hn::Eq(hn::Zero(f), hn::Zero(f));
        HWY_ALIGN float stored[valuesAtOnce];
        hn::Store(fast.template quantize<inside>(hn::LoadU(f, from + at), sure).stored, f, stored);
        for (std::size_t i = 0; i < valuesAtOnce; ++i)
            largest = std::max(largest, std::abs(double(from[at + i]) - double(stored[i])));
    }
    return largest;
}

/// Whole turns of values. Returns false, with nothing added, where FP32 is not sure of one of them; what it wrote is
/// void then. Where a quantizer is short it is one loop with the sums; a long one has them wait, and gets its own.
template <bool inside, class Fast>
HWY_INLINE bool quantizeFast(const Fast& fast, const float* from, std::size_t count, StoredRuns to, Totals& totals)
{
    // Every stretch is computed while others are on their way, if somebody sends for them.
    constexpr std::uintptr_t ahead = 8192;   // bytes
    const Floats f;
    LargestErrors errors{hn::Zero(Ints())};
    auto sure = hn::Eq(hn::Zero(f), hn::Zero(f));
    Sums sums = totals.sums;
    HWY_ALIGN float kept[Fast::isShort ? valuesAtOnce : stretchLength];
    for (std::size_t turn = 0; turn < count; turn += valuesPerTurn)
        for (std::size_t at = turn; at < turn + valuesPerTurn; at += valuesAtOnce) {
            const FloatVector x = hn::LoadU(f, from + at);
            hwy::Prefetch(reinterpret_cast<const char*>(reinterpret_cast<std::uintptr_t>(from + at) + ahead));
            const auto made = fast.template quantize<inside>(x, sure);
            if (to.levels)
                storeLevels(fast.levelsOf(x, made), to.levels + at);
            if (to.dequantized)
                hn::StoreU(made.stored, f, to.dequantized + at);
            const FloatVector error = hn::Sub(x, made.stored);
            errors.add(error);
            if constexpr (Fast::isShort)
                sums.add<Fast::leavesFloatDifferences>((at - turn) / width, from + at, made.stored, error);
            else
                hn::Store(made.stored, f, kept + at);
        }
    if constexpr (Fast::isShort && inside) {
        // One look in place of two, as a rule.
        if (HWY_LIKELY(errors.areBelow(std::min(fast.sureBelow(), totals.record)))) {
            totals.sums = sums;
            return true;
        }
    }
    if (HWY_UNLIKELY(!fast.template isSure<inside>(sure, errors)))
        return false;
    if constexpr (!Fast::isShort)
        for (std::size_t turn = 0; turn < count; turn += valuesPerTurn)
            for (std::size_t at = turn; at < turn + valuesPerTurn; at += valuesAtOnce) {
                const FloatVector stored = hn::Load(f, kept + at);
                sums.add<Fast::leavesFloatDifferences>((at - turn) / width, from + at, stored, stored);
            }
    totals.sums = sums;
    totals.noteLargest(errors, [&]() -> double {
        if constexpr (Fast::leavesFloatDifferences)
            return double(errors.largest());
        else
            return largestErrorOf<inside>(fast, from, count);
    });
    return true;
}
#endif

template <class Fast>
HWY_INLINE bool quantizeFast(const Fast& fast, const float* from, std::size_t count, StoredRuns to, Totals& totals)
{
#if HWY_TARGET == HWY_SCALAR
    (void)fast, (void)from, (void)count, (void)to, (void)totals;
    return false;
#else
    if (!fast.isUsable())
        return false;
    return fast.isInside() ? quantizeFast<true>(fast, from, count, to, totals) : quantizeFast<false>(fast, from, count, to, totals);
#endif
}

/// Up to a stretch of values, whole turns. `Fast` quantizes in FP32 and says whether it is sure of all of
/// them; what `makeExact` makes quantizes `width` of any values in double.
template <class Fast, class MakeExact>
HWY_INLINE void quantizeStretch(const Fast& fast, MakeExact makeExact, const float* from, std::size_t count, StoredRuns to,
                                Totals& totals, Counts& counts)
{
    if (HWY_LIKELY(quantizeFast(fast, from, count, to, totals)))
        return;
    const auto exact = makeExact();
    for (std::size_t turn = 0; turn < count; turn += valuesPerTurn) {
        const StoredRuns there = to.from(turn);
        if (quantizeFast(fast, from + turn, valuesPerTurn, there, totals))
            continue;
        std::uint16_t levels[valuesPerTurn];
        float dequantized[valuesPerTurn];
        for (std::size_t at = 0; at < valuesPerTurn; at += width)
            exact.quantize(from + turn + at, at / width % parts, levels + at, dequantized + at, totals, counts);
        there.put(levels, dequantized, valuesPerTurn);
    }
}

template <class Fast, class MakeExact>
HWY_INLINE void quantizeRun(const Fast& fast, MakeExact makeExact, const float* values, std::size_t count, StoredRuns stored,
                            Totals& totals, Counts& counts)
{
    constexpr float padding = decltype(makeExact())::padding;
    std::size_t at = 0;
    while (count - at >= valuesPerTurn) {
        const std::size_t length = std::min(stretchLength, (count - at) / valuesPerTurn * valuesPerTurn);
        quantizeStretch(fast, makeExact, values + at, length, stored.from(at), totals, counts);
        at += length;
    }
    if (at == count)
        return;
    // The rest is filled up with what adds nothing: a zero that is stored as zero, else not-a-number.
    float padded[valuesPerTurn], dequantized[valuesPerTurn];
    std::uint16_t levels[valuesPerTurn];
    std::fill_n(padded, valuesPerTurn, padding);
    if constexpr (padding != 0)
        counts.notFinite -= valuesPerTurn - (count - at);
    std::memcpy(padded, values + at, (count - at) * sizeof(float));
    quantizeStretch(fast, makeExact, padded, valuesPerTurn, {levels, dequantized}, totals, counts);
    stored.from(at).put(levels, dequantized, count - at);
}

/// Runs one after another, each with a quantizer made from its own scale.
template <class Fast, class Exact, class Shared, class Scale>
HWY_INLINE void quantizeRuns(const float* values, const Shared& shared, std::span<const Scale> scales,
                             std::span<const std::size_t> lengths, StoredRuns stored, LaneSums& sums)
{
    Totals totals;
    totals.load(sums);
    Counts counts;
    for (std::size_t run = 0; run < scales.size(); ++run) {
        const auto makeExact = [&] { return Exact(shared, scales[run]); };
        quantizeRun(Fast(shared, scales[run]), makeExact, values, lengths[run], stored, totals, counts);
        values += lengths[run];
        stored = stored.from(lengths[run]);
    }
    totals.store(sums);
    sums.notFinite += counts.notFinite;
    sums.clippedLow += counts.below;
    sums.clippedHigh += counts.above;
}

}  // namespace quantoscope::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif
