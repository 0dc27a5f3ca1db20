// SPDX-License-Identifier: Apache-2.0
// How a vector kernel walks over runs, once for every instruction set: no include guard of its own.
#if defined(QUANTOSCOPE_QUANTIZE_RUNS_INL) == defined(HWY_TARGET_TOGGLE)
#ifdef QUANTOSCOPE_QUANTIZE_RUNS_INL
#undef QUANTOSCOPE_QUANTIZE_RUNS_INL
#else
#define QUANTOSCOPE_QUANTIZE_RUNS_INL
#endif

#include "core/quantization/lane_sums.inl"

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

/// Returns false, with nothing added, where FP32 is not sure of one of the values.
template <class Fast>
HWY_INLINE bool quantizeFast(const Fast& fast, const float* from, std::size_t count, std::uint16_t* levels, float* to, Totals& totals)
{
#if HWY_TARGET == HWY_SCALAR
    (void)fast, (void)from, (void)count, (void)levels, (void)to, (void)totals;
    return false;
#else
    if (!fast.isUsable())
        return false;
    LargestErrors errors{hn::Zero(Ints())};
    if (HWY_UNLIKELY(!fast.quantize(from, count, levels, to, errors)))
        return false;
    totals.add<Fast::leavesFloatDifferences>(from, to, count);
    totals.noteLargest(errors, from, to, count);
    return true;
#endif
}

/// Up to a stretch of values, whole turns. `Fast` quantizes in FP32 and says whether it is sure of all of
/// them; `Exact` quantizes `width` of any values in double.
template <class Fast, class Exact>
HWY_INLINE void quantizeStretch(const Fast& fast, const Exact& exact, const float* from, std::size_t count, std::uint16_t* levels,
                                float* to, Totals& totals, Counts& counts)
{
    if (HWY_LIKELY(quantizeFast(fast, from, count, levels, to, totals)))
        return;
    for (std::size_t turn = 0; turn < count; turn += valuesPerTurn) {
        if (quantizeFast(fast, from + turn, valuesPerTurn, levels + turn, to + turn, totals))
            continue;
        for (std::size_t at = turn; at < turn + valuesPerTurn; at += width)
            exact.quantize(from + at, at / width % parts, levels + at, to + at, totals, counts);
    }
}

template <class Fast, class Exact>
HWY_INLINE void quantizeRun(const Fast& fast, const Exact& exact, const float* values, std::size_t count, StoredRuns stored,
                            Totals& totals, Counts& counts)
{
    HWY_ALIGN float unwanted[stretchLength];
    std::size_t at = 0;
    while (count - at >= valuesPerTurn) {
        const std::size_t length = std::min(stretchLength, (count - at) / valuesPerTurn * valuesPerTurn);
        quantizeStretch(fast, exact, values + at, length, stored.levels + at, stored.dequantized ? stored.dequantized + at : unwanted,
                        totals, counts);
        at += length;
    }
    if (at == count)
        return;
    // The rest is filled up with what adds nothing: a zero that is stored as zero, else not-a-number.
    float padded[valuesPerTurn];
    std::fill_n(padded, valuesPerTurn, Exact::padding);
    if constexpr (Exact::padding != 0)
        counts.notFinite -= valuesPerTurn - (count - at);
    std::uint16_t paddedLevels[valuesPerTurn];
    std::memcpy(padded, values + at, (count - at) * sizeof(float));
    quantizeStretch(fast, exact, padded, valuesPerTurn, paddedLevels, unwanted, totals, counts);
    std::memcpy(stored.levels + at, paddedLevels, (count - at) * sizeof(std::uint16_t));
    if (stored.dequantized)
        std::memcpy(stored.dequantized + at, unwanted, (count - at) * sizeof(float));
}

/// Runs one after another, each with a quantizer made from its own scale.
template <class Fast, class Exact, class Shared>
HWY_INLINE void quantizeRuns(const float* values, const Shared& shared, std::span<const RunScale> scales,
                             std::span<const std::size_t> lengths, StoredRuns stored, LaneSums& sums)
{
    Totals totals;
    totals.load(sums);
    Counts counts;
    for (std::size_t run = 0; run < scales.size(); ++run) {
        quantizeRun(Fast(shared, scales[run]), Exact(shared, scales[run]), values, lengths[run], stored, totals, counts);
        values += lengths[run];
        stored.levels += lengths[run];
        if (stored.dequantized)
            stored.dequantized += lengths[run];
    }
    totals.store(sums);
    sums.notFinite += counts.notFinite;
    sums.clippedLow += counts.below;
    sums.clippedHigh += counts.above;
}

}  // namespace quantoscope::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif
