// SPDX-License-Identifier: Apache-2.0
#include "core/statistics/order_statistics.h"

#include "core/statistics/chunks.h"
#include "core/statistics/counting.h"
#include "core/tensors/held_values.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <type_traits>

namespace quantoscope {

namespace {

constexpr int bitsAtATime = 16;
constexpr std::size_t tableSize = std::size_t{1} << bitsAtATime;
/// Up to here sorting takes less time than clearing and adding up tables for every prefix.
constexpr std::int64_t fewValues = 65536;
static_assert(fewValues <= chunkElements);   // One chunk, shown as such.

/// Codes in the order of their values; −0 counts as +0.
template <class Value>
std::uint64_t keyOf(Value value)
{
    if constexpr (sizeof(Value) == 4) {
        return orderedKey(value == 0 ? 0 : std::bit_cast<std::uint32_t>(value));
    } else {
        const auto code = value == 0 ? 0 : std::bit_cast<std::uint64_t>(value);
        return code >> 63 ? ~code : code | std::uint64_t{1} << 63;
    }
}

template <class Value>
double valueOfKey(std::uint64_t key)
{
    if constexpr (sizeof(Value) == 4)
        return std::bit_cast<float>(codeOfKey(std::uint32_t(key)));
    else
        return std::bit_cast<double>(key >> 63 ? key & ~(std::uint64_t{1} << 63) : ~key);
}

/// Radix selection: every pass counts, for each prefix still wanted, the next 16 bits of the keys
/// that begin with it. For FP32 the first pass has been done: the counts are by those 16 bits.
template <class Value>
class Selection {
public:
    Selection(const TensorSource& source, const TensorInfo& info, bool ofMagnitude, const Progress& progress, const LookAtChunk& look)
        : m_source(source)
        , m_info(info)
        , m_ofMagnitude(ofMagnitude)
        , m_progress(progress)
        , m_look(look)
    {
    }

    Result<std::vector<double>> run(const std::vector<std::uint64_t>& ranks, const ValueCounts& counts)
    {
        if (m_info.count <= fewValues)
            return sortAll(ranks);
        for (const std::uint64_t rank : ranks)
            m_wanted.push_back({rank, 0});
        m_prefixes = {0};
        int known = 0;
        if (bits == 32) {
            std::vector<std::uint64_t> table(tableSize);
            for (const CountBin& bin : counts.bins())
                table[keyOf(magnitude(Value(bin.low))) >> bitsAtATime] += bin.count;
            narrow(table);
            known = bitsAtATime;
        }
        for (; known < bits; known += bitsAtATime)
            if (auto passed = pass(known); !passed)
                return tl::unexpected(passed.error());
        std::vector<double> values;
        for (const Wanted& wanted : m_wanted)
            values.push_back(valueOfKey<Value>(wanted.prefix));
        return values;
    }

private:
    static constexpr int bits = 8 * sizeof(Value);
    struct Wanted {
        std::uint64_t rank;     ///< Among the keys that begin with the prefix.
        std::uint64_t prefix;
    };
    struct Scratch {
        std::vector<Value> values, kept;
        std::vector<std::uint64_t> counts;
    };

    Value magnitude(Value value) const { return m_ofMagnitude ? std::abs(value) : value; }

    Result<std::vector<double>> sortAll(const std::vector<std::uint64_t>& ranks) const
    {
        std::vector<Value> buffer, finite;
        const auto values = read({0, m_info.count}, buffer);
        if (!values)
            return tl::unexpected(values.error());
        show(0, *values);
        finite.reserve(values->size());
        for (const Value value : *values)
            if (std::isfinite(value))
                finite.push_back(magnitude(value));
        std::sort(finite.begin(), finite.end());
        std::vector<double> result;
        for (const std::uint64_t rank : ranks)
            result.push_back(double(finite.at(std::size_t(rank))) + 0.0);   // −0 becomes +0
        return result;
    }

    void show(std::size_t chunk, std::span<const Value> values) const
    {
        if constexpr (sizeof(Value) == 4)
            if (m_look)
                m_look(chunk, values);
    }

    Result<void> pass(int known)
    {
        ScratchPool<Scratch> pool;
        const std::vector<std::uint8_t> mayMatch = candidates(known);
        const auto count = [&](std::size_t chunk, ElementRange range) -> Result<void> {
            const auto scratch = pool.borrow();
            scratch->counts.resize(m_prefixes.size() * tableSize);
            const auto values = read(range, scratch->values);
            if (!values)
                return tl::unexpected(values.error());
            show(chunk, *values);
            scratch->kept.resize(values->size());
            // Most values are ruled out by their leading bits; to go on without a branch costs less than
            // to guess which.
            std::size_t kept = 0;
            for (const Value value : *values) {
                scratch->kept[kept] = value;
                kept += mayMatch[leadingBits(value)];
            }
            for (const Value value : std::span(scratch->kept).first(kept))
                countIfWanted(value, known, scratch->counts);
            return {};
        };
        const Progress part{m_progress.stop, [&](double fraction) {
            m_progress.report((known / bitsAtATime + fraction) * bitsAtATime / bits);
        }};
        if (auto done = forEachChunk(m_info.count, chunkElements, part, count); !done)
            return done;

        std::vector<std::uint64_t> total(m_prefixes.size() * tableSize);
        for (const auto& scratch : pool.all())
            for (std::size_t i = 0; i < scratch->counts.size(); ++i)
                total[i] += scratch->counts[i];
        narrow(total);
        return {};
    }

