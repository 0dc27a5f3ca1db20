// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/result.h"

#include <nlohmann/json.hpp>

#include <functional>
#include <optional>
#include <stop_token>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace CLI {
class App;
}

namespace quantoscope {

/// What a command leaves behind: a document for `--json`, and the same as text for people.
struct CommandOutput {
    nlohmann::ordered_json json;
    std::string text;
    /// For a check that found something: the output is printed all the same, then this, and the exit
    /// status is the error's.
    std::optional<Error> finding = std::nullopt;
    /// Where set, makes the document for `--json` piece by piece in place of `json`, which would not
    /// fit into memory for half a million tensors.
    std::function<Result<void>(const std::function<void(std::string_view piece)>& write)> writeJson = {};
};

/// One row of the table of commands. `setUp` adds the options to its subcommand and returns the
/// action, which is called once they are parsed. `--json` is there already. An action's error of kind
/// Usage ends the program with status 2, Cancelled with 130, any other with 1.
struct Command {
    const char* name;
    const char* sentence;
    std::function<Result<CommandOutput>()> (*setUp)(CLI::App& subcommand);
    bool takesNegativeNumbers = false;   ///< Arguments such as -1/3 or -inf are values, not options.
};
std::span<const Command> commands();   ///< In commands.cpp

// Each defined in a file of its own.
#define QUANTOSCOPE_COMMAND(name) std::function<Result<CommandOutput>()> name(CLI::App&)
namespace command {
QUANTOSCOPE_COMMAND(formats);
QUANTOSCOPE_COMMAND(decode);
QUANTOSCOPE_COMMAND(encode);
QUANTOSCOPE_COMMAND(number);
QUANTOSCOPE_COMMAND(tensors);
QUANTOSCOPE_COMMAND(stats);
QUANTOSCOPE_COMMAND(histogram);
QUANTOSCOPE_COMMAND(dump);
QUANTOSCOPE_COMMAND(schemes);
QUANTOSCOPE_COMMAND(quantize);
QUANTOSCOPE_COMMAND(calibrate);
QUANTOSCOPE_COMMAND(devices);
QUANTOSCOPE_COMMAND(gemm);
QUANTOSCOPE_COMMAND(sums);
QUANTOSCOPE_COMMAND(outliers);
QUANTOSCOPE_COMMAND(lessons);
QUANTOSCOPE_COMMAND(language);
}  // namespace command
#undef QUANTOSCOPE_COMMAND

/// Whether this run prints JSON: a command with a long answer then leaves the text out, or the reverse.
bool wantsJson(const CLI::App& subcommand);
/// A double for JSON: NaN and infinities become the strings "nan", "inf", "-inf".
nlohmann::ordered_json jsonNumber(double value);
/// Columns padded to the same width, for the text of tables.
std::string textTable(const std::vector<std::string>& headings, const std::vector<std::vector<std::string>>& rows);
/// Whether a person interrupted (Ctrl+C); long commands pass it on.
std::stop_token interruption();

}  // namespace quantoscope
