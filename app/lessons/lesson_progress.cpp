// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/lessons/lesson_progress.h"

#include <QJsonArray>

#include <algorithm>
#include <utility>

namespace quantoscope {

namespace {

const QString fileName = QStringLiteral("progress");

QString keyOf(StepPlace place)
{
    return QStringLiteral("%1.%2").arg(place.screen).arg(place.step);
}

bool isQuestion(const LessonStep& step)
{
    return step.kind == LessonStep::Kind::Predict || step.kind == LessonStep::Kind::Check;
}

QJsonObject toJson(const QuestionRecord& record)
{
    QJsonObject json{{QStringLiteral("answers"), QJsonArray::fromStringList(record.answers)}};
    if (record.isDone)
        json.insert(QStringLiteral("done"), true);
    if (record.hadHint)
        json.insert(QStringLiteral("hint"), true);
    if (record.wasShown)
        json.insert(QStringLiteral("shown"), true);
    return json;
}

QuestionRecord fromJson(const QJsonObject& json)
{
    QuestionRecord record;
    for (const QJsonValue& answer : json[u"answers"].toArray())
        record.answers << answer.toString();
    record.isDone = json[u"done"].toBool();
    record.hadHint = json[u"hint"].toBool();
    record.wasShown = json[u"shown"].toBool();
    return record;
}

}  // namespace

LessonProgress::LessonProgress(Profile& profile)
    : m_profile(profile)
    , m_lessons(profile.readJson(fileName)[u"lessons"].toObject())
{
}

QJsonObject LessonProgress::of(const Lesson& lesson) const
{
    return m_lessons[QString::fromStdString(lesson.id)].toObject();
}

LessonProgress::~LessonProgress()
{
    if (!m_unsaved.isEmpty())
        save();
}

void LessonProgress::Change::applyTo(QJsonObject& lessons) const
{
    QJsonObject one = lessons[lesson].toObject();
    if (key.isEmpty()) {
        one = {};
    } else if (value.isObject()) {
        QJsonObject inner = one[key].toObject();
        const QJsonObject added = value.toObject();
        for (auto entry = added.begin(); entry != added.end(); ++entry)
            inner.insert(entry.key(), entry.value());
        one.insert(key, inner);
    } else {
        one.insert(key, value);
    }
    lessons.insert(lesson, one);
}

void LessonProgress::write(const Lesson& lesson, const QString& key, const QJsonValue& value)
{
    m_unsaved.append({QString::fromStdString(lesson.id), key, value});
    save();
}

void LessonProgress::save()
{
    // Another window may have written since: its lessons are kept.
    QJsonObject whole = m_profile.readJson(fileName);
    QJsonObject lessons = whole[u"lessons"].toObject();
    for (const Change& change : std::as_const(m_unsaved))
        change.applyTo(lessons);
    whole.insert(QStringLiteral("lessons"), lessons);
    m_lessons = lessons;
    const auto written = m_profile.writeJson(fileName, whole);
    m_problem = written ? QString() : QString::fromStdString(written.error().message);
    if (written)
        m_unsaved.clear();
}

QuestionRecord LessonProgress::question(const Lesson& lesson, StepPlace place) const
{
    return fromJson(of(lesson)[u"questions"].toObject()[keyOf(place)].toObject());
}

void LessonProgress::setQuestion(const Lesson& lesson, StepPlace place, const QuestionRecord& record)
{
    if (record != question(lesson, place))
        write(lesson, QStringLiteral("questions"), QJsonObject{{keyOf(place), toJson(record)}});
}

int LessonProgress::screen(const Lesson& lesson) const
{
    return std::clamp(of(lesson)[u"screen"].toInt(0), 0, int(lesson.screens.size()));
}

void LessonProgress::setScreen(const Lesson& lesson, int screen)
{
    if (!isBegun(lesson) || screen != this->screen(lesson))
        write(lesson, QStringLiteral("screen"), screen);
}

bool LessonProgress::isBegun(const Lesson& lesson) const
{
    return of(lesson).contains(u"screen");
}

void LessonProgress::forget(const Lesson& lesson)
{
    write(lesson, {}, {});
}

bool LessonProgress::isScreenDone(const Lesson& lesson, int screen) const
{
    const auto& steps = lesson.screens[std::size_t(screen)].steps;
    bool asks = false;
    for (int step = 0; step < int(steps.size()); ++step) {
        if (!isQuestion(steps[std::size_t(step)]))
            continue;
        asks = true;
        if (!question(lesson, {screen, step}).isDone)
            return false;
    }
    return asks || this->screen(lesson) > screen;
}

LessonProgress::Count LessonProgress::questions(const Lesson& lesson) const
{
    Count count;
    for (int screen = 0; screen < int(lesson.screens.size()); ++screen) {
        const auto& steps = lesson.screens[std::size_t(screen)].steps;
        for (int step = 0; step < int(steps.size()); ++step) {
            if (!isQuestion(steps[std::size_t(step)]))
                continue;
            ++count.all;
            count.done += question(lesson, {screen, step}).isDone;
        }
    }
    return count;
}

bool LessonProgress::isDone(const Lesson& lesson) const
{
    const Count count = questions(lesson);
    // A lesson that asks nothing is done once its end has been seen.
    return count.all > 0 ? count.done == count.all : !lesson.screens.empty() && screen(lesson) == int(lesson.screens.size());
}

LessonProgress::Count LessonProgress::rightAtFirst(const Lesson& lesson) const
{
    Count count;
    for (int screen = 0; screen < int(lesson.screens.size()); ++screen) {
        const auto& steps = lesson.screens[std::size_t(screen)].steps;
        for (int step = 0; step < int(steps.size()); ++step) {
            if (steps[std::size_t(step)].kind != LessonStep::Kind::Check)
                continue;
            const QuestionRecord record = question(lesson, {screen, step});
            count.all += record.isDone;
            count.done += record.isDone && !record.wasShown && !record.hadHint && record.wrongTries() == 0;
        }
    }
    return count;
}

}  // namespace quantoscope
