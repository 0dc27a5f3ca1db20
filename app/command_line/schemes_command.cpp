// SPDX-License-Identifier: Apache-2.0
#include "app/command_line/command.h"
#include "core/quantization/quantization_scheme.h"
#include "core/quantization/scheme_grammar.h"

#include <CLI/App.hpp>
#include <fmt/format.h>

namespace quantoscope {

namespace {

/// Bits per weight depend a little on the shape where a scale is per tensor or row; the table shows
/// them for a matrix of this size.
const std::vector<std::int64_t> exampleShape{4096, 4096};

Result<CommandOutput> schemes()
{
    CommandOutput output;
    output.json = nlohmann::ordered_json::array();
    std::vector<std::vector<std::string>> rows;
    for (const NamedScheme& named : namedSchemes()) {
        const auto scheme = parseScheme(named.id);
        if (!scheme)
            return tl::unexpected(scheme.error());
        const double bits = bitsPerWeight(*scheme, exampleShape);
        output.json.push_back({{"id", named.id}, {"sentence", named.sentence}, {"bitsPerWeight", bits},
                               {"scheme", named.text}});
        rows.push_back({std::string(named.id), fmt::format("{:.4g}", bits), std::string(named.sentence)});
    }
    output.text = textTable({"id", "bits per weight", ""}, rows)
        + "Bits per weight are those of a 4096 × 4096 matrix, scales included.\n\n";
    std::vector<std::vector<std::string>> options;
    for (const SchemeOption& option : schemeOptions())
        options.push_back({std::string(option.name), std::string(option.accepted)});
    output.text += "A scheme is one of these names, or an element, and options after it: int4,asymmetric,group=64,clip=mse.\nElements: "
        + schemeElementList() + ".\n\n" + textTable({"option", "takes"}, options);
    return output;
}

}  // namespace

std::function<Result<CommandOutput>()> command::schemes(CLI::App&)
{
    return quantoscope::schemes;
}

}  // namespace quantoscope
