// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/result.h"

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace quantoscope {

/// Something wrong with a lesson file, for its author: "binary.md:17: …".
struct LessonProblem {
    int line = 0;
    std::string sentence;
};

/// One answer on offer. A wrong one has a reply that says something about that very answer.
struct LessonChoice {
    std::string text;
    bool isRight = false;
    std::string reply;
};

/// A wrong number that people arrive at, and what to say to whoever does.
struct NumberReply {
    double value = 0;
    std::string reply;
};

/// A condition on a reading of the figure, with its present value shown beside it: "relativeError < 0.01".
struct LessonCondition {
    enum class Comparison { Less, LessEqual, Greater, GreaterEqual, Equal, NotEqual };

    std::string reading;        ///< Name in Figure::readings().
    Comparison comparison = Comparison::Less;
    std::string value;          ///< Compared as numbers where both sides are numbers, else as text.
    std::string text;           ///< For people: "relative error under 1 %".
};

/// A prediction or a check. What it holds decides how it is answered: choices, a number, or by doing.
struct LessonQuestion {
    std::string text;
    std::vector<LessonChoice> choices;
    std::optional<double> answer;
    double tolerance = 0;                    ///< Absolute.
    std::vector<NumberReply> replies;
    std::vector<LessonCondition> conditions;
    std::string otherwise;                   ///< To any wrong answer that has no reply of its own.
    std::string reveal;                      ///< Once answered.
    std::string show;                        ///< JSON state of the figure that answers it: "Show me".
    int line = 0;
};

/// One thing on a screen, in the order of the file.
struct LessonStep {
    enum class Kind { Read, Predict, Try, Check };

    Kind kind = Kind::Read;
    std::string markdown;                    ///< Of Read and Try.
    LessonQuestion question;                 ///< Of Predict and Check.
};

/// The live figure at the right: a row of the table of figure kinds, and the state it starts in.
struct LessonFigure {
    std::string kind;
    std::vector<std::pair<std::string, std::string>> settings;   ///< Key, and the value as JSON.
    std::vector<std::string> controls;       ///< Left visible; empty leaves all.
    int line = 0;
};

/// One idea.
struct LessonScreen {
    std::string title;
    std::vector<LessonStep> steps;
    std::optional<LessonFigure> figure;      ///< None: the figure of the screen before stays.
    int line = 0;
};

/// A lesson as its Markdown file has it. See lessons/README.md for how to write one.
struct Lesson {
    std::string file;                        ///< Name of the file, for its author.
    std::string id;                          ///< The file's name without number and ending: "binary".
    int number = 0;                          ///< The number the file's name begins with.
    std::string title;
    int minutes = 0;
    std::vector<int> buildsOn;
    std::vector<LessonScreen> screens;
    std::vector<LessonProblem> problems;     ///< Empty in a lesson that is fit to be shown.
};

/// Reads a lesson from its text. Never fails: what is wrong is in `problems`, the rest can be shown.
Lesson parseLesson(std::string_view fileName, std::string_view text);

/// Reads a lesson file of at most 1 MiB.
Result<Lesson> readLesson(const std::filesystem::path&);

/// All lessons of a folder, by number, then name; README.md is not one.
Result<std::vector<Lesson>> readLessons(const std::filesystem::path& folder);

/// What came of an answer, in words that speak about that answer.
struct Verdict {
    bool isRight = false;
    std::string reply;
};
Verdict judgeChoice(const LessonQuestion&, std::size_t choice);
Verdict judgeNumber(const LessonQuestion&, double answer);
/// Whether a reading, as text, meets a condition.
bool meets(const LessonCondition&, std::string_view reading);

}  // namespace quantoscope
