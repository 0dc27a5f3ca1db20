// SPDX-License-Identifier: Apache-2.0
// Sixteen bits are 65,536 values: however large the tensor, its code counts answer every per-tensor
// question exactly.
#include "core/statistics/chunks.h"
#include "core/statistics/counting.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <utility>

namespace quantoscope {

namespace {

/// Elements read at a time: their bytes and the tables stay in a core's own cache.
constexpr std::int64_t codesAtOnce = std::int64_t{1} << 16;

struct CodeTable {
    static constexpr std::size_t words = 65536, tables = 4;
    /// 32 bits, so that a table fits into the second-level cache; emptied before they overflow. The first is the one in use,
    /// but where neighbours are alike all take turns, for a counter cannot be raised again before it has been stored.
    std::vector<std::uint32_t> recent = std::vector<std::uint32_t>(tables * words);
    std::uint64_t sinceFlush = 0;
    std::vector<std::uint64_t> counts = std::vector<std::uint64_t>(words);
    std::vector<std::byte> bytes;
    std::vector<double> values;

    void flush()
    {
        for (std::size_t i = 0; i < recent.size(); ++i)
            counts[i % words] += std::exchange(recent[i], 0);
        sinceFlush = 0;
    }
    void flushIfNeeded(std::int64_t more)
    {
        sinceFlush += std::uint64_t(more);
        if (sinceFlush > 0xF0000000u)
            flush();
    }
};

void countBytes(std::span<const std::byte> bytes, std::uint64_t* counts)
{
    // Four tables, or runs of equal bytes wait for their own last addition.
    std::array<std::array<std::uint32_t, 256>, 4> tables{};
    std::size_t i = 0;
    for (; i + 4 <= bytes.size(); i += 4)
        for (std::size_t t = 0; t < 4; ++t)
            ++tables[t][std::size_t(bytes[i + t])];
    for (; i < bytes.size(); ++i)
        ++tables[0][std::size_t(bytes[i])];
    for (const auto& table : tables)
        for (std::size_t code = 0; code < 256; ++code)
            counts[code] += table[code];
}

std::uint16_t wordAt(const std::byte* bytes)
{
    std::uint16_t word;
    std::memcpy(&word, bytes, 2);
    return word;
}

/// Whether many neighbours are alike, as in sparse tensors, by a sample of them.
bool areAlike(std::span<const std::byte> bytes)
{
    const std::size_t words = bytes.size() / 2, step = std::max<std::size_t>(4, words / 256);
    std::size_t alike = 0, looked = 0;
    for (std::size_t i = 0; i + 4 <= words; i += step, ++looked)
        for (std::size_t j = 1; j < 4; ++j)
            alike += wordAt(bytes.data() + 2 * i) == wordAt(bytes.data() + 2 * (i + j));
    return alike * 8 > looked * 3;
}

/// Written out four times: in a loop around one addition the processor, having met equal neighbours once, has each
/// wait for the one before.
void countWords(std::span<const std::byte> bytes, std::uint32_t* first)
{
    const std::size_t apart = areAlike(bytes) ? CodeTable::words : 0;
    std::uint32_t *const second = first + apart, *const third = second + apart, *const fourth = third + apart;
    std::size_t i = 0;
    for (; i + 8 <= bytes.size(); i += 8) {
        std::uint64_t four;
        std::memcpy(&four, bytes.data() + i, 8);
        ++first[four & 0xFFFF];
        ++second[four >> 16 & 0xFFFF];
        ++third[four >> 32 & 0xFFFF];
        ++fourth[four >> 48];
    }
    for (; i + 2 <= bytes.size(); i += 2)
        ++first[wordAt(bytes.data() + i)];
}

std::size_t byteSwapped(std::size_t word) { return word >> 8 | (word & 0xFF) << 8; }

/// From how often each code occurs to bins by value; −0 and +0 share one.
std::shared_ptr<const ValueCounts> countsOfCodes(const NumberFormat& format,
                                                 std::span<const std::uint64_t> counts)
{
    ValueCounts::Totals totals;
    std::vector<CountBin> bins;
    for (std::size_t code = 0; code < counts.size(); ++code) {
        const std::uint64_t count = counts[code];
        if (count == 0)
            continue;
        totals.count += count;
        const double value = valueOf(format, code);
        if (std::isnan(value)) {
            totals.nan += count;
            continue;
        }
        if (std::isinf(value)) {
            totals.infinite += count;
            continue;
        }
        totals.finite += count;
        if (value == 0)
            totals.zeros += count;
        else if (format.asFloat() && decode(*format.asFloat(), code).kind == FloatClass::Subnormal)
            totals.subnormals += count;
        bins.push_back({value, value, count, double(count) * value, double(count) * (value * value)});
    }
    std::sort(bins.begin(), bins.end(), [](const CountBin& a, const CountBin& b) { return a.low < b.low; });

    std::vector<CountBin> merged;
    for (CountBin bin : bins) {
        if (bin.low == 0)
            bin = {0, 0, bin.count, 0, 0};
        if (merged.empty() || merged.back().low != bin.low) {
            merged.push_back(bin);
            continue;
        }
        CountBin& last = merged.back();
        last.count += bin.count;
        last.sum = double(last.count) * last.low;
        last.sumOfSquares = double(last.count) * (last.low * last.low);
    }
    if (!merged.empty()) {
        totals.min = merged.front().low;
        totals.max = merged.back().high;
    }
    return std::make_shared<const ValueCounts>(std::move(merged), totals, true);
}

}  // namespace

CountsResult countCodes(const TensorSource& source, const TensorInfo& info, const NumberFormat& format,
                        const Progress& progress)
{
    const std::size_t bytesEach = info.type->bits == 16 ? 2 : 1;
    const bool wholeBytes = info.type->bits == 8 || info.type->bits == 16;
    ScratchPool<CodeTable> pool;

    const auto countStored = [&](ElementRange range, CodeTable& table) -> Result<void> {
        table.bytes.resize(std::size_t(range.count) * bytesEach);
        if (auto read = source.readBytes(info, range, table.bytes); !read)
            return read;
        table.flushIfNeeded(range.count);
        if (bytesEach == 1)
            countBytes(table.bytes, table.counts.data());
        else
            countWords(table.bytes, table.recent.data());
        return {};
    };
    const auto countDecoded = [&](ElementRange range, CodeTable& table) -> Result<void> {
        table.values.resize(std::size_t(range.count));
        if (auto read = source.read(info, range, std::span<double>(table.values)); !read)
            return read;
        for (const double value : table.values)
            ++table.counts[encode(format, value, {.overflow = Overflow::Ieee}) & 0xFFFF];
        return {};
    };

    // Packed and reordered tensors have no bytes to hand out; their values are decoded and encoded back.
    bool stored = wholeBytes;
    if (stored && info.count > 0) {
        std::array<std::byte, 2> probe;
        const auto read = source.readBytes(info, {0, 1}, std::span(probe).first(bytesEach));
        if (!read && read.error().kind != Error::Kind::Unsupported)
            return tl::unexpected(read.error());
        stored = read.has_value();
    }
    const auto done = forEachChunk(info.count, codesAtOnce, progress, [&](std::size_t, ElementRange range) {
        const auto table = pool.borrow();
        return stored ? countStored(range, *table) : countDecoded(range, *table);
    });
    if (!done)
        return tl::unexpected(done.error());

    std::vector<std::uint64_t> counts(std::size_t{1} << std::min(16, bitsOf(format)));
    const bool swapped = stored && info.bigEndian && bytesEach == 2;
    for (const auto& table : pool.all()) {
        table->flush();
        for (std::size_t word = 0; word < 65536; ++word)
            if (table->counts[word])
                counts[(swapped ? byteSwapped(word) : word) & (counts.size() - 1)] += table->counts[word];
    }
    return countsOfCodes(format, counts);
}

}  // namespace quantoscope
