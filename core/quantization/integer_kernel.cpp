// SPDX-License-Identifier: Apache-2.0
#include "core/quantization/integer_kernel.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "core/quantization/integer_kernel.cpp"
#define HWY_DISABLED_TARGETS (HWY_SVE | HWY_SVE2 | HWY_SVE_256 | HWY_SVE2_128 | HWY_RVV)   // lanes must be a constant
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include "core/quantization/quantize_runs.inl"

HWY_BEFORE_NAMESPACE();
namespace quantoscope::HWY_NAMESPACE {
namespace {

using Integers = hn::Rebind<std::int32_t, Doubles>;
using Words = hn::Rebind<std::uint16_t, Doubles>;

/// One run's quantizer in double: right for every value, and slow.
class ExactGrid {
public:
    static constexpr float padding = 0;

    HWY_INLINE ExactGrid(const CodeSpan& codes, const RunScale& run)
        : m_codes(codes)
        , m_run(run)
    {
    }

    /// `width` values.
    HWY_INLINE void quantize(const float* from, std::size_t part, std::uint16_t* levelsTo, float* to, Totals& totals,
                             Counts& counts) const
    {
        const Doubles d;
        const hn::Rebind<float, Doubles> f;
        // x times the rounded 1/step is off by 2^-52 of itself; x / step is a tie or at least 2^-26 away
        // from one. Rounding the product to multiples of 2^-29 (adding and taking away 1.5 · 2^23 in
        // double) puts ties back where they are. Beyond 2^21 every quotient is clamped anyway.
        const V snap = hn::Set(d, 0x1.8p23), farthest = hn::Set(d, 0x1p21);
        const V largestFloat = hn::Set(d, double(std::numeric_limits<float>::max()));
        const V zero = hn::Set(d, double(m_run.scale.zero)), lowest = hn::Set(d, double(m_codes.lowest)), highest = hn::Set(d, double(m_codes.highest));

        const V raw = hn::PromoteTo(d, hn::LoadU(f, from));
        const V number = hn::IfThenElseZero(hn::Eq(raw, raw), raw);
        const V quotient = hn::Min(hn::Max(hn::Mul(number, hn::Set(d, 1 / m_run.scale.step)), hn::Neg(farthest)), farthest);
        const V snapped = hn::Sub(hn::Add(quotient, snap), snap);
        const V code = hn::Min(hn::Max(hn::Add(hn::Round(snapped), zero), lowest), highest);
        hn::StoreU(hn::DemoteTo(Words(), hn::DemoteTo(Integers(), hn::Sub(code, lowest))), Words(), levelsTo);
        const V exact = hn::Mul(hn::Sub(code, zero), hn::Set(d, m_run.scale.step));
        const auto stored = hn::DemoteTo(f, hn::Min(hn::Max(exact, hn::Neg(largestFloat)), largestFloat));
        hn::StoreU(stored, f, to);
        addExactly(part, raw, hn::PromoteTo(d, stored), m_run.clipLow, m_run.clipHigh, totals, counts);
    }

private:
    const CodeSpan& m_codes;
    const RunScale& m_run;
};

#if HWY_TARGET != HWY_SCALAR
/// The same quantizer in FP32, for values whose result FP32 is sure of; it says whether it is.
class FastGrid {
public:
    static constexpr bool leavesFloatDifferences = true;

