// SPDX-License-Identifier: Apache-2.0
#include "core/quantization/error_kernel.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "core/quantization/error_kernel.cpp"
#define HWY_DISABLED_TARGETS (HWY_SVE | HWY_SVE2 | HWY_SVE_256 | HWY_SVE2_128 | HWY_RVV)   // lanes must be a constant
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include "core/quantization/lane_sums.inl"

#include <cstring>
#include <limits>

HWY_BEFORE_NAMESPACE();
namespace quantoscope::HWY_NAMESPACE {
namespace {

constexpr std::size_t stretchLength = 64;

/// Finite values, a multiple of eight of them, and what is stored for each.
HWY_INLINE void addFinite(const float* values, const float* stored, std::size_t count, Sums& sums)
{
    const Doubles d;
    const hn::Rebind<float, Doubles> f;
    for (std::size_t at = 0; at < count; at += LaneSums::lanes)
        for (std::size_t part = 0; part < parts; ++part) {
            const auto x = hn::PromoteTo(d, hn::LoadU(f, values + at + part * width)), y = hn::PromoteTo(d, hn::LoadU(f, stored + at + part * width));
            sums.add<false>(part, x, y, hn::Sub(x, y));
        }
}

/// Any values; those that are not finite add nothing.
HWY_INLINE void addWithCare(const float* values, const float* stored, std::size_t count, Totals& totals, std::uint64_t& notFinite)
{
    const Doubles d;
    const hn::Rebind<float, Doubles> f;
    for (std::size_t at = 0; at < count; at += width) {
        const auto raw = hn::PromoteTo(d, hn::LoadU(f, values + at));
        const auto finite = hn::Le(hn::Abs(raw), hn::Set(d, std::numeric_limits<double>::max()));
        notFinite += width - hn::CountTrue(d, finite);
        totals.addWithLargest(at / width % parts, hn::IfThenElseZero(finite, raw),
                              hn::IfThenElseZero(finite, hn::PromoteTo(d, hn::LoadU(f, stored + at))));
    }
}

void AddErrors(const float* values, const float* stored, std::size_t count, LaneSums& sums)
{
    Totals totals;
    totals.load(sums);
    const auto add = [&](const float* x, const float* y, std::size_t length) {
#if HWY_TARGET != HWY_SCALAR
        LargestErrors errors{hn::Zero(Ints())};
        for (std::size_t i = 0; i < length; i += valuesAtOnce)
            errors.add(hn::Sub(hn::LoadU(Floats(), x + i), hn::LoadU(Floats(), y + i)));
        if (HWY_LIKELY(errors.areBelow(std::numeric_limits<float>::infinity()))) {
            addFinite(x, y, length, totals.sums);
            totals.noteLargest(errors, [&] {
                double largest = 0;
                for (std::size_t i = 0; i < length; ++i)
                    largest = std::max(largest, std::abs(double(x[i]) - double(y[i])));
                return largest;
            });
            return;
        }
#endif
        addWithCare(x, y, length, totals, sums.notFinite);
    };
    std::size_t at = 0;
    for (; at + stretchLength <= count; at += stretchLength)
        add(values + at, stored + at, stretchLength);
    if (at < count) {   // The rest is filled up with zeros, which add nothing.
        float x[stretchLength] = {}, y[stretchLength] = {};
        std::memcpy(x, values + at, (count - at) * sizeof(float));
        std::memcpy(y, stored + at, (count - at) * sizeof(float));
        add(x, y, stretchLength);
    }
    totals.store(sums);
}

}  // namespace
}  // namespace quantoscope::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace quantoscope {

HWY_EXPORT(AddErrors);

void addErrors(const float* values, const float* stored, std::size_t count, LaneSums& sums)
{
    HWY_DYNAMIC_DISPATCH(AddErrors)(values, stored, count, sums);
}

}  // namespace quantoscope
#endif
