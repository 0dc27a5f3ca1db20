// SPDX-License-Identifier: Apache-2.0
#include "core/quantization/block_format.h"
#include "core/quantization/element.h"
#include "core/quantization/quantization_scheme.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <optional>

namespace quantoscope {

namespace {

using Outcome = std::optional<std::string>;   ///< What is wrong, or nothing.

template <class T>
std::optional<T> number(std::string_view text)
{
    T value{};
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size())
        return {};
    return value;
}

std::string shortNumber(double value)
{
    std::array<char, 32> text;
    const auto [end, error] = std::to_chars(text.data(), text.data() + text.size(), value);
    return {text.data(), end};
}

Outcome readClip(Clip& clip, std::string_view value)
{
    if (value == "minmax") {
        clip = {};
        return {};
    }
    if (value == "mse") {
        clip = {.kind = Clip::Kind::LeastSquares};
        return {};
    }
    if (value.starts_with("percentile")) {
        const auto percentile = value == "percentile" ? 99.9 : number<double>(value.substr(std::min<std::size_t>(11, value.size())));
        if (!percentile || !(*percentile > 50) || !(*percentile <= 100))
            return "clip=percentile:P takes a number above 50 and up to 100, for example clip=percentile:99.9.";
        clip = {.kind = Clip::Kind::Percentile, .percentile = *percentile};
        return {};
    }
    if (const std::size_t colon = value.find(':'); colon != value.npos) {
        const auto low = number<double>(value.substr(0, colon));
        const auto high = number<double>(value.substr(colon + 1));
        if (low && high && std::isfinite(*low) && std::isfinite(*high) && *low <= *high) {
            clip = {.kind = Clip::Kind::ByHand, .low = *low, .high = *high};
            return {};
        }
    }
    return fmt::format("clip={} is not known; clip takes minmax, percentile:P, mse, or LOW:HIGH such as "
                       "clip=-0.1:0.1.", value);
}

constexpr std::array scaleRules{
    std::pair{std::string_view("floor"), PowerOfTwoRule::Floor}, std::pair{std::string_view("ceil"), PowerOfTwoRule::Ceil},
    std::pair{std::string_view("even"), PowerOfTwoRule::Even}, std::pair{std::string_view("rceil"), PowerOfTwoRule::RoundUpRatio}};

/// One option of the grammar. `value` is what follows "=", empty where nothing does.
struct Option {
    std::string_view name;
    std::string_view accepted;   ///< For the sentence when the value is not.
    Outcome (*read)(QuantizationScheme&, std::string_view value);
};

constexpr std::array options{
    Option{"symmetric", "no value",
           [](QuantizationScheme& scheme, std::string_view value) -> Outcome {
               scheme.symmetry = Symmetry::Symmetric;
               return value.empty() ? Outcome{} : "symmetric takes no value.";
           }},
    Option{"asymmetric", "no value",
           [](QuantizationScheme& scheme, std::string_view value) -> Outcome {
               scheme.symmetry = Symmetry::Asymmetric;
               return value.empty() ? Outcome{} : "asymmetric takes no value.";
           }},
    Option{"range", "restricted or full",
           [](QuantizationScheme& scheme, std::string_view value) -> Outcome {
               if (value != "restricted" && value != "full")
                   return "range takes restricted (−127 … 127) or full (−128 … 127).";
               scheme.range = value == "full" ? CodeRange::Full : CodeRange::Restricted;
               return {};
           }},
    Option{"tensor", "no value",
           [](QuantizationScheme& scheme, std::string_view value) -> Outcome {
               scheme.granularity = {};
               return value.empty() ? Outcome{} : "tensor takes no value.";
           }},
    Option{"channel", "an axis",
           [](QuantizationScheme& scheme, std::string_view value) -> Outcome {
               const auto axis = value.empty() ? std::optional(0) : number<int>(value);
               if (!axis || *axis < 0 || *axis > 63)
                   return "channel takes an axis counted from 0, for example channel=1.";
               scheme.granularity = {.kind = Granularity::Kind::Channel, .axis = *axis};
               return {};
           }},
    Option{"group", "a number of weights",
           [](QuantizationScheme& scheme, std::string_view value) -> Outcome {
               const auto group = number<std::int64_t>(value);
               if (!group || *group < 1 || *group > std::int64_t{1} << 40)
                   return "group takes how many weights share a scale, for example group=64.";
               scheme.granularity = {.kind = Granularity::Kind::Group, .group = *group};
               return {};
           }},
    Option{"clip", "minmax, percentile:P, mse, LOW:HIGH",
           [](QuantizationScheme& scheme, std::string_view value) { return readClip(scheme.clip, value); }},
    Option{"scale", "a scale format",
           [](QuantizationScheme& scheme, std::string_view value) -> Outcome {
               if (!isScaleFormat(value))
                   return fmt::format("scale={} is not known; scales are stored as {}.", value, scaleFormatList());
               scheme.scale = value;
               return {};
           }},
    Option{"scale-rule", "a rule",
           [](QuantizationScheme& scheme, std::string_view value) -> Outcome {
               for (const auto& [id, rule] : scaleRules)
                   if (id == value) {
                       scheme.scaleRule = rule;
                       return {};
                   }
               return "scale-rule takes floor (OCP MX), ceil, even, or rceil (the smallest that clips nothing).";
           }},
    Option{"fit", "optimal or lloyd",
           [](QuantizationScheme& scheme, std::string_view value) -> Outcome {
               if (value != "optimal" && value != "lloyd")
                   return "fit takes optimal (the least squared error there is) or lloyd.";
               scheme.lloyd = value == "lloyd";
               return {};
           }},
    Option{"rounding", "a rounding",
           [](QuantizationScheme& scheme, std::string_view value) -> Outcome {
               const auto rounding = findRounding(value);
               if (!rounding) {
                   std::string ids;
                   for (const RoundingRow& row : roundingRows())
                       ids += (ids.empty() ? "" : ", ") + std::string(row.id);
                   return fmt::format("rounding={} is not known; it takes {}.", value, ids);
               }
               scheme.rounding.rounding = *rounding;
               return {};
           }},
    Option{"seed", "a whole number",
           [](QuantizationScheme& scheme, std::string_view value) -> Outcome {
               const auto seed = number<std::uint64_t>(value);
               if (!seed)
                   return "seed takes a whole number that is not negative.";
               scheme.rounding.seed = *seed;
               return {};
           }},
};

std::string optionList()
{
    std::string list;
    for (const Option& option : options)
        list += (list.empty() ? "" : ", ") + std::string(option.name);
    return list;
}

Outcome readElement(QuantizationScheme& scheme, std::string_view id)
{
    if (!findElement(id))
        return fmt::format("\"{}\" is no element to quantize to; try int8, int4, e4m3, levels=16, or a name "
                           "that `qscope schemes` lists.", id);
    scheme.element = id;
    return {};
}

Outcome readFirst(QuantizationScheme& scheme, std::string_view first)
{
    if (const BlockFormat* const format = findBlockFormat(first)) {
        scheme.kind = QuantizationScheme::Kind::Block;
        scheme.element = first;
        scheme.granularity = {.kind = Granularity::Kind::Group, .group = format->elements};
        return {};
    }
    if (first.starts_with("element="))
        return readElement(scheme, first.substr(8));
    if (first.starts_with("levels=")) {
        const auto levels = number<int>(first.substr(7));
        if (!levels || *levels < 1 || *levels > 4096)
            return "levels takes how many values the codebook has, from 1 to 4096, for example levels=16.";
        scheme.kind = QuantizationScheme::Kind::Codebook;
        scheme.levels = *levels;
        return {};
    }
    return readElement(scheme, first);
}

Outcome readOption(QuantizationScheme& scheme, std::string_view text)
{
    const std::size_t equals = text.find('=');
    const std::string_view name = text.substr(0, equals);
    const std::string_view value = equals == text.npos ? std::string_view{} : text.substr(equals + 1);
    for (const Option& option : options)
        if (option.name == name)
            return option.read(scheme, value);
    return fmt::format("\"{}\" is no option of a scheme; the options are {}.", name, optionList());
}

/// A name taken from a program means what that program does; only MX leaves a choice open.
Outcome contradictionOfBlock(const QuantizationScheme& scheme)
{
    QuantizationScheme plain;
    (void)readFirst(plain, scheme.element);
    if (findBlockFormat(scheme.element)->takesScaleRule)
        plain.scaleRule = scheme.scaleRule;
    if (scheme == plain)
        return {};
    return fmt::format("{} is a format with everything fixed{}; write element={} and options for one of your own.",
                       scheme.element, findBlockFormat(scheme.element)->takesScaleRule ? " but scale-rule" : "",
                       scheme.element);
}

/// What the parts forbid each other.
Outcome contradiction(const QuantizationScheme& scheme)
{
    if (scheme.kind == QuantizationScheme::Kind::Block)
        return contradictionOfBlock(scheme);
    if (scheme.scaleRule != PowerOfTwoRule::Floor)
        return "scale-rule belongs to the MX formats, such as mxfp4,scale-rule=even.";
    if (scheme.kind == QuantizationScheme::Kind::Codebook) {
        if (scheme.granularity.kind != Granularity::Kind::Tensor)
            return "A codebook is fitted to the whole tensor; leave out channel and group.";
        if (scheme.clip.kind != Clip::Kind::MinMax)
            return "A fitted codebook needs no clip; leave out clip.";
        if (scheme.scale == "e8m0")
            return "A codebook's levels need signs and fractions; scale takes fp32, fp16, bf16 or e4m3 for it.";
        if (scheme.rounding.rounding != Rounding::NearestEven)
            return "A codebook stores the nearest level; leave out rounding.";
        return {};
    }
    if (scheme.rounding.rounding == Rounding::Stochastic)
        return "A scheme rounds the same way every time; rounding takes nearest-even, nearest-away, toward-zero, up, "
               "down or to-odd here.";
    if (scheme.symmetry == Symmetry::Asymmetric && !isIntegerElement(scheme.element))
        return fmt::format("Only integers have a zero point; {} is symmetric by nature.", scheme.element);
    return {};
}

}  // namespace

