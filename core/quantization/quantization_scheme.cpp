// SPDX-License-Identifier: Apache-2.0
#include "core/quantization/quantization_scheme.h"

#include "core/quantization/block_format.h"
#include "core/quantization/element.h"
#include "core/quantization/scale_units.h"

#include <fmt/format.h>

#include <array>
#include <bit>
#include <cmath>

namespace quantoscope {

namespace {

std::string scaleName(const std::string& id)
{
    const NumberFormat* const format = findNumberFormat(id);
    return format ? std::string(format->name) : id;
}

std::string clipSentence(const Clip& clip)
{
    switch (clip.kind) {
    case Clip::Kind::MinMax:
        return "from the smallest to the largest value";
    case Clip::Kind::Percentile:
        return fmt::format("clipped at the {} % percentile", clip.percentile);
    case Clip::Kind::LeastSquares:
        return "clipped at least squared error";
    case Clip::Kind::Entropy:
        return "clipped at least divergence of histograms (KL)";
    case Clip::Kind::Aciq:
        return clip.model == Clip::Model::Laplace ? "clipped where ACIQ puts it for a Laplace distribution"
            : clip.model == Clip::Model::Gauss    ? "clipped where ACIQ puts it for a normal distribution"
                                                  : "clipped where ACIQ puts it for the likelier distribution";
    case Clip::Kind::ByHand:
        return fmt::format("clipped at {} and {}", clip.low, clip.high);
    }
    return {};
}

std::string codebookSentence(const QuantizationScheme& scheme)
{
    switch (scheme.fit) {
    case Fit::Optimal:
        return fmt::format("{} levels fitted to the tensor, the best there are for squared error", scheme.levels);
    case Fit::Lloyd:
        return fmt::format("{} levels fitted to the tensor, by Lloyd's alternation", scheme.levels);
    case Fit::Quantile:
        return fmt::format("{} levels, each for the same number of weights", scheme.levels);
    case Fit::ByHand:
        return fmt::format("{} levels placed by hand", scheme.levels);
    }
    return {};
}

/// ", scale rounded up"; nothing where no rule is chosen.
std::string_view ruleSentence(const std::optional<PowerOfTwoRule>& rule)
{
    constexpr std::array<std::string_view, 4> rules{", scale rounded down", ", scale rounded up", ", scale after rounding to the element",
                                                    ", the smallest scale that clips nothing"};
    return rule ? rules[std::size_t(*rule)] : std::string_view{};
}

std::string roundingSentence(const RoundingRule& rule)
{
    for (const RoundingRow& row : roundingRows())
        if (row.rounding == rule.rounding) {
            std::string name(row.name);
            if (!name.empty())
                name.front() = char(std::tolower(static_cast<unsigned char>(name.front())));
            return name;
        }
    return {};
}

}  // namespace

bool isScaleFormat(std::string_view id)
{
    const NumberFormat* const format = findNumberFormat(id);
    if (!format || !(largestValue(*format) > 0))
        return false;
    // A quotient by a scale of more than 24 significant bits could miss a tie.
    if (const FloatFormat* const kind = format->asFloat())
        return kind->mantissaBits <= 23 && bitsOf(*format) <= 32;
    return bitsOf(*format) <= 16;
}

bool needsTensorScale(std::string_view scaleId)
{
    const NumberFormat* const format = findNumberFormat(scaleId);
    return format && (format->asInteger() || format->asLevels());
}

bool isPowerOfTwoScale(std::string_view scaleId)
{
    const NumberFormat* const format = findNumberFormat(scaleId);
    return format && format->asFloat() && format->asFloat()->mantissaBits == 0;
}

std::string scaleFormatList()
{
    return "fp32, fp16, bf16, e8m0, e4m3, or any other format whose values FP32 holds";
}

namespace {

/// "Posit8 up to 16": where the end of a range does not become the format's largest value; and what becomes of
/// negative weights where a format has no sign.
std::string elementSentence(const QuantizationScheme& scheme)
{
    std::string sentence = elementName(scheme.element);
    const auto element = findElement(scheme.element);
    if (!element)
        return sentence;
    if (element->kind == Element::Kind::Float && largestMagnitude(*element) != largestValue(*element->format))
        sentence += fmt::format(" up to {}", largestMagnitude(*element));
    if (!element->isSigned && scheme.symmetry == Symmetry::Symmetric)
        sentence += ", negative weights stored as the lowest value";
    return sentence;
}

}  // namespace

std::string schemeSentence(const QuantizationScheme& scheme)
{
    if (scheme.kind == QuantizationScheme::Kind::Block) {
        const BlockFormat* const format = findBlockFormat(scheme.element);
        return std::string(format ? format->sentence : scheme.element) + std::string(ruleSentence(scheme.scaleRule));
    }
    if (scheme.kind == QuantizationScheme::Kind::Codebook)
        return codebookSentence(scheme);

    std::string sentence = elementSentence(scheme);
    if (isIntegerElement(scheme.element))
        sentence += scheme.symmetry == Symmetry::Asymmetric ? ", asymmetric"
            : scheme.range == CodeRange::Full              ? ", symmetric, full range"
                                                           : ", symmetric";
    switch (scheme.granularity.kind) {
    case Granularity::Kind::Tensor:
        sentence += ", one scale for the tensor";
        break;
    case Granularity::Kind::Channel:
        sentence += fmt::format(", one scale per index of axis {}", scheme.granularity.axis);
        break;
    case Granularity::Kind::Group:
        sentence += fmt::format(", one scale per {} along rows", scheme.granularity.group);
        break;
    case Granularity::Kind::Tile:
        sentence += fmt::format(", one scale per block of {} × {}", scheme.granularity.tileRows, scheme.granularity.tileColumns);
        break;
    }
    if (scheme.scale != "fp32")
        sentence += " stored as " + scaleName(scheme.scale);
    sentence += ruleSentence(scheme.scaleRule);
    if (!scheme.tensorScale.empty())
        sentence += fmt::format(" times one {} scale for the tensor", scaleName(scheme.tensorScale));
    sentence += ", " + clipSentence(scheme.clip);
    if (const std::string rounding = roundingSentence(scheme.rounding); !rounding.empty())
        sentence += ", " + rounding;
    return sentence;
}

std::span<const NamedScheme> namedSchemes()
{
    static constexpr std::array uniform{
        NamedScheme{"int8", "int8", "INT8, symmetric, one scale for the tensor"},
        NamedScheme{"int8_asymmetric", "int8,asymmetric", "INT8 with a zero point, one scale for the tensor"},
        NamedScheme{"int8_channel", "int8,channel", "INT8, symmetric, one scale per output channel"},
        NamedScheme{"int4", "int4", "INT4, symmetric, one scale for the tensor"},
        NamedScheme{"int4_mse", "int4,clip=mse", "INT4, symmetric, clipped at least squared error"},
        NamedScheme{"int4_channel", "int4,channel", "INT4, symmetric, one scale per output channel"},
        NamedScheme{"int4_g128", "int4,group=128,scale=fp16", "INT4, symmetric, an FP16 scale per 128 weights"},
        NamedScheme{"int4_g64", "int4,group=64,scale=fp16", "INT4, symmetric, an FP16 scale per 64 weights"},
        NamedScheme{"int4_g32", "int4,group=32,scale=fp16", "INT4, symmetric, an FP16 scale per 32 weights"},
        NamedScheme{"int4_asymmetric_g64", "int4,asymmetric,group=64,scale=fp16",
                    "INT4 with a zero point, an FP16 scale per 64 weights"},
        NamedScheme{"fp8", "e4m3", "FP8 E4M3, one scale for the tensor"},
        NamedScheme{"fp8_channel", "e4m3,channel", "FP8 E4M3, one scale per output channel"},
        NamedScheme{"int4_g16_two_level", "int4,group=16,scale=e4m3,tensor-scale=fp32",
                    "INT4, an FP8 scale per 16 weights times one FP32 scale for the tensor"},
        NamedScheme{"fp8_block128", "e4m3,block=128x128", "FP8 E4M3, one scale per block of 128 × 128"},
        NamedScheme{"log2", "log2_4", "0 and ± powers of two, 4 bits: a product is a shift"},
        NamedScheme{"apot", "apot_4", "0 and ± sums of two powers of two, 4 bits: a product is two shifts and a sum"},
        NamedScheme{"quantile4", "levels=16,fit=quantile", "16 levels, each for a sixteenth of the weights"},
        NamedScheme{"lloyd4", "levels=16,fit=lloyd", "16 levels by Lloyd's alternation, which may miss the best"},
        NamedScheme{"kmeans2", "levels=4", "The best 4 levels for this tensor, 2 bits a weight"},
        NamedScheme{"kmeans3", "levels=8", "The best 8 levels for this tensor, 3 bits a weight"},
        NamedScheme{"kmeans4", "levels=16", "The best 16 levels for this tensor, 4 bits a weight"},
    };
    static const std::vector<NamedScheme> all = [] {
        std::vector<NamedScheme> rows(uniform.begin(), uniform.end());
        for (const BlockFormat& format : blockFormats())
            rows.push_back({format.id, format.id, format.sentence});
        return rows;
    }();
    return all;
}

int codeBits(const QuantizationScheme& scheme)
{
    if (scheme.kind == QuantizationScheme::Kind::Block)
        return std::bit_width(unsigned(findBlockFormat(scheme.element)->levels - 1));
    if (scheme.kind == QuantizationScheme::Kind::Codebook)
        return std::max(1, int(std::bit_width(unsigned(scheme.levels - 1))));
    return elementBits(scheme.element);
}

namespace {

/// What is stored of a tensor, in bits.
struct StoredBits {
    std::int64_t count = 0, codes = 0, scales = 0, zeroPoints = 0, tensorScale = 0, codebook = 0;
};

StoredBits storedBitsOf(const QuantizationScheme& scheme, const std::vector<std::int64_t>& shape)
{
    StoredBits bits{.count = 1};
    for (const std::int64_t extent : shape)
        bits.count *= extent;
    if (bits.count == 0)
        return {};
    // A scale takes whole bytes: UE4M3, which needs 7 bits, is stored as NVFP4 stores it.
    const auto bitsIn = [](const std::string& id) -> std::int64_t {
        const NumberFormat* const format = findNumberFormat(id);
        return format ? (bitsOf(*format) + 7) / 8 * 8 : 0;
    };
    bits.codes = bits.count * codeBits(scheme);
    if (scheme.kind == QuantizationScheme::Kind::Codebook) {
        bits.codebook = scheme.levels * bitsIn(scheme.scale);
        return bits;
    }
    const std::int64_t units = ScaleUnits(scheme.granularity, shape).count();
    bits.scales = units * bitsIn(scheme.scale);
    bits.zeroPoints = scheme.symmetry == Symmetry::Asymmetric ? units * elementBits(scheme.element) : 0;
    bits.tensorScale = bitsIn(scheme.tensorScale);
    return bits;
}

}  // namespace

double bitsPerWeight(const QuantizationScheme& scheme, const std::vector<std::int64_t>& shape)
{
    const BlockFormat* const format = scheme.kind == QuantizationScheme::Kind::Block ? findBlockFormat(scheme.element) : nullptr;
    if (scheme.kind == QuantizationScheme::Kind::Block && !format)
        return 0;
    const StoredBits bits = storedBitsOf(scheme, shape);
    if (bits.count == 0)
        return 0;
    if (format) {
        // A flat format's last block may be short; its bytes are counted, the outer scales of FP32 too.
        const double count = double(bits.count);
        const double inner = format->isFlat ? codeBits(scheme) + 8 * double(format->scaleBytesOf(std::size_t(bits.count))) / count
                                            : format->bitsPerWeight;
        return inner + 32 * double(outerScaleCount(*format, shape)) / count;
    }
    return codeBits(scheme) + double(bits.scales + bits.zeroPoints + bits.tensorScale + bits.codebook) / double(bits.count);
}

std::uint64_t storedBytes(const QuantizationScheme& scheme, const std::vector<std::int64_t>& shape)
{
    if (scheme.kind == QuantizationScheme::Kind::Block) {
        double count = 1;
        for (const std::int64_t extent : shape)
            count *= double(extent);
        return std::uint64_t(std::ceil(bitsPerWeight(scheme, shape) * count / 8));
    }
    const StoredBits bits = storedBitsOf(scheme, shape);
    std::uint64_t bytes = 0;
    for (const std::int64_t part : {bits.codes, bits.scales, bits.zeroPoints, bits.tensorScale, bits.codebook})
        bytes += std::uint64_t(part + 7) / 8;
    return bytes;
}

}  // namespace quantoscope
