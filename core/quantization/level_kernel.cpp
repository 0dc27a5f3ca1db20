// SPDX-License-Identifier: Apache-2.0
#include "core/quantization/level_kernel.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "core/quantization/level_kernel.cpp"
#define HWY_DISABLED_TARGETS (HWY_SVE | HWY_SVE2 | HWY_SVE_256 | HWY_SVE2_128 | HWY_RVV)   // lanes must be a constant
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include "core/quantization/element.h"
#include "core/quantization/quantize_runs.inl"

HWY_BEFORE_NAMESPACE();
namespace quantoscope::HWY_NAMESPACE {
namespace {

/// One run's quantizer a value at a time: right for every value, and slow.
class ExactLevels {
public:
    static constexpr float padding = std::numeric_limits<float>::quiet_NaN();   // zero need not be a level

    HWY_INLINE ExactLevels(const LevelLookup& table, const LevelScale& scale)
        : m_table(table)
        , m_scale(scale)
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
            const std::size_t level = m_table.levelOf(m_scale.step == 0 ? 0 : number / m_scale.step);
            levelsTo[i] = std::uint16_t(level);
            const float value = asFloat(m_table.map.levels[level] * m_scale.step);
            stored[i] = double(value);
            if (to)
                to[i] = value;
        }
        addExactly(part, hn::Load(d, raw), hn::Load(d, stored), m_scale.clipLow, m_scale.clipHigh, totals, counts);
    }

private:
    const LevelLookup& m_table;
    const LevelScale& m_scale;
};

#if HWY_TARGET != HWY_SCALAR
using Ints = hn::RebindToSigned<Floats>;
using IntVector = hn::Vec<Ints>;

/// Whether steps and products stay away from the ends of FP32.
bool isModest(const LevelLookup& table, double step)
{
    return double(float(step)) == step && step > 0x1p-60 && step < 0x1p60 && table.largest < 0x1p40;
}

/// The levels of a float format, found by rounding, for values whose result FP32 is sure of.
class FastFloat {
public:
    HWY_INLINE FastFloat(const LevelLookup& table, const LevelScale& scale)
        : m_usable(isModest(table, scale.step))
        , m_shift(table.format->roundShift)
    {
        const Floats f;
        const Ints i;
        const WideFloat& format = *table.format;
        m_step = hn::Set(f, float(scale.step));
        m_inverse = hn::Set(f, float(1 / scale.step));
        m_largest = hn::Set(f, float(table.map.levels.back()));
        m_lift = hn::Set(i, format.roundShift << 23);
        m_magic = hn::BitCast(i, hn::Set(f, format.subnormalMagic));
        m_magicCode = hn::ShiftRightSame(m_magic, m_shift);
        m_middle = hn::Set(i, std::int32_t(table.map.size() / 2));
        // Half of the last place, less what the product with the rounded inverse may be off by, twice.
        m_sure = hn::Set(f, 0x1p-23f * float(0.5 - std::ldexp(1.0, 23 - format.roundShift - 20)));
        m_clip.set(scale.clipLow, scale.clipHigh);
    }

    bool isUsable() const { return m_usable; }

    HWY_INLINE bool quantize(const float* from, std::size_t lane, std::uint16_t* levelsTo, float* to, Totals& totals) const
    {
        const Floats f;
        const Ints i;
        const hn::Rebind<std::uint16_t, Floats> w;
        const FloatVector x = hn::LoadU(f, from);
        const FloatVector quotient = hn::Mul(x, m_inverse);
        const FloatVector magnitude = hn::Abs(quotient);
        // As in wide_float.cpp: a power of two so large that the sum's last bit is the format's.
        const FloatVector bounded = hn::Min(magnitude, m_largest);
        const IntVector exponent = hn::And(hn::BitCast(i, bounded), hn::Set(i, 0x7F800000));
        const IntVector magic = hn::Max(hn::Add(exponent, m_lift), m_magic);
        const FloatVector sum = hn::Add(bounded, hn::BitCast(f, magic));
        const FloatVector rounded = hn::Sub(sum, hn::BitCast(f, magic));
        const auto sure = hn::And(hn::Le(hn::Abs(hn::Sub(magnitude, rounded)), hn::Mul(hn::BitCast(f, magic), m_sure)), m_clip.holds(x));
        if (HWY_UNLIKELY(!hn::AllTrue(f, sure)))
            return false;
        const IntVector code = hn::Add(hn::Sub(hn::BitCast(i, sum), magic), hn::Sub(hn::ShiftRightSame(magic, m_shift), m_magicCode));
        const auto isNegative = hn::Lt(hn::BitCast(i, x), hn::Zero(i));
        const IntVector level = hn::Add(m_middle, hn::IfThenElse(isNegative, hn::Neg(code), code));
        hn::StoreU(hn::DemoteTo(w, level), w, levelsTo);
        // Adding zero makes -0 the one zero that is a level.
        const FloatVector stored = hn::Add(hn::Mul(hn::CopySignToAbs(rounded, x), m_step), hn::Zero(f));
        if (to)
            hn::StoreU(stored, f, to);
        totals.add(lane, x, stored);   // within half a step: the difference is exact, as for integers
        return true;
    }

private:
    bool m_usable;
    int m_shift;
    FloatVector m_step, m_inverse, m_largest, m_sure;
    IntVector m_lift, m_magic, m_magicCode, m_middle;
    ClipBounds m_clip;
};