    Result<std::span<const Value>> read(ElementRange range, std::vector<Value>& buffer) const
    {
        if constexpr (sizeof(Value) == 4) {
            return valuesOf(m_source, m_info, range, buffer);
        } else {
            buffer.resize(std::size_t(range.count));
            if (auto done = m_source.read(m_info, range, std::span<Value>(buffer)); !done)
                return tl::unexpected(done.error());
            return std::span<const Value>(buffer);
        }
    }

    using Bits = std::conditional_t<sizeof(Value) == 4, std::uint32_t, std::uint64_t>;
    static std::size_t leadingBits(Value value) { return std::size_t(std::bit_cast<Bits>(value) >> (bits - bitsAtATime)); }

    /// For all leading bits of a stored value: 1 where its key may begin with a wanted prefix.
    std::vector<std::uint8_t> candidates(int known) const
    {
        std::vector<std::uint8_t> mayMatch(tableSize, known == 0);
        for (std::size_t leading = 0; leading < tableSize && known > 0; ++leading) {
            const auto value = std::bit_cast<Value>(Bits(leading) << (bits - bitsAtATime));   // the one nearest to zero
            const auto beginsWith = [&](std::uint64_t key) {
                const auto found = std::lower_bound(m_prefixes.begin(), m_prefixes.end(), (key >> (bits - bitsAtATime)) << (known - bitsAtATime));
                return found != m_prefixes.end() && *found >> (known - bitsAtATime) == key >> (bits - bitsAtATime);
            };
            // Beside the key of -0, which is that of +0, there are those of its negative neighbours.
            const auto another = std::bit_cast<Value>(Bits(std::bit_cast<Bits>(value) | 1));
            mayMatch[leading] = beginsWith(keyOf(magnitude(value))) || beginsWith(keyOf(magnitude(another)));
        }
        return mayMatch;
    }

    void countIfWanted(Value value, int known, std::vector<std::uint64_t>& counts) const
    {
        if (!std::isfinite(value))
            return;
        const std::uint64_t key = keyOf(magnitude(value));
        const std::uint64_t prefix = known == 0 ? 0 : key >> (bits - known);
        const auto found = std::lower_bound(m_prefixes.begin(), m_prefixes.end(), prefix);
        const int shift = bits - known - bitsAtATime;
        if (found != m_prefixes.end() && *found == prefix)
            ++counts[std::size_t(found - m_prefixes.begin()) * tableSize + (key >> shift & (tableSize - 1))];
    }

    /// Appends the next 16 bits to every wanted prefix.
    void narrow(const std::vector<std::uint64_t>& total)
    {
        std::vector<std::uint64_t> next;
        for (Wanted& wanted : m_wanted) {
            const auto table = std::size_t(std::lower_bound(m_prefixes.begin(), m_prefixes.end(), wanted.prefix)
                                           - m_prefixes.begin()) * tableSize;
            std::size_t digit = 0;
            while (digit + 1 < tableSize && wanted.rank >= total[table + digit])
                wanted.rank -= total[table + digit++];
            wanted.prefix = wanted.prefix << bitsAtATime | digit;
            next.push_back(wanted.prefix);
        }
        std::sort(next.begin(), next.end());
        next.erase(std::unique(next.begin(), next.end()), next.end());
        m_prefixes = std::move(next);
    }

    const TensorSource& m_source;
    const TensorInfo& m_info;
    bool m_ofMagnitude;
    const Progress& m_progress;
    const LookAtChunk& m_look;
    std::vector<Wanted> m_wanted;
    std::vector<std::uint64_t> m_prefixes;   ///< Distinct, ascending.
};

Result<std::vector<double>> select(const TensorSource& source, const TensorInfo& info, const ValueCounts& counts,
                                   const std::vector<std::uint64_t>& ranks, bool ofMagnitude,
                                   const Progress& progress, const LookAtChunk& look)
{
    if (holdsFloats(info))
        return Selection<float>(source, info, ofMagnitude, progress, look).run(ranks, counts);
    return Selection<double>(source, info, ofMagnitude, progress, look).run(ranks, counts);
}

}  // namespace

Result<std::vector<double>> exactQuantiles(const TensorSource& source, const TensorInfo& info,
                                           const ValueCounts& counts, std::span<const double> shares,
                                           bool ofMagnitude, const Progress& progress, const LookAtChunk& look)
{
    std::vector<double> quantiles;
    if (counts.isExact() || counts.totals().finite == 0) {
        for (const double share : shares)
            quantiles.push_back(ofMagnitude ? counts.absoluteQuantile(share) : counts.quantile(share));
        return quantiles;
    }
    const double last = double(counts.totals().finite) - 1;
    std::vector<std::uint64_t> ranks;
    for (const double share : shares) {
        const double rank = std::floor(share * last);
        ranks.push_back(std::uint64_t(rank));
        ranks.push_back(std::uint64_t(std::min(rank + 1, last)));
    }
    const auto values = select(source, info, counts, ranks, ofMagnitude, progress, look);
    if (!values)
        return values;
    for (std::size_t i = 0; i < shares.size(); ++i) {
        const double position = shares[i] * last;
        quantiles.push_back(interpolate((*values)[2 * i], (*values)[2 * i + 1], position - std::floor(position)));
    }
    return quantiles;
}

}  // namespace quantoscope
