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

/// As quantizeToOwnGrids() has them.
struct OwnScale {
    float step, inverse;
};

/// One run's quantizer in double: right for every value, and slow.
class ExactGrid {
public:
    static constexpr float padding = 0;

    HWY_INLINE ExactGrid(const CodeSpan& codes, const RunScale& run)
        : m_codes(codes)
        , m_run(run)
    {
    }
    HWY_INLINE ExactGrid(const CodeSpan& codes, OwnScale scale)
        : m_codes(codes)
        , m_run{{double(scale.step), 0}, -HUGE_VAL, HUGE_VAL, true}
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
    const RunScale m_run;
};

#if HWY_TARGET != HWY_SCALAR
/// The same quantizer in FP32, for values whose result FP32 is sure of; it says whether it is.
class FastGrid {
public:
    static constexpr bool leavesFloatDifferences = true, isShort = true;

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
        m_isInside = run.holdsAll && float(run.clipLow) * inverse > low - 0.49f && float(run.clipHigh) * inverse < high + 0.49f;
        set(step, inverse, std::int64_t(farthest), run.scale.zero - codes.lowest);
        if (m_isInside)
            return;
        m_low = hn::Set(f, low);
        m_high = hn::Set(f, high);
        m_clip.set(run);
    }

    HWY_INLINE FastGrid(const CodeSpan& codes, OwnScale scale)
        : m_isUsable(true)
        , m_isInside(true)
    {
        set(scale.step, scale.inverse, codes.highest, -codes.lowest);
    }

    HWY_INLINE bool isUsable() const { return m_isUsable; }

    HWY_INLINE bool isInside() const { return m_isInside; }

    struct Made {
        FloatVector stored, sum;
    };

    /// `inside`: as isInside() says.
    template <bool inside>
    HWY_INLINE Made quantize(FloatVector x, hn::Mask<Floats>& sure) const
    {
        // 1.5 · 2^23 leaves the whole number, rounded to even, in the low bits. Where fused and not fused round
        // differently, the error says that FP32 is not sure.
        const FloatVector rounding = hn::Set(Floats(), 0x1.8p23f);
        FloatVector sum;
        if constexpr (inside) {
            sum = hn::MulAdd(x, m_inverse, rounding);
        } else {
            sure = hn::And(sure, m_clip.holds(x));
            sum = hn::Add(hn::Min(hn::Max(hn::Mul(x, m_inverse), m_low), m_high), rounding);
        }
        // A whole number of at most 17 bits times an FP32 number, rounded once. Where it is within half a step
        // of x the two are within a factor of two of one another, and their difference is exact.
        return {hn::Mul(hn::Sub(sum, rounding), m_step), sum};
    }

    /// Errors below it are of values that FP32 is sure of.
    HWY_INLINE float sureBelow() const { return m_sure; }
    HWY_INLINE IntVector levelsOf(FloatVector, const Made& made) const { return hn::Sub(hn::BitCast(Ints(), made.sum), m_firstLevel); }

    /// False for NaN and infinities.
    template <bool inside>
    HWY_INLINE bool isSure(hn::Mask<Floats> sure, const LargestErrors& errors) const
    {
        return errors.areBelow(m_sure) && (inside || hn::AllTrue(Floats(), sure));
    }

private:
    static constexpr std::int32_t roundingBits = 0x4B400000;   // of 1.5 · 2^23

    HWY_INLINE void set(float step, float inverse, std::int64_t farthest, std::int64_t levelOfZero)
    {
        m_step = hn::Set(Floats(), step);
        m_inverse = hn::Set(Floats(), inverse);
        m_firstLevel = hn::Set(Ints(), roundingBits - std::int32_t(levelOfZero));
        // Half a step is the end of what a whole number is nearest to. What is stored for it is off by 2^-24 of
        // itself; twice that is left out.
        m_sure = step * (0.5f - (float(farthest) + 2) * 0x1p-23f);
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
    FastGrid(const CodeSpan&, OwnScale) {}
    static constexpr bool isUsable() { return false; }
};
#endif

void QuantizeToGrids(const float* values, const CodeSpan& codes, std::span<const RunScale> scales, std::span<const std::size_t> lengths,
                     StoredRuns stored, LaneSums& sums)
{
    quantizeRuns<FastGrid, ExactGrid>(values, codes, scales, lengths, stored, sums);
}

/// Turns magnitudes into steps. Returns whether all of them are modest.
bool makeSteps(std::span<float> steps, float largest)
{
    const hn::ScalableTag<float> f;
    const auto low = hn::Set(f, 0x1p-100f), high = hn::Set(f, 0x1p100f);
    auto areModest = hn::Lt(low, high);
    std::size_t at = 0;
    for (; at + hn::Lanes(f) <= steps.size(); at += hn::Lanes(f)) {
        // A quotient of FP32 numbers that was rounded to double and then to FP32 is that rounded at once.
        const auto step = hn::Div(hn::LoadU(f, steps.data() + at), hn::Set(f, largest));
        areModest = hn::And(areModest, hn::And(hn::Gt(step, low), hn::Lt(step, high)));
        hn::StoreU(step, f, steps.data() + at);
    }
    bool restIsModest = true;
    for (; at < steps.size(); ++at) {
        steps[at] /= largest;
        restIsModest &= steps[at] > 0x1p-100f && steps[at] < 0x1p100f;
    }
    return restIsModest && hn::AllTrue(f, areModest);
}

bool QuantizeToOwnGrids(const float* values, const CodeSpan& codes, float largest, std::span<float> magnitudes,
                        std::span<const std::size_t> lengths, StoredRuns stored, LaneSums& sums)
{
    if (!makeSteps(magnitudes, largest))
        return false;
    // Inverses beforehand: a run that began with a division would wait for it.
    constexpr std::size_t atOnce = 128;
    OwnScale scales[atOnce];
    while (!lengths.empty()) {
        const std::size_t runs = std::min(atOnce, lengths.size());
        std::size_t count = 0;
        for (std::size_t i = 0; i < runs; ++i) {
            scales[i] = {magnitudes[i], 1 / magnitudes[i]};
            count += lengths[i];
        }
        quantizeRuns<FastGrid, ExactGrid>(values, codes, std::span<const OwnScale>(scales, runs), lengths.first(runs), stored, sums);
        values += count;
        stored = stored.from(count);
        lengths = lengths.subspan(runs);
        magnitudes = magnitudes.subspan(runs);
    }
    return true;
}

}  // namespace
}  // namespace quantoscope::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace quantoscope {

HWY_EXPORT(QuantizeToGrids);
HWY_EXPORT(QuantizeToOwnGrids);

void quantizeToGrids(const float* values, const CodeSpan& codes, std::span<const RunScale> scales, std::span<const std::size_t> lengths,
                     StoredRuns stored, LaneSums& sums)
{
    HWY_DYNAMIC_DISPATCH(QuantizeToGrids)(values, codes, scales, lengths, stored, sums);
}

bool quantizeToOwnGrids(const float* values, const CodeSpan& codes, float largest, std::span<float> magnitudes,
                        std::span<const std::size_t> lengths, StoredRuns stored, LaneSums& sums)
{
    return HWY_DYNAMIC_DISPATCH(QuantizeToOwnGrids)(values, codes, largest, magnitudes, lengths, stored, sums);
}

}  // namespace quantoscope
#endif
