// SPDX-License-Identifier: Apache-2.0
#include "core/quantization/stored_weight.h"

#include "core/quantization/block_format.h"
#include "core/quantization/element.h"
#include "core/quantization/scale_units.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <limits>

namespace quantoscope {

namespace {

/// Takes bytes [first, first + wanted) out of a stream that comes in pieces.
class ByteCatcher {
public:
    ByteCatcher(std::uint64_t first, std::uint64_t wanted) : m_first(first), m_wanted(wanted) {}

    void see(std::span<const std::byte> piece)
    {
        const std::uint64_t begin = std::max(m_first, m_seen), end = std::min(m_first + m_wanted, m_seen + piece.size());
        if (begin < end) {
            const auto part = piece.subspan(std::size_t(begin - m_seen), std::size_t(end - begin));
            m_caught.insert(m_caught.end(), part.begin(), part.end());
        }
        m_seen += piece.size();
    }
    std::vector<std::byte> take() { return std::move(m_caught); }

private:
    std::uint64_t m_first, m_wanted, m_seen = 0;
    std::vector<std::byte> m_caught;
};

std::uint64_t littleEndian(std::span<const std::byte> bytes)
{
    std::uint64_t value = 0;
    for (std::size_t i = bytes.size(); i > 0; --i)
        value = value << 8 | std::to_integer<std::uint64_t>(bytes[i - 1]);
    return value;
}

/// Where the parts of one weight lie in what quantize() hands out.
struct Places {
    std::uint64_t codeByte = 0, codeBytes = 0;
    int codeShift = 0;
    std::uint64_t scaleByte = 0, scaleBytes = 0;
    /// What is stored once beside the scales: a scale of the tensor or of a filter, or a codebook.
    std::uint64_t sharedByte = 0, sharedBytes = 0;
};

Places placesOfBlock(const BlockFormat& format, std::int64_t index, const TensorInfo& info)
{
    const std::int64_t count = info.count;
    const std::int64_t first = index / format.elements * format.elements;
    // The last block of a flat format may be short.
    const std::int64_t here = std::min<std::int64_t>(format.elements, count - first);
    Places places;
    places.codeByte = format.codeBytesOf(std::size_t(first));
    places.codeBytes = format.codeBytesOf(std::size_t(here));
    places.scaleByte = format.scaleBytesOf(std::size_t(first));
    places.scaleBytes = format.scaleBytesOf(std::size_t(here));
    if (const std::int64_t outer = outerScaleCount(format, info.shape); outer > 0) {
        places.sharedByte = format.scaleBytesOf(std::size_t(count)) + sizeof(float) * std::uint64_t(index / (count / outer));
        places.sharedBytes = sizeof(float);
    }
    return places;
}

int scaleRecordBytes(const QuantizationScheme& scheme, const Element& element)
{
    const int scale = (ScaleRule(scheme, element).storedBits() + 7) / 8;
    const int zero = scheme.symmetry == Symmetry::Asymmetric ? (element.bits > 8 ? 2 : 1) : 0;
    return scale + zero;
}

/// The record of a scale taken apart: its code, then the zero point. `shared` is the tensor's scale, if there is one.
void readScale(StoredWeight& weight, const QuantizationScheme& scheme, const Element& element, std::span<const std::byte> shared)
{
    const ScaleRule rule(scheme, element);
    const auto bytes = std::size_t((rule.storedBits() + 7) / 8);
    if (weight.scaleBytes.size() < bytes)
        return;
    const std::uint64_t code = littleEndian(std::span(weight.scaleBytes).first(bytes));
    const NumberFormat* const format = findNumberFormat(scheme.scale);
    const NumberFormat* const outer = scheme.tensorScale.empty() ? nullptr : findNumberFormat(scheme.tensorScale);
    if (format && (scheme.tensorScale.empty() || (outer && !shared.empty())))
        weight.step = valueOf(*format, Code(code)) * (outer ? valueOf(*outer, Code(littleEndian(shared))) : 1);
    if (scheme.symmetry != Symmetry::Asymmetric)
        return;
    const auto rest = std::span(weight.scaleBytes).subspan(bytes);
    const std::uint64_t zero = littleEndian(rest);
    const int bits = int(rest.size()) * 8;
    weight.zeroPoint = element.isSigned ? std::int64_t(zero << (64 - bits)) >> (64 - bits) : std::int64_t(zero);
}

std::uint64_t codeOf(const StoredWeight& weight)
{
    return littleEndian(weight.codeBytes) >> weight.codeShift & ((std::uint64_t{1} << weight.codeBits) - 1);
}

/// The levels of a codebook as they are stored.
std::vector<double> storedLevels(const QuantizationScheme& scheme, std::span<const std::byte> bytes)
{
    const NumberFormat& format = *findNumberFormat(scheme.scale);
    const auto each = std::size_t((bitsOf(format) + 7) / 8);
    std::vector<double> levels;
    for (std::size_t at = 0; at + each <= bytes.size(); at += each)
        levels.push_back(double(asFloat(valueOf(format, Code(littleEndian(bytes.subspan(at, each)))))));
    return levels;
}

std::optional<WeightCode> ownCodeOf(const BlockFormat& format, const QuantizationScheme& scheme, const StoredWeight& weight,
                                    std::span<const std::byte> shared)
{
    BlockContext context;
    context.scaleRule = scheme.scaleRule.value_or(PowerOfTwoRule::Floor);
    float outer = 1;
    if (shared.size() == sizeof outer)
        std::memcpy(&outer, shared.data(), sizeof outer);
    // A filter's scale multiplies what was decoded; any other one is known to the decoder.
    const bool isFilter = format.outerScale == OuterScale::MeanOfFilter;
    if (!isFilter)
        context.tensorScale = outer;
    return blockCode(format, context, weight.codeBytes, weight.scaleBytes, std::size_t(weight.neighbours),
                     std::size_t(weight.index % format.elements), isFilter ? outer : 1);
}

std::int64_t shownCode(const StoredWeight& weight, bool isSigned)
{
    const std::uint64_t bits = codeOf(weight);
    return isSigned ? std::int64_t(bits << (64 - weight.codeBits)) >> (64 - weight.codeBits) : std::int64_t(bits);
}

std::int64_t unitSize(const ScaleUnits& units, const Granularity& granularity, const TensorInfo& info, std::int64_t unit)
{
    switch (granularity.kind) {
    case Granularity::Kind::Tensor: return info.count;
    case Granularity::Kind::Channel: return info.count / std::max<std::int64_t>(1, units.count());
    case Granularity::Kind::Group: return units.rangeOf(unit).count;
    case Granularity::Kind::Tile: break;
    }
    const auto tile = units.tile(unit);
    return tile.rows * tile.columns;
}

}  // namespace

Result<StoredWeight> storedWeightOf(const TensorSource& source, const TensorInfo& info, const QuantizationScheme& scheme,
                                    std::int64_t index, const Progress& progress)
{
    if (index < 0 || index >= info.count)
        return failure(Error::Kind::Usage, fmt::format("{} has weights 0 to {}; there is no weight {}.", info.name, info.count - 1, index));
    StoredWeight weight;
    weight.index = index;
    weight.codeBits = codeBits(scheme);
    const BlockFormat* const block = scheme.kind == QuantizationScheme::Kind::Block ? findBlockFormat(scheme.element) : nullptr;
    const auto element = scheme.kind == QuantizationScheme::Kind::Uniform ? elementOf(scheme) : std::nullopt;
    Places places;
    if (block) {
        places = placesOfBlock(*block, index, info);
        weight.unit = index / block->elements;
        weight.neighbours = std::min<std::int64_t>(block->elements, info.count - weight.unit * block->elements);
    } else {
        const std::uint64_t bit = std::uint64_t(index) * std::uint64_t(weight.codeBits);
        places.codeByte = bit / 8;
        places.codeShift = int(bit % 8);
        places.codeBytes = (std::uint64_t(places.codeShift) + std::uint64_t(weight.codeBits) + 7) / 8;
        weight.neighbours = info.count;
        if (element) {
            const ScaleUnits units(scheme.granularity, info.shape);
            weight.unit = units.runAt(index).unit;
            weight.neighbours = unitSize(units, scheme.granularity, info, weight.unit);
            places.scaleBytes = std::uint64_t(scaleRecordBytes(scheme, *element));
            places.scaleByte = std::uint64_t(weight.unit) * places.scaleBytes;
            places.sharedByte = std::uint64_t(units.count()) * places.scaleBytes;
            places.sharedBytes = 8;   // Or as many as there are: the tensor's scale comes last.
        } else {
            places.sharedBytes = std::uint64_t(scheme.levels) * 8;
        }
    }
    ByteCatcher codes(places.codeByte, places.codeBytes), scales(places.scaleByte, places.scaleBytes),
        shared(places.sharedByte, places.sharedBytes);
    std::int64_t seen = 0;
    QuantizationSink sink;
    sink.values = [&](std::span<const float> values) -> Result<void> {
        if (index >= seen && index < seen + std::int64_t(values.size()))
            weight.stored = double(values[std::size_t(index - seen)]);
        seen += std::int64_t(values.size());
        return {};
    };
    sink.codes = [&](std::span<const std::byte> packed) -> Result<void> {
        codes.see(packed);
        return {};
    };
    sink.scales = [&](std::span<const std::byte> records) -> Result<void> {
        scales.see(records);
        shared.see(records);
        return {};
    };
    if (const auto report = quantize(source, info, scheme, sink, progress); !report)
        return tl::unexpected(report.error());
    std::array<double, 1> value{};
    if (const auto read = source.read(info, {index, 1}, std::span<double>(value)); !read)
        return tl::unexpected(read.error());
    weight.value = value[0];
    weight.codeByte = places.codeByte;
    weight.codeShift = places.codeShift;
    weight.codeBytes = codes.take();
    weight.scaleByte = places.scaleByte;
    weight.scaleBytes = scales.take();
    const std::vector<std::byte> sharedBytes = shared.take();
    if (block) {
        weight.own = ownCodeOf(*block, scheme, weight, sharedBytes);
        return weight;
    }
    weight.code = shownCode(weight, element && element->kind == Element::Kind::Integer && element->isSigned);
    if (element)
        readScale(weight, scheme, *element, sharedBytes);
    if (element && weight.step)
        weight.own = uniformCode(*element, {*weight.step, weight.zeroPoint.value_or(0)}, codeOf(weight));
    if (!element)
        weight.own = codebookCode(storedLevels(scheme, sharedBytes), weight.codeBits, codeOf(weight));
    return weight;
}

Result<std::optional<std::int64_t>> findWeightNear(const TensorSource& source, const TensorInfo& info, double value,
                                                   double tolerance, const Progress& progress)
{
    constexpr std::int64_t chunk = 65536;
    std::vector<float> values;
    std::optional<std::int64_t> best;
    double least = INFINITY;
    for (std::int64_t first = 0; first < info.count; first += chunk) {
        if (progress.cancelled())
            return failure(Error::Kind::Cancelled, "Cancelled.");
        values.resize(std::size_t(std::min(chunk, info.count - first)));
        if (const auto read = source.read(info, {first, std::int64_t(values.size())}, std::span<float>(values)); !read)
            return tl::unexpected(read.error());
        for (std::size_t i = 0; i < values.size(); ++i) {
            const double distance = std::abs(double(values[i]) - value);   // NaN is never nearer
            if (std::isfinite(values[i]) && distance < least) {
                least = distance;
                best = first + std::int64_t(i);
                if (distance <= tolerance)
                    return best;
            }
        }
        progress.report(double(first) / double(info.count));
    }
    return best;
}

namespace {

/// Hands out weights beside what they are stored as.
template <class Take>
Result<void> walkErrors(const TensorSource& source, const TensorInfo& info, const QuantizationScheme& scheme, const Progress& progress, Take take)
{
    std::vector<float> weights;
    std::int64_t seen = 0;
    QuantizationSink sink;
    sink.values = [&](std::span<const float> stored) -> Result<void> {
        weights.resize(stored.size());
        if (auto read = source.read(info, {seen, std::int64_t(stored.size())}, std::span<float>(weights)); !read)
            return read;
        for (std::size_t i = 0; i < stored.size(); ++i) {
            if (std::isfinite(weights[i]) && std::isfinite(stored[i]))
                take(seen + std::int64_t(i), double(weights[i]), double(stored[i]) - double(weights[i]));
        }
        seen += std::int64_t(stored.size());
        return {};
    };
    const auto report = quantize(source, info, scheme, sink, progress);
    if (!report)
        return tl::unexpected(report.error());
    return {};
}

}  // namespace

Result<std::optional<std::int64_t>> findLargestError(const TensorSource& source, const TensorInfo& info,
                                                     const QuantizationScheme& scheme, const Progress& progress)
{
    std::optional<std::int64_t> found;
    double largest = -1;
    const auto walked = walkErrors(source, info, scheme, progress, [&](std::int64_t index, double, double error) {
        if (std::abs(error) > largest) {
            largest = std::abs(error);
            found = index;
        }
    });
    if (!walked)
        return tl::unexpected(walked.error());
    return found;
}

double ChannelError::sqnrDb() const
{
    if (squaredError == 0)
        return squares > 0 ? std::numeric_limits<double>::infinity() : 0;
    return 10 * std::log10(squares / squaredError);
}

Result<std::vector<ChannelError>> channelErrors(const TensorSource& source, const TensorInfo& info, const QuantizationScheme& scheme,
                                                const Progress& progress)
{
    const std::int64_t channels = info.shape.size() < 2 ? std::min<std::int64_t>(1, info.count) : info.shape.front();
    if (channels <= 0 || info.count <= 0)
        return std::vector<ChannelError>{};
    std::vector<ChannelError> all(std::size_t(channels), ChannelError{INFINITY, -INFINITY, 0, 0});
    const std::int64_t each = info.count / channels;
    const auto walked = walkErrors(source, info, scheme, progress, [&](std::int64_t index, double value, double error) {
        ChannelError& channel = all[std::size_t(index / each)];
        channel.low = std::min(channel.low, value);
        channel.high = std::max(channel.high, value);
        channel.squares += value * value;
        channel.squaredError += error * error;
    });
    if (!walked)
        return tl::unexpected(walked.error());
    for (ChannelError& channel : all) {
        if (channel.low > channel.high)
            channel = {};   // nothing finite in it
    }
    return all;
}

}  // namespace quantoscope
