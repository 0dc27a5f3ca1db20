// SPDX-License-Identifier: Apache-2.0
#include "core/statistics/bin_finder.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "core/statistics/bin_finder.cpp"
#define HWY_DISABLED_TARGETS (HWY_SVE | HWY_SVE2 | HWY_SVE_256 | HWY_SVE2_128 | HWY_RVV)   // lanes must be a constant
#include <hwy/foreach_target.h>
#include <hwy/cache_control.h>
#include <hwy/highway.h>

#include <array>
#include <cmath>
#include <cstring>
#include <limits>

#ifndef QUANTOSCOPE_SLOTS
#define QUANTOSCOPE_SLOTS
namespace quantoscope {
namespace {

/// Of some values: their slots, and where the vectors begin that hold an unsure one.
struct Slots {
    static constexpr std::size_t most = 2048;
    std::array<std::uint16_t, most> slots;
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

/// The slots (bin + 1; 0 below and bins + 1 above them all) of whole vectors of values, whose places are one more than
/// bins too. Where FP32 is not sure, near an edge or of what is no number, the slot is bins + 2, and the place of its
/// vector is noted.
template <bool ofMagnitude>
std::size_t findSlots(const float* values, std::size_t count, const EvenSlots& slots, float margin, Slots& found)
{
    const auto bins = std::int32_t(slots.bins);
    const float perUnit = float(slots.perUnit), offset = float(slots.offset);
    const Floats f;
    const Ints i;
    const hn::Rebind<std::uint16_t, Floats> w;
    const auto half = hn::Set(f, 0.5f), top = hn::Set(f, float(bins) + 1.5f), sure = hn::Set(f, 0.5f - margin);
    const auto largest = hn::Set(f, std::numeric_limits<float>::max());
    std::size_t at = 0;
    for (; at + valuesAtOnce <= count; at += valuesAtOnce) {
        const auto raw = hn::LoadU(f, values + at), magnitude = hn::Abs(raw), x = ofMagnitude ? magnitude : raw;
        // Counting the slots takes the processor's mind off the values: it has to be told to fetch the next ones.
        hwy::Prefetch(reinterpret_cast<const char*>(reinterpret_cast<std::uintptr_t>(values + at) + Slots::most * sizeof(float)));
        // All below lie in the middle of the slot below, all above in that of the slot above.
        const auto place = hn::Min(hn::Max(hn::MulAdd(x, hn::Set(f, perUnit), hn::Set(f, offset)), half), top);
        const auto slot = hn::ConvertTo(i, place);
        // The distance to the middle of the slot is less than a half by the margin.
        const auto distance = hn::Abs(hn::Sub(hn::Sub(place, hn::ConvertTo(f, slot)), half));
        const auto isSure = hn::And(hn::Lt(distance, sure), hn::Le(magnitude, largest));
        hn::StoreU(hn::DemoteTo(w, hn::IfThenElse(hn::RebindMask(i, isSure), slot, hn::Set(i, bins + 2))), w, found.slots.data() + at);
        if (HWY_UNLIKELY(!hn::AllTrue(f, isSure)))
            found.unsure[found.unsureCount++] = std::uint16_t(at);
    }
    found.vectorLength = valuesAtOnce;
    return at;
}

std::size_t FindSlots(const float* values, std::size_t count, const EvenSlots& slots, float margin, Slots& found)
{
    return slots.ofMagnitude ? findSlots<true>(values, count, slots, margin, found) : findSlots<false>(values, count, slots, margin, found);
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
    countInSlots(values, {m_perUnit, 1 - m_low * m_perUnit, m_last + 1, false}, [this](double value) { return slotOf(value); }, counts);
}

void countInSlots(std::span<const float> values, const EvenSlots& slots, const std::function<std::size_t(double)>& slotOf,
                  std::span<std::uint64_t> counts)
{
    constexpr std::size_t mostBins = 4096;
    const std::size_t bins = slots.bins;
    // The place is a product and a sum, each rounded to 24 bits; what they are off by grows with the offset.
    const double margin = (2 * std::abs(slots.offset) + 2 * double(bins + 2)) * 0x1p-23;
    const bool isQuick = bins <= mostBins && margin < 0.01 && slots.perUnit < 0x1p100 && slots.perUnit > 0x1p-100;
    const auto addExactly = [&](float value) {
        if (std::isfinite(value))
            ++counts[slotOf(double(value))];
    };
    if (!isQuick) {
        for (const float value : values)
            addExactly(value);
        return;
    }
    // Four tables in turn, for neighbours are often alike and a counter cannot be raised before it has been stored.
    const std::size_t size = bins + 3;
    std::vector<std::uint32_t> tables(4 * size);
    std::uint32_t *const first = tables.data(), *const second = first + size, *const third = second + size, *const fourth = third + size;
    Slots found;
    while (!values.empty()) {
        const auto now = values.first(std::min(Slots::most, values.size()));
        found.unsureCount = 0;
        const std::size_t done = HWY_DYNAMIC_DISPATCH(FindSlots)(now.data(), now.size(), slots, float(margin), found);
        std::size_t i = 0;
        for (; i + 4 <= done; i += 4) {
            std::uint64_t four;
            std::memcpy(&four, found.slots.data() + i, sizeof four);
            ++first[four & 0xFFFF];
            ++second[four >> 16 & 0xFFFF];
            ++third[four >> 32 & 0xFFFF];
            ++fourth[four >> 48];
        }
        for (; i < done; ++i)
            ++first[found.slots[i]];
        for (const std::uint16_t unsure : std::span(found.unsure).first(found.unsureCount))
            for (i = unsure; i < unsure + found.vectorLength; ++i)
                if (found.slots[i] == bins + 2)
                    addExactly(now[i]);
        std::for_each(now.begin() + std::ptrdiff_t(done), now.end(), addExactly);
        values = values.subspan(now.size());
    }
    for (std::size_t slot = 0; slot < bins + 2; ++slot)
        counts[slot] += std::uint64_t{first[slot]} + second[slot] + third[slot] + fourth[slot];
}

}  // namespace quantoscope
#endif
