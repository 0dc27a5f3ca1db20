// SPDX-License-Identifier: Apache-2.0
#include "core/quantization/quantize.h"

#include "core/quantization/chunk_rounds.h"
#include "core/quantization/code_packer.h"
#include "core/quantization/element.h"
#include "core/quantization/level_counts.h"
#include "core/quantization/quantize_blocks.h"
#include "core/quantization/run_quantizer.h"
#include "core/quantization/unit_ranges.h"
#include "core/statistics/chunks.h"
#include "core/statistics/counting.h"
#include "core/statistics/float_scan.h"
#include "core/tensors/held_values.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>

namespace quantoscope {

namespace {

/// How many elements are worked on before their results are handed out in order.
constexpr std::int64_t elementsARound = std::int64_t{1} << 21;

/// Short runs are dealt with in lots of about so many elements: their range, their scale, their levels and the
/// counts of these, while all of it is in the first-level cache.
constexpr std::size_t elementsALot = 2048;

/// What is computed on the way: a worker's own, or a chunk's where someone wants to have it.
struct Buffers {
    std::vector<float> read, dequantized;
    std::vector<std::uint16_t> levels;
};

/// The stretches of a chunk that share a scale.
struct Runs {
    std::vector<std::size_t> lengths;
    std::vector<RunScale> scales;
    std::vector<float> steps;
    std::int64_t even = 0;   ///< As ScaleUnits::evenRunOf.
};

/// What one chunk leaves behind.
struct Chunk {
    Buffers kept;
    std::vector<std::byte> newScales;   ///< Of the units that begin in this chunk, if they are found here: as stored.
    std::vector<std::byte> codes;       ///< Packed, where chunks begin and end with whole bytes.
    ErrorSums sums;
};

class Quantization {
public:
    Quantization(const TensorSource& source, const TensorInfo& info, const QuantizationScheme& scheme,
                 const QuantizationSink& sink, const Progress& progress)
        : m_source(source)
        , m_info(info)
        , m_scheme(scheme)
        , m_sink(sink)
        , m_progress(progress)
        , m_units(scheme.granularity, info.shape)
        , m_packer(codeBits(scheme))
        // Chunks that stay in the cache, unless a unit has to be seen whole that is longer.
        , m_chunkElements(m_units.isContiguous() && m_units.largestUnit() > cachedElements
                              && m_units.largestUnit() <= chunkElements ? chunkElements : cachedElements)
    {
    }

    Result<QuantizationReport> run()
    {
        if (auto prepared = prepare(); !prepared)
            return tl::unexpected(prepared.error());
        if (auto streamed = stream(); !streamed)
            return tl::unexpected(streamed.error());
        return report();
    }

private:
    /// Scales that need the whole tensor (or a whole channel) to be seen first.
    Result<void> prepare()
    {
        if (const auto format = numbersOf(m_info); !format)
            return tl::unexpected(format.error());
        const Granularity& granularity = m_scheme.granularity;
        if (granularity.kind == Granularity::Kind::Channel && granularity.axis >= int(std::max<std::size_t>(1, m_info.shape.size())))
            return failure(Error::Kind::Usage,
                           fmt::format("The tensor {} has {} axes, counted from 0; channel={} is not one of them.",
                                       m_info.name, m_info.shape.size(), granularity.axis));
        const Progress first{m_progress.stop, [this](double fraction) { m_progress.report(fraction / 2); }};
        if (m_scheme.kind == QuantizationScheme::Kind::Codebook)
            return prepareCodebook(first);

        const auto element = elementOf(m_scheme);
        if (!element)
            return failure(Error::Kind::Usage, m_scheme.element + " is no element to quantize to.");
        m_quantizer.emplace(m_scheme, *element);
        if (granularity.kind == Granularity::Kind::Tensor)
            return prepareTensor(first);
        m_scalesOnTheWay = m_units.isContiguous() && m_units.largestUnit() <= m_chunkElements;
        if (m_scalesOnTheWay && m_scheme.tensorScale.empty())
            return {};
        if (m_scalesOnTheWay) {
            const auto largest = largestStepOf(m_source, m_info, m_scheme, m_units, m_quantizer->rule(), first);
            if (!largest)
                return tl::unexpected(largest.error());
            m_quantizer->setLargestStep(*largest);
            return {};
        }
        const auto ranges = rangesOfUnits(m_source, m_info, m_scheme, m_units, first);
        if (!ranges)
            return tl::unexpected(ranges.error());
        double largest = 0;
        for (const ClipRange& range : *ranges)
            largest = std::max(largest, m_quantizer->rule().idealStep(range.low, range.high));
        m_quantizer->setLargestStep(largest);
        const bool isOwn = m_scheme.clip.kind == Clip::Kind::MinMax;
        for (const ClipRange& range : *ranges)
            m_scales.push_back(isOwn ? m_quantizer->scaleForAllOf(range.low, range.high) : m_quantizer->scaleFor(range.low, range.high));
        return handOutScales(m_scales);
    }

