// SPDX-License-Identifier: Apache-2.0
#include "core/quantization/level_kernel.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "core/quantization/level_kernel.cpp"
#define HWY_DISABLED_TARGETS (HWY_SVE | HWY_SVE2 | HWY_SVE_256 | HWY_SVE2_128 | HWY_RVV)   // lanes must be a constant
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include "core/quantization/quantize_runs.inl"

HWY_BEFORE_NAMESPACE();
namespace quantoscope::HWY_NAMESPACE {
namespace {

/// One run's quantizer a value at a time: right for every value, and slow.
class ExactLevels {
public:
    static constexpr float padding = std::numeric_limits<float>::quiet_NaN();   // zero need not be a level

    HWY_INLINE ExactLevels(const LevelLookup& table, const RunScale& run)
        : m_table(table)
        , m_run(run)
    {
    }

    HWY_INLINE void quantize(const float* from, std::size_t part, std::uint16_t* levelsTo, float* to, Totals& totals,
                             Counts& counts) const
    {
        const Doubles d;
        HWY_ALIGN double raw[width], stored[width];
        for (std::size_t i = 0; i < width; ++i) {
            raw[i] = double(from[i]);
            const double number = std::isnan(raw[i]) ? 0 : raw[i];
            const double step = m_run.scale.step;
            const std::size_t level = m_table.levelOf(step == 0 ? 0 : number / step);
            levelsTo[i] = std::uint16_t(level);
            to[i] = asFloat(m_table.map.levels[level] * step);
            stored[i] = double(to[i]);
        }
        addExactly(part, hn::Load(d, raw), hn::Load(d, stored), m_run.clipLow, m_run.clipHigh, totals, counts);
    }

private:
    const LevelLookup& m_table;
    const RunScale& m_run;
};

#if HWY_TARGET != HWY_SCALAR
/// Whether steps and products stay away from the ends of FP32.
bool isModest(const LevelLookup& table, double step)
{
    return double(float(step)) == step && step > 0x1p-60 && step < 0x1p60 && table.largest < 0x1p40;
}

/// The levels of a float format, found by rounding, for values whose result FP32 is sure of.
class FastFloat {
public:
    static constexpr bool leavesFloatDifferences = false, isShort = false;

    HWY_INLINE FastFloat(const LevelLookup& table, const RunScale& run)
        : m_isUsable(isModest(table, run.scale.step))
        , m_isInside(run.holdsAll)
        , m_shift(table.format->roundShift)
    {
        const Floats f;
        const Ints i;
        const WideFloat& format = *table.format;
        m_step = hn::Set(f, float(run.scale.step));
        m_inverse = hn::Set(f, 1 / float(run.scale.step));
        m_largest = hn::Set(f, float(table.map.levels.back()));
        m_lift = hn::Set(i, format.roundShift << 23);
        m_magic = hn::BitCast(i, hn::Set(f, format.subnormalMagic));
        m_magicCode = hn::ShiftRightSame(m_magic, m_shift);
        m_middle = hn::Set(i, std::int32_t(table.map.size() / 2));
        // Half of the last place, less what the product with the rounded inverse may be off by, twice.
        m_sure = hn::Set(f, 0x1p-23f * float(0.5 - std::ldexp(1.0, 23 - format.roundShift - 20)));
        m_clip.set(run);
    }

    HWY_INLINE bool isUsable() const { return m_isUsable; }
    HWY_INLINE bool isInside() const { return m_isInside; }

    struct Made {
        FloatVector stored;
        IntVector sum, magic;
    };

    template <bool inside>
    HWY_INLINE Made quantize(FloatVector x, hn::Mask<Floats>& sure) const
    {
        const Floats f;
        const Ints i;
        const FloatVector magnitude = hn::Abs(hn::Mul(x, m_inverse));
        // As in wide_float.cpp: a power of two so large that the sum's last bit is the format's.
        const FloatVector bounded = hn::Min(magnitude, m_largest);
        const IntVector exponent = hn::And(hn::BitCast(i, bounded), hn::Set(i, 0x7F800000));
        const IntVector magic = hn::Max(hn::Add(exponent, m_lift), m_magic);
        const FloatVector sum = hn::Add(bounded, hn::BitCast(f, magic));
        const FloatVector rounded = hn::Sub(sum, hn::BitCast(f, magic));
        sure = hn::And(sure, hn::Le(hn::Abs(hn::Sub(magnitude, rounded)), hn::Mul(hn::BitCast(f, magic), m_sure)));
        if constexpr (!inside)
            sure = hn::And(sure, m_clip.holds(x));
        // Adding zero makes -0 the one zero that is a level.
        return {hn::Add(hn::Mul(hn::CopySignToAbs(rounded, x), m_step), hn::Zero(f)), hn::BitCast(i, sum), magic};
    }

