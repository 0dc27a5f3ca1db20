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
    std::vector<std::uint32_t> recent;
    std::uint64_t sinceFlush = 0;
    std::vector<std::uint64_t> counts;
    std::vector<std::byte> bytes;
    std::vector<double> values;

    /// To be called before each use; bytes need no tables of words, which cost more than a small tensor of theirs.
    void prepare(std::size_t codes, bool asWords)
    {
        counts.resize(codes);
        recent.resize(asWords ? tables * words : 0);
    }
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

struct CodeCount {
    std::size_t code;
    std::uint64_t count;
};

/// From how often each code occurs to bins by value; −0 and +0 share one.
std::shared_ptr<const ValueCounts> countsOfCodes(const NumberFormat& format,
                                                 std::span<const CodeCount> counts)
{
    ValueCounts::Totals totals;
    std::vector<CountBin> bins;
    for (const auto& [code, count] : counts) {
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

/// Below, sorting the codes is faster than clearing and scanning a table of all that there can be.
constexpr std::int64_t fewCodes = 4096;

/// How the codes of one tensor are read and counted.
class CodeCounter {
public:
    CodeCounter(const TensorSource& source, const TensorInfo& info, const NumberFormat& format)
        : m_source(source)
        , m_info(info)
        , m_format(format)
        , m_bytesEach(info.type->bits == 16 ? 2 : 1)
        , m_mask((std::size_t{1} << std::min(16, bitsOf(format))) - 1)
    {
    }

    /// Packed and reordered tensors have no bytes to hand out; their values are decoded and encoded back.
    Result<void> chooseWay()
    {
        m_stored = m_info.type->bits == 8 || m_info.type->bits == 16;
        if (!m_stored || m_info.count == 0)
            return {};
        std::array<std::byte, 2> probe;
        const auto read = m_source.readBytes(m_info, {0, 1}, std::span(probe).first(m_bytesEach));
        if (!read && read.error().kind != Error::Kind::Unsupported)
            return tl::unexpected(read.error());
        m_stored = read.has_value();
        return {};
    }

    Result<std::vector<CodeCount>> count(const Progress& progress) const
    {
        return m_info.count <= fewCodes && m_mask > 0xFF ? countFew() : countMany(progress);
    }

private:
    bool areWords() const { return m_stored && m_bytesEach == 2; }
    std::size_t codeOfWord(std::size_t word) const
    {
        return (areWords() && m_info.bigEndian ? byteSwapped(word) : word) & m_mask;
    }
    std::size_t codeOfValue(double value) const { return encode(m_format, value, {.overflow = Overflow::Ieee}) & m_mask; }

    Result<void> readBytes(ElementRange range, std::vector<std::byte>& bytes) const
    {
        bytes.resize(std::size_t(range.count) * m_bytesEach);
        return m_source.readBytes(m_info, range, bytes);
    }
    Result<void> readValues(ElementRange range, std::vector<double>& values) const
    {
        values.resize(std::size_t(range.count));
        return m_source.read(m_info, range, std::span<double>(values));
    }

    /// Of 16 bits, without a table.
    Result<std::vector<CodeCount>> countFew() const
    {
        std::vector<std::byte> bytes;
        std::vector<double> values;
        const ElementRange all{0, m_info.count};
        if (auto read = m_stored ? readBytes(all, bytes) : readValues(all, values); !read)
            return tl::unexpected(read.error());
        std::vector<std::size_t> codes;
        codes.reserve(std::size_t(m_info.count));
        for (std::size_t i = 0; i < bytes.size(); i += m_bytesEach)
            codes.push_back(codeOfWord(m_bytesEach == 2 ? wordAt(&bytes[i]) : std::size_t(bytes[i])));
        for (const double value : values)
            codes.push_back(codeOfValue(value));
        std::sort(codes.begin(), codes.end());
        std::vector<CodeCount> counts;
        for (const std::size_t code : codes) {
            if (counts.empty() || counts.back().code != code)
                counts.push_back({code, 0});
            ++counts.back().count;
        }
        return counts;
    }

    /// By tables of all codes, on all cores.
    Result<std::vector<CodeCount>> countMany(const Progress& progress) const
    {
        ScratchPool<CodeTable> pool;
        const auto done = forEachChunk(m_info.count, codesAtOnce, progress, [&](std::size_t, ElementRange range) {
            const auto table = pool.borrow();
            table->prepare(m_stored ? std::size_t{1} << 8 * m_bytesEach : m_mask + 1, areWords());
            return m_stored ? addStored(range, *table) : addDecoded(range, *table);
        });
        if (!done)
            return tl::unexpected(done.error());
        std::vector<std::uint64_t> counts(m_mask + 1);
        for (const auto& table : pool.all()) {
            table->flush();
            for (std::size_t word = 0; word < table->counts.size(); ++word)
                if (table->counts[word])
                    counts[codeOfWord(word)] += table->counts[word];
        }
        std::vector<CodeCount> occurring;
        for (std::size_t code = 0; code < counts.size(); ++code)
            if (counts[code])
                occurring.push_back({code, counts[code]});
        return occurring;
    }

    Result<void> addStored(ElementRange range, CodeTable& table) const
    {
        if (auto read = readBytes(range, table.bytes); !read)
            return read;
        table.flushIfNeeded(range.count);
        if (m_bytesEach == 1)
            countBytes(table.bytes, table.counts.data());
        else
            countWords(table.bytes, table.recent.data());
        return {};
    }

    Result<void> addDecoded(ElementRange range, CodeTable& table) const
    {
        if (auto read = readValues(range, table.values); !read)
            return read;
        for (const double value : table.values)
            ++table.counts[codeOfValue(value)];
        return {};
    }

    const TensorSource& m_source;
    const TensorInfo& m_info;
    const NumberFormat& m_format;
    std::size_t m_bytesEach;
    std::size_t m_mask;      ///< Of the bits that a code has.
    bool m_stored = false;   ///< As bytes that can be read as they stand.
};

}  // namespace

CountsResult countCodes(const TensorSource& source, const TensorInfo& info, const NumberFormat& format,
                        const Progress& progress)
{
    CodeCounter counter(source, info, format);
    if (auto way = counter.chooseWay(); !way)
        return tl::unexpected(way.error());
    const auto counts = counter.count(progress);
    if (!counts)
        return tl::unexpected(counts.error());
    return countsOfCodes(format, *counts);
}

}  // namespace quantoscope
