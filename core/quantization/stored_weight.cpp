// SPDX-License-Identifier: Apache-2.0
#include "core/quantization/stored_weight.h"

#include "core/quantization/block_format.h"
#include "core/quantization/element.h"
#include "core/quantization/scale_units.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
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
};

Places placesOfBlock(const BlockFormat& format, std::int64_t index, std::int64_t count)
{
    const std::int64_t first = index / format.elements * format.elements;
    // The last block of a flat format may be short.
    const std::int64_t here = std::min<std::int64_t>(format.elements, count - first);
    Places places;
    places.codeByte = format.codeBytesOf(std::size_t(first));
    places.codeBytes = format.codeBytesOf(std::size_t(here));
    places.scaleByte = format.scaleBytesOf(std::size_t(first));
    places.scaleBytes = format.scaleBytesOf(std::size_t(here));
    return places;
}

int scaleRecordBytes(const QuantizationScheme& scheme, const Element& element)
{
    const int scale = (ScaleRule(scheme, element).storedBits() + 7) / 8;
    const int zero = scheme.symmetry == Symmetry::Asymmetric ? (element.bits > 8 ? 2 : 1) : 0;
    return scale + zero;
}

/// The record of a scale taken apart: its code, then the zero point.
void readScale(StoredWeight& weight, const QuantizationScheme& scheme, const Element& element)
{
    const ScaleRule rule(scheme, element);
    const auto bytes = std::size_t((rule.storedBits() + 7) / 8);
    if (weight.scaleBytes.size() < bytes)
        return;
    const std::uint64_t code = littleEndian(std::span(weight.scaleBytes).first(bytes));
    if (const NumberFormat* format = findNumberFormat(scheme.scale); format && scheme.tensorScale.empty())
        weight.step = valueOf(*format, Code(code));
    if (scheme.symmetry != Symmetry::Asymmetric)
        return;
    const auto rest = std::span(weight.scaleBytes).subspan(bytes);
    const std::uint64_t zero = littleEndian(rest);
    const int bits = int(rest.size()) * 8;
    weight.zeroPoint = element.isSigned ? std::int64_t(zero << (64 - bits)) >> (64 - bits) : std::int64_t(zero);
}

std::int64_t shownCode(const StoredWeight& weight, bool isSigned)
{
    const std::uint64_t bits = littleEndian(weight.codeBytes) >> weight.codeShift & ((std::uint64_t{1} << weight.codeBits) - 1);
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
        places = placesOfBlock(*block, index, info.count);
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
        }
    }
    ByteCatcher codes(places.codeByte, places.codeBytes), scales(places.scaleByte, places.scaleBytes);
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
    if (block)
        return weight;
    weight.code = shownCode(weight, element && element->kind == Element::Kind::Integer && element->isSigned);
    if (element)
        readScale(weight, scheme, *element);
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
