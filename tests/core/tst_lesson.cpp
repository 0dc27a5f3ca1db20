// SPDX-License-Identifier: Apache-2.0
#include "core/learning/lesson.h"

#include "tests/test_case.h"

using namespace quantoscope;

namespace {

const char* const goodLesson = R"(---
title: Rounding
minutes: 8
builds-on: 0 1
---

# First screen

Some *text*.

```figure
numbers
value: 0.1
formats: ["fp16"]
logarithmic: true
controls: value, bits
```

```predict
Is 0.1 exact?
- yes
  > One tenth is no sum of powers of two.
- no *
reveal: It never is.
```

## Try

Type something.

```check
How many?
answer: 2.5 ± 0.1
wrong: 5 > That is twice as many.
otherwise: Look again.
```

# Second screen

```check
Do it.
do: relativeError <= 1e-3 | error at most 0.1 %
do: className = subnormal
show: {"value": "0.5"}
```
)";

QString sentencesOf(const Lesson& lesson)
{
    QStringList all;
    for (const LessonProblem& problem : lesson.problems)
        all << QStringLiteral("%1: %2").arg(problem.line).arg(QString::fromStdString(problem.sentence));
    return all.join(QLatin1Char('\n'));
}

}  // namespace

class TestLesson : public QObject {
    Q_OBJECT

private slots:
    void aGoodLessonIsReadWhole()
    {
        const Lesson lesson = parseLesson("03_rounding.md", goodLesson);
        QCOMPARE(sentencesOf(lesson), QString());
        QCOMPARE(lesson.number, 3);
        QCOMPARE(lesson.id, std::string("rounding"));
        QCOMPARE(lesson.minutes, 8);
        QCOMPARE(lesson.buildsOn, (std::vector<int>{0, 1}));
        QCOMPARE(lesson.screens.size(), std::size_t(2));
        const LessonScreen& first = lesson.screens[0];
        QCOMPARE(first.steps.size(), std::size_t(4));
        QCOMPARE(first.steps[0].kind, LessonStep::Kind::Read);
        QCOMPARE(first.steps[1].kind, LessonStep::Kind::Predict);
        QCOMPARE(first.steps[2].kind, LessonStep::Kind::Try);
        QCOMPARE(first.steps[3].kind, LessonStep::Kind::Check);
        QCOMPARE(first.steps[1].question.choices.size(), std::size_t(2));
        QCOMPARE(first.figure->controls, (std::vector<std::string>{"value", "bits"}));
        QVERIFY(!lesson.screens[1].figure);
    }

    void settingsOfAFigureAreJsonWhetherWrittenSoOrNot()
    {
        const Lesson lesson = parseLesson("03_rounding.md", goodLesson);
        const auto& settings = lesson.screens[0].figure->settings;
        QCOMPARE(settings[0], (std::pair<std::string, std::string>("value", "0.1")));
        QCOMPARE(settings[1], (std::pair<std::string, std::string>("formats", "[\"fp16\"]")));
        QCOMPARE(settings[2], (std::pair<std::string, std::string>("logarithmic", "true")));
    }

    void wrongAnswersGetAReplyOfTheirOwn()
    {
        const Lesson lesson = parseLesson("03_rounding.md", goodLesson);
        const LessonQuestion& choice = lesson.screens[0].steps[1].question;
        QVERIFY(judgeChoice(choice, 1).isRight);
        QCOMPARE(judgeChoice(choice, 0).reply, std::string("One tenth is no sum of powers of two."));
        const LessonQuestion& number = lesson.screens[0].steps[3].question;
        QVERIFY(judgeNumber(number, 2.45).isRight);
        QCOMPARE(judgeNumber(number, 5).reply, std::string("That is twice as many."));
        QCOMPARE(judgeNumber(number, 7).reply, std::string("Look again."));
    }

    void conditionsCompareNumbersAsNumbersAndWordsAsWords()
    {
        const Lesson lesson = parseLesson("03_rounding.md", goodLesson);
        const auto& conditions = lesson.screens[1].steps[0].question.conditions;
        QVERIFY(meets(conditions[0], "0.001"));
        QVERIFY(!meets(conditions[0], "2e-3"));
        QVERIFY(!meets(conditions[0], "nan"));
        QVERIFY(meets(conditions[1], "subnormal"));
        QVERIFY(!meets(conditions[1], "normal"));
    }

    void whatIsWrongIsSaidWithItsLine_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<int>("line");
        QTest::addColumn<QString>("beginning");
        const QByteArray head = "---\ntitle: T\nminutes: 5\n---\n# S\n```figure\nnumbers\n```\n";
        QTest::newRow("empty file") << QByteArray() << 1 << QStringLiteral("A lesson begins with ---");
        QTest::newRow("unknown head") << QByteArray("---\ntitle: T\nlevel: 3\nminutes: 5\n---\n# S\n```figure\nnumbers\n```\n") << 3 << QStringLiteral("The head knows");
        QTest::newRow("two right choices") << head + "```check\nQ?\n- a *\n- b *\n```\n" << 9 << QStringLiteral("Exactly one choice");
        QTest::newRow("choice without reply") << head + "```check\nQ?\n- a *\n- b\n```\n" << 9 << QStringLiteral("The choice “b”");
        QTest::newRow("no way to answer") << head + "```check\nQ?\n```\n" << 9 << QStringLiteral("A question is answered in one way");
        QTest::newRow("bad number") << head + "```check\nQ?\nanswer: many\n```\n" << 11 << QStringLiteral("An answer is a number");
        QTest::newRow("bad condition") << head + "```check\nQ?\ndo: small enough\n```\n" << 11 << QStringLiteral("A condition is written as");
        QTest::newRow("block not closed") << head + "```check\nQ?\nanswer: 1\n" << 9 << QStringLiteral("The ``` that closes");
        QTest::newRow("figure without kind") << QByteArray("---\ntitle: T\nminutes: 5\n---\n# S\n```figure\n```\n") << 6 << QStringLiteral("The first line of a figure");
        QTest::newRow("text before the first screen") << QByteArray("---\ntitle: T\nminutes: 5\n---\nHello\n# S\n```figure\nnumbers\n```\n") << 7 << QStringLiteral("A screen begins with");
    }
    void whatIsWrongIsSaidWithItsLine()
    {
        QFETCH(QByteArray, text);
        QFETCH(int, line);
        QFETCH(QString, beginning);
        const Lesson lesson = parseLesson("03_rounding.md", text.toStdString());
        const QString expected = QStringLiteral("%1: %2").arg(line).arg(beginning);
        QVERIFY2(sentencesOf(lesson).contains(expected), qPrintable(sentencesOf(lesson)));
    }

    void everyLessonThatShipsIsWithoutProblems()
    {
        const auto lessons = readLessons(std::filesystem::path(TEST_DATA) / "../../lessons");
        QVERIFY(lessons.has_value());
        QVERIFY(lessons->size() >= 3);
        for (const Lesson& lesson : *lessons)
            QCOMPARE(sentencesOf(lesson), QString());
    }
};

QUANTOSCOPE_TEST(tst_lesson, TestLesson)
#include "tst_lesson.moc"
