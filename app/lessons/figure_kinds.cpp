// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/lessons/figure_kinds.h"

#include "app/pages/numbers/numbers_figure.h"
#include "app/pages/quantize/quantize_figure.h"
#include "widgets/plot_text.h"

#include <QJsonArray>
#include <QJsonDocument>

#include <algorithm>
#include <charconv>
#include <cmath>

namespace quantoscope {

namespace {

template<NumbersFigure::Part part>
Figure* makeNumbers(Workspace&, QWidget* parent)
{
    return new NumbersFigure(part, parent);
}

Figure* makeQuantize(Workspace&, QWidget* parent)
{
    return new QuantizeFigure(QuantizeFigure::Weights::Own, parent);
}

const FigureKind rows[] = {
    {"numbers", "numbers", makeNumbers<NumbersFigure::Part::Lesson>},
    {"bit-view", "numbers", makeNumbers<NumbersFigure::Part::BitView>},
    {"number-line", "numbers", makeNumbers<NumbersFigure::Part::NumberLine>},
    {"arithmetic", "numbers", makeNumbers<NumbersFigure::Part::Arithmetic>},
    {"running-sum", "numbers", makeNumbers<NumbersFigure::Part::RunningSum>},
    {"quantize", "quantize", makeQuantize},
};

/// A JSON text that may be a bare number or word, which QJsonDocument does not take.
QJsonValue jsonValue(const std::string& text)
{
    const QByteArray wrapped = '[' + QByteArray::fromStdString(text) + ']';
    return QJsonDocument::fromJson(wrapped).array().at(0);
}

}  // namespace

std::span<const FigureKind> figureKinds()
{
    return rows;
}

const FigureKind* findFigureKind(std::string_view id)
{
    const auto found = std::ranges::find_if(rows, [id](const FigureKind& row) { return id == row.id; });
    return found == std::end(rows) ? nullptr : found;
}

QJsonObject startState(const LessonFigure& figure)
{
    QJsonObject state;
    for (const auto& [key, value] : figure.settings)
        state.insert(QString::fromStdString(key), jsonValue(value));
    return state;
}

QJsonObject answerState(const LessonFigure& figure, const LessonQuestion& question)
{
    QJsonObject state = startState(figure);
    const QJsonObject answer = jsonValue(question.show).toObject();
    for (auto entry = answer.begin(); entry != answer.end(); ++entry)
        state.insert(entry.key(), entry.value());
    return state;
}

std::string readingText(const QVariant& reading)
{
    if (reading.typeId() != QMetaType::Double)
        return reading.toString().toStdString();
    char digits[64];
    const auto [end, error] = std::to_chars(digits, digits + sizeof digits, reading.toDouble());
    return {digits, error == std::errc{} ? end : digits};
}

QString shownNumber(double value)
{
    if (value == std::round(value) && std::abs(value) < 1e9)
        return wholeNumber(value);
    // Zeros that only pad are left out, before an exponent too.
    QString text = roundedNumber(value, 8);
    const qsizetype end = text.indexOf(u' ') < 0 ? text.size() : text.indexOf(u' ');
    qsizetype last = end;
    while (text.contains(u'.') && last > 0 && text[last - 1] == u'0')
        --last;
    if (last > 0 && text[last - 1] == u'.')
        --last;
    return text.remove(last, end - last);
}

QString shownReading(const QString& name, const QVariant& reading)
{
    if (!reading.isValid())
        return QStringLiteral("–");
    if (reading.typeId() != QMetaType::Double)
        return reading.toString();
    const double value = reading.toDouble();
    if (name.endsWith(u"relativeError") || name.endsWith(u"Share"))
        return percentText(value);
    if (name.endsWith(u"Db"))
        return decibelText(value) + QStringLiteral(" dB");
    return shownNumber(value);
}

std::vector<LessonProblem> figureProblems(const Lesson& lesson)
{
    std::vector<LessonProblem> problems;
    for (const LessonScreen& screen : lesson.screens) {
        if (!screen.figure || screen.figure->kind.empty() || findFigureKind(screen.figure->kind))
            continue;
        std::string known;
        for (const FigureKind& row : rows)
            known += (known.empty() ? "" : ", ") + std::string(row.id);
        problems.push_back({screen.figure->line, "There is no figure “" + screen.figure->kind + "”. Figures are " + known + "."});
    }
    return problems;
}

}  // namespace quantoscope
