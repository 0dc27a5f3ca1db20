// SPDX-License-Identifier: Apache-2.0
#include "core/quantization/integer_kernel.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "core/quantization/integer_kernel.cpp"
#define HWY_DISABLED_TARGETS (HWY_SVE | HWY_SVE2 | HWY_SVE_256 | HWY_SVE2_128 | HWY_RVV)   // lanes must be a constant
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include <cstring>
#include <limits>

HWY_BEFORE_NAMESPACE();
namespace quantoscope::HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

using Doubles = hn::CappedTag<double, LaneSums::lanes>;
using Floats = hn::Rebind<float, Doubles>;
using Integers = hn::Rebind<std::int32_t, Doubles>;
using Words = hn::Rebind<std::uint16_t, Doubles>;
constexpr std::size_t width = hn::MaxLanes(Doubles());
constexpr std::size_t parts = LaneSums::lanes / width;

/// One vector of each sum; `parts` of them make the eight lanes.
template <class V>
struct Accumulator {
    V squaredError, squares, products, storedSquares, largestError;
};

template <class V>
Accumulator<V> load(const LaneSums& sums, std::size_t part)
{
    const Doubles d;
    const std::size_t at = part * width;
    return {hn::LoadU(d, sums.squaredError.data() + at), hn::LoadU(d, sums.squares.data() + at),
            hn::LoadU(d, sums.products.data() + at), hn::LoadU(d, sums.storedSquares.data() + at),
            hn::LoadU(d, sums.largestError.data() + at)};
}

template <class V>
void store(const Accumulator<V>& a, LaneSums& sums, std::size_t part)
{
    const Doubles d;
    const std::size_t at = part * width;
    hn::StoreU(a.squaredError, d, sums.squaredError.data() + at);
    hn::StoreU(a.squares, d, sums.squares.data() + at);
    hn::StoreU(a.products, d, sums.products.data() + at);
    hn::StoreU(a.storedSquares, d, sums.storedSquares.data() + at);
    hn::StoreU(a.largestError, d, sums.largestError.data() + at);
}

void QuantizeToGrid(const float* values, std::size_t count, const IntegerGrid& grid, std::uint16_t* levels,
                    float* dequantized, LaneSums& sums)
{
    const Doubles d;
    const Floats f;
    const Integers i;
    const Words w;
    using V = hn::Vec<Doubles>;
    const V step = hn::Set(d, grid.step), inverse = hn::Set(d, 1 / grid.step);
    const V zero = hn::Set(d, grid.zero), lowest = hn::Set(d, grid.lowest), highest = hn::Set(d, grid.highest);
    const V clipLow = hn::Set(d, grid.clipLow), clipHigh = hn::Set(d, grid.clipHigh);
    // x times the rounded 1/step is off by 2^-52 of itself; x / step is a tie or at least 2^-26 away
    // from one. Rounding the product to multiples of 2^-29 (adding and taking away 1.5 · 2^23 in double)
    // puts ties back where they are. Beyond 2^21 every quotient is clamped anyway.
    const V snap = hn::Set(d, 0x1.8p23);
    const V farthest = hn::Set(d, 0x1p21);
    const V largestFloat = hn::Set(d, double(std::numeric_limits<float>::max()));
    const V huge = hn::Set(d, std::numeric_limits<double>::max());

    Accumulator<V> totals[parts];
    for (std::size_t part = 0; part < parts; ++part)
        totals[part] = load<V>(sums, part);
    std::uint64_t notFinite = 0, below = 0, above = 0;

    const auto one = [&](const float* from, std::uint16_t* levelsTo, float* to, Accumulator<V>& total) {
        const V raw = hn::PromoteTo(d, hn::LoadU(f, from));
        const V number = hn::IfThenElseZero(hn::Eq(raw, raw), raw);
        const V quotient = hn::Min(hn::Max(hn::Mul(number, inverse), hn::Neg(farthest)), farthest);
        const V snapped = hn::Sub(hn::Add(quotient, snap), snap);
        const V code = hn::Min(hn::Max(hn::Add(hn::Round(snapped), zero), lowest), highest);
        hn::StoreU(hn::DemoteTo(w, hn::DemoteTo(i, hn::Sub(code, lowest))), w, levelsTo);
        const V exact = hn::Mul(hn::Sub(code, zero), step);
        const auto stored = hn::DemoteTo(f, hn::Min(hn::Max(exact, hn::Neg(largestFloat)), largestFloat));
        hn::StoreU(stored, f, to);

        const auto finite = hn::Le(hn::Abs(raw), huge);
        notFinite += width - hn::CountTrue(d, finite);
        const V x = hn::IfThenElseZero(finite, raw);
        const V y = hn::IfThenElseZero(finite, hn::PromoteTo(d, stored));
        below += hn::CountTrue(d, hn::Lt(x, clipLow));
        above += hn::CountTrue(d, hn::Gt(x, clipHigh));
        const V error = hn::Sub(x, y);
        total.squaredError = hn::Add(total.squaredError, hn::Mul(error, error));
        total.squares = hn::Add(total.squares, hn::Mul(x, x));
        total.products = hn::Add(total.products, hn::Mul(x, y));
        total.storedSquares = hn::Add(total.storedSquares, hn::Mul(y, y));
        total.largestError = hn::Max(total.largestError, hn::Abs(error));
    };

    std::size_t at = 0;
    for (; at + LaneSums::lanes <= count; at += LaneSums::lanes)
        for (std::size_t part = 0; part < parts; ++part)
            one(values + at + part * width, levels + at + part * width, dequantized + at + part * width, totals[part]);
    if (at < count) {
        // The rest is filled up with zeros, which are stored as they are and add nothing.
        float padded[LaneSums::lanes] = {}, paddedTo[LaneSums::lanes];
        std::uint16_t paddedLevels[LaneSums::lanes];
        std::memcpy(padded, values + at, (count - at) * sizeof(float));
        for (std::size_t part = 0; part < parts; ++part)
            one(padded + part * width, paddedLevels + part * width, paddedTo + part * width, totals[part]);
        std::memcpy(levels + at, paddedLevels, (count - at) * sizeof(std::uint16_t));
        std::memcpy(dequantized + at, paddedTo, (count - at) * sizeof(float));
    }
    for (std::size_t part = 0; part < parts; ++part)
        store(totals[part], sums, part);
    sums.notFinite += notFinite;
    sums.clippedLow += below;
    sums.clippedHigh += above;
}

}  // namespace quantoscope::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace quantoscope {

HWY_EXPORT(QuantizeToGrid);

void quantizeToGrid(std::span<const float> values, const IntegerGrid& grid, std::uint16_t* levels, float* dequantized,
                    LaneSums& sums)
{
    HWY_DYNAMIC_DISPATCH(QuantizeToGrid)(values.data(), values.size(), grid, levels, dequantized, sums);
}

}  // namespace quantoscope
#endif
