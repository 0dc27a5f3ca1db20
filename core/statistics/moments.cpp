// SPDX-License-Identifier: Apache-2.0
#include "core/statistics/moments.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "core/statistics/moments.cpp"
#define HWY_DISABLED_TARGETS (HWY_SVE | HWY_SVE2 | HWY_SVE_256 | HWY_SVE2_128 | HWY_RVV)   // lanes must be a constant
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include <algorithm>
#include <cmath>

HWY_BEFORE_NAMESPACE();
namespace quantoscope::HWY_NAMESPACE {
namespace {

namespace hn = hwy::HWY_NAMESPACE;

constexpr std::size_t lanes = 8;
using Doubles = hn::CappedTag<double, lanes>;
using Floats = hn::CappedTag<float, 2 * lanes>;
constexpr std::size_t width = hn::MaxLanes(Doubles()), floatWidth = hn::MaxLanes(Floats());
constexpr std::size_t parts = lanes / width;
using V = hn::Vec<Doubles>;

/// Added up before anybody looks whether all were finite.
constexpr std::size_t blockLength = 1024;

/// In registers: eight lanes of sums, and the ends.
struct Sums {
    V sum[parts], squares[parts];

    HWY_INLINE void clear()
    {
        for (std::size_t part = 0; part < parts; ++part)
            sum[part] = squares[part] = hn::Zero(Doubles());
    }

    HWY_INLINE void add(const Sums& other)
    {
        for (std::size_t part = 0; part < parts; ++part) {
            sum[part] = hn::Add(sum[part], other.sum[part]);
            squares[part] = hn::Add(squares[part], other.squares[part]);
        }
    }

    /// Sixteen values. Squares of FP32 numbers are exact, so that fused or not is the same; those of differences are not.
    template <bool centred>
    HWY_INLINE void addSixteen(const float* values, V centre)
    {
        const Doubles d;
        const hn::Rebind<float, Doubles> f;
        for (std::size_t at = 0; at < 2 * lanes; at += width) {
            const std::size_t part = at / width % parts;
            V x = hn::PromoteTo(d, hn::LoadU(f, values + at));
            if constexpr (centred) {
                x = hn::Sub(x, centre);
                squares[part] = hn::Add(squares[part], hn::Mul(x, x));
            } else {
                squares[part] = hn::MulAdd(x, x, squares[part]);
            }
            sum[part] = hn::Add(sum[part], x);
        }
    }
};

HWY_INLINE void addWithCare(const float* values, std::size_t count, double centre, ChunkSums& sums)
{
    for (std::size_t i = 0; i < count; ++i) {
        const float value = values[i];
        if (!std::isfinite(value)) {
            ++(std::isnan(value) ? sums.nan : sums.infinite);
            continue;
        }
        ++sums.finite;
        sums.low = std::min(sums.low, value);
        sums.high = std::max(sums.high, value);
        const double x = double(value) - centre;
        sums.sum += x;
        sums.sumOfSquares += x * x;
    }
}

template <bool centred>
HWY_INLINE void addChunk(const float* values, std::size_t count, ChunkSums& sums)
{
    const Floats f;
    const auto zero = hn::Zero(f);
    const V centre = hn::Set(Doubles(), sums.centre);
    Sums total;
    total.clear();
    auto low = hn::Set(f, sums.low), high = hn::Set(f, sums.high);
    std::size_t at = 0;
    for (; at + blockLength <= count; at += blockLength) {
        Sums block;
        block.clear();
        auto blockLow = low, blockHigh = high, mark = zero;
        for (std::size_t i = at; i < at + blockLength; i += 2 * lanes) {
            for (std::size_t j = i; j < i + 2 * lanes; j += floatWidth) {
                const auto x = hn::LoadU(f, values + j);
                blockLow = hn::Min(blockLow, x);
                blockHigh = hn::Max(blockHigh, x);
                mark = hn::MulAdd(x, zero, mark);   // Times zero, what is not finite leaves a mark.
            }
            block.addSixteen<centred>(values + i, centre);
        }
        if (HWY_UNLIKELY(!hn::AllTrue(f, hn::Eq(mark, zero)))) {
            addWithCare(values + at, blockLength, sums.centre, sums);
            continue;
        }
        total.add(block);
        low = blockLow;
        high = blockHigh;
        sums.finite += blockLength;
    }
    const Doubles d;
    HWY_ALIGN double each[2 * lanes];
    for (std::size_t part = 0; part < parts; ++part) {
        hn::Store(total.sum[part], d, each + part * width);
        hn::Store(total.squares[part], d, each + lanes + part * width);
    }
    for (std::size_t lane = 0; lane < lanes; ++lane) {
        sums.sum += each[lane];
        sums.sumOfSquares += each[lanes + lane];
    }
    sums.low = std::min(sums.low, hn::GetLane(hn::MinOfLanes(f, low)));
    sums.high = std::max(sums.high, hn::GetLane(hn::MaxOfLanes(f, high)));
    addWithCare(values + at, count - at, sums.centre, sums);
}

}  // namespace

void AddChunk(const float* values, std::size_t count, ChunkSums& sums)
{
    if (sums.centre == 0)
        addChunk<false>(values, count, sums);
    else
        addChunk<true>(values, count, sums);
}

}  // namespace quantoscope::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
#include "core/statistics/chunks.h"
#include "core/statistics/counting.h"
#include "core/statistics/summary.h"
#include "core/tensors/held_values.h"