    Result<void> prepareTensor(const Progress& progress)
    {
        if (m_info.count == 0)
            return {};
        ClipRange range;
        if (m_scheme.clip.kind == Clip::Kind::MinMax) {
            const auto ranges = rangesOfUnits(m_source, m_info, m_scheme, m_units, progress);
            if (!ranges)
                return tl::unexpected(ranges.error());
            range = ranges->front();
        } else if (m_scheme.clip.kind == Clip::Kind::ByHand) {
            range = clipRangeOf(m_scheme, ValueCounts({}, {}, true));   // whatever the values
        } else {
            const auto counts = countValues(m_source, m_info, progress);
            if (!counts)
                return tl::unexpected(counts.error());
            const auto found = rangeOfTensor(m_source, m_info, m_scheme, **counts, {m_progress.stop});
            if (!found)
                return tl::unexpected(found.error());
            range = *found;
        }
        const bool isOwn = m_scheme.clip.kind == Clip::Kind::MinMax;
        m_scales = {isOwn ? m_quantizer->scaleForAllOf(range.low, range.high) : m_quantizer->scaleFor(range.low, range.high)};
        return handOutScales(m_scales);
    }

    Result<void> prepareCodebook(const Progress& progress)
    {
        const auto counts = countValues(m_source, m_info, progress);
        if (!counts)
            return tl::unexpected(counts.error());
        LevelMap map = levelMapOf(m_scheme, **counts);
        m_quantizer.emplace(map);
        if (m_info.count > 0)
            m_scales = {m_quantizer->scaleFor(0, 0)};
        if (!m_sink.scales || m_info.count == 0)
            return {};
        std::vector<std::byte> bytes;
        const NumberFormat* const format = findNumberFormat(m_scheme.scale);
        for (const double level : map.levels)
            appendCode(bytes, encode(*format, level, {.overflow = Overflow::Saturate}), bitsOf(*format));
        return m_sink.scales(bytes);
    }

    static void appendCode(std::vector<std::byte>& bytes, Code code, int bits)
    {
        for (int shift = 0; shift < bits; shift += 8)
            bytes.push_back(std::byte(code >> shift & 0xFF));
    }

    Result<void> handOutScales(const std::vector<RunScale>& scales)
    {
        if (!m_sink.scales || scales.empty())
            return {};
        std::vector<std::byte> bytes;
        storeScales(scales, bytes);
        return m_sink.scales(bytes);
    }

    void storeScales(const std::vector<RunScale>& scales, std::vector<std::byte>& bytes) const
    {
        const ScaleRule& rule = m_quantizer->rule();
        if (rule.isPlain()) {   // nothing but FP32 numbers
            bytes.resize(scales.size() * sizeof(float));
            for (std::size_t i = 0; i < scales.size(); ++i) {
                const float step = asFloat(scales[i].scale.step);
                std::memcpy(bytes.data() + i * sizeof step, &step, sizeof step);
            }
            return;
        }
        bytes.clear();
        bytes.reserve(scales.size() * 6);
        const int scaleBits = rule.storedBits(), zeroBits = codeBits(m_scheme) > 8 ? 16 : 8;
        for (const RunScale& run : scales) {
            appendCode(bytes, rule.storedCode(run.scale.step), scaleBits);
            if (m_scheme.symmetry == Symmetry::Asymmetric)
                appendCode(bytes, Code(run.scale.zero), zeroBits);
        }
    }

    Result<void> stream()
    {
        const std::int64_t chunks = m_units.chunkCount(m_chunkElements);
        m_perLevel.assign(std::size_t(m_quantizer->levels()), 0);
        for (std::size_t level = 0; level < m_perLevel.size(); ++level)
            m_codes.push_back(m_quantizer->storedCode(std::uint16_t(level)));
        m_packsInChunks = true;
        for (std::int64_t chunk = 1; chunk < chunks && m_packsInChunks; ++chunk)
            m_packsInChunks = m_units.chunk(chunk, m_chunkElements).first * codeBits(m_scheme) % 8 == 0;
        const Progress second{m_progress.stop, [this](double fraction) { m_progress.report(0.5 + 0.5 * fraction); }};
        const auto done = forEachChunkInRounds<Chunk>(
            chunks, elementsARound / m_chunkElements, second,
            [this](Chunk& chunk, std::int64_t index) { return quantizeChunk(chunk, m_units.chunk(index, m_chunkElements)); },
            [this](const Chunk& chunk) { return handOut(chunk); });
        if (!done)
            return done;
        if (m_sink.scales && !m_scheme.tensorScale.empty() && m_info.count > 0) {
            std::vector<std::byte> bytes;
            appendCode(bytes, m_quantizer->rule().storedTensorScale(), bitsOf(*findNumberFormat(m_scheme.tensorScale)));
            if (auto handed = m_sink.scales(bytes); !handed)
                return handed;
        }
        for (const auto& table : m_levelTables.all())
            for (std::size_t level = 0; level < table->size(); ++level)
                m_perLevel[level] += (*table)[level];
        if (m_sink.codes) {
            m_packer.finish();
            if (const auto bytes = m_packer.take(); !bytes.empty())
                return m_sink.codes(bytes);
        }
        return {};
    }