    HWY_INLINE FastGrid(const CodeSpan& codes, const RunScale& run)
    {
        const Floats f;
        const float step = float(run.scale.step), inverse = 1 / step;
        const float low = float(codes.lowest - run.scale.zero), high = float(codes.highest - run.scale.zero);
        const float farthest = std::max(-low, high);
        // Bounds keep quotients and products away from the ends of FP32.
        m_isUsable = double(step) == run.scale.step && step > 0x1p-100f && step < 0x1p100f && farthest < 0x1p17f;
        if (!m_isUsable)
            return;
        // Half a step is the end of what a whole number is nearest to. What is stored for it is off by 2^-24 of
        // itself; twice that is left out.
        const float sure = 0.5f - (farthest + 2) * 0x1p-23f;
        m_isInside = run.holdsAll && float(run.clipLow) * inverse > low - 0.49f && float(run.clipHigh) * inverse < high + 0.49f;
        m_step = hn::Set(f, step);
        m_inverse = hn::Set(f, inverse);
        m_firstLevel = hn::Set(Ints(), roundingBits - std::int32_t(run.scale.zero - codes.lowest));
        m_sure = step * sure;
        if (m_isInside)
            return;
        m_low = hn::Set(f, low);
        m_high = hn::Set(f, high);
        m_clip.set(run);
    }

    HWY_INLINE bool isUsable() const { return m_isUsable; }

    /// Whole turns of values. Returns whether it is sure of all of them; what it wrote is void otherwise.
    HWY_INLINE bool quantize(const float* from, std::size_t count, std::uint16_t* levelsTo, float* to, LargestErrors& errors) const
    {
        return m_isInside ? quantize<true>(from, count, levelsTo, to, errors) : quantize<false>(from, count, levelsTo, to, errors);
    }

private:
    static constexpr std::int32_t roundingBits = 0x4B400000;   // of 1.5 · 2^23

    template <bool inside>
    HWY_INLINE bool quantize(const float* from, std::size_t count, std::uint16_t* levelsTo, float* to, LargestErrors& errors) const
    {
        const Floats f;
        // 1.5 · 2^23 leaves the whole number, rounded to even, in the low bits.
        const FloatVector rounding = hn::Set(f, 0x1.8p23f);
        [[maybe_unused]] auto holds = hn::Eq(rounding, rounding);
        for (std::size_t at = 0; at < count; at += valuesAtOnce) {
            const FloatVector x = hn::LoadU(f, from + at);
            FloatVector quotient = hn::Mul(x, m_inverse);
            if constexpr (!inside) {
                holds = hn::And(holds, m_clip.holds(x));
                quotient = hn::Min(hn::Max(quotient, m_low), m_high);
            }
            const FloatVector sum = hn::Add(quotient, rounding);
            // A whole number of at most 17 bits times an FP32 number, rounded once. Where it is within half a step
            // of x the two are within a factor of two of one another, and their difference is exact.
            const FloatVector stored = hn::Mul(hn::Sub(sum, rounding), m_step);
            storeLevels(hn::Sub(hn::BitCast(Ints(), sum), m_firstLevel), levelsTo + at);
            hn::StoreU(stored, f, to + at);
            errors.add(x, stored);
        }
        if constexpr (!inside)
            return hn::AllTrue(f, holds) && errors.areBelow(m_sure);
        return errors.areBelow(m_sure);   // false for NaN and infinities
    }

    bool m_isUsable, m_isInside;
    float m_sure;
    FloatVector m_step, m_inverse, m_low, m_high;
    IntVector m_firstLevel;
    ClipBounds m_clip;
};
#else
struct FastGrid {
    FastGrid(const CodeSpan&, const RunScale&) {}
    static constexpr bool isUsable() { return false; }
};
#endif

void QuantizeToGrids(const float* values, const CodeSpan& codes, std::span<const RunScale> scales, std::span<const std::size_t> lengths,
                     StoredRuns stored, LaneSums& sums)
{
    quantizeRuns<FastGrid, ExactGrid>(values, codes, scales, lengths, stored, sums);
}

}  // namespace
}  // namespace quantoscope::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace quantoscope {

HWY_EXPORT(QuantizeToGrids);

void quantizeToGrids(const float* values, const CodeSpan& codes, std::span<const RunScale> scales, std::span<const std::size_t> lengths,
                     StoredRuns stored, LaneSums& sums)
{
    HWY_DYNAMIC_DISPATCH(QuantizeToGrids)(values, codes, scales, lengths, stored, sums);
}

}  // namespace quantoscope
#endif