    HWY_INLINE IntVector levelsOf(FloatVector x, const Made& made) const
    {
        const Ints i;
        const IntVector code = hn::Add(hn::Sub(made.sum, made.magic), hn::Sub(hn::ShiftRightSame(made.magic, m_shift), m_magicCode));
        const auto isNegative = hn::Lt(hn::BitCast(i, x), hn::Zero(i));
        return hn::Add(m_middle, hn::IfThenElse(isNegative, hn::Neg(code), code));
    }

    template <bool inside>
    HWY_INLINE bool isSure(hn::Mask<Floats> sure, const LargestErrors&) const { return hn::AllTrue(Floats(), sure); }

private:
    bool m_isUsable, m_isInside;
    int m_shift;
    FloatVector m_step, m_inverse, m_largest, m_sure;
    IntVector m_lift, m_magic, m_magicCode, m_middle;
    ClipBounds m_clip;
};

/// A table of sixteen numbers in registers, or in memory where registers are short.
class SixteenFloats {
public:
    HWY_INLINE explicit SixteenFloats(const float* values)
        : m_values(values)
    {
        const Floats f;
        if constexpr (valuesAtOnce >= 8) {
            m_low = hn::LoadU(f, values);
            m_high = hn::LoadU(f, values + 16 - valuesAtOnce);
        }
    }

    HWY_INLINE FloatVector operator[](IntVector index) const
    {
        const Floats f;
        if constexpr (valuesAtOnce == 16) {
            return hn::TableLookupLanes(m_low, hn::IndicesFromVec(f, index));
        } else if constexpr (valuesAtOnce == 8) {
            const Ints i;
            const auto within = hn::IndicesFromVec(f, hn::And(index, hn::Set(i, 7)));
            const auto isHigh = hn::RebindMask(f, hn::Gt(index, hn::Set(i, 7)));
            return hn::IfThenElse(isHigh, hn::TableLookupLanes(m_high, within), hn::TableLookupLanes(m_low, within));
        } else {
            return hn::GatherIndex(f, m_values, index);
        }
    }

private:
    const float* m_values;
    FloatVector m_low, m_high;   ///< The same register where one holds all.
};

/// At most sixteen levels, found by bisection among the thresholds, from each of which FP32 keeps a distance.
class FewLevels {
public:
    HWY_INLINE explicit FewLevels(const LevelLookup::Few& few)
        : m_levels(few.levels)
        , m_thresholds(few.thresholds)
        , m_firstOn(few.thresholds + 1)
        , m_thirdOn(few.thresholds + 3)
        , m_from(few.from)
        , m_to(few.to)
        , m_middle(hn::Set(Floats(), few.thresholds[7]))
    {
    }

    struct Found {
        IntVector level;
        FloatVector distance;   ///< Not negative where FP32 is sure of the level.
    };

    HWY_INLINE Found operator()(FloatVector quotient) const
    {
        const Ints i;
        IntVector level = hn::IfThenElseZero(hn::RebindMask(i, hn::Ge(quotient, m_middle)), hn::Set(i, 8));
        level = rise(level, quotient, m_thirdOn[level], 4);
        level = rise(level, quotient, m_firstOn[level], 2);
        level = rise(level, quotient, m_thresholds[level], 1);
        return {level, hn::Min(hn::Sub(quotient, m_from[level]), hn::Sub(m_to[level], quotient))};
    }
    HWY_INLINE FloatVector valueOf(IntVector level) const { return m_levels[level]; }

private:
    HWY_INLINE static IntVector rise(IntVector from, FloatVector quotient, FloatVector threshold, std::int32_t by)
    {
        const Ints i;
        return hn::IfThenElse(hn::RebindMask(i, hn::Ge(quotient, threshold)), hn::Add(from, hn::Set(i, by)), from);
    }

    SixteenFloats m_levels, m_thresholds, m_firstOn, m_thirdOn, m_from, m_to;   ///< Thresholds from the first, second and fourth on.
    FloatVector m_middle;
};

/// One run's quantizer to few levels.
class FastTable {
public:
    static constexpr bool isShort = false, leavesFloatDifferences = false;   // levels may be far from their neighbours

    HWY_INLINE FastTable(const LevelLookup& table, const RunScale& run)
        : m_isUsable(isModest(table, run.scale.step))
        , m_isInside(run.holdsAll)
        , m_levels(*table.fewLevels)
    {
        const Floats f;
        m_step = hn::Set(f, float(run.scale.step));
        m_inverse = hn::Set(f, 1 / float(run.scale.step));
        if (!m_isInside)
            m_clip.set(run);
    }

    HWY_INLINE bool isUsable() const { return m_isUsable; }
    HWY_INLINE bool isInside() const { return m_isInside; }

