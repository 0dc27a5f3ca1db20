// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/durable_file.h"

#include <QCoreApplication>
#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QSaveFile>

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace quantoscope {

namespace {

tl::unexpected<Error> cannotSave(const QString& path, const QString& why)
{
    const QString sentence = QCoreApplication::translate("DurableFile", "%1 could not be saved: %2.");
    return failure(Error::Kind::Unreadable, sentence.arg(QDir::toNativeSeparators(path), why).toStdString());
}

QString systemReason()
{
    return QString::fromLocal8Bit(std::strerror(errno));
}

/// The new name is on the disk only once its folder is.
Result<void> syncFolderOf(const QString& path)
{
    const int folder = ::open(QFile::encodeName(QFileInfo(path).path()).constData(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (folder < 0)
        return cannotSave(path, systemReason());
    // Some file systems cannot sync a folder and say so with EINVAL; there is nothing more to be done.
    const bool synced = ::fsync(folder) == 0 || errno == EINVAL;
    const QString reason = systemReason();
    ::close(folder);
    if (!synced)
        return cannotSave(path, reason);
    return {};
}

}  // namespace

Result<void> writeDurably(const QString& path, const QByteArray& bytes)
{
    QSaveFile file(path);
    file.setDirectWriteFallback(false);   // it would give up the old file before the new one is whole
    if (!file.open(QIODevice::WriteOnly) || file.write(bytes) != bytes.size() || !file.flush())
        return cannotSave(path, file.errorString());
    // commit() calls fdatasync and ignores its answer, and never syncs the folder (Qt 6.4.2).
    if (::fsync(file.handle()) != 0)
        return cannotSave(path, systemReason());
    if (!file.commit())
        return cannotSave(path, file.errorString());
    return syncFolderOf(path);
}

}  // namespace quantoscope
