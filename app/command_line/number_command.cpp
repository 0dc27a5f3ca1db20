// SPDX-License-Identifier: Apache-2.0
#include "app/command_line/command.h"
#include "app/command_line/format_arguments.h"
#include "core/formats/stored_number.h"

namespace quantoscope {

namespace {

constexpr const char* usualFormats = "fp32,fp16,bf16,e4m3,e5m2,int8";

struct Arguments {
    std::string value;
    std::string formats;
    RoundingArguments rounding;
};

Result<std::vector<const NumberFormat*>> chosenFormats(const std::string& ids)
{
    std::vector<const NumberFormat*> formats;
    for (std::size_t start = 0; start <= ids.size();) {
        const std::size_t end = std::min(ids.find(',', start), ids.size());
        const auto format = findFormat(ids.substr(start, end - start));
        if (!format)
            return tl::unexpected(format.error());
        formats.push_back(*format);
        start = end + 1;
    }
    return formats;
}

/// A number, or a code: of the first of the formats, or by its width where none was named.
Result<RealNumber> typedValue(const Arguments& arguments, const std::vector<const NumberFormat*>& formats)
{
    if (!looksLikeCode(arguments.value))
        return parseNumber(arguments.value);
    const NumberFormat* format = arguments.formats.empty() ? formatOfCode(arguments.value) : formats.front();
    if (!format)
        return failure(Error::Kind::Usage, "No usual format has codes as long as \"" + arguments.value
                       + "\"; name the code's format with --formats.");
    const auto code = parseCode(*format, arguments.value);
    if (!code)
        return tl::unexpected(code.error());
    return RealNumber::fromDouble(valueOf(*format, *code));
}

nlohmann::ordered_json describe(const NumberFormat& format, const StoredNumber& stored)
{
    return {{"format", format.id},
            {"code", codeText(format, stored.code)},
            {"value", jsonNumber(stored.value)},
            {"exact", stored.exact},
            {"absError", jsonNumber(stored.absoluteError)},
            {"relError", jsonNumber(stored.relativeError)},
            {"ulpError", jsonNumber(stored.ulpError)},
            {"previous", jsonNumber(stored.previous)},
            {"next", jsonNumber(stored.next)},
            {"class", stored.className},
            {"sign", stored.sign},
            {"exponent", stored.exponent},
            {"mantissa", stored.mantissa},
            {"shortest", stored.shortest},
            {"ulp", jsonNumber(stored.ulp)}};
}

std::string errorText(double error)
{
    return error == 0 ? "exact" : valueText(error);
}

Result<CommandOutput> run(const Arguments& arguments)
{
    const auto formats = chosenFormats(arguments.formats.empty() ? usualFormats : arguments.formats);
    if (!formats)
        return tl::unexpected(formats.error());
    const auto rule = arguments.rounding.rule();
    if (!rule)
        return tl::unexpected(rule.error());
    const auto typed = typedValue(arguments, *formats);
    if (!typed)
        return failure(Error::Kind::Usage, typed.error().message);

    CommandOutput output;
    output.json = nlohmann::ordered_json::array();
    std::vector<std::vector<std::string>> rows;
    for (const NumberFormat* format : *formats) {
        const StoredNumber stored = storeNumber(*format, *typed, *rule);
        output.json.push_back(describe(*format, stored));
        rows.push_back({std::string(format->id), codeText(*format, stored.code), stored.exact,
                        errorText(stored.absoluteError), errorText(stored.relativeError), errorText(stored.ulpError),
                        valueText(stored.previous), valueText(stored.next), stored.className});
    }
    output.text = textTable({"format", "code", "exact value", "absolute error", "relative error", "error in ULP",
                             "previous", "next", "class"}, rows);
    return output;
}

}  // namespace

std::function<Result<CommandOutput>()> command::number(CLI::App& app)
{
    auto arguments = std::make_shared<Arguments>();
    app.add_option("VALUE", arguments->value, "A number such as 0.1, 1/3, pi, sqrt(2), 2^-24, 0x1.8p3, or a code such "
                                              "as 0x4248 of the first format (without --formats: by its digits, 16 "
                                              "fp64, 8 fp32, 4 fp16, 2 e4m3, 1 e2m1)")->required();
    app.add_option("--formats", arguments->formats, std::string("Ids, with commas between (default ") + usualFormats + ")");
    arguments->rounding.addTo(app);
    return [arguments] { return run(*arguments); };
}

}  // namespace quantoscope