    struct Made {
        FloatVector stored;
        IntVector level;
    };

    template <bool inside>
    HWY_INLINE Made quantize(FloatVector x, hn::Mask<Floats>& sure) const
    {
        const auto found = m_levels(hn::Mul(x, m_inverse));
        sure = hn::And(sure, hn::Ge(found.distance, hn::Zero(Floats())));
        if constexpr (!inside)
            sure = hn::And(sure, m_clip.holds(x));
        return {hn::Mul(m_levels.valueOf(found.level), m_step), found.level};
    }

    HWY_INLINE IntVector levelsOf(FloatVector, const Made& made) const { return made.level; }

    template <bool inside>
    HWY_INLINE bool isSure(hn::Mask<Floats> sure, const LargestErrors&) const { return hn::AllTrue(Floats(), sure); }

private:
    bool m_isUsable, m_isInside;
    FewLevels m_levels;
    FloatVector m_step, m_inverse;
    ClipBounds m_clip;
};

#if HWY_TARGET == HWY_AVX3 || HWY_TARGET == HWY_AVX3_DL
/// The same levels without bisection: two look-ups in tables of 32 do.
class BinnedLevels {
public:
    HWY_INLINE explicit BinnedLevels(const LevelLookup::Few& few)
        : m_perUnit(hn::Set(Floats(), few.binsPerUnit))
        // Its last place is one, so that the sum's low bits are the bin.
        , m_middle(hn::Set(Floats(), 0x1.8p23f + LevelLookup::Few::middleBin))
        , m_sureFrom(hn::Set(Floats(), few.sureFrom))
        , m_values(hn::LoadU(Floats(), few.levels))
    {
        for (std::size_t half = 0; half < 2; ++half) {
            m_thresholds[half] = hn::LoadU(Floats(), few.binThresholds + 16 * half);
            m_levels[half] = hn::LoadU(Ints(), few.binLevels + 16 * half);
        }
    }

    struct Found {
        IntVector level;
        FloatVector distance;   ///< Not negative where FP32 is sure of the level.
    };

