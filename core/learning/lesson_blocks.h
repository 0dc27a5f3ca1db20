// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/learning/lesson.h"

#include <span>

namespace quantoscope {

/// A line of a lesson file, with its number for the author.
struct LessonLine {
    int number = 0;
    std::string_view text;
};

/// The fenced blocks of a lesson, one function each; what is wrong goes into `problems`.
LessonQuestion parseQuestion(std::span<const LessonLine>, int line, std::vector<LessonProblem>& problems);
LessonFigure parseFigure(std::span<const LessonLine>, int line, std::vector<LessonProblem>& problems);

std::string_view trimmed(std::string_view);
/// "key: value" taken apart; nothing where the line has no such form.
std::optional<std::pair<std::string_view, std::string_view>> keyAndValue(std::string_view line);
std::optional<double> numberIn(std::string_view text);

}  // namespace quantoscope
