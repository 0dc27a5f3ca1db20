// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/lessons/lesson_library.h"

#include "app/lessons/figure_kinds.h"

#include <QDir>
#include <QFile>

#include <algorithm>

namespace quantoscope {

LessonLibrary::LessonLibrary(QObject* parent)
    : QObject(parent)
{
    // Editors write a file in several steps and may replace it: the folder is read once it is quiet.
    m_later.setSingleShot(true);
    m_later.setInterval(120);
    connect(&m_later, &QTimer::timeout, this, [this] {
        read();
        watch();
        emit changed();
    });
    const auto soon = [this] { m_later.start(); };
    connect(&m_watcher, &QFileSystemWatcher::fileChanged, this, soon);
    connect(&m_watcher, &QFileSystemWatcher::directoryChanged, this, soon);
}

void LessonLibrary::open(const QString& folder)
{
    m_folder = folder;
    read();
    watch();
    emit changed();
}

void LessonLibrary::read()
{
    m_lessons.clear();
    m_problem.clear();
    auto lessons = readLessons(QFile::encodeName(m_folder).toStdString());
    if (!lessons) {
        m_problem = QString::fromStdString(lessons.error().message);
        return;
    }
    m_lessons = std::move(*lessons);
    for (Lesson& lesson : m_lessons) {
        for (LessonProblem& problem : figureProblems(lesson))
            lesson.problems.push_back(std::move(problem));
        std::ranges::stable_sort(lesson.problems, {}, &LessonProblem::line);
    }
}

void LessonLibrary::watch()
{
    // A replaced file has left the watcher; adding what is watched already changes nothing.
    QStringList paths;
    const QDir folder(m_folder);
    if (folder.exists())
        paths << folder.path();
    for (const QString& name : folder.entryList({QStringLiteral("*.md")}, QDir::Files))
        paths << folder.filePath(name);
    for (const QString& watched : m_watcher.files() + m_watcher.directories())
        paths.removeAll(watched);
    if (!paths.isEmpty())
        m_watcher.addPaths(paths);
}

const Lesson* LessonLibrary::find(const QString& name) const
{
    const std::string wanted = name.toStdString();
    bool isNumber = false;
    const int number = name.toInt(&isNumber);
    const auto found = std::ranges::find_if(m_lessons, [&](const Lesson& lesson) {
        return lesson.id == wanted || lesson.file == wanted + ".md" || (isNumber && lesson.number == number);
    });
    return found == m_lessons.end() ? nullptr : &*found;
}

const Lesson* LessonLibrary::next(const Lesson& lesson) const
{
    const auto found = std::ranges::find_if(m_lessons, [&](const Lesson& each) {
        return std::pair(each.number, each.id) > std::pair(lesson.number, lesson.id);
    });
    return found == m_lessons.end() ? nullptr : &*found;
}

}  // namespace quantoscope