    bool wantsLevels() const { return m_sink.codes || m_sink.levelCounts; }

    Result<void> quantizeChunk(Chunk& chunk, ElementRange range) const
    {
        const auto lent = m_buffers.borrow();
        Buffers& buffers = m_sink.values || (m_sink.codes && !m_packsInChunks) ? chunk.kept : *lent;
        const auto size = std::size_t(range.count);
        buffers.levels.resize(wantsLevels() ? size : 0);
        buffers.dequantized.resize(m_sink.values ? size : 0);
        const auto read = valuesOf(m_source, m_info, range, buffers.read);
        if (!read)
            return tl::unexpected(read.error());
        const std::span<const float> values = *read;
        const auto runs = m_runs.borrow();
        setRuns(*runs, range);
        chunk.sums = {};
        const std::span<const std::size_t> lengths = runs->lengths;
        const auto even = std::size_t(m_units.evenRunOf(range)), evenRuns = even > 0 ? (elementsALot + even - 1) / even : 0;
        for (std::size_t run = 0, at = 0; run < lengths.size();) {
            const std::size_t firstRun = run, first = at;
            if (even > 0) {
                run = std::min(run + evenRuns, lengths.size());
                at = run * even;
            }
            while (at - first < elementsALot && run < lengths.size())
                at += lengths[run++];
            const auto part = [&](auto whole) { return whole.empty() ? whole : whole.subspan(first, at - first); };
            if (!quantizeLot(*runs, firstRun, run - firstRun, part(values), part(std::span(buffers.levels)), part(std::span(buffers.dequantized)),
                             chunk.sums, std::uint64_t(range.first) + first))
                return cancelled();
        }
        chunk.sums = chunk.sums.collected();
        if (m_scalesOnTheWay && m_sink.scales)
            storeScales(runs->scales, chunk.newScales);
        if (m_sink.codes && m_packsInChunks) {
            CodePacker packer(codeBits(m_scheme), std::move(chunk.codes));
            packer.put(buffers.levels, m_codes);
            packer.finish();
            chunk.codes = packer.take();
        }
        if (m_sink.levelCounts)
            countLevels(values, buffers.levels, chunk.sums.finite == size);
        return {};
    }

    /// False where it was cancelled.
    bool quantizeLot(Runs& runs, std::size_t firstRun, std::size_t count, std::span<const float> values, std::span<std::uint16_t> levels,
                     std::span<float> dequantized, ErrorSums& sums, std::uint64_t firstElement) const
    {
        const auto lengths = std::span<const std::size_t>(runs.lengths).subspan(firstRun, count);
        const auto scales = std::span(runs.scales).subspan(firstRun, count);
        if (m_scalesOnTheWay && m_scheme.clip.kind == Clip::Kind::MinMax
            && m_quantizer->quantizeOwn(values, lengths, runs.steps, levels, dequantized, sums)) {
            for (std::size_t i = 0; m_sink.scales && i < count; ++i)
                scales[i].scale = {double(runs.steps[i]), 0};
            return true;
        }
        if (m_scalesOnTheWay && !findScales(values, lengths, scales))
            return false;
        m_quantizer->quantize(values, scales, lengths, levels, dequantized, sums, firstElement);
        return true;
    }

    /// Their lengths, and their scales where these are known.
    void setRuns(Runs& runs, ElementRange range) const
    {
        const std::int64_t even = m_scalesOnTheWay ? m_units.evenRunOf(range) : 0;
        if (even > 0 && runs.even == even && std::int64_t(runs.lengths.size()) * even == range.count)
            return;   // as those of the chunk before
        runs.even = even;
        runs.lengths.clear();
        if (!m_scalesOnTheWay)
            runs.scales.clear();
        m_units.forEachRun(range, [&](std::int64_t unit, std::int64_t length) {
            runs.lengths.push_back(std::size_t(length));
            if (!m_scalesOnTheWay)
                runs.scales.push_back(m_scales[std::size_t(unit)]);
        });
        runs.scales.resize(runs.lengths.size());
        runs.steps.resize(std::min(runs.lengths.size(), elementsALot));
    }