/// At most sixteen levels, found by comparing with the thresholds, each kept at a distance.
class FastTable {
public:
    HWY_INLINE FastTable(const LevelLookup& table, const LevelScale& scale)
        : m_few(*table.fewLevels)
        , m_usable(isModest(table, scale.step))
    {
        const Floats f;
        m_step = hn::Set(f, float(scale.step));
        m_inverse = hn::Set(f, float(1 / scale.step));
        m_clip.set(scale.clipLow, scale.clipHigh);
        if constexpr (valuesAtOnce == LevelLookup::few) {
            m_levels = hn::LoadU(f, m_few.levels);
            m_thresholds = hn::LoadU(f, m_few.thresholds);
            m_from = hn::LoadU(f, m_few.from);
            m_to = hn::LoadU(f, m_few.to);
        }
    }

    bool isUsable() const { return m_usable; }

    HWY_INLINE bool quantize(const float* from, std::size_t lane, std::uint16_t* levelsTo, float* to, Totals& totals) const
    {
        const Floats f;
        const hn::Rebind<std::uint16_t, Floats> w;
        const FloatVector x = hn::LoadU(f, from);
        const FloatVector quotient = hn::Mul(x, m_inverse);
        const Found found = find(quotient);
        const auto sure = hn::And(hn::And(hn::Ge(quotient, found.from), hn::Le(quotient, found.to)), m_clip.holds(x));
        if (HWY_UNLIKELY(!hn::AllTrue(f, sure)))
            return false;
        hn::StoreU(hn::DemoteTo(w, found.index), w, levelsTo);
        const FloatVector stored = hn::Add(hn::Mul(found.level, m_step), hn::Zero(f));
        if (to)
            hn::StoreU(stored, f, to);
        // Levels may be far from their neighbours, so differences need the width of a double.
        totals.addWide(lane, x, stored);
        return true;
    }

private:
    struct Found {
        IntVector index;
        FloatVector level, from, to;
    };

    HWY_INLINE Found find(FloatVector quotient) const
    {
        const Floats f;
        const Ints i;
        IntVector index = hn::Zero(i);
        if constexpr (valuesAtOnce == LevelLookup::few) {
            // A whole table in a register: bisection by look-ups.
            const auto rise = [&](FloatVector threshold, std::int32_t by) {
                index = hn::Add(index, hn::IfThenElseZero(hn::RebindMask(i, hn::Ge(quotient, threshold)), hn::Set(i, by)));
            };
            const auto look = [&](FloatVector table, IntVector at) {
                return hn::TableLookupLanes(table, hn::IndicesFromVec(f, at));
            };
            rise(hn::Set(f, m_few.thresholds[7]), 8);
            rise(look(m_thresholds, hn::Add(index, hn::Set(i, 3))), 4);
            rise(look(m_thresholds, hn::Add(index, hn::Set(i, 1))), 2);
            rise(look(m_thresholds, index), 1);
            return {index, look(m_levels, index), look(m_from, index), look(m_to, index)};
        } else {
            Found found{index, hn::Set(f, m_few.levels[0]), hn::Set(f, m_few.from[0]), hn::Set(f, m_few.to[0])};
            for (std::size_t next = 1; next < LevelLookup::few; ++next) {
                const auto above = hn::Ge(quotient, hn::Set(f, m_few.thresholds[next - 1]));
                found.index = hn::Sub(found.index, hn::BitCast(i, hn::VecFromMask(f, above)));
                found.level = hn::IfThenElse(above, hn::Set(f, m_few.levels[next]), found.level);
                found.from = hn::IfThenElse(above, hn::Set(f, m_few.from[next]), found.from);
                found.to = hn::IfThenElse(above, hn::Set(f, m_few.to[next]), found.to);
            }
            return found;
        }
    }