Result<QuantizationScheme> parseScheme(std::string_view text)
{
    const auto wrong = [&](std::string sentence) { return failure(Error::Kind::Usage, std::move(sentence)); };
    QuantizationScheme scheme;
    std::string expanded(text);
    std::erase_if(expanded, [](char c) { return c == ' ' || c == '\t'; });
    const std::size_t firstComma = expanded.find(',');
    const std::string_view first = std::string_view(expanded).substr(0, firstComma);
    for (const NamedScheme& named : namedSchemes())
        if (named.id == first) {
            expanded = std::string(named.text) + (firstComma == expanded.npos ? "" : expanded.substr(firstComma));
            break;
        }

    std::string_view rest = expanded;
    for (bool isFirst = true; isFirst || !rest.empty(); isFirst = false) {
        const std::size_t comma = rest.find(',');
        const std::string_view part = rest.substr(0, comma);
        if (part.empty())
            return wrong("A scheme begins with an element, for example int4,group=64; something is missing before "
                         "or between the commas.");
        if (const Outcome problem = isFirst ? readFirst(scheme, part) : readOption(scheme, part))
            return wrong(*problem);
        rest = comma == rest.npos ? std::string_view{} : rest.substr(comma + 1);
        if (comma != std::string_view::npos && rest.empty())
            return wrong("The scheme ends in a comma; take it away or add an option.");
    }
    if (const Outcome problem = contradiction(scheme))
        return wrong(*problem);
    return scheme;
}

