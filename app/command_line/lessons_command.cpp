// SPDX-License-Identifier: Apache-2.0
#include "app/command_line/command.h"
#include "core/data_folder.h"
#include "core/learning/lesson.h"

#include <CLI/App.hpp>

namespace quantoscope {

namespace {

struct LessonsOptions {
    std::string action;
    std::string folder;
};

Result<CommandOutput> checkLessons(const std::filesystem::path& folder)
{
    const auto lessons = readLessons(folder);
    if (!lessons)
        return tl::unexpected(lessons.error());
    if (lessons->empty())
        return failure(Error::Kind::NotFound, "There is no lesson in " + folder.string() + ".");
    CommandOutput output;
    output.json = nlohmann::ordered_json::array();
    std::size_t broken = 0;
    for (const Lesson& lesson : *lessons) {
        nlohmann::ordered_json row;
        row["file"] = lesson.file;
        row["title"] = lesson.title;
        row["minutes"] = lesson.minutes;
        row["screens"] = lesson.screens.size();
        row["problems"] = nlohmann::ordered_json::array();
        for (const LessonProblem& problem : lesson.problems) {
            row["problems"].push_back({{"line", problem.line}, {"sentence", problem.sentence}});
            output.text += lesson.file + ":" + std::to_string(problem.line) + ": " + problem.sentence + '\n';
        }
        if (lesson.problems.empty())
            output.text += lesson.file + ": ok\n";
        else
            ++broken;
        output.json.push_back(std::move(row));
    }
    if (broken > 0)
        output.finding = Error{Error::Kind::Malformed, std::to_string(broken) + " of " + std::to_string(lessons->size())
                                                           + " lessons cannot be shown as they are."};
    return output;
}

}  // namespace

std::function<Result<CommandOutput>()> command::lessons(CLI::App& app)
{
    auto options = std::make_shared<LessonsOptions>();
    app.add_option("ACTION", options->action, "check")->required();
    app.add_option("DIR", options->folder, "A folder of lessons; without it those of the program");
    return [options]() -> Result<CommandOutput> {
        if (options->action != "check")
            return failure(Error::Kind::Usage, "lessons knows one action, check, not \"" + options->action + "\".");
        return checkLessons(options->folder.empty() ? dataFolder() / "lessons" : std::filesystem::path(options->folder));
    };
}

}  // namespace quantoscope
