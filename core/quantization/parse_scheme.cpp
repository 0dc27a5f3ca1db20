// SPDX-License-Identifier: Apache-2.0
#include "core/quantization/block_format.h"
#include "core/quantization/element.h"
#include "core/quantization/quantization_scheme.h"
#include "core/quantization/scheme_contradiction.h"
#include "core/quantization/scheme_grammar.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <limits>
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

Outcome readClip(QuantizationScheme& scheme, std::string_view value)
{
    const auto clip = parseClip(value);
    if (!clip)
        return clip.error().message;
    scheme.clip = *clip;
    return {};
}

struct FitWord {
    std::string_view word;
    Fit fit;
};
constexpr std::array fitWords{FitWord{"optimal", Fit::Optimal}, FitWord{"lloyd", Fit::Lloyd}, FitWord{"quantile", Fit::Quantile}};

/// Formats that one scale of the whole tensor can have.
constexpr std::array<std::string_view, 3> tensorScaleFormats{"fp32", "fp16", "bf16"};

/// "128x64": rows by columns.
Outcome readTile(QuantizationScheme& scheme, std::string_view value)
{
    const std::size_t times = value.find('x');
    const auto rows = number<std::int64_t>(value.substr(0, times));
    const auto columns = times == value.npos ? std::nullopt : number<std::int64_t>(value.substr(times + 1));
    constexpr std::int64_t most = std::int64_t{1} << 30;
    if (!rows || !columns || *rows < 1 || *columns < 1 || *rows > most || *columns > most)
        return "block takes rows by columns that share a scale, for example block=128x128.";
    scheme.granularity = {.kind = Granularity::Kind::Tile, .tileRows = *rows, .tileColumns = *columns};
    return {};
}

/// "16": how many to fit; "-1:0:0.5:1": the levels themselves.
Outcome readLevels(QuantizationScheme& scheme, std::string_view value)
{
    constexpr int most = 4096;
    scheme.kind = QuantizationScheme::Kind::Codebook;
    if (value.find(':') == value.npos) {
        const auto levels = number<int>(value);
        if (!levels || *levels < 1 || *levels > most)
            return fmt::format("levels takes how many values the codebook has, from 1 to {}, for example levels=16, or the "
                               "values themselves, for example levels=-1:0:0.5:1.", most);
        scheme.levels = *levels;
        return {};
    }
    std::vector<double> values;
    for (std::string_view rest = value;;) {
        const std::size_t colon = rest.find(':');
        const auto level = number<double>(rest.substr(0, colon));
        if (!level || !std::isfinite(*level) || std::abs(*level) > double(std::numeric_limits<float>::max()))
            return fmt::format("levels takes numbers with colons between them, for example levels=-1:0:0.5:1; \"{}\" is none "
                               "that FP32 holds.", rest.substr(0, colon));
        values.push_back(*level + 0.0);   // −0 becomes 0
        if (colon == rest.npos)
            break;
        rest = rest.substr(colon + 1);
    }
    std::sort(values.begin(), values.end());
    values.erase(std::unique(values.begin(), values.end()), values.end());
    if (values.size() < 2 || values.size() > std::size_t(most))
        return fmt::format("levels takes at least two different values and at most {}.", most);
    scheme.fit = Fit::ByHand;
    scheme.levels = int(values.size());
    scheme.levelValues = std::move(values);
    return {};
}

constexpr std::array scaleRules{
    std::pair{std::string_view("floor"), PowerOfTwoRule::Floor}, std::pair{std::string_view("ceil"), PowerOfTwoRule::Ceil},
    std::pair{std::string_view("even"), PowerOfTwoRule::Even}, std::pair{std::string_view("rceil"), PowerOfTwoRule::RoundUpRatio}};

