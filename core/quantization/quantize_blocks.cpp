// SPDX-License-Identifier: Apache-2.0
#include "core/quantization/quantize_blocks.h"

#include "core/quantization/block_format.h"
#include "core/quantization/chunk_rounds.h"
#include "core/quantization/error_kernel.h"
#include "core/quantization/level_counts.h"
#include "core/quantization/outer_scales.h"
#include "core/quantization/run_quantizer.h"
#include "core/statistics/chunks.h"
#include "core/statistics/counting.h"
#include "core/tensors/held_values.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>

namespace quantoscope {

namespace {

constexpr std::int64_t chunksARound = 8;

struct BlockChunk {
    std::vector<float> read, finite, dequantized;
    std::span<const float> values;
    std::vector<std::byte> codes, scales;
    std::vector<std::uint16_t> levels;
    std::vector<std::uint64_t> used;
    bool isFinite = true;
    ErrorSums sums;
};

/// NaN becomes 0 and infinities the largest finite magnitude of their block, which no scale feels.
void makeFinite(std::span<const float> values, std::span<float> finite)
{
    float largest = 0;
    for (const float value : values)
        if (std::isfinite(value))
            largest = std::max(largest, std::abs(value));
    for (std::size_t i = 0; i < values.size(); ++i)
        finite[i] = std::isfinite(values[i]) ? values[i] : std::isnan(values[i]) ? 0 : std::copysign(largest, values[i]);
}

bool areFinite(std::span<const float> values)
{
    unsigned mostExponent = 0;
    for (const float value : values)
        mostExponent = std::max(mostExponent, std::bit_cast<std::uint32_t>(value) & 0x7F800000u);
    return mostExponent != 0x7F800000u;
}

class BlockQuantization {
public:
    BlockQuantization(const TensorSource& source, const TensorInfo& info, const QuantizationScheme& scheme,
                      const QuantizationSink& sink, const Progress& progress)
        : m_source(source)
        , m_info(info)
        , m_scheme(scheme)
        , m_sink(sink)
        , m_progress(progress)
        , m_format(*findBlockFormat(scheme.element))
        , m_used(std::size_t(m_format.levels))
    {
        m_context.scaleRule = scheme.scaleRule.value_or(PowerOfTwoRule::Floor);
    }

    Result<QuantizationReport> run()
    {
        if (const auto format = numbersOf(m_info); !format)
            return tl::unexpected(format.error());
        if (!m_format.isFlat && m_info.count > 0 && m_info.columns() % m_format.elements != 0)
            return failure(Error::Kind::Unsupported,
                           fmt::format("The rows of {} have {} values, which {} cannot cut into blocks of {}; choose a "
                                       "scheme with group=N, which takes a short last group.",
                                       m_info.name, m_info.columns(), m_format.id, m_format.elements));
        if (m_format.outerScale != OuterScale::None && m_info.count > 0) {
            auto found = outerScalesOf(m_source, m_info, m_format, {m_progress.stop});
            if (!found)
                return tl::unexpected(found.error());
            m_outer = std::move(*found);
            if (m_outer.size() == 1)
                m_context.tensorScale = m_outer.front();
        }
        if (auto streamed = stream(); !streamed)
            return tl::unexpected(streamed.error());
        return report();
    }

private:
    Result<void> stream()
    {
        const std::int64_t perChunk = chunkElements / m_format.elements * m_format.elements;
        const std::int64_t chunks = (m_info.count + perChunk - 1) / perChunk;
        const auto done = forEachChunkInRounds<BlockChunk>(
            chunks, chunksARound, m_progress,
            [&](BlockChunk& chunk, std::int64_t index) {
                return quantizeChunk(chunk, {index * perChunk, std::min(perChunk, m_info.count - index * perChunk)});
            },
            [this](const BlockChunk& chunk) { return handOut(chunk); });
        if (!done)
            return done;
        return m_sink.scales && !m_outer.empty() ? m_sink.scales(std::as_bytes(std::span(m_outer))) : Result<void>{};
    }

