// SPDX-License-Identifier: Apache-2.0
#include "core/quantization/quantize_blocks.h"

#include "core/quantization/block_format.h"
#include "core/quantization/run_quantizer.h"
#include "core/statistics/chunks.h"
#include "core/statistics/counting.h"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <cstring>

namespace quantoscope {

namespace {

constexpr std::int64_t chunksARound = 8;

struct BlockChunk {
    std::vector<float> values, dequantized;
    std::vector<std::byte> codes, scales;
    std::vector<std::uint16_t> levels;
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
        m_context.scaleRule = scheme.scaleRule;
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
        if (m_format.largestForTensor > 0)
            if (auto found = findTensorScale(); !found)
                return tl::unexpected(found.error());
        if (auto streamed = stream(); !streamed)
            return tl::unexpected(streamed.error());
        return report();
    }

private:
    /// Largest magnitude over what the format reaches, in FP32.
    Result<void> findTensorScale()
    {
        ScratchPool<std::vector<float>> pool;
        std::vector<float> largest(std::size_t((m_info.count + chunkElements - 1) / chunkElements));
        const auto done = forEachChunk(m_info.count, chunkElements, {m_progress.stop}, [&](std::size_t chunk, ElementRange range) -> Result<void> {
            const auto values = pool.borrow();
            values->resize(std::size_t(range.count));
            if (auto read = m_source.read(m_info, range, std::span<float>(*values)); !read)
                return read;
            const FloatRange found = finiteRange(*values);
            largest[chunk] = found.low <= found.high ? std::max(-found.low, found.high) : 0;
            return {};
        });
        if (!done)
            return done;
        const float most = largest.empty() ? 0 : *std::max_element(largest.begin(), largest.end());
        m_context.tensorScale = most / float(m_format.largestForTensor);
        return {};
    }

    Result<void> stream()
    {
        const std::int64_t perChunk = chunkElements / m_format.elements * m_format.elements;
        const std::int64_t chunks = (m_info.count + perChunk - 1) / perChunk;
        std::vector<BlockChunk> round(std::size_t(std::min(chunks, chunksARound)));
        for (std::int64_t first = 0; first < chunks; first += chunksARound) {
            const std::int64_t here = std::min(chunksARound, chunks - first);
            const auto done = forEachChunk(here, 1, {m_progress.stop}, [&](std::size_t i, ElementRange) {
                const std::int64_t start = (first + std::int64_t(i)) * perChunk;
                return quantizeChunk(round[i], {start, std::min(perChunk, m_info.count - start)});
            });
            if (!done)
                return done;
            for (std::int64_t i = 0; i < here; ++i)
                if (auto handed = handOut(round[std::size_t(i)]); !handed)
                    return handed;
            m_progress.report(double(first + here) / double(chunks));
        }
        if (m_sink.scales && m_format.largestForTensor > 0 && m_info.count > 0) {
            std::array<std::byte, 4> bytes;
            std::memcpy(bytes.data(), &m_context.tensorScale, 4);
            return m_sink.scales(bytes);
        }
        return {};
    }

    Result<void> quantizeChunk(BlockChunk& chunk, ElementRange range)
    {
        const auto size = std::size_t(range.count), each = std::size_t(m_format.elements);
        const std::size_t blocks = (size + each - 1) / each;
        chunk.values.resize(size);
        chunk.dequantized.resize(size);
        chunk.levels.resize(size);
        chunk.codes.resize(blocks * std::size_t(m_format.codeBytes));
        chunk.scales.resize(blocks * std::size_t(m_format.scaleBytes));
        if (auto read = m_source.read(m_info, range, std::span<float>(chunk.values)); !read)
            return read;
        std::vector<float> finite(each);
        for (std::size_t block = 0; block < blocks; ++block) {
            const std::size_t first = block * each, length = std::min(each, size - first);
            std::byte* const codes = chunk.codes.data() + block * std::size_t(m_format.codeBytes);
            std::byte* const scales = chunk.scales.data() + block * std::size_t(m_format.scaleBytes);
            makeFinite(std::span(chunk.values).subspan(first, length), finite);
            m_format.encode(std::span(finite).first(length), m_context, codes, scales);
            m_format.decode(codes, scales, m_context, std::span(chunk.dequantized).subspan(first, length), chunk.levels.data() + first);
        }
        if (size % each != 0)   // The last block of a flat format: half a byte for each value that is there.
            chunk.codes.resize((blocks - 1) * std::size_t(m_format.codeBytes)
                               + (size % each * std::size_t(m_format.codeBytes) + each - 1) / each);
        addErrors(chunk);
        return {};
    }

    void addErrors(BlockChunk& chunk)
    {
        ErrorSums sums;
        for (std::size_t i = 0; i < chunk.values.size(); ++i) {
            if (!std::isfinite(chunk.values[i]))
                continue;
            const double x = chunk.values[i], y = chunk.dequantized[i], error = x - y;
            ++sums.finite;
            sums.squaredError += error * error;
            sums.squares += x * x;
            sums.products += x * y;
            sums.storedSquares += y * y;
            sums.largestError = std::max(sums.largestError, std::abs(error));
        }
        chunk.sums = sums;
    }

    Result<void> handOut(const BlockChunk& chunk)
    {
        m_sums.add(chunk.sums);
        for (std::size_t i = 0; i < chunk.levels.size(); ++i)
            m_used[chunk.levels[i]] += std::isfinite(chunk.values[i]);
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
        report.error = errorOfSums(m_sums);
        report.error.perLevel.assign(m_used.begin(), m_used.end());
        report.error.levelsUsed = int(std::count_if(m_used.begin(), m_used.end(), [](std::uint64_t n) { return n > 0; }));
        report.bitsPerWeight = bitsPerWeight(m_scheme, m_info.shape);
        report.bytes = std::uint64_t(std::ceil(report.bitsPerWeight * double(m_info.count) / 8));
        report.scales = (m_info.count + m_format.elements - 1) / m_format.elements;
        return report;
    }

    const TensorSource& m_source;
    const TensorInfo& m_info;
    const QuantizationScheme& m_scheme;
    const QuantizationSink& m_sink;
    const Progress& m_progress;
    const BlockFormat& m_format;
    BlockContext m_context;
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
