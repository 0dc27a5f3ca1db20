// SPDX-License-Identifier: Apache-2.0
#include "app/command_line/command.h"
#include "app/command_line/format_arguments.h"
#include "core/formats/stored_number.h"

namespace quantoscope {

namespace {

struct Arguments {
    FormatArguments format;
    std::vector<std::string> codes;
    bool all = false;
};

Result<std::vector<Code>> chosenCodes(const Arguments& arguments, const NumberFormat& format)
{
    std::vector<Code> codes;
    if (arguments.all == !arguments.codes.empty())
        return failure(Error::Kind::Usage, arguments.all ? "Give codes or --all, not both."
                                                         : "Which codes? Give some, or --all.");
    if (!arguments.all) {
        for (const std::string& text : arguments.codes) {
            const auto code = parseCode(format, text);
            if (!code)
                return tl::unexpected(code.error());
            codes.push_back(*code);
        }
        return codes;
    }
    const int bits = significantBitsOf(format);
    if (bits > 19)
        return failure(Error::Kind::Usage, "--all serves formats of up to 19 significant bits; "
                       + std::string(format.name) + " has " + std::to_string(bits) + ", so name the codes.");
    for (Code code = 0; code < Code{1} << bits; ++code)
        codes.push_back(code << unusedLowBitsOf(format));
    return codes;
}

}  // namespace

std::function<Result<CommandOutput>()> command::decode(CLI::App& app)
{
    auto arguments = std::make_shared<Arguments>();
    arguments->format.addTo(app);
    app.add_option("CODE", arguments->codes, "Codes in hexadecimal, such as 0x4248");
    app.add_flag("--all", arguments->all, "Every code of the format, in order");
    return [arguments, &app]() -> Result<CommandOutput> {
        const auto format = arguments->format.format();
        if (!format)
            return tl::unexpected(format.error());
        const auto codes = chosenCodes(*arguments, *format);
        if (!codes)
            return tl::unexpected(codes.error());
        CommandOutput output;
        output.json = nlohmann::ordered_json::array();
        for (const Code code : *codes) {
            const double value = valueOf(*format, code);
            if (wantsJson(app))
                output.json.push_back({{"code", codeText(*format, code)}, {"value", jsonNumber(value)}});
            else
                output.text += codeText(*format, code) + '\t' + valueText(value) + '\n';
        }
        return output;
    };
}

}  // namespace quantoscope
