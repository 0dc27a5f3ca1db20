// SPDX-License-Identifier: Apache-2.0
#include "app/command_line/command.h"
#include "core/formats/format_limits.h"
#include "core/formats/stored_number.h"

#include <CLI/App.hpp>

namespace quantoscope {

namespace {

nlohmann::ordered_json describe(const NumberFormat& format)
{
    const FormatLimits limits = limitsOf(format);
    const auto number = [](const std::optional<double>& value) {
        return value ? jsonNumber(*value) : nlohmann::ordered_json(nullptr);
    };
    nlohmann::ordered_json row;
    row["id"] = format.id;
    row["name"] = format.name;
    row["kind"] = limits.kind;
    row["bits"] = bitsOf(format);
    const FloatFormat* kind = format.asFloat();
    row["exponentBits"] = kind ? nlohmann::ordered_json(kind->exponentBits) : nullptr;
    row["mantissaBits"] = kind ? nlohmann::ordered_json(kind->mantissaBits) : nullptr;
    row["bias"] = kind ? nlohmann::ordered_json(kind->bias) : nullptr;
    row["specials"] = limits.specials;
    row["largest"] = jsonNumber(limits.largest);
    row["smallestNormal"] = number(limits.smallestNormal);
    row["smallestSubnormal"] = number(limits.smallestSubnormal);
    row["epsilon"] = number(limits.epsilon);
    row["lowest"] = jsonNumber(limits.lowest);
    row["significantBits"] = significantBitsOf(format);
    row["family"] = format.family;
    row["sentence"] = format.sentence;
    return row;
}

std::string tableText(const nlohmann::ordered_json& rows)
{
    const std::vector<std::string> keys{"id", "name", "kind", "bits", "exponentBits", "mantissaBits", "bias",
                                        "specials", "largest", "smallestNormal", "smallestSubnormal", "epsilon"};
    std::vector<std::vector<std::string>> cells;
    for (const auto& row : rows) {
        auto& line = cells.emplace_back();
        for (const std::string& key : keys) {
            const auto& value = row[key];
            line.push_back(value.is_null() ? "-" : value.is_string() ? value.get<std::string>()
                           : value.is_number_float() ? valueText(value.get<double>()) : value.dump());
        }
    }
    return textTable({"id", "name", "kind", "bits", "exponent", "mantissa", "bias", "specials", "largest",
                      "smallest normal", "smallest subnormal", "epsilon"}, cells);
}

}  // namespace

std::function<Result<CommandOutput>()> command::formats(CLI::App& app)
{
    auto family = std::make_shared<std::string>();
    app.add_option("--family", *family, "Only this family; p3109 lists the IEEE P3109 draft's formats");
    return [family]() -> Result<CommandOutput> {
        const auto formats = family->empty() ? numberFormats() : formatsOf(*family);
        if (formats.empty()) {
            std::string known;
            for (const FormatFamily& row : formatFamilies())
                known += (known.empty() ? "" : ", ") + std::string(row.id);
            return failure(Error::Kind::Usage, "There is no family \"" + *family + "\"; there are " + known + ".");
        }
        CommandOutput output;
        output.json = nlohmann::ordered_json::array();
        for (const NumberFormat& format : formats)
            output.json.push_back(describe(format));
        output.text = tableText(output.json);
        return output;
    };
}

}  // namespace quantoscope
