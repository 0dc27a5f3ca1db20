// SPDX-License-Identifier: Apache-2.0
#include "core/statistics/bin_finder.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "core/statistics/bin_finder.cpp"
#define HWY_DISABLED_TARGETS (HWY_SVE | HWY_SVE2 | HWY_SVE_256 | HWY_SVE2_128 | HWY_RVV)   // lanes must be a constant
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include <array>
#include <cmath>
#include <limits>

#ifndef QUANTOSCOPE_SLOTS
#define QUANTOSCOPE_SLOTS
namespace quantoscope {
namespace {

/// Of some values: their slots, and where the vectors begin that hold an unsure one.
struct Slots {
    static constexpr std::size_t most = 4096;
    std::array<std::int32_t, most> slots;
    std::array<std::uint16_t, most> unsure;
    std::size_t unsureCount = 0, vectorLength = 1;
};

}  // namespace
}  // namespace quantoscope
#endif

HWY_BEFORE_NAMESPACE();
namespace quantoscope::HWY_NAMESPACE {
namespace {

namespace hn = hwy::HWY_NAMESPACE;

using Floats = hn::CappedTag<float, 16>;
using Ints = hn::RebindToSigned<Floats>;
constexpr std::size_t valuesAtOnce = hn::MaxLanes(Floats());

/// The slots (bin + 1; 0 below and bins + 1 above them all) of whole vectors of values. Where FP32 is not sure,
/// near an edge or of what is no number, the slot is bins + 2, and the place of its vector is noted.
std::size_t FindSlots(const float* values, std::size_t count, float perUnit, float offset, std::int32_t bins, float margin,
                      Slots& found)
{
    const Floats f;
    const Ints i;
    const auto top = hn::Set(f, float(bins)), half = hn::Set(f, 0.5f), sure = hn::Set(f, 0.5f - margin);
    const auto lowest = hn::Set(f, std::numeric_limits<float>::lowest());
    std::size_t at = 0;
    for (; at + valuesAtOnce <= count; at += valuesAtOnce) {
        const auto position = hn::Add(hn::Mul(hn::LoadU(f, values + at), hn::Set(f, perUnit)), hn::Set(f, offset));
        // Within: the distance to the middle of its bin is less than a half by the margin.
        const auto bin = hn::ConvertTo(i, position);
        const auto distance = hn::Abs(hn::Sub(hn::Sub(position, hn::ConvertTo(f, bin)), half));
        const auto isInside = hn::And(hn::Lt(distance, sure), hn::Lt(position, top));
        const auto isBelow = hn::And(hn::Lt(position, hn::Set(f, -margin)), hn::Ge(position, lowest));
        const auto isAbove = hn::And(hn::Gt(position, hn::Add(top, hn::Set(f, margin))), hn::Le(position, hn::Neg(lowest)));
        auto slot = hn::IfThenElse(hn::RebindMask(i, isInside), hn::Add(bin, hn::Set(i, 1)), hn::Set(i, bins + 2));
        slot = hn::IfThenZeroElse(hn::RebindMask(i, isBelow), slot);
        hn::StoreU(hn::IfThenElse(hn::RebindMask(i, isAbove), hn::Set(i, bins + 1), slot), i, found.slots.data() + at);
        if (HWY_UNLIKELY(!hn::AllTrue(f, hn::Or(isInside, hn::Or(isBelow, isAbove)))))
            found.unsure[found.unsureCount++] = std::uint16_t(at);
    }
    found.vectorLength = valuesAtOnce;
    return at;
}

}  // namespace
}  // namespace quantoscope::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
#include <algorithm>

namespace quantoscope {

HWY_EXPORT(FindSlots);

BinFinder::BinFinder(const std::vector<double>& edges)
    : m_edges(edges)
    , m_low(edges.front())
    , m_perUnit(double(edges.size() - 1) / (edges.back() - edges.front()))
    , m_last(edges.size() - 2)
{
}

std::size_t BinFinder::operator()(double value) const
{
    auto bin = std::min(std::size_t(std::max(0.0, (value - m_low) * m_perUnit)), m_last);
    while (bin > 0 && value < m_edges[bin])
        --bin;
    while (bin < m_last && value >= m_edges[bin + 1])
        ++bin;
    return bin;
}

std::size_t BinFinder::slotOf(double value) const
{
    return value < m_edges.front() ? 0 : value > m_edges.back() ? m_last + 2 : (*this)(value) + 1;
}

void BinFinder::count(std::span<const float> values, std::span<std::uint64_t> counts) const
{
    constexpr std::size_t mostBins = 4096;
    const std::size_t bins = m_last + 1;
    const double offset = -m_low * m_perUnit;
    // The position is a product and a sum, each rounded to 24 bits; what they are off by grows with the offset.
    const double margin = (2 * std::abs(offset) + 2 * double(bins)) * 0x1p-23;
    const bool isQuick = bins <= mostBins && margin < 0.01 && m_perUnit < 0x1p100 && m_perUnit > 0x1p-100;
    const auto addExactly = [&](float value) {
        if (std::isfinite(value))
            ++counts[slotOf(value)];
    };
    if (!isQuick) {
        for (const float value : values)
            addExactly(value);
        return;
    }
    // Two tables, for neighbours are often alike and a counter cannot be raised before it has been stored.
    std::vector<std::uint32_t> tables(2 * (bins + 3));
    std::uint32_t *const even = tables.data(), *const odd = even + bins + 3;
    Slots found;
    while (!values.empty()) {
        const auto now = values.first(std::min(Slots::most, values.size()));
        found.unsureCount = 0;
        const std::size_t done = HWY_DYNAMIC_DISPATCH(FindSlots)(now.data(), now.size(), float(m_perUnit), float(offset),
                                                                 std::int32_t(bins), float(margin), found);
        std::size_t i = 0;
        for (; i + 2 <= done; i += 2) {
            ++even[found.slots[i]];
            ++odd[found.slots[i + 1]];
        }
        for (; i < done; ++i)
            ++even[found.slots[i]];
        for (const std::uint16_t first : std::span(found.unsure).first(found.unsureCount))
            for (i = first; i < first + found.vectorLength; ++i)
                if (found.slots[i] == std::int32_t(bins + 2))
                    addExactly(now[i]);
        std::for_each(now.begin() + std::ptrdiff_t(done), now.end(), addExactly);
        values = values.subspan(now.size());
    }
    for (std::size_t slot = 0; slot < bins + 2; ++slot)
        counts[slot] += std::uint64_t{even[slot]} + odd[slot];
}

}  // namespace quantoscope
#endif
