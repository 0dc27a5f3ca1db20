// SPDX-License-Identifier: Apache-2.0
// Activations to INT8, on their way into an INT8 product. Dynamic: the largest magnitude of each row (token)
// first, then every value times its inverse step, rounded. Static: the step is known beforehand, so one pass
// is enough, and what lies beyond it saturates. Both are timed as the part of the product that they are.
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "core/gemm/cpu_kernels/quantize_rows.cpp"
#include <hwy/foreach_target.h>

#include "core/gemm/cpu_kernels/cpu_kernel.h"
#include "core/gemm/cpu_kernels/output_blocks.h"

#include <hwy/highway.h>

#include <cmath>

HWY_BEFORE_NAMESPACE();
namespace quantoscope::cpu::HWY_NAMESPACE {
namespace {   // Other kernels have functions of the same names.

namespace hn = hwy::HWY_NAMESPACE;

using D = hn::ScalableTag<float>;

float largestMagnitude(const float* values, std::int64_t count)
{
    const D d;
    const std::int64_t lanes = std::int64_t(hn::Lanes(d));
    auto largest = hn::Zero(d);
    std::int64_t i = 0;
    for (; i + lanes <= count; i += lanes)
        largest = hn::Max(largest, hn::Abs(hn::LoadU(d, values + i)));
    float result = hn::GetLane(hn::MaxOfLanes(d, largest));
    for (; i < count; ++i)
        result = std::max(result, std::abs(values[i]));
    return result;
}

void roundValues(const float* values, std::int64_t count, float scale, std::int8_t* codes)
{
    const D d;
    const hn::Rebind<std::int8_t, D> narrow;
    const std::int64_t lanes = std::int64_t(hn::Lanes(d));
    const float inverse = 1 / scale;
    const auto factor = hn::Set(d, inverse), highest = hn::Set(d, 127.0f), lowest = hn::Set(d, -127.0f);
    std::int64_t i = 0;
    for (; i + lanes <= count; i += lanes) {
        const auto clamped = hn::Min(hn::Max(hn::Mul(hn::LoadU(d, values + i), factor), lowest), highest);
        hn::StoreU(hn::DemoteTo(narrow, hn::NearestInt(clamped)), narrow, codes + i);
    }
    for (; i < count; ++i)
        codes[i] = std::int8_t(std::nearbyint(std::clamp(values[i] * inverse, -127.0f, 127.0f)));
}

bool quantize(const float* values, StoredMatrix& x, const Pulse& pulse)
{
    const bool isDynamic = x.storage.sharing == ScaleSharing::Row;
    return forEachRowOfW(x.rows, 4 * x.columns, pulse, [&](std::int64_t row) {
        const float* source = values + row * x.columns;
        float& scale = x.scales[isDynamic ? std::size_t(row) : 0];
        if (isDynamic) {
            const float step = largestMagnitude(source, x.columns) / 127;
            scale = std::isnormal(step) ? step : 1;   // All zeros, or so small that they round to zero: any step does.
        }
        roundValues(source, x.columns, scale, reinterpret_cast<std::int8_t*>(x.bytes.data() + std::size_t(row) * x.rowBytes));
    });
}

}  // namespace
}  // namespace quantoscope::cpu::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace quantoscope::cpu {
HWY_EXPORT(quantize);

bool quantizeRows(const float* values, StoredMatrix& x, const Pulse& pulse)
{
    return HWY_DYNAMIC_DISPATCH(quantize)(values, x, pulse);
}

bool multiplyInt8AndScale(const StoredMatrix& x, const StoredMatrix& w, GemmOutput& y, const Pulse& pulse)
{
    // The sums take the place of the result, which is as wide.
    thread_local GemmOutput sums;
    sums.rows = y.rows;
    sums.columns = y.columns;
    if (!std::holds_alternative<std::vector<std::int32_t>>(sums.values))
        sums.values = std::vector<std::int32_t>();
    std::get<std::vector<std::int32_t>>(sums.values).resize(std::size_t(y.rows * y.columns));
    if (!multiplyInt8(x, w, sums, pulse))
        return false;
    const std::int32_t* source = sums.as<std::int32_t>();
    float* target = y.as<float>();
    return forEachRowOfW(y.rows, 4 * y.columns, pulse, [&](std::int64_t row) {
        const float own = x.scales[x.storage.sharing == ScaleSharing::Row ? std::size_t(row) : 0];
        for (std::int64_t column = 0; column < y.columns; ++column)
            target[row * y.columns + column] = float(source[row * y.columns + column]) * (own * w.scales[std::size_t(column)]);
    });
}

}  // namespace quantoscope::cpu
#endif
