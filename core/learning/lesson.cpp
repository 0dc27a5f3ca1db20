// SPDX-License-Identifier: Apache-2.0
#include "core/learning/lesson.h"

#include "core/learning/lesson_blocks.h"

#include <algorithm>
#include <cmath>
#include <fstream>
#include <sstream>
#include <system_error>

namespace quantoscope {

namespace {

constexpr std::uintmax_t largestLesson = 1 << 20;

std::vector<LessonLine> linesOf(std::string_view text)
{
    std::vector<LessonLine> lines;
    for (int number = 1; !text.empty(); ++number) {
        const std::size_t end = text.find('\n');
        lines.push_back({number, text.substr(0, end)});
        text = end == std::string_view::npos ? std::string_view{} : text.substr(end + 1);
    }
    return lines;
}

/// Goes through the lines of a lesson once, from top to bottom.
class LessonReader {
public:
    LessonReader(std::string_view fileName, std::span<const LessonLine> lines)
        : m_rest(lines)
    {
        m_lesson.file = fileName;
        nameLesson(fileName);
    }

    Lesson read()
    {
        readFrontMatter();
        while (!m_rest.empty())
            readLine();
        finishText();
        checkWhole();
        return std::move(m_lesson);
    }

private:
    void complain(int line, std::string sentence) { m_lesson.problems.push_back({line, std::move(sentence)}); }

    /// "02_rounding.md" is lesson 2 with the id "rounding".
    void nameLesson(std::string_view fileName)
    {
        const std::size_t dot = fileName.rfind('.');
        const std::string_view stem = fileName.substr(0, dot);
        const std::size_t underscore = stem.find('_');
        const auto number = numberIn(stem.substr(0, underscore));
        if (underscore != std::string_view::npos && number && *number >= 0 && *number < 10000) {
            m_lesson.number = int(*number);
            m_lesson.id = stem.substr(underscore + 1);
        } else {
            m_lesson.id = stem;
            complain(1, "A lesson's file is named number_name.md, such as 02_rounding.md.");
        }
    }

    void readFrontMatter()
    {
        if (m_rest.empty() || trimmed(m_rest.front().text) != "---") {
            complain(1, "A lesson begins with --- and its title: and minutes:, closed by ---.");
            return;
        }
        m_rest = m_rest.subspan(1);
        while (!m_rest.empty()) {
            const LessonLine line = take();
            if (trimmed(line.text) == "---")
                return;
            readSetting(line);
        }
        complain(1, "The --- that closes the lesson's head is missing.");
    }

    void readSetting(const LessonLine& line)
    {
        const auto pair = keyAndValue(line.text);
        if (!pair) {
            if (!trimmed(line.text).empty())
                complain(line.number, "A line of the head is written as: key: value.");
            return;
        }
        const auto [key, value] = *pair;
        if (key == "title") {
            m_lesson.title = value;
        } else if (key == "minutes") {
            const auto minutes = numberIn(value);
            if (minutes && *minutes >= 1 && *minutes <= 600)
                m_lesson.minutes = int(*minutes);
            else
                complain(line.number, "minutes: takes a whole number from 1 to 600.");
        } else if (key == "builds-on") {
            std::istringstream words{std::string(value)};
            for (std::string word; words >> word;) {
                const auto number = numberIn(word);
                if (number)
                    m_lesson.buildsOn.push_back(int(*number));
                else
                    complain(line.number, "builds-on: takes the numbers of other lessons, such as 0 1.");
            }
        } else {
            complain(line.number, "The head knows title:, minutes: and builds-on:, not " + std::string(key) + ":.");
        }
    }

    void readLine()
    {
        const LessonLine line = take();
        const std::string_view text = trimmed(line.text);
        if (text.starts_with("```") && isBlock(trimmed(text.substr(3)))) {
            readBlock(trimmed(text.substr(3)), line.number);
        } else if (text.starts_with("# ")) {
            finishText();
            m_lesson.screens.push_back({std::string(trimmed(text.substr(2))), {}, std::nullopt, line.number});
        } else if (text == "## Try") {
            finishText();
            m_textKind = LessonStep::Kind::Try;
        } else {
            m_text.append(line.text).push_back('\n');
        }
    }

    static bool isBlock(std::string_view name) { return name == "figure" || name == "predict" || name == "check"; }

    void readBlock(std::string_view name, int opening)
    {
        finishText();
        const auto end = std::find_if(m_rest.begin(), m_rest.end(),
                                      [](const LessonLine& line) { return trimmed(line.text) == "```"; });
        const auto content = m_rest.first(std::size_t(end - m_rest.begin()));
        if (end == m_rest.end())
            complain(opening, "The ``` that closes this block is missing.");
        m_rest = m_rest.subspan(std::min(content.size() + 1, m_rest.size()));
        LessonScreen* screen = currentScreen(opening);
        if (!screen)
            return;
        if (name == "figure") {
            if (screen->figure)
                complain(opening, "A screen has one figure; this is its second.");
            screen->figure = parseFigure(content, opening, m_lesson.problems);
            return;
        }
        const auto kind = name == "predict" ? LessonStep::Kind::Predict : LessonStep::Kind::Check;
        screen->steps.push_back({kind, {}, parseQuestion(content, opening, m_lesson.problems)});
    }