    HWY_INLINE Found operator()(FloatVector quotient) const
    {
        const IntVector bin = hn::BitCast(Ints(), hn::MulAdd(quotient, m_perUnit, m_middle));
        const FloatVector threshold{_mm512_permutex2var_ps(m_thresholds[0].raw, bin.raw, m_thresholds[1].raw)};
        const IntVector above{_mm512_permutex2var_epi32(m_levels[0].raw, bin.raw, m_levels[1].raw)};
        const FloatVector beyond = hn::Sub(quotient, threshold);
        return {hn::Add(above, hn::ShiftRight<31>(hn::BitCast(Ints(), beyond))), hn::Sub(hn::Abs(beyond), m_sureFrom)};
    }
    HWY_INLINE FloatVector valueOf(IntVector level) const { return hn::TableLookupLanes(m_values, hn::IndicesFromVec(Floats(), level)); }

private:
    FloatVector m_perUnit, m_middle, m_sureFrom, m_values, m_thresholds[2];
    IntVector m_levels[2];
};
#endif

/// Several vectors of one run, each step for all of them, because each has to wait for the one before. Returns false,
/// with nothing added, where FP32 is not sure or an error reaches the record; infinities and NaN do.
template <std::size_t vectors, class Levels>
HWY_INLINE bool quantizeFew(const Levels& levels, const float* from, float step, float record, StoredRuns to, Sums& sums)
{
    const Floats f;
    const Ints i;
    constexpr std::uintptr_t ahead = 8192;   // bytes, as quantizeFast()
    const FloatVector inverse = hn::Set(f, 1 / step);
    FloatVector stored[vectors];
    IntVector level[vectors];
    FloatVector nearest = hn::Set(f, HUGE_VALF);
    LargestErrors errors{hn::Zero(i)};
    for (std::size_t v = 0; v < vectors; ++v) {
        const FloatVector x = hn::LoadU(f, from + v * valuesAtOnce);
        hwy::Prefetch(reinterpret_cast<const char*>(reinterpret_cast<std::uintptr_t>(from + v * valuesAtOnce) + ahead));
        const auto found = levels(hn::Mul(x, inverse));
        level[v] = found.level;
        nearest = hn::Min(nearest, found.distance);
        stored[v] = hn::Mul(levels.valueOf(level[v]), hn::Set(f, step));
        errors.add(hn::Sub(x, stored[v]));
    }
    const auto isBelow = hn::RebindMask(f, hn::Lt(errors.bits, hn::BitCast(i, hn::Set(f, record))));
    if (HWY_UNLIKELY(!hn::AllTrue(f, hn::And(isBelow, hn::Ge(nearest, hn::Zero(f))))))
        return false;
    for (std::size_t v = 0; v < vectors; ++v) {
        if (to.dequantized)
            hn::StoreU(stored[v], f, to.dequantized + v * valuesAtOnce);
        sums.add<false>(v * valuesAtOnce / width, from + v * valuesAtOnce, stored[v], stored[v]);
    }
    const hn::Repartition<std::uint16_t, Floats> halves;
    for (std::size_t v = 0; to.levels && v < vectors; v += 2)
        hn::StoreU(hn::ConcatEven(halves, hn::BitCast(halves, level[v + 1]), hn::BitCast(halves, level[v])), halves, to.levels + v * valuesAtOnce);
    return true;
}

/// Runs of which not everything is usual.
HWY_NOINLINE void quantizeUnusual(const float* values, std::size_t count, const LevelLookup& table, const RunScale& run,
                                  StoredRuns stored, Totals& totals, Counts& counts)
{
    quantizeRun(FastTable(table, run), [&] { return ExactLevels(table, run); }, values, count, stored, totals, counts);
}

/// As quantizeRuns(), with everything that all runs share in registers.
template <class Levels>
void quantizeRunsToFew(const float* values, const LevelLookup& table, std::span<const RunScale> scales,
                       std::span<const std::size_t> lengths, StoredRuns stored, LaneSums& to)
{
    const Levels levels(*table.fewLevels);
    Totals totals;
    totals.load(to);
    Counts counts;
    Sums sums = totals.sums;
    const auto unusual = [&](std::size_t run, std::size_t at, std::size_t count) {
        totals.sums = sums;
        quantizeUnusual(values + at, count, table, scales[run], stored.from(at), totals, counts);
        sums = totals.sums;
    };
    constexpr std::size_t many = 4 * valuesAtOnce, some = 2 * valuesAtOnce;
    static_assert(some % LaneSums::lanes == 0);
    for (std::size_t run = 0; run < scales.size(); ++run) {
        const std::size_t count = lengths[run];
        const double step = scales[run].scale.step;
        std::size_t at = 0;
        if (scales[run].holdsAll && isModest(table, step)) {
            for (; at + many <= count; at += many)
                if (!quantizeFew<4>(levels, values + at, float(step), totals.record, stored.from(at), sums))
                    unusual(run, at, many);
            for (; at + some <= count; at += some)
                if (!quantizeFew<2>(levels, values + at, float(step), totals.record, stored.from(at), sums))
                    unusual(run, at, some);
        }
        if (at < count)
            unusual(run, at, count - at);
        values += count;
        stored = stored.from(count);
    }
    totals.sums = sums;
    totals.store(to);
    to.notFinite += counts.notFinite;
    to.clippedLow += counts.below;
    to.clippedHigh += counts.above;
}
#endif

/// Where there is no faster way.
struct NeverFast {
    NeverFast(const LevelLookup&, const RunScale&) {}
    static constexpr bool leavesFloatDifferences = false, isShort = false;
    static constexpr bool isUsable() { return false; }
#if HWY_TARGET != HWY_SCALAR
    static constexpr bool isInside() { return false; }
    struct Made {
        FloatVector stored;
    };
    template <bool inside>
    static Made quantize(FloatVector x, hn::Mask<Floats>&) { return {x}; }
    static IntVector levelsOf(FloatVector, const Made&) { return hn::Zero(Ints()); }
    template <bool inside>
    static bool isSure(hn::Mask<Floats>, const LargestErrors&) { return false; }
#endif
};

void QuantizeToLevels(const float* values, const LevelLookup& table, std::span<const RunScale> scales,
                      std::span<const std::size_t> lengths, StoredRuns stored, LaneSums& sums)
{
#if HWY_TARGET != HWY_SCALAR
    if (table.format)
        return quantizeRuns<FastFloat, ExactLevels>(values, table, scales, lengths, stored, sums);
#if HWY_TARGET == HWY_AVX3 || HWY_TARGET == HWY_AVX3_DL
    if (table.fewLevels && table.fewLevels->binsPerUnit > 0)
        return quantizeRunsToFew<BinnedLevels>(values, table, scales, lengths, stored, sums);
#endif
    if (table.fewLevels)
        return quantizeRunsToFew<FewLevels>(values, table, scales, lengths, stored, sums);
#endif
    quantizeRuns<NeverFast, ExactLevels>(values, table, scales, lengths, stored, sums);
}

}  // namespace
}  // namespace quantoscope::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace quantoscope {

HWY_EXPORT(QuantizeToLevels);

void quantizeToLevels(const float* values, const LevelLookup& table, std::span<const RunScale> scales,
                      std::span<const std::size_t> lengths, StoredRuns stored, LaneSums& sums)
{
    HWY_DYNAMIC_DISPATCH(QuantizeToLevels)(values, table, scales, lengths, stored, sums);
}

}  // namespace quantoscope
#endif