    const LevelLookup::Few& m_few;
    bool m_usable;
    FloatVector m_step, m_inverse, m_levels, m_thresholds, m_from, m_to;   // the last four only where 16 lanes hold them
    ClipBounds m_clip;
};
#endif

/// Where there is no faster way.
struct NeverFast {
    HWY_INLINE NeverFast(const LevelLookup&, const LevelScale&) {}
    static constexpr bool isUsable() { return false; }
    static bool quantize(const float*, std::size_t, std::uint16_t*, float*, Totals&) { return false; }
};

void QuantizeToLevels(const float* values, const LevelLookup& table, std::span<const LevelScale> scales,
                      std::span<const std::size_t> lengths, StoredRuns stored, LaneSums& sums)
{
#if HWY_TARGET != HWY_SCALAR
    if (table.format)
        return quantizeRuns<FastFloat, ExactLevels>(values, scales, lengths, stored, sums, table);
    if (table.fewLevels)
        return quantizeRuns<FastTable, ExactLevels>(values, scales, lengths, stored, sums, table);
#endif
    quantizeRuns<NeverFast, ExactLevels>(values, scales, lengths, stored, sums, table);
}

}  // namespace
}  // namespace quantoscope::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
#include <algorithm>
#include <bit>
#include <cmath>

namespace quantoscope {

HWY_EXPORT(QuantizeToLevels);

LevelLookup::LevelLookup(LevelMap levels, const FloatFormat* floating)
    : map(std::move(levels))
    , firstLevel(65536)
{
    for (std::size_t leading = 0; leading < firstLevel.size(); ++leading)
        firstLevel[leading] = std::uint16_t(map.indexOf(std::bit_cast<float>(std::uint32_t(leading << 16))));
    if (map.size() > 0)
        largest = std::max(std::abs(map.levels.front()), std::abs(map.levels.back()));
    setFewLevels();
    if (!floating || map.tie != LevelMap::Tie::EvenCode)
        return;
    // Codes of one sign count the levels above zero. BF16 has FP32's own subnormals: no faster way.
    const auto wide = wideFloat(*floating, Overflow::Saturate);
    if (wide && !wide->fp32Exponents && map.size() == 2 * std::size_t(wide->largest) + 1)
        format = wide;
}

void LevelLookup::setFewLevels()
{
    const bool areFloats = std::all_of(map.levels.begin(), map.levels.end(), [](double level) { return double(float(level)) == level; });
    if (map.size() == 0 || map.size() > few || !areFloats)
        return;
    // The quotient by the rounded inverse and the rounded threshold are off by less than 2^-21 of
    // themselves; what is next to nothing may even have lost its sign.
    const auto apart = [](float threshold) { return std::abs(threshold) * 0x1p-20f + 0x1p-100f; };
    Few made;
    std::fill_n(made.levels, few, 0.0f);
    std::fill_n(made.thresholds, few, HUGE_VALF);
    std::fill_n(made.from, few, HUGE_VALF);
    std::fill_n(made.to, few, -HUGE_VALF);
    made.from[0] = -HUGE_VALF;
    made.to[map.size() - 1] = HUGE_VALF;
    for (std::size_t i = 0; i < map.size(); ++i)
        made.levels[i] = float(map.levels[i]);
    for (std::size_t i = 0; i < map.thresholds.size(); ++i) {
        const float threshold = made.thresholds[i] = float(map.thresholds[i]);
        made.to[i] = threshold - apart(threshold);
        made.from[i + 1] = threshold + apart(threshold);
    }
    fewLevels = made;
}

std::size_t LevelLookup::levelOf(double quotient) const
{
    const auto& thresholds = map.thresholds;
    std::size_t level = firstLevel[std::bit_cast<std::uint32_t>(float(quotient)) >> 16];
    while (level > 0 && (quotient < thresholds[level - 1]
                         || (quotient == thresholds[level - 1] && !map.tieGoesUp(level - 1))))
        --level;
    while (level < thresholds.size() && (quotient > thresholds[level]
                                         || (quotient == thresholds[level] && map.tieGoesUp(level))))
        ++level;
    return level;
}

void quantizeToLevels(const float* values, const LevelLookup& table, std::span<const LevelScale> scales,
                      std::span<const std::size_t> lengths, StoredRuns stored, LaneSums& sums)
{
    HWY_DYNAMIC_DISPATCH(QuantizeToLevels)(values, table, scales, lengths, stored, sums);
}

}  // namespace quantoscope
#endif
