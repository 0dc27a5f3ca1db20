// SPDX-License-Identifier: Apache-2.0
// qscope: exit status 0 done, 1 could not be done, 2 wrong usage, 130 interrupted.
#include "app/command_line/command.h"
#include "app/command_line/output.h"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <cstdio>
#include <map>

using namespace quantoscope;

namespace {

enum Status { Done = 0, NotDone = 1, WrongUsage = 2, Interrupted = 130 };

int complain(Status status, std::string sentence)
{
    std::replace(sentence.begin(), sentence.end(), '\n', ' ');
    std::fprintf(stderr, "qscope: %s\n", sentence.c_str());
    return status;
}

int statusOf(const Error& error)
{
    switch (error.kind) {
    case Error::Kind::Usage: return complain(WrongUsage, error.message);
    case Error::Kind::Cancelled: return complain(Interrupted, "Interrupted.");
    default: return complain(NotDone, error.message);
    }
}

int print(const std::string& text)
{
    if (std::fwrite(text.data(), 1, text.size(), stdout) != text.size() || std::fflush(stdout) != 0)
        return complain(NotDone, "Standard output cannot be written; is the disk full?");
    return Done;
}

std::string documentText(const nlohmann::ordered_json& json)
{
    return json.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + '\n';
}

/// Pieces are gathered until they are worth a write, so that an error found early prints nothing else.
int printPieces(const CommandOutput& output)
{
    constexpr std::size_t worthAWrite = 1 << 20;
    std::string gathered;
    int status = Done;
    const auto written = output.writeJson([&](std::string_view piece) {
        gathered += piece;
        if (gathered.size() < worthAWrite || status != Done)
            return;
        status = print(gathered);
        gathered.clear();
    });
    if (!written)
        return statusOf(written.error());
    return status == Done ? print(gathered) : status;
}

const Command* findCommand(const std::string& name)
{
    for (const Command& row : commands())
        if (name == row.name)
            return &row;
    return nullptr;
}

/// CLI11 takes -1/3 and -inf for options. A space in front makes them values, and the reader of
/// numbers skips it; no option of qscope but -h begins with a single dash.
void protectNegativeNumbers(std::vector<std::string>& arguments)
{
    for (std::string& argument : arguments)
        if (argument.size() > 1 && argument[0] == '-' && argument[1] != '-' && argument != "-h")
            argument.insert(0, " ");
}

std::string sentenceOf(const CLI::ParseError& error, const std::string& command)
{
    std::string message = error.what();
    if (!message.empty() && message.back() != '.')
        message += '.';
    return message + " See qscope " + (command.empty() ? "" : command + " ") + "--help.";
}

}  // namespace

int main(int count, char** words)
{
    watchForInterruption();
    CLI::App app("Number formats, tensors and quantization, from the terminal.", "qscope");
    app.set_version_flag("--version", "qscope " QUANTOSCOPE_VERSION);
    app.require_subcommand(1);
    std::map<const CLI::App*, std::function<Result<CommandOutput>()>> actions;
    for (const Command& row : commands()) {
        CLI::App* subcommand = app.add_subcommand(row.name, row.sentence);
        subcommand->add_flag("--json")->description("Print one JSON document");
        actions[subcommand] = row.setUp(*subcommand);
    }

    std::vector<std::string> arguments(words + 1, words + count);
    const std::string name = arguments.empty() ? "" : arguments[0];
    if (arguments.empty()) {
        std::fputs(app.help().c_str(), stderr);
        return complain(WrongUsage, "No command was given; the commands are listed above.");
    }
    const Command* command = findCommand(name);
    if (!command && !name.starts_with('-'))
        return complain(WrongUsage, "There is no command \"" + name + "\"; qscope --help lists them.");
    if (command && command->takesNegativeNumbers)
        protectNegativeNumbers(arguments);
    std::reverse(arguments.begin(), arguments.end());   // as CLI11 wants them

    try {
        app.parse(arguments);
    } catch (const CLI::CallForHelp&) {
        return print(command ? app.get_subcommand(name)->help() : app.help());
    } catch (const CLI::CallForAllHelp&) {
        return print(app.help());
    } catch (const CLI::CallForVersion& version) {
        return print(std::string(version.what()) + '\n');
    } catch (const CLI::ParseError& error) {
        return complain(WrongUsage, sentenceOf(error, command ? name : ""));
    }

    try {
        const CLI::App* chosen = app.get_subcommands().front();
        const Result<CommandOutput> output = actions.at(chosen)();
        if (!output)
            return statusOf(output.error());
        if (interruption().stop_requested())
            return complain(Interrupted, "Interrupted.");
        if (wantsJson(*chosen) && output->writeJson)
            return printPieces(*output);
        const int printed = print(wantsJson(*chosen) ? documentText(output->json) : output->text);
        return printed == Done && output->finding ? statusOf(*output->finding) : printed;
    } catch (const std::bad_alloc&) {
        return complain(NotDone, "There is not enough memory for this.");
    } catch (const std::exception& error) {
        return complain(NotDone, std::string("The command failed unexpectedly: ") + error.what() + ".");
    }
}
