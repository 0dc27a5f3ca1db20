// SPDX-License-Identifier: Apache-2.0
#include "core/statistics/tails.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "core/statistics/tails.cpp"
#define HWY_DISABLED_TARGETS (HWY_SVE | HWY_SVE2 | HWY_SVE_256 | HWY_SVE2_128 | HWY_RVV)   // lanes must be a constant
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include <algorithm>
#include <limits>

HWY_BEFORE_NAMESPACE();
namespace quantoscope::HWY_NAMESPACE {
namespace {

namespace hn = hwy::HWY_NAMESPACE;

constexpr std::size_t lanes = 8;
using Doubles = hn::CappedTag<double, lanes>;
constexpr std::size_t width = hn::MaxLanes(Doubles());
constexpr std::size_t parts = lanes / width;

struct Sums {
    hn::Vec<Doubles> fourthPower[parts];
    std::uint64_t outliers;
};

/// Eight values; what is not finite adds nothing.
HWY_INLINE void addEight(const float* values, double mean, double perDeviation, double limit, Sums& sums)
{
    const Doubles d;
    const hn::Rebind<float, Doubles> f;
    for (std::size_t part = 0; part < parts; ++part) {
        const auto x = hn::PromoteTo(d, hn::LoadU(f, values + part * width));
        const auto isFinite = hn::Le(hn::Abs(x), hn::Set(d, std::numeric_limits<double>::max()));
        const auto offset = hn::IfThenElseZero(isFinite, hn::Sub(x, hn::Set(d, mean)));
        const auto z = hn::Mul(offset, hn::Set(d, perDeviation)), squared = hn::Mul(z, z);
        // Not fused: squares are no exact numbers, and not every processor could.
        sums.fourthPower[part] = hn::Add(sums.fourthPower[part], hn::Mul(squared, squared));
        sums.outliers += hn::CountTrue(d, hn::Gt(hn::Abs(offset), hn::Set(d, limit)));
    }
}

Tails TailsOf(const float* values, std::size_t count, double mean, double perDeviation, double limit)
{
    const Doubles d;
    Sums sums;
    sums.outliers = 0;
    for (std::size_t part = 0; part < parts; ++part)
        sums.fourthPower[part] = hn::Zero(d);
    std::size_t at = 0;
    for (; at + lanes <= count; at += lanes)
        addEight(values + at, mean, perDeviation, limit, sums);
    if (at < count) {
        float padded[lanes];
        std::fill_n(padded, lanes, std::numeric_limits<float>::infinity());   // adds nothing
        std::copy_n(values + at, count - at, padded);
        addEight(padded, mean, perDeviation, limit, sums);
    }
    HWY_ALIGN double each[lanes];
    for (std::size_t part = 0; part < parts; ++part)
        hn::Store(sums.fourthPower[part], d, each + part * width);
    Tails tails{0, sums.outliers};
    for (const double sum : each)
        tails.fourthPower += sum;
    return tails;
}

}  // namespace
}  // namespace quantoscope::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace quantoscope {

HWY_EXPORT(TailsOf);

Tails tailsOfFloats(std::span<const float> values, double mean, double deviation, double limit)
{
    return HWY_DYNAMIC_DISPATCH(TailsOf)(values.data(), values.size(), mean, 1 / deviation, limit);
}

}  // namespace quantoscope
#endif