namespace quantoscope {

HWY_EXPORT(AddChunk);

namespace {

/// A number among the values, near enough to their mean: that of the first of them. Its distance from the mean of the
/// chunk cannot cost more than the digits of (chunk / sampled), for those sampled lie there too. Zero where they lie
/// around it.
float centreOf(std::span<const float> values)
{
    constexpr std::size_t sampled = 256;
    double sum = 0, squares = 0, n = 0;
    for (const float value : values.first(std::min(sampled, values.size())))
        if (std::isfinite(value)) {
            sum += double(value);
            squares += double(value) * double(value);
            ++n;
        }
    const double mean = n > 0 ? sum / n : 0;
    return 2 * mean * mean * n <= squares ? 0 : float(mean);
}

Moments combined(std::span<const ChunkSums> parts)
{
    Moments moments;
    float low = std::numeric_limits<float>::infinity(), high = -low;
    long double sum = 0, squares = 0;
    for (const ChunkSums& part : parts) {
        moments.finite += part.finite;
        moments.nan += part.nan;
        moments.infinite += part.infinite;
        low = std::min(low, part.low);
        high = std::max(high, part.high);
        sum += (long double)part.finite * part.centre + part.sum;
    }
    moments.count = moments.finite + moments.nan + moments.infinite;
    if (moments.finite == 0)
        return moments;
    moments.min = double(low) + 0.0;   // -0 becomes +0
    moments.max = double(high) + 0.0;
    const long double n = moments.finite, mean = sum / n;
    for (const ChunkSums& part : parts) {
        if (part.finite == 0)
            continue;
        const long double m = part.finite, own = part.sum / m, away = part.centre + own - mean;
        squares += part.sumOfSquares - own * own * m + m * away * away;
    }
    moments.mean = std::clamp(double(mean), moments.min, moments.max);
    moments.standardDeviation = moments.min == moments.max ? 0 : std::sqrt(double(std::max(squares, 0.0L) / n));
    return moments;
}

}  // namespace

double Moments::absoluteMaximum() const { return std::max(std::abs(min), std::abs(max)); }

ChunkSums sumsOfChunk(std::span<const float> values)
{
    ChunkSums sums;
    sums.centre = centreOf(values);
    HWY_DYNAMIC_DISPATCH(AddChunk)(values.data(), values.size(), sums);
    return sums;
}

Result<Moments> momentsOf(const TensorSource& source, const TensorInfo& info, Progress progress)
{
    if (!holdsFloats(info)) {
        const auto counts = countValues(source, info, progress);
        if (!counts)
            return tl::unexpected(counts.error());
        const Summary all = summaryOf(**counts);
        return Moments{all.count, (*counts)->totals().finite, all.nan, all.infinite, all.min, all.max, all.mean, all.standardDeviation};
    }
    std::vector<ChunkSums> parts(std::size_t((info.count + chunkElements - 1) / chunkElements));
    ScratchPool<std::vector<float>> pool;
    const auto done = forEachChunk(info.count, chunkElements, progress, [&](std::size_t chunk, ElementRange range) -> Result<void> {
        const auto buffer = pool.borrow();
        const auto values = valuesOf(source, info, range, *buffer);
        if (!values)
            return tl::unexpected(values.error());
        parts[chunk] = sumsOfChunk(*values);
        return {};
    });
    if (!done)
        return tl::unexpected(done.error());
    return combined(parts);
}

}  // namespace quantoscope
#endif