    Result<void> quantizeChunk(BlockChunk& chunk, ElementRange range)
    {
        const auto size = std::size_t(range.count), each = std::size_t(m_format.elements);
        const auto read = valuesOf(m_source, m_info, range, chunk.read);
        if (!read)
            return tl::unexpected(read.error());
        std::span<const float> values = chunk.values = *read;
        chunk.isFinite = areFinite(values);
        if (!chunk.isFinite) {
            chunk.finite.resize(size);
            for (std::size_t first = 0; first < size; first += each) {
                const std::size_t length = std::min(each, size - first);
                makeFinite(values.subspan(first, length), std::span(chunk.finite).subspan(first, length));
            }
            values = chunk.finite;
        }
        chunk.sums = {};
        chunk.used.assign(m_used.size(), 0);
        // A tile at a time, so that what one step leaves is in the cache for the next; what nobody asked for
        // is never longer than a tile.
        const std::size_t tile = std::max<std::size_t>(1, 4096 / each) * each;
        const bool keepsValues = bool(m_sink.values), keepsBytes = m_sink.codes || m_sink.scales;
        const std::size_t bytesFor = keepsBytes ? size : std::min(size, tile);
        chunk.codes.resize((bytesFor + each - 1) / each * std::size_t(m_format.codeBytes));
        chunk.scales.resize(m_format.scaleBytesOf(bytesFor));
        chunk.dequantized.resize(keepsValues ? size : std::min(size, tile));
        chunk.levels.resize(std::min(size, tile));
        std::byte *codes = chunk.codes.data(), *scales = chunk.scales.data();
        for (std::size_t first = 0; first < size; first += tile) {
            const std::size_t length = std::min(tile, size - first);
            const auto stored = std::span(chunk.dequantized).subspan(keepsValues ? first : 0, length);
            m_format.encode(values.subspan(first, length), m_context, codes, scales);
            m_format.decode(codes, scales, m_context, stored, chunk.levels.data());
            if (keepsBytes) {
                codes += m_format.codeBytesOf(length);
                scales += m_format.scaleBytesOf(length);
            }
            if (m_outer.size() > 1)
                scaleFilters(stored, range.first + std::int64_t(first));
            addErrors(chunk.values.data() + first, stored.data(), length, chunk.sums.lanes);
            addLevelCounts(std::span(chunk.levels).first(length), chunk.values.subspan(first, length), chunk.isFinite, chunk.used);
        }
        if (keepsBytes)
            chunk.codes.resize(m_format.codeBytesOf(size));
        chunk.sums.finite = size;
        chunk.sums = chunk.sums.collected();
        return {};
    }

    /// Values decoded with a scale of 1 times the scale of the filter they belong to.
    void scaleFilters(std::span<float> values, std::int64_t first) const
    {
        const std::int64_t length = m_info.count / std::int64_t(m_outer.size());
        for (std::size_t i = 0; i < values.size(); ++i)
            values[i] *= m_outer[std::size_t((first + std::int64_t(i)) / length)];
    }

    Result<void> handOut(const BlockChunk& chunk)
    {
        m_sums.add(chunk.sums);
        for (std::size_t level = 0; level < m_used.size(); ++level)
            m_used[level] += chunk.used[level];
        if (m_sink.scales && !chunk.scales.empty())
            if (auto handed = m_sink.scales(chunk.scales); !handed)
                return handed;
        if (m_sink.values)
            if (auto handed = m_sink.values(chunk.dequantized); !handed)
                return handed;
        return m_sink.codes ? m_sink.codes(chunk.codes) : Result<void>{};
    }

    QuantizationReport report() const
    {
        QuantizationReport report;
        report.error = errorOfSums(m_sums, m_used);
        report.bitsPerWeight = bitsPerWeight(m_scheme, m_info.shape);
        report.bytes = storedBytes(m_scheme, m_info.shape);
        const std::int64_t each = m_format.scaleEvery > 0 ? m_format.scaleEvery : m_format.elements;
        const bool isOuterOnly = m_format.isFlat && m_format.scaleBytes == 0;
        report.scales = isOuterOnly ? std::int64_t(m_outer.size()) : (m_info.count + each - 1) / each;
        return report;
    }

    const TensorSource& m_source;
    const TensorInfo& m_info;
    const QuantizationScheme& m_scheme;
    const QuantizationSink& m_sink;
    const Progress& m_progress;
    const BlockFormat& m_format;
    BlockContext m_context;
    std::vector<float> m_outer;
    ErrorSums m_sums;
    std::vector<std::uint64_t> m_used;
};

}  // namespace

Result<QuantizationReport> quantizeBlocks(const TensorSource& source, const TensorInfo& info,
                                          const QuantizationScheme& scheme, const QuantizationSink& sink,
                                          const Progress& progress)
{
    if (!findBlockFormat(scheme.element))
        return failure(Error::Kind::Usage, "There is no block format called " + scheme.element + ".");
    return BlockQuantization(source, info, scheme, sink, progress).run();
}

}  // namespace quantoscope