/// One option of the grammar. `value` is what follows "=", empty where nothing does.
struct Option {
    std::string_view name;
    std::string_view accepted;   ///< For help; the sentence when a value is not says it at more length.
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
    Option{"range", "restricted (−127 … 127) or full (−128 … 127)",
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
    Option{"channel", "an axis, 0 where left out",
           [](QuantizationScheme& scheme, std::string_view value) -> Outcome {
               const auto axis = value.empty() ? std::optional(0) : number<int>(value);
               if (!axis || *axis < 0 || *axis > 63)
                   return "channel takes an axis counted from 0, for example channel=1.";
               scheme.granularity = {.kind = Granularity::Kind::Channel, .axis = *axis};
               return {};
           }},
    Option{"group", "how many weights along rows share a scale",
           [](QuantizationScheme& scheme, std::string_view value) -> Outcome {
               const auto group = number<std::int64_t>(value);
               if (!group || *group < 1 || *group > std::int64_t{1} << 40)
                   return "group takes how many weights share a scale, for example group=64.";
               scheme.granularity = {.kind = Granularity::Kind::Group, .group = *group};
               return {};
           }},
    Option{"block", "rows by columns that share a scale, such as 128x128", readTile},
    Option{"clip", "minmax, percentile:P, mse, kl, aciq, aciq:laplace, aciq:gauss, or LOW:HIGH",
           readClip},
    Option{"scale", "fp32, fp16, bf16, e8m0, e4m3, or another format that FP32 holds; integers and tables with tensor-scale",
           [](QuantizationScheme& scheme, std::string_view value) -> Outcome {
               if (!isScaleFormat(value))
                   return fmt::format("scale={} is not known; scales are stored as {}.", value, scaleFormatList());
               scheme.scale = value;
               return {};
           }},
    Option{"tensor-scale", "fp32, fp16, bf16: one more scale for the tensor",
           [](QuantizationScheme& scheme, std::string_view value) -> Outcome {
               if (std::find(tensorScaleFormats.begin(), tensorScaleFormats.end(), value) == tensorScaleFormats.end())
                   return fmt::format("tensor-scale={} is not known; one more scale for the whole tensor is stored as {}.", value,
                                      fmt::join(tensorScaleFormats, ", "));
               scheme.tensorScale = value;
               return {};
           }},
    Option{"scale-rule", "floor, ceil, even, rceil, for MX formats and scale=e8m0",
           [](QuantizationScheme& scheme, std::string_view value) -> Outcome {
               for (const auto& [id, rule] : scaleRules)
                   if (id == value) {
                       scheme.scaleRule = rule;
                       if (rule == PowerOfTwoRule::Floor && takesScaleRule(scheme))
                           scheme.scaleRule.reset();   // What MX does by itself has one spelling.
                       return {};
                   }
               return "scale-rule takes floor (OCP MX), ceil, even, or rceil (the smallest that clips nothing).";
           }},
    Option{"fit", "optimal, lloyd, quantile, for levels=K",
           [](QuantizationScheme& scheme, std::string_view value) -> Outcome {
               for (const FitWord& row : fitWords)
                   if (row.word == value) {
                       if (scheme.fit == Fit::ByHand)
                           return "Levels written down are not fitted; leave out fit, or write how many, such as levels=16.";
                       scheme.fit = row.fit;
                       return {};
                   }
               return "fit takes optimal (the least squared error there is), lloyd, or quantile (as many weights to each level).";
           }},
    Option{"rounding", "nearest-even, nearest-away, toward-zero, up, down, to-odd, stochastic",
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
    Option{"seed", "a whole number, for stochastic rounding",
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
        return elementObstacle(id);
    scheme.element = id;
    return {};
}

Outcome readFirst(QuantizationScheme& scheme, std::string_view first)
{
    if (const BlockFormat* const format = findBlockFormat(first)) {
        scheme = schemeOfBlock(*format);
        return {};
    }
    if (first.starts_with("element="))
        return readElement(scheme, first.substr(8));
    if (first.starts_with("levels="))
        return readLevels(scheme, first.substr(7));
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

}  // namespace

std::span<const SchemeOption> schemeOptions()
{
    static const auto rows = [] {
        std::array<SchemeOption, options.size()> made;
        std::transform(options.begin(), options.end(), made.begin(), [](const Option& option) { return SchemeOption{option.name, option.accepted}; });
        return made;
    }();
    return rows;
}

std::string schemeElementList()
{
    std::string list = "intN and uintN of 1 to 16 bits";
    for (const NumberFormat& format : numberFormats())
        if (!isIntegerElement(format.id) && findElement(format.id))
            list += std::string(findBlockFormat(format.id) ? ", element=" : ", ") + std::string(format.id);
    for (const TableElement& table : tableElements())
        list += ", " + table.id;
    return list + ", binaryKpP… (IEEE P3109, see `qscope formats --family p3109`), float:S.E.M:BIAS:SPECIALS (built), "
                  "levels=K (K levels fitted), levels=A:B:… (levels by hand)";
}

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
    if (const Outcome problem = contradictionIn(scheme))
        return wrong(*problem);
    return scheme;
}

namespace {

std::string levelsText(const QuantizationScheme& scheme)
{
    if (scheme.fit == Fit::ByHand) {
        std::string text;
        for (const double level : scheme.levelValues)
            text += (text.empty() ? "levels=" : ":") + shortNumber(level);
        return text;
    }
    std::string text = fmt::format("levels={}", scheme.levels);
    for (const FitWord& row : fitWords)
        if (row.fit == scheme.fit && row.fit != Fit::Optimal)
            text += ",fit=" + std::string(row.word);
    return text;
}

std::string ruleText(const QuantizationScheme& scheme)
{
    for (const auto& [id, rule] : scaleRules)
        if (rule == scheme.scaleRule)
            return ",scale-rule=" + std::string(id);
    return {};
}

}  // namespace

std::string schemeText(const QuantizationScheme& scheme)
{
    std::string text;
    if (scheme.kind == QuantizationScheme::Kind::Block) {
        return scheme.element + ruleText(scheme);
    }
    const bool codebook = scheme.kind == QuantizationScheme::Kind::Codebook;
    if (codebook) {
        text = levelsText(scheme);
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
    case Granularity::Kind::Tile:
        text += fmt::format(",block={}x{}", scheme.granularity.tileRows, scheme.granularity.tileColumns);
        break;
    }
    if (scheme.clip.kind != Clip::Kind::MinMax)
        text += ",clip=" + clipText(scheme.clip);
    if (scheme.scale != "fp32")
        text += ",scale=" + scheme.scale;
    text += ruleText(scheme);
    if (!scheme.tensorScale.empty())
        text += ",tensor-scale=" + scheme.tensorScale;
    for (const RoundingRow& row : roundingRows())
        if (row.rounding == scheme.rounding.rounding && row.rounding != Rounding::NearestEven)
            text += ",rounding=" + std::string(row.id);
    if (scheme.rounding.seed != 0)
        text += fmt::format(",seed={}", scheme.rounding.seed);
    return text;
}

}  // namespace quantoscope