    void finishText()
    {
        const std::size_t first = m_text.find_first_not_of(" \t\r\n");
        if (first != std::string::npos) {
            m_text.erase(m_text.find_last_not_of(" \t\r\n") + 1);
            const int line = m_rest.empty() ? 1 : m_rest.front().number;
            if (LessonScreen* screen = currentScreen(line))
                screen->steps.push_back({m_textKind, m_text.substr(first), {}});
        }
        m_text.clear();
        m_textKind = LessonStep::Kind::Read;
    }

    LessonScreen* currentScreen(int line)
    {
        if (!m_lesson.screens.empty())
            return &m_lesson.screens.back();
        if (!m_saidNoScreen)
            complain(line, "A screen begins with a line “# Title”; this stands before the first.");
        m_saidNoScreen = true;
        return nullptr;
    }

    void checkWhole()
    {
        if (m_lesson.title.empty())
            complain(1, "The head has no title:.");
        if (m_lesson.minutes == 0)
            complain(1, "The head has no minutes:.");
        if (m_lesson.screens.empty())
            complain(1, "The lesson has no screen; one begins with a line “# Title”.");
        else if (!m_lesson.screens.front().figure)
            complain(m_lesson.screens.front().line, "The first screen has no figure, so there would be nothing to see.");
        std::stable_sort(m_lesson.problems.begin(), m_lesson.problems.end(),
                         [](const LessonProblem& a, const LessonProblem& b) { return a.line < b.line; });
    }

    LessonLine take()
    {
        const LessonLine line = m_rest.front();
        m_rest = m_rest.subspan(1);
        return line;
    }

    std::span<const LessonLine> m_rest;
    Lesson m_lesson;
    std::string m_text;
    LessonStep::Kind m_textKind = LessonStep::Kind::Read;
    bool m_saidNoScreen = false;
};

}  // namespace

Lesson parseLesson(std::string_view fileName, std::string_view text)
{
    const auto lines = linesOf(text);
    return LessonReader(fileName, lines).read();
}

Result<Lesson> readLesson(const std::filesystem::path& path)
{
    std::error_code error;
    const auto size = std::filesystem::file_size(path, error);
    if (error)
        return failure(Error::Kind::Unreadable, path.string() + " cannot be read: " + error.message() + ".");
    if (size > largestLesson)
        return failure(Error::Kind::Malformed, path.string() + " is larger than 1 MiB, which no lesson is.");
    std::ifstream file(path, std::ios::binary);
    std::ostringstream text;
    text << file.rdbuf();
    if (!file)
        return failure(Error::Kind::Unreadable, path.string() + " cannot be read to its end.");
    return parseLesson(path.filename().string(), text.str());
}

Result<std::vector<Lesson>> readLessons(const std::filesystem::path& folder)
{
    std::error_code error;
    std::vector<std::filesystem::path> paths;
    for (std::filesystem::directory_iterator entry(folder, error), end; !error && entry != end; entry.increment(error)) {
        if (entry->path().extension() == ".md" && entry->path().filename() != "README.md")
            paths.push_back(entry->path());
    }
    if (error)
        return failure(Error::Kind::NotFound, "The folder of lessons " + folder.string() + " cannot be read: " + error.message() + ".");
    std::vector<Lesson> lessons;
    for (const auto& path : paths) {
        auto lesson = readLesson(path);
        if (!lesson) {
            Lesson broken = parseLesson(path.filename().string(), {});
            broken.problems = {{1, lesson.error().message}};
            lessons.push_back(std::move(broken));
        } else {
            lessons.push_back(std::move(*lesson));
        }
    }
    std::sort(lessons.begin(), lessons.end(), [](const Lesson& a, const Lesson& b) {
        return std::pair(a.number, a.id) < std::pair(b.number, b.id);
    });
    return lessons;
}

Verdict judgeChoice(const LessonQuestion& question, std::size_t choice)
{
    if (choice >= question.choices.size())
        return {};
    const LessonChoice& chosen = question.choices[choice];
    return {chosen.isRight, chosen.reply.empty() && !chosen.isRight ? question.otherwise : chosen.reply};
}

Verdict judgeNumber(const LessonQuestion& question, double answer)
{
    if (!question.answer)
        return {};
    if (std::abs(answer - *question.answer) <= question.tolerance)
        return {true, {}};
    for (const NumberReply& reply : question.replies) {
        // As typed: a person who means this wrong number writes just its digits.
        if (std::abs(answer - reply.value) <= 1e-9 * std::max(1.0, std::abs(reply.value)))
            return {false, reply.reply};
    }
    return {false, question.otherwise};
}

bool meets(const LessonCondition& condition, std::string_view reading)
{
    using Comparison = LessonCondition::Comparison;
    const auto left = numberIn(reading);
    const auto right = numberIn(condition.value);
    if (!left || !right) {
        const bool same = trimmed(reading) == condition.value;
        return condition.comparison == Comparison::Equal ? same : condition.comparison == Comparison::NotEqual && !same;
    }
    switch (condition.comparison) {
    case Comparison::Less: return *left < *right;
    case Comparison::LessEqual: return *left <= *right;
    case Comparison::Greater: return *left > *right;
    case Comparison::GreaterEqual: return *left >= *right;
    case Comparison::Equal: return *left == *right;
    case Comparison::NotEqual: return *left != *right;
    }
    return false;
}

}  // namespace quantoscope
