// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/result.h"

#include <QHash>
#include <QJsonObject>
#include <QString>
#include <QStringList>

namespace quantoscope {

/// The folder in which settings, page memory and learners' progress are kept, one JSON file a name.
/// A write is on the disk when it is said to have succeeded; a file that cannot be read is moved aside
/// and named, never overwritten. Where no folder can be written, everything lives in memory until the
/// program ends, and banner() says so.
class Profile {
public:
    /// `given` (--profile), else QUANTOSCOPE_PROFILE, else an existing `profile` beside the program,
    /// else the user's data folder, else memory.
    static Profile open(const QString& given);
    static Profile inMemory();

    bool isInMemory() const { return m_folder.isEmpty(); }
    QString folder() const { return m_folder; }   ///< Empty in memory.
    QString banner() const;                       ///< Empty unless in memory for want of a folder.

    /// What was written under a name, empty where nothing was.
    QJsonObject readJson(const QString& name);
    /// Replaces it, whole or not at all. The error is a sentence.
    Result<void> writeJson(const QString& name, const QJsonObject& object);
    /// The file that writeJson() would replace, for whoever writes it elsewhere; empty where it stays in memory.
    QString fileToWrite(const QString& name) const { return isInMemory() || m_memory.contains(name) ? QString() : path(name); }

    /// Sentences about files moved aside since the last call.
    QStringList takeProblems();

private:
    QString path(const QString& name) const;
    bool moveAside(const QString& path, const QString& why);

    QString m_folder;
    QString m_wanted;                        ///< The folder that could not be used.
    QHash<QString, QJsonObject> m_memory;    ///< In memory: everything; else names whose file must not be touched.
    QStringList m_problems;
};

}  // namespace quantoscope
