// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/durable_file.h"

#include "tests/test_case.h"

#include <QDir>
#include <QFile>
#include <QTemporaryDir>

#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>

namespace {

int syncsUntilFailure = -1;   // -1: never

}  // namespace

/// How often this thread waited for the disk (tst_save_queue.cpp).
thread_local int syncsOfThisThread = 0;

/// The library's fsync, which fails when a test wants it to: no disk can be asked to.
extern "C" int fsync(int descriptor)
{
    ++syncsOfThisThread;
    if (syncsUntilFailure >= 0 && syncsUntilFailure-- == 0) {
        errno = EIO;
        return -1;
    }
    return int(::syscall(SYS_fsync, descriptor));
}

using namespace quantoscope;

class TestDurableFile : public QObject {
    Q_OBJECT

private:
    QTemporaryDir m_folder;

    QString path() const { return m_folder.filePath(QStringLiteral("progress.json")); }

    QByteArray content() const
    {
        QFile file(path());
        return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray("unreadable");
    }

private slots:
    void init()
    {
        syncsUntilFailure = -1;
        QVERIFY(writeDurably(path(), "before"));
    }

    void cleanup()
    {
        syncsUntilFailure = -1;
        QCOMPARE(QDir(m_folder.path()).entryList(QDir::Files | QDir::Hidden), QStringList{QStringLiteral("progress.json")});
    }

    void theWholeFileIsReplaced()
    {
        QVERIFY(writeDurably(path(), "after"));
        QCOMPARE(content(), QByteArray("after"));
    }

    void aFailedSyncIsSaidAndKeepsWhatStoodThere()
    {
        syncsUntilFailure = 0;
        const auto written = writeDurably(path(), "after");
        QVERIFY(!written);
        QVERIFY(written.error().message.find("could not be saved: Input/output error") != std::string::npos);
        QCOMPARE(content(), QByteArray("before"));
    }

    void aFailedSyncOfTheFolderIsSaid()
    {
        syncsUntilFailure = 1;
        QVERIFY(!writeDurably(path(), "after"));
        QCOMPARE(content(), QByteArray("after"));   // whole, though a power cut might still bring the old one back
    }

    void aFullDiskIsSaidAndKeepsWhatStoodThere()
    {
        ::signal(SIGXFSZ, SIG_IGN);
        rlimit usual{};
        QVERIFY(::getrlimit(RLIMIT_FSIZE, &usual) == 0);
        const rlimit small{1000, usual.rlim_max};
        QVERIFY(::setrlimit(RLIMIT_FSIZE, &small) == 0);
        const auto written = writeDurably(path(), QByteArray(100000, 'x'));
        QVERIFY(::setrlimit(RLIMIT_FSIZE, &usual) == 0);
        QVERIFY(!written);
        QCOMPARE(content(), QByteArray("before"));
    }

    void aFolderThatIsMissingIsSaid()
    {
        QVERIFY(!writeDurably(m_folder.filePath(QStringLiteral("nowhere/progress.json")), "after"));
    }
};

QUANTOSCOPE_TEST(tst_durable_file, TestDurableFile)
#include "tst_durable_file.moc"
