// SPDX-License-Identifier: Apache-2.0
#include "core/learning/lesson_blocks.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <charconv>

namespace quantoscope {

std::string_view trimmed(std::string_view text)
{
    const auto isSpace = [](char c) { return c == ' ' || c == '\t' || c == '\r'; };
    while (!text.empty() && isSpace(text.front()))
        text.remove_prefix(1);
    while (!text.empty() && isSpace(text.back()))
        text.remove_suffix(1);
    return text;
}

std::optional<std::pair<std::string_view, std::string_view>> keyAndValue(std::string_view line)
{
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos)
        return std::nullopt;
    const std::string_view key = trimmed(line.substr(0, colon));
    const auto isPartOfKey = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-'; };
    if (key.empty() || !std::all_of(key.begin(), key.end(), isPartOfKey))
        return std::nullopt;
    return std::pair{key, trimmed(line.substr(colon + 1))};
}

std::optional<double> numberIn(std::string_view text)
{
    text = trimmed(text);
    double value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size())
        return std::nullopt;
    return value;
}

namespace {

/// "2048 ± 0.5": the answer and how far from it is still right.
void parseAnswer(std::string_view value, int line, LessonQuestion& question, std::vector<LessonProblem>& problems)
{
    constexpr std::string_view plusMinus = "±";
    const std::size_t sign = value.find(plusMinus);
    question.answer = numberIn(value.substr(0, sign));
    if (sign != std::string_view::npos) {
        const auto tolerance = numberIn(value.substr(sign + plusMinus.size()));
        if (tolerance && *tolerance >= 0)
            question.tolerance = *tolerance;
        else
            question.answer.reset();
    }
    if (!question.answer)
        problems.push_back({line, "An answer is a number, or a number ± a tolerance, such as 2.47 ± 0.05."});
}

/// "4096 > You doubled once too often."
void parseWrongNumber(std::string_view value, int line, LessonQuestion& question,
                      std::vector<LessonProblem>& problems)
{
    const std::size_t arrow = value.find('>');
    const auto number = numberIn(value.substr(0, arrow));
    if (!number || arrow == std::string_view::npos)
        problems.push_back({line, "A wrong number is written as: wrong: 4096 > what to say about it."});
    else
        question.replies.push_back({*number, std::string(trimmed(value.substr(arrow + 1)))});
}

struct ComparisonSign {
    std::string_view sign;
    LessonCondition::Comparison comparison;
};
// Longer signs first, so that "<=" is not read as "<".
constexpr std::array comparisonSigns{
    ComparisonSign{"<=", LessonCondition::Comparison::LessEqual},
    ComparisonSign{">=", LessonCondition::Comparison::GreaterEqual},
    ComparisonSign{"!=", LessonCondition::Comparison::NotEqual},
    ComparisonSign{"<", LessonCondition::Comparison::Less},
    ComparisonSign{">", LessonCondition::Comparison::Greater},
    ComparisonSign{"=", LessonCondition::Comparison::Equal},
};

/// "relativeError < 0.01 | relative error under 1 %"
void parseCondition(std::string_view value, int line, LessonQuestion& question,
                    std::vector<LessonProblem>& problems)
{
    const std::size_t bar = value.find('|');
    const std::string_view formula = trimmed(value.substr(0, bar));
    for (const ComparisonSign& row : comparisonSigns) {
        const std::size_t at = formula.find(row.sign);
        if (at == std::string_view::npos)
            continue;
        LessonCondition condition{std::string(trimmed(formula.substr(0, at))), row.comparison,
                                  std::string(trimmed(formula.substr(at + row.sign.size()))),
                                  std::string(bar == std::string_view::npos ? formula : trimmed(value.substr(bar + 1)))};
        if (condition.reading.empty() || condition.value.empty())
            break;
        question.conditions.push_back(std::move(condition));
        return;
    }
    problems.push_back({line, "A condition is written as: do: reading < value | in words. "
                              "Comparisons are < <= > >= = and !=."});
}

void parseChoice(std::string_view text, LessonQuestion& question)
{
    const bool isRight = text.ends_with(" *");
    if (isRight)
        text = trimmed(text.substr(0, text.size() - 2));
    question.choices.push_back({std::string(text), isRight, {}});
}

/// Says what a question lacks to be answerable.
void checkQuestion(const LessonQuestion& question, std::vector<LessonProblem>& problems)
{
    const auto complain = [&](const char* sentence) { problems.push_back({question.line, sentence}); };
    const int ways = int(!question.choices.empty()) + int(question.answer.has_value()) + int(!question.conditions.empty());
    if (question.text.empty())
        complain("The question itself is missing.");
    if (ways != 1)
        complain("A question is answered in one way: by choices (- …), by a number (answer: …) or by doing (do: …).");
    const auto right = std::count_if(question.choices.begin(), question.choices.end(),
                                     [](const LessonChoice& choice) { return choice.isRight; });
    if (!question.choices.empty() && right != 1)
        complain("Exactly one choice is right; mark it with * at its end.");
    for (const LessonChoice& choice : question.choices) {
        if (!choice.isRight && choice.reply.empty())
            problems.push_back({question.line, "The choice “" + choice.text + "” is wrong and has no reply (a line beginning with >)."});
    }
    if (!question.show.empty() && !nlohmann::json::accept(question.show))
        complain("show: takes a state of the figure as JSON.");
}

}  // namespace

