// SPDX-License-Identifier: Apache-2.0
#include "core/statistics/value_counts.h"

#include "core/statistics/counting.h"
#include "core/statistics/order_statistics.h"

#include <algorithm>
#include <cmath>

namespace quantoscope {

namespace {

/// A value of the sorted list by its rank; values of a bin of many are taken as evenly spread.
double valueInBin(const CountBin& bin, double position)
{
    if (bin.isOneValue() || bin.count == 1)
        return bin.count == 1 ? bin.sum : bin.low;
    return bin.low + (bin.high - bin.low) * (position + 0.5) / double(bin.count);
}

/// Bins of |x|, ascending: the two halves merged.
std::vector<CountBin> absoluteBins(std::span<const CountBin> bins)
{
    std::vector<CountBin> result;
    result.reserve(bins.size());
    const auto firstPositive = std::partition_point(bins.begin(), bins.end(),
                                                    [](const CountBin& bin) { return bin.low < 0; });
    auto negative = firstPositive;
    auto positive = firstPositive;
    while (negative != bins.begin() || positive != bins.end()) {
        const bool takePositive = negative == bins.begin()
            || (positive != bins.end() && positive->low <= -std::prev(negative)->high);
        if (takePositive) {
            result.push_back(*positive++);
        } else {
            const CountBin& bin = *--negative;
            result.push_back({-bin.high, -bin.low, bin.count, -bin.sum, bin.sumOfSquares});
        }
    }
    return result;
}

double quantileOf(std::span<const CountBin> bins, double finite, double share)
{
    if (bins.empty())
        return 0;
    const double position = share * (finite - 1);
    const double rank = std::floor(position);
    double before = 0;
    for (std::size_t i = 0; i < bins.size(); ++i) {
        const double here = double(bins[i].count);
        if (rank < before + here || i + 1 == bins.size()) {
            const double offset = std::min(rank - before, here - 1);
            const double value = valueInBin(bins[i], offset);
            double next = value;
            if (offset + 1 < here)
                next = valueInBin(bins[i], offset + 1);
            else if (i + 1 < bins.size())
                next = valueInBin(bins[i + 1], 0);
            return interpolate(value, next, position - rank);
        }
        before += here;
    }
    return bins.back().high;
}

}  // namespace

ValueCounts::ValueCounts(std::vector<CountBin> ascendingBins, Totals totals, bool isExact)
    : m_bins(std::move(ascendingBins))
    , m_prefix(m_bins.size() + 1)
    , m_totals(totals)
    , m_isExact(isExact)
{
    const auto pivot = std::size_t(std::partition_point(m_bins.begin(), m_bins.end(),
                                                        [](const CountBin& bin) { return bin.low < 0; })
                                   - m_bins.begin());
    std::uint64_t count = 0;
    for (std::size_t i = 0; i < m_bins.size(); ++i)
        m_prefix[i + 1].count = double(count += m_bins[i].count);

    // long double, so that 65,536 roundings do not show in the sixteenth digit of the totals.
    long double sum = 0, squares = 0;
    for (std::size_t i = pivot; i < m_bins.size(); ++i) {
        sum += m_bins[i].sum;
        squares += m_bins[i].sumOfSquares;
        m_prefix[i + 1].sum = double(sum);
        m_prefix[i + 1].sumOfSquares = double(squares);
    }
    long double negativeSum = 0, negativeSquares = 0;
    for (std::size_t i = pivot; i-- > 0;) {
        negativeSum -= m_bins[i].sum;
        negativeSquares -= m_bins[i].sumOfSquares;
        m_prefix[i].sum = double(negativeSum);
        m_prefix[i].sumOfSquares = double(negativeSquares);
    }
    m_totals.sum = double(sum - negativeSum);
    m_totals.sumOfSquares = double(squares - negativeSquares);
}

double ValueCounts::absoluteMaximum() const
{
    return std::max(std::abs(m_totals.min), std::abs(m_totals.max));
}

double ValueCounts::quantile(double share) const
{
    return quantileOf(m_bins, double(m_totals.finite), share);
}

double ValueCounts::absoluteQuantile(double share) const
{
    return quantileOf(absoluteBins(m_bins), double(m_totals.finite), share);
}

Result<const NumberFormat*> numbersOf(const TensorInfo& info)
{
    // Blocks decode to FP32; whole numbers of 64 bits have no row of their own and are read as doubles.
    const std::string_view id = info.block ? "fp32" : !info.type ? "" : info.type->formatId.empty() ? "fp64" : info.type->formatId;
    const NumberFormat* const format = findNumberFormat(id);
    if (!format)
        return failure(Error::Kind::Unsupported,
                       "The tensor " + info.name + " is stored as " + info.typeName
                           + ", which has no real numbers that could be counted; choose another tensor.");
    return format;
}

bool holdsFloats(const TensorInfo& info)
{
    const auto format = numbersOf(info);
    const FloatFormat* const floating = format ? (*format)->asFloat() : nullptr;
    return floating && floating->exponentBits == 8 && floating->mantissaBits <= 23 && !(info.type && info.type->bits <= 16);
}

CountsResult countValues(const TensorSource& source, const TensorInfo& info, Progress progress)
{
    const auto format = numbersOf(info);
    if (!format)
        return tl::unexpected(format.error());
    if (info.type && info.type->bits <= 16)
        return countCodes(source, info, **format, progress);
    if (holdsFloats(info))
        return countFloats(source, info, progress);
    return countWide(source, info, **format, progress);
}

}  // namespace quantoscope