std::string schemeText(const QuantizationScheme& scheme)
{
    std::string text;
    if (scheme.kind == QuantizationScheme::Kind::Block) {
        text = scheme.element;
        for (const auto& [id, rule] : scaleRules)
            if (rule == scheme.scaleRule && rule != PowerOfTwoRule::Floor)
                text += ",scale-rule=" + std::string(id);
        return text;
    }
    const bool codebook = scheme.kind == QuantizationScheme::Kind::Codebook;
    if (codebook) {
        text = fmt::format("levels={}", scheme.levels);
        if (scheme.lloyd)
            text += ",fit=lloyd";
    } else {
        const bool nameOfScheme = std::any_of(namedSchemes().begin(), namedSchemes().end(), [&](const NamedScheme& named) {
            return named.id == scheme.element && named.text != scheme.element;
        });
        text = (nameOfScheme || findBlockFormat(scheme.element) ? "element=" : "") + scheme.element;
        if (scheme.symmetry == Symmetry::Asymmetric)
            text += ",asymmetric";
        if (scheme.range == CodeRange::Full)
            text += ",range=full";
    }
    switch (scheme.granularity.kind) {
    case Granularity::Kind::Tensor:
        break;
    case Granularity::Kind::Channel:
        text += scheme.granularity.axis == 0 ? ",channel" : fmt::format(",channel={}", scheme.granularity.axis);
        break;
    case Granularity::Kind::Group:
        text += fmt::format(",group={}", scheme.granularity.group);
        break;
    }
    switch (scheme.clip.kind) {
    case Clip::Kind::MinMax:
        break;
    case Clip::Kind::Percentile:
        text += ",clip=percentile:" + shortNumber(scheme.clip.percentile);
        break;
    case Clip::Kind::LeastSquares:
        text += ",clip=mse";
        break;
    case Clip::Kind::ByHand:
        text += ",clip=" + shortNumber(scheme.clip.low) + ":" + shortNumber(scheme.clip.high);
        break;
    }
    if (scheme.scale != "fp32")
        text += ",scale=" + scheme.scale;
    for (const RoundingRow& row : roundingRows())
        if (row.rounding == scheme.rounding.rounding && row.rounding != Rounding::NearestEven)
            text += ",rounding=" + std::string(row.id);
    if (scheme.rounding.seed != 0)
        text += fmt::format(",seed={}", scheme.rounding.seed);
    return text;
}

}  // namespace quantoscope