LessonQuestion parseQuestion(std::span<const LessonLine> lines, int line, std::vector<LessonProblem>& problems)
{
    LessonQuestion question;
    question.line = line;
    for (const LessonLine& each : lines) {
        const std::string_view text = trimmed(each.text);
        if (text.empty())
            continue;
        if (text.starts_with("- ")) {
            parseChoice(trimmed(text.substr(2)), question);
            continue;
        }
        if (text.starts_with(">")) {
            const std::string reply(trimmed(text.substr(1)));
            std::string& place = question.choices.empty() ? question.otherwise : question.choices.back().reply;
            place += (place.empty() ? "" : " ") + reply;
            continue;
        }
        const auto pair = keyAndValue(text);
        const std::string_view key = pair ? pair->first : std::string_view{};
        if (key == "answer")
            parseAnswer(pair->second, each.number, question, problems);
        else if (key == "wrong")
            parseWrongNumber(pair->second, each.number, question, problems);
        else if (key == "do")
            parseCondition(pair->second, each.number, question, problems);
        else if (key == "otherwise")
            question.otherwise = pair->second;
        else if (key == "reveal")
            question.reveal = pair->second;
        else if (key == "show")
            question.show = pair->second;
        else
            question.text += (question.text.empty() ? "" : " ") + std::string(text);
    }
    checkQuestion(question, problems);
    return question;
}

LessonFigure parseFigure(std::span<const LessonLine> lines, int line, std::vector<LessonProblem>& problems)
{
    LessonFigure figure;
    figure.line = line;
    for (const LessonLine& each : lines) {
        const std::string_view text = trimmed(each.text);
        if (text.empty())
            continue;
        if (figure.kind.empty()) {
            figure.kind = text;
            continue;
        }
        const auto pair = keyAndValue(text);
        if (!pair) {
            problems.push_back({each.number, "A figure's line is written as: key: value."});
            continue;
        }
        if (pair->first == "controls") {
            for (std::string_view rest = pair->second; !rest.empty();) {
                const std::size_t comma = rest.find(',');
                figure.controls.emplace_back(trimmed(rest.substr(0, comma)));
                rest = comma == std::string_view::npos ? std::string_view{} : rest.substr(comma + 1);
            }
            continue;
        }
        // Numbers, true, false, lists and objects are JSON already; everything else is text.
        const bool isJson = nlohmann::json::accept(pair->second);
        figure.settings.emplace_back(pair->first, isJson ? std::string(pair->second)
                                                         : nlohmann::json(pair->second).dump());
    }
    if (figure.kind.empty())
        problems.push_back({line, "The first line of a figure says which figure it is."});
    return figure;
}

}  // namespace quantoscope
