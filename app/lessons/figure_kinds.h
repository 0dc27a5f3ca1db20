// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/learning/lesson.h"
#include "widgets/figure.h"

#include <span>

namespace quantoscope {

class Workspace;

/// A figure that a lesson can put beside its text. The rows are in figure_kinds.cpp.
struct FigureKind {
    const char* id;      ///< As a lesson writes it on the first line of its figure: "numbers".
    const char* page;    ///< Where "Open in …" carries its state.
    Figure* (*make)(Workspace&, QWidget* parent);
};
std::span<const FigureKind> figureKinds();
const FigureKind* findFigureKind(std::string_view id);

/// The state a lesson's figure starts in.
QJsonObject startState(const LessonFigure&);
/// The state that answers a question (`show:`): its keys laid over the start state.
QJsonObject answerState(const LessonFigure&, const LessonQuestion&);

/// A reading as a condition compares it: numbers in the shortest digits that give them back.
std::string readingText(const QVariant& reading);
/// As few digits as say a number to eight: "255", "65 504", "2.38 × 10⁻⁷", "3.140625".
QString shownNumber(double value);
/// A reading as people read it: "3.14", "0.031 %" for errors and shares, "subnormal".
QString shownReading(const QString& name, const QVariant& reading);

/// What is wrong with a lesson that only the program can know: figures it does not have.
std::vector<LessonProblem> figureProblems(const Lesson&);

}  // namespace quantoscope