    /// False where it was cancelled: a chunk may hold many runs, and the best clip of one can take 50 ms.
    bool findScales(std::span<const float> values, std::span<const std::size_t> lengths, std::span<RunScale> scales) const
    {
        if (m_scheme.clip.kind == Clip::Kind::MinMax) {
            m_quantizer->scalesForAllOf(values.data(), lengths, scales);
            return true;
        }
        for (std::size_t run = 0; run < lengths.size(); ++run) {
            if (m_progress.cancelled())
                return false;
            const ClipRange clip = rangeOfValues(m_scheme, values.first(lengths[run]));
            scales[run] = m_quantizer->scaleFor(clip.low, clip.high);
            values = values.subspan(lengths[run]);
        }
        return true;
    }

    void countLevels(std::span<const float> values, std::span<const std::uint16_t> levels, bool allFinite) const
    {
        const auto table = m_levelTables.borrow();
        table->resize(m_perLevel.size());
        addLevelCounts(levels, values, allFinite, *table);
    }

    Result<void> handOut(const Chunk& chunk)
    {
        m_sums.add(chunk.sums);
        if (!chunk.newScales.empty())
            if (auto handed = m_sink.scales(chunk.newScales); !handed)
                return handed;
        if (m_sink.values)
            if (auto handed = m_sink.values(chunk.kept.dequantized); !handed)
                return handed;
        if (!m_sink.codes)
            return {};
        if (m_packsInChunks)
            return m_sink.codes(chunk.codes);
        m_packer.put(chunk.kept.levels, m_codes);
        return m_sink.codes(m_packer.take());
    }

    QuantizationReport report() const
    {
        QuantizationReport report;
        report.error = errorOfSums(m_sums, m_sink.levelCounts ? std::span(m_perLevel) : std::span<const std::uint64_t>());
        report.bitsPerWeight = bitsPerWeight(m_scheme, m_info.shape);
        report.bytes = storedBytes(m_scheme, m_info.shape);
        report.scales = m_scheme.kind == QuantizationScheme::Kind::Codebook ? 0 : m_units.count();
        return report;
    }

    const TensorSource& m_source;
    const TensorInfo& m_info;
    const QuantizationScheme& m_scheme;
    const QuantizationSink& m_sink;
    const Progress& m_progress;
    ScaleUnits m_units;
    std::optional<RunQuantizer> m_quantizer;
    bool m_scalesOnTheWay = false;    ///< Units are short: each is seen whole within a chunk.
    std::vector<RunScale> m_scales;   ///< Of every unit, otherwise.
    CodePacker m_packer;
    bool m_packsInChunks = false;         ///< No byte holds codes of two chunks.
    std::vector<std::uint16_t> m_codes;   ///< What is stored for each level.
    std::int64_t m_chunkElements;
    ErrorSums m_sums;
    std::vector<std::uint64_t> m_perLevel;
    mutable ScratchPool<std::vector<std::uint64_t>> m_levelTables;
    mutable ScratchPool<Buffers> m_buffers;
    mutable ScratchPool<Runs> m_runs;
};

}  // namespace

QuantizationError errorOfSums(const ErrorSums& sums, std::span<const std::uint64_t> perLevel)
{
    QuantizationError error;
    error.count = double(sums.finite);
    error.meanSquaredError = sums.finite > 0 ? sums.squaredError / double(sums.finite) : 0;
    error.sqnrDb = sums.squaredError > 0 ? 10 * std::log10(sums.squares / sums.squaredError)
                                         : std::numeric_limits<double>::infinity();
    error.largestError = sums.largestError;
    const double norms = std::sqrt(sums.squares) * std::sqrt(sums.storedSquares);
    error.cosine = norms > 0 ? std::min(1.0, sums.products / norms) : sums.squares > 0 ? 0 : 1;
    error.gain = sums.storedSquares > 0 ? sums.products / sums.storedSquares : 1;
    error.clippedLow = double(sums.clippedLow);
    error.clippedHigh = double(sums.clippedHigh);
    error.perLevel.assign(perLevel.begin(), perLevel.end());
    error.levelsUsed = int(std::ranges::count_if(perLevel, [](std::uint64_t count) { return count > 0; }));
    return error;
}

Result<QuantizationReport> quantize(const TensorSource& source, const TensorInfo& info,
                                    const QuantizationScheme& scheme, const QuantizationSink& sink,
                                    Progress progress)
{
    if (scheme.kind == QuantizationScheme::Kind::Block)
        return quantizeBlocks(source, info, scheme, sink, progress);
    return Quantization(source, info, scheme, sink, progress).run();
}

}  // namespace quantoscope
