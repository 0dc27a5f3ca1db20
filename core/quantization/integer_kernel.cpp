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

    HWY_INLINE explicit ExactGrid(const IntegerGrid& grid)
        : m_grid(grid)
        , m_inverse(1 / grid.step)
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
        const V zero = hn::Set(d, m_grid.zero), lowest = hn::Set(d, m_grid.lowest), highest = hn::Set(d, m_grid.highest);

        const V raw = hn::PromoteTo(d, hn::LoadU(f, from));
        const V number = hn::IfThenElseZero(hn::Eq(raw, raw), raw);
        const V quotient = hn::Min(hn::Max(hn::Mul(number, hn::Set(d, m_inverse)), hn::Neg(farthest)), farthest);
        const V snapped = hn::Sub(hn::Add(quotient, snap), snap);
        const V code = hn::Min(hn::Max(hn::Add(hn::Round(snapped), zero), lowest), highest);
        hn::StoreU(hn::DemoteTo(Words(), hn::DemoteTo(Integers(), hn::Sub(code, lowest))), Words(), levelsTo);
        const V exact = hn::Mul(hn::Sub(code, zero), hn::Set(d, m_grid.step));
        const auto stored = hn::DemoteTo(f, hn::Min(hn::Max(exact, hn::Neg(largestFloat)), largestFloat));
        if (to)
            hn::StoreU(stored, f, to);

        addExactly(part, raw, hn::PromoteTo(d, stored), m_grid.clipLow, m_grid.clipHigh, totals, counts);
    }

private:
    const IntegerGrid& m_grid;
    double m_inverse;
};

#if HWY_TARGET != HWY_SCALAR
/// The same quantizer in FP32, for values whose result FP32 is sure of; it says which those are.
class FastGrid {
public:
    HWY_INLINE explicit FastGrid(const IntegerGrid& grid)
    {
        const Floats f;
        const float step = float(grid.step);
        const double low = grid.lowest - grid.zero, high = grid.highest - grid.zero;
        const double farthest = -low > high ? -low : high;
        // Bounds keep quotients and products away from the ends of FP32.
        m_usable = double(step) == grid.step && grid.step > 0x1p-100 && grid.step < 0x1p100 && farthest < 0x1p17;
        if (!m_usable)
            return;
        m_step = hn::Set(f, step);
        m_inverse = hn::Set(f, float(1 / grid.step));
        m_low = hn::Set(f, float(low));
        m_high = hn::Set(f, float(high));
        // The product with the rounded inverse is off by at most 2^-23 of itself; twice that is allowed for.
        m_sure = hn::Set(f, float(0.5 - (farthest + 1) * 0x1p-22));
        m_clip.set(grid.clipLow, grid.clipHigh);
        m_firstLevel = hn::Set(hn::RebindToSigned<Floats>(), roundingBits - std::int32_t(grid.zero - grid.lowest));
    }

    bool isUsable() const { return m_usable; }

    /// `valuesAtOnce` values; nothing happens where one of them needs the exact way.
    HWY_INLINE bool quantize(const float* from, std::size_t lane, std::uint16_t* levelsTo, float* to, Totals& totals) const
    {
        const Floats f;
        const hn::RebindToSigned<Floats> i;
        const hn::Rebind<std::uint16_t, Floats> w;
        const FloatVector x = hn::LoadU(f, from);
        const FloatVector quotient = hn::Mul(x, m_inverse);
        const FloatVector bounded = hn::Min(hn::Max(quotient, m_low), m_high);
        // 1.5 · 2^23 leaves the whole number, rounded to even, in the low bits.
        const FloatVector rounding = hn::Set(f, 0x1.8p23f);
        const FloatVector sum = hn::Add(bounded, rounding);
        const FloatVector whole = hn::Sub(sum, rounding);
        // Not-a-number fails every comparison, infinity the one of the distance.
        const auto sure = hn::And(hn::Le(hn::Abs(hn::Sub(quotient, whole)), m_sure), m_clip.holds(x));
        if (HWY_UNLIKELY(!hn::AllTrue(f, sure)))
            return false;
        hn::StoreU(hn::DemoteTo(w, hn::Sub(hn::BitCast(i, sum), m_firstLevel)), w, levelsTo);
        // A whole number of at most 17 bits times an FP32 number, rounded once. It is within half a step of
        // x, so the two are within a factor of two of one another and their difference is exact.
        const FloatVector stored = hn::Mul(whole, m_step);
        if (to)
            hn::StoreU(stored, f, to);
        totals.add(lane, x, stored);
        return true;
    }

private:
    static constexpr std::int32_t roundingBits = 0x4B400000;   // of 1.5 · 2^23

    bool m_usable;
    FloatVector m_step, m_inverse, m_low, m_high, m_sure;
    ClipBounds m_clip;
    hn::Vec<hn::RebindToSigned<Floats>> m_firstLevel;
};
#endif

#if HWY_TARGET == HWY_SCALAR
struct FastGrid {
    explicit FastGrid(const IntegerGrid&) {}
    static constexpr bool isUsable() { return false; }
    static bool quantize(const float*, std::size_t, std::uint16_t*, float*, Totals&) { return false; }
};
#endif

void QuantizeToGrids(const float* values, std::span<const IntegerGrid> grids, std::span<const std::size_t> lengths,
                     StoredRuns stored, LaneSums& sums)
{
    quantizeRuns<FastGrid, ExactGrid>(values, grids, lengths, stored, sums);
}

}  // namespace
}  // namespace quantoscope::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace quantoscope {

HWY_EXPORT(QuantizeToGrids);

void quantizeToGrids(const float* values, std::span<const IntegerGrid> grids, std::span<const std::size_t> lengths,
                     StoredRuns stored, LaneSums& sums)
{
    HWY_DYNAMIC_DISPATCH(QuantizeToGrids)(values, grids, lengths, stored, sums);
}

}  // namespace quantoscope
#endif
