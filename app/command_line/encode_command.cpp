// SPDX-License-Identifier: Apache-2.0
#include "app/command_line/command.h"
#include "app/command_line/format_arguments.h"
#include "app/command_line/output.h"
#include "core/formats/stored_number.h"

#include <bit>
#include <charconv>
#include <cmath>

namespace quantoscope {

namespace {

struct Arguments {
    FormatArguments format;
    RoundingArguments rounding;
    std::vector<std::string> values;
    bool float32Bits = false;
    bool float64Bits = false;
};

/// A decimal rounds once, from its exact value. That is what rounding its double gives too, unless
/// the double lies on a boundary: then its two neighbours become different codes.
std::optional<Code> encodeFromDouble(const NumberFormat& format, std::string_view text, const RoundingRule& rule)
{
    double value = 0;
    const char* end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data(), end, value);
    if (error != std::errc{} || stop != end || !std::isfinite(value) || value == 0
        || rule.rounding == Rounding::Stochastic)
        return std::nullopt;
    const Code code = encode(format, value, rule);
    const Code below = encode(format, std::nextafter(value, -HUGE_VAL), rule);
    const Code above = encode(format, std::nextafter(value, HUGE_VAL), rule);
    return below == code && code == above ? std::optional(code) : std::nullopt;
}

Result<Code> encodeText(const NumberFormat& format, std::string_view text, const RoundingRule& rule)
{
    if (const auto code = encodeFromDouble(format, text, rule))
        return *code;
    const auto number = parseNumber(text);
    if (!number)
        return tl::unexpected(number.error());
    return encode(format, *number, rule);
}

Result<Code> encodeBits(const NumberFormat& format, std::string_view text, bool wide, const RoundingRule& rule)
{
    static const NumberFormat& fp32 = *findNumberFormat("fp32");
    static const NumberFormat& fp64 = *findNumberFormat("fp64");
    const auto bits = parseCode(wide ? fp64 : fp32, text);
    if (!bits)
        return tl::unexpected(bits.error());
    const double value = wide ? std::bit_cast<double>(*bits) : double(std::bit_cast<float>(std::uint32_t(*bits)));
    return encode(format, value, rule);
}

std::string_view trimmed(std::string_view line)
{
    const auto first = line.find_first_not_of(" \t\r");
    if (first == line.npos)
        return {};
    return line.substr(first, line.find_last_not_of(" \t\r") - first + 1);
}

/// Calls `take` with each line that has something on it, and its number from 1.
template <class Take>
Result<void> forEachLine(std::string_view text, Take take)
{
    for (std::size_t line = 1; !text.empty(); ++line) {
        const std::size_t end = std::min(text.find('\n'), text.size());
        const std::string_view value = trimmed(text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
        if (value.empty())
            continue;
        if (line % 4096 == 0 && interruption().stop_requested())
            return cancelled();
        if (auto taken = take(value); !taken)
            return failure(Error::Kind::Malformed,
                           "Line " + std::to_string(line) + " of standard input: " + taken.error().message);
    }
    return {};
}

Result<CommandOutput> run(const Arguments& arguments, bool json)
{
    const auto format = arguments.format.format();
    if (!format)
        return tl::unexpected(format.error());
    const auto chosen = arguments.rounding.rule();
    if (!chosen)
        return tl::unexpected(chosen.error());
    if (arguments.float32Bits && arguments.float64Bits)
        return failure(Error::Kind::Usage, "Values are FP32 codes or FP64 codes, not both.");

    RoundingRule rule = *chosen;
    CommandOutput output;
    output.json = nlohmann::ordered_json::array();
    const auto take = [&](std::string_view text) -> Result<void> {
        const bool bits = arguments.float32Bits || arguments.float64Bits;
        const auto code = bits ? encodeBits(*format, text, arguments.float64Bits, rule) : encodeText(*format, text, rule);
        if (!code)
            return tl::unexpected(code.error());
        ++rule.draw;   // every value has a random number of its own
        if (json)
            output.json.push_back({{"input", std::string(text)}, {"code", codeText(*format, *code)},
                                   {"value", jsonNumber(valueOf(*format, *code))}});
        else
            output.text += codeText(*format, *code) + '\n';
        return {};
    };

    if (arguments.values.empty()) {
        const auto input = readStandardInput();
        if (!input)
            return tl::unexpected(input.error());
        if (auto taken = forEachLine(*input, take); !taken)
            return tl::unexpected(taken.error());
    }
    for (const std::string& value : arguments.values)
        if (auto taken = take(trimmed(value)); !taken)
            return failure(Error::Kind::Usage, taken.error().message);
    return output;
}

}  // namespace

std::function<Result<CommandOutput>()> command::encode(CLI::App& app)
{
    auto arguments = std::make_shared<Arguments>();
    arguments->format.addTo(app);
    app.add_option("VALUE", arguments->values, "Numbers such as 0.1, 1/3, pi, sqrt(2), 2^-24, 0x1.8p3; "
                                               "without any, standard input is read, one a line");
    arguments->rounding.addTo(app);
    app.add_flag("--float32-bits", arguments->float32Bits, "Values are FP32 codes in hexadecimal");
    app.add_flag("--float64-bits", arguments->float64Bits, "Values are FP64 codes in hexadecimal");
    return [arguments, &app] { return run(*arguments, wantsJson(app)); };
}

}  // namespace quantoscope
