// SPDX-License-Identifier: Apache-2.0
#include "core/statistics/chunks.h"
#include "core/statistics/counting.h"
#include "core/tensors/held_values.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>

namespace quantoscope {

namespace {

constexpr std::uint64_t valuesBeforeFlush = (std::uint64_t{1} << 24) - 1;

double floatOf(std::uint32_t code) { return double(std::bit_cast<float>(code)); }

}  // namespace

FloatCounter::FloatCounter()
    : FloatCounter(Tables::Full)
{
}

FloatCounter::FloatCounter(Tables tables)
    : m_packed(tables == Tables::Full ? 65536 : 0)
    , m_wide(tables == Tables::Full ? 65536 : 0)
{
}

void FloatCounter::add(std::span<const float> values)
{
    while (!values.empty()) {
        const auto room = std::size_t(std::min<std::uint64_t>(valuesBeforeFlush - m_sinceFlush, values.size()));
        addBlock(values.first(room));
        values = values.subspan(room);
        m_sinceFlush += room;
        if (m_sinceFlush == valuesBeforeFlush)
            flush();
    }
}

void FloatCounter::noteExtremes(std::span<const float> block)
{
    const FloatScan scan = scanFloats(block);
    m_range.low = std::min(m_range.low, scan.range.low);
    m_range.high = std::max(m_range.high, scan.range.high);
    m_zeros[0] += scan.positiveZeros;
    m_zeros[1] += scan.negativeZeros;
    if (scan.notFinite > 0)
        for (const float value : block) {
            m_nan += std::isnan(value);
            m_infinite += std::isinf(value);
        }
}

void FloatCounter::addBlock(std::span<const float> values)
{
    m_count += values.size();
    constexpr std::size_t cached = 4096;   // Looked at twice, from the first-level cache.
    for (; !values.empty(); values = values.subspan(std::min(cached, values.size()))) {
        const auto block = values.first(std::min(cached, values.size()));
        noteExtremes(block);
        addToBins(block.data(), block.size(), m_packed.data());
    }
}

void FloatCounter::flush()
{
    for (std::size_t i = 0; i < m_packed.size(); ++i) {
        m_wide[i].count += m_packed[i].count();
        m_wide[i].sum += m_packed[i].sum();
        m_wide[i].sumOfSquares += m_packed[i].sumOfSquares;
        m_packed[i] = {};
    }
    m_sinceFlush = 0;
}

void FloatCounter::merge(const FloatCounter& other)
{
    for (std::size_t i = 0; i < m_wide.size(); ++i) {
        const FloatBin& packed = other.m_packed[i];
        m_wide[i].count += other.m_wide[i].count + packed.count();
        m_wide[i].sum += other.m_wide[i].sum + packed.sum();
        m_wide[i].sumOfSquares += other.m_wide[i].sumOfSquares + packed.sumOfSquares;
    }
    m_count += other.m_count;
    m_infinite += other.m_infinite;
    m_nan += other.m_nan;
    m_zeros[0] += other.m_zeros[0];
    m_zeros[1] += other.m_zeros[1];
    m_range.low = std::min(m_range.low, other.m_range.low);
    m_range.high = std::max(m_range.high, other.m_range.high);
}

CountBin FloatCounter::binOf(const Occupied& bin)
{
    const auto& [leadingBits, sums] = bin;
    // A value is significand · 2^(exponent−150), its significand a fixed part plus the trailing bits.
    const bool negative = leadingBits >> 15;
    const unsigned exponent = leadingBits >> 7 & 0xFF;
    const std::uint64_t fixed = (std::uint64_t(exponent != 0) << 23) | (leadingBits & 0x7F) << 16;
    const unsigned __int128 n = sums.count;
    const double sum = double(n * fixed + sums.sum);
    const double squares = double(n * fixed * fixed + 2 * (unsigned __int128)fixed * sums.sum + sums.sumOfSquares);
    const int scale = int(std::max(exponent, 1u)) - 150;

    const std::uint32_t code = std::uint32_t(leadingBits) << 16;
    // Where the trailing bits have no variance, all values of the bin are the same one.
    const bool same = n * sums.sumOfSquares == (unsigned __int128)sums.sum * sums.sum;
    const auto trailing = std::uint32_t(same && sums.count > 0 ? sums.sum / sums.count : 0);
    const double inner = floatOf(code | trailing), outer = floatOf(code | (same ? trailing : 0xFFFF));
    return {std::min(inner, outer), std::max(inner, outer), sums.count,
            std::ldexp(negative ? -sum : sum, scale), std::ldexp(squares, 2 * scale)};
}

std::shared_ptr<const ValueCounts> FloatCounter::assemble(std::span<const Occupied> ascendingCodes) const
{
    ValueCounts::Totals totals;
    totals.count = m_count;
    totals.nan = m_nan;
    totals.infinite = m_infinite;
    totals.finite = m_count - m_nan - m_infinite;
    totals.zeros = m_zeros[0] + m_zeros[1];
    if (totals.finite > 0) {
        totals.min = double(m_range.low) + 0.0;   // −0 becomes +0
        totals.max = double(m_range.high) + 0.0;
    }
    std::vector<CountBin> bins;
    const auto push = [&](Occupied occupied) {
        // Zeros get a bin of their own; they add nothing to the sums of the bins they came from.
        if ((occupied.leadingBits & 0x7FFF) == 0)
            occupied.sums.count -= m_zeros[occupied.leadingBits >> 15];
        if ((occupied.leadingBits & 0x7FFF) >= 0x7F80 || occupied.sums.count == 0)
            return;
        CountBin bin = binOf(occupied);
        if ((occupied.leadingBits & 0x7F80) == 0)
            totals.subnormals += bin.count;
        bin.low = std::max(bin.low, totals.min);
        bin.high = std::min(bin.high, totals.max);
        bins.push_back(bin);
    };
    // Negative codes grow away from zero.
    const auto isNegative = [](const Occupied& occupied) { return occupied.leadingBits >= 0x8000; };
    const auto negative = std::find_if(ascendingCodes.begin(), ascendingCodes.end(), isNegative);
    for (auto occupied = ascendingCodes.end(); occupied != negative;)
        push(*--occupied);
    if (totals.zeros > 0)
        bins.push_back({0, 0, totals.zeros, 0, 0});
    std::for_each(ascendingCodes.begin(), negative, push);
    const bool exact = std::all_of(bins.begin(), bins.end(), [](const CountBin& bin) { return bin.isOneValue(); });
    return std::make_shared<const ValueCounts>(std::move(bins), totals, exact);
}

std::shared_ptr<const ValueCounts> FloatCounter::finish()
{
    flush();
    std::vector<Occupied> occupied;
    for (std::size_t leadingBits = 0; leadingBits < m_wide.size(); ++leadingBits)
        if (m_wide[leadingBits].count > 0)
            occupied.push_back({leadingBits, m_wide[leadingBits]});
    return assemble(occupied);
}

std::shared_ptr<const ValueCounts> FloatCounter::countFew(std::span<const float> values)
{
    FloatCounter counter(Tables::None);
    counter.m_count = values.size();
    std::vector<std::uint32_t> codes;
    counter.noteExtremes(values);
    for (const float value : values)
        codes.push_back(std::bit_cast<std::uint32_t>(value));
    std::sort(codes.begin(), codes.end());
    std::vector<Occupied> occupied;
    for (const std::uint32_t code : codes) {
        if (occupied.empty() || occupied.back().leadingBits != code >> 16)
            occupied.push_back({code >> 16, {}});
        const std::uint64_t trailing = code & 0xFFFF;
        Wide& sums = occupied.back().sums;
        ++sums.count;
        sums.sum += trailing;
        sums.sumOfSquares += trailing * trailing;
    }
    return counter.assemble(occupied);
}

namespace {

/// Below, sorting the values is faster than clearing and scanning 65536 bins.
constexpr std::int64_t fewValues = 16384;

struct FloatScratch {
    FloatCounter counter;
    std::vector<float> values;
};

}  // namespace

CountsResult countFloats(const TensorSource& source, const TensorInfo& info, const Progress& progress)
{
    if (info.count <= fewValues) {
        std::vector<float> values(std::size_t(info.count));
        if (auto read = source.read(info, {0, info.count}, std::span<float>(values)); !read)
            return tl::unexpected(read.error());
        return FloatCounter::countFew(values);
    }
    ScratchPool<FloatScratch> pool;
    const auto done = forEachChunk(info.count, chunkElements, progress,
                                   [&](std::size_t, ElementRange range) -> Result<void> {
        const auto scratch = pool.borrow();
        const auto values = valuesOf(source, info, range, scratch->values);
        if (!values)
            return tl::unexpected(values.error());
        scratch->counter.add(*values);
        return {};
    });
    if (!done)
        return tl::unexpected(done.error());
    FloatCounter total;
    for (const auto& scratch : pool.all())
        total.merge(scratch->counter);
    return total.finish();
}

std::shared_ptr<const ValueCounts> countValues(std::span<const float> values)
{
    if (values.size() <= std::size_t(fewValues))
        return FloatCounter::countFew(values);
    FloatCounter counter;
    counter.add(values);
    return counter.finish();
}

}  // namespace quantoscope
