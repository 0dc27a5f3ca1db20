// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/learning/lesson.h"

#include <QFileSystemWatcher>
#include <QObject>
#include <QTimer>

#include <vector>

namespace quantoscope {

/// The lessons of a folder, read again whenever one of its files is saved.
class LessonLibrary : public QObject {
    Q_OBJECT

public:
    explicit LessonLibrary(QObject* parent = nullptr);
    void open(const QString& folder);

    const std::vector<Lesson>& lessons() const { return m_lessons; }
    /// By id ("binary"), file name without ending ("00_binary") or number ("0"); nullptr where there is none.
    const Lesson* find(const QString& name) const;
    const Lesson* next(const Lesson&) const;   ///< nullptr after the last.
    QString folder() const { return m_folder; }
    QString problem() const { return m_problem; }   ///< Why the folder could not be read.

signals:
    void changed();

private:
    void read();
    void watch();

    QString m_folder;
    QString m_problem;
    std::vector<Lesson> m_lessons;
    QFileSystemWatcher m_watcher;
    QTimer m_later;
};

}  // namespace quantoscope
