// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/profile.h"

#include "app/durable_file.h"

#include <QCoreApplication>
#include <QDateTime>
#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QJsonDocument>
#include <QRegularExpression>
#include <QStandardPaths>
#include <QTemporaryFile>

#include <utility>

namespace quantoscope {

namespace {

QString tr(const char* text)
{
    return QCoreApplication::translate("Profile", text);
}

/// Creates the folder and proves by a file that it can be written: permissions alone do not say so
/// (read-only mounts, quotas).
bool canWriteIn(const QString& folder)
{
    if (!QDir().mkpath(folder))
        return false;
    QTemporaryFile probe(QDir(folder).filePath(QStringLiteral(".probe-XXXXXX")));
    return probe.open() && probe.write("?") == 1 && probe.flush();
}

/// What a program left that was killed between the last two steps of a save: QSaveFile's copy has its name by then,
/// "progress.json.aBcDeF". One that is younger than a minute may belong to a program that saves at this moment.
void removeRemnants(const QString& folder)
{
    static const QRegularExpression copy(QStringLiteral("\\.json\\.[A-Za-z]{6}$"));
    const QDateTime limit = QDateTime::currentDateTime().addSecs(-60);
    for (const QFileInfo& file : QDir(folder).entryInfoList(QDir::Files | QDir::Hidden)) {
        if (copy.match(file.fileName()).hasMatch() && file.lastModified() < limit)
            QFile::remove(file.filePath());
    }
}

}  // namespace

Profile Profile::open(const QString& given)
{
    Profile profile;
    const QString portable = QDir(QCoreApplication::applicationDirPath()).filePath(QStringLiteral("profile"));
    const QString variable = qEnvironmentVariable("QUANTOSCOPE_PROFILE");
    // What was asked for by name is used or reported, never silently replaced by another place.
    if (!given.isEmpty())
        profile.m_wanted = given;
    else if (!variable.isEmpty())
        profile.m_wanted = variable;
    else if (QFileInfo(portable).isDir() && canWriteIn(portable))
        profile.m_wanted = portable;
    else
        profile.m_wanted = QDir(QStandardPaths::writableLocation(QStandardPaths::GenericDataLocation))
                               .filePath(QStringLiteral("quantoscope"));
    profile.m_wanted = QDir(profile.m_wanted).absolutePath();
    if (canWriteIn(profile.m_wanted)) {
        profile.m_folder = profile.m_wanted;
        removeRemnants(profile.m_folder);
    }
    return profile;
}

Profile Profile::inMemory()
{
    return {};
}

QString Profile::banner() const
{
    if (!isInMemory() || m_wanted.isEmpty())
        return {};
    return tr("Progress is kept only until you close: %1 cannot be written. Start with --profile and a folder "
              "of yours to keep it.")
        .arg(QDir::toNativeSeparators(m_wanted));
}

QString Profile::path(const QString& name) const
{
    return QDir(m_folder).filePath(name + QStringLiteral(".json"));
}

bool Profile::moveAside(const QString& path, const QString& why)
{
    for (int number = 1; number < 1000; ++number) {
        const QString aside = QStringLiteral("%1.unreadable-%2").arg(path).arg(number);
        if (QFile::exists(aside))
            continue;
        if (!QFile::rename(path, aside))
            break;
        m_problems << tr("%1 could not be read (%2). It was kept as %3, and a new one is begun.")
                          .arg(QDir::toNativeSeparators(path), why, QFileInfo(aside).fileName());
        return true;
    }
    m_problems << tr("%1 could not be read (%2) and is left alone; changes are kept only until you close.")
                      .arg(QDir::toNativeSeparators(path), why);
    return false;
}

QJsonObject Profile::readJson(const QString& name)
{
    if (isInMemory() || m_memory.contains(name))
        return m_memory.value(name);
    QFile file(path(name));
    if (!file.exists())
        return {};
    QString why;
    if (file.open(QIODevice::ReadOnly)) {
        QJsonParseError error;
        // A bound: what this program writes is far smaller, and a folder can be anybody's.
        const QByteArray bytes = file.read(64 << 20);
        const QJsonDocument document = QJsonDocument::fromJson(bytes, &error);
        if (document.isObject())
            return document.object();
        why = error.error == QJsonParseError::NoError ? tr("it holds no JSON object")
                                                      : tr("%1 at byte %2").arg(error.errorString()).arg(error.offset);
    } else {
        why = file.errorString();
    }
    file.close();
    if (!moveAside(file.fileName(), why))
        m_memory.insert(name, {});
    return {};
}

Result<void> Profile::writeJson(const QString& name, const QJsonObject& object)
{
    if (isInMemory() || m_memory.contains(name)) {
        m_memory.insert(name, object);
        return {};
    }
    return writeDurably(path(name), QJsonDocument(object).toJson(QJsonDocument::Indented));
}

QStringList Profile::takeProblems()
{
    return std::exchange(m_problems, {});
}

}  // namespace quantoscope
