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
using FloatVector = hn::Vec<Floats>;

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
/// A range as FP32 sees it: its ends rounded inwards.
struct ClipBounds {
    HWY_INLINE void set(double clipLow, double clipHigh)
    {
        const Floats f;
        low = hn::Set(f, double(float(clipLow)) < clipLow ? std::nextafter(float(clipLow), HUGE_VALF) : float(clipLow));
        high = hn::Set(f, double(float(clipHigh)) > clipHigh ? std::nextafter(float(clipHigh), -HUGE_VALF) : float(clipHigh));
    }
    HWY_INLINE hn::Mask<Floats> holds(FloatVector x) const { return hn::And(hn::Ge(x, low), hn::Le(x, high)); }

    FloatVector low, high;
};
#endif

/// A whole turn of the loop. `Fast` quantizes `valuesAtOnce` values in FP32 and refuses where it is not
/// sure of one of them; `Exact` quantizes `width` of any values in double.
template <class Fast, class Exact>
HWY_INLINE void quantizeTurn(const Fast& fast, const Exact& exact, const float* from, std::uint16_t* levels, float* to,
                             Totals& totals, Counts& counts)
{
    for (std::size_t at = 0; at < valuesPerTurn; at += valuesAtOnce) {
        float* const target = to ? to + at : nullptr;
        if (fast.isUsable() && fast.quantize(from + at, at % LaneSums::lanes, levels + at, target, totals))
            continue;
        for (std::size_t half = 0; half < halves; ++half) {
            const std::size_t first = at + half * width;
            exact.quantize(from + first, first / width % parts, levels + first, target ? to + first : nullptr, totals, counts);
        }
    }
}

template <class Fast, class Exact>
HWY_INLINE void quantizeRun(const Fast& fast, const Exact& exact, const float* values, std::size_t count, StoredRuns stored,
                            Totals& totals, Counts& counts)
{
    std::size_t at = 0;
    for (; at + valuesPerTurn <= count; at += valuesPerTurn)
        quantizeTurn(fast, exact, values + at, stored.levels + at, stored.dequantized ? stored.dequantized + at : nullptr, totals, counts);
    if (at == count)
        return;
    // The rest is filled up with what adds nothing: a zero that is stored as zero, else not-a-number.
    float padded[valuesPerTurn], paddedTo[valuesPerTurn];
    std::fill_n(padded, valuesPerTurn, Exact::padding);
    if constexpr (Exact::padding != 0)
        counts.notFinite -= valuesPerTurn - (count - at);
    std::uint16_t paddedLevels[valuesPerTurn];
    std::memcpy(padded, values + at, (count - at) * sizeof(float));
    quantizeTurn(fast, exact, padded, paddedLevels, paddedTo, totals, counts);
    std::memcpy(stored.levels + at, paddedLevels, (count - at) * sizeof(std::uint16_t));
    if (stored.dequantized)
        std::memcpy(stored.dequantized + at, paddedTo, (count - at) * sizeof(float));
}

/// Runs one after another, each with a quantizer made from its own `scales` entry.
template <class Fast, class Exact, class Scale, class... Shared>
HWY_INLINE void quantizeRuns(const float* values, std::span<const Scale> scales, std::span<const std::size_t> lengths,
                             StoredRuns stored, LaneSums& sums, const Shared&... shared)
{
    Totals totals;
    totals.load(sums);
    Counts counts;
    for (std::size_t run = 0; run < scales.size(); ++run) {
        quantizeRun(Fast(shared..., scales[run]), Exact(shared..., scales[run]), values, lengths[run], stored, totals, counts);
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
