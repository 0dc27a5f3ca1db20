// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/profile.h"
#include "app/session.h"
#include "app/settings.h"

#include "tests/test_case.h"

#include <QDateTime>
#include <QDir>
#include <QFile>
#include <QJsonDocument>
#include <QTemporaryDir>

#include <csignal>
#include <sys/wait.h>
#include <unistd.h>

using namespace quantoscope;

namespace {

const QString progress = QStringLiteral("progress");
const QString seen = QStringLiteral("seen");

void write(const QString& path, const QByteArray& bytes)
{
    QFile file(path);
    QVERIFY(file.open(QIODevice::WriteOnly));
    file.write(bytes);
}

}  // namespace

class TestProfile : public QObject {
    Q_OBJECT

private slots:
    void whatIsWrittenIsReadBack()
    {
        const QTemporaryDir folder;
        Profile profile = Profile::open(folder.path());
        QVERIFY(!profile.isInMemory());
        QVERIFY(profile.banner().isEmpty());
        QVERIFY(profile.readJson(progress).isEmpty());
        QVERIFY(profile.writeJson(progress, {{seen, 3}}).has_value());
        QCOMPARE(Profile::open(folder.path()).readJson(progress)[u"seen"].toInt(), 3);
    }

    void theVariableIsUsedWhereNoFolderIsGiven()
    {
        const QTemporaryDir folder;
        qputenv("QUANTOSCOPE_PROFILE", folder.path().toLocal8Bit());
        QCOMPARE(Profile::open({}).folder(), folder.path());
        const QTemporaryDir other;
        QCOMPARE(Profile::open(other.path()).folder(), other.path());
        qunsetenv("QUANTOSCOPE_PROFILE");
    }

    void withoutAFolderEverythingLivesInMemoryAndSaysSo()
    {
        const QTemporaryDir folder;
        write(folder.filePath(QStringLiteral("file")), "not a folder");
        Profile profile = Profile::open(folder.filePath(QStringLiteral("file/profile")));
        QVERIFY(profile.isInMemory());
        QVERIFY(profile.banner().contains(QStringLiteral("kept only until you close")));
        QVERIFY(profile.writeJson(progress, {{seen, 1}}).has_value());
        QCOMPARE(profile.readJson(progress)[u"seen"].toInt(), 1);
    }

    void anUnreadableFileIsMovedAsideAndNamed_data()
    {
        QTest::addColumn<QByteArray>("bytes");
        QTest::newRow("cut short") << QByteArray("{\"seen\": [1, 2");
        QTest::newRow("empty") << QByteArray();
        QTest::newRow("an array") << QByteArray("[1]");
        QTest::newRow("binary") << QByteArray("\x00\xff\x7f", 3);
        QTest::newRow("deep") << QByteArray(100000, '[');
    }
    void anUnreadableFileIsMovedAsideAndNamed()
    {
        QFETCH(QByteArray, bytes);
        const QTemporaryDir folder;
        write(folder.filePath(QStringLiteral("progress.json")), bytes);
        Profile profile = Profile::open(folder.path());
        QVERIFY(profile.readJson(progress).isEmpty());
        const QStringList problems = profile.takeProblems();
        QCOMPARE(problems.size(), 1);
        QVERIFY2(problems[0].contains(QStringLiteral("progress.json.unreadable-1")), qPrintable(problems[0]));
        QVERIFY(profile.writeJson(progress, {{seen, 1}}).has_value());
        QFile kept(folder.filePath(QStringLiteral("progress.json.unreadable-1")));
        QVERIFY(kept.open(QIODevice::ReadOnly));
        QCOMPARE(kept.readAll(), bytes);
    }

    void aFailedWriteIsSaidAndLeavesTheOldFile()
    {
        const QTemporaryDir folder;
        Profile profile = Profile::open(folder.filePath(QStringLiteral("profile")));
        QVERIFY(profile.writeJson(progress, {{seen, 1}}).has_value());
        QVERIFY(QDir(folder.path()).rename(QStringLiteral("profile"), QStringLiteral("elsewhere")));
        const auto written = profile.writeJson(progress, {{seen, 2}});
        QVERIFY(!written.has_value());
        QVERIFY(QString::fromStdString(written.error().message).contains(QStringLiteral("progress.json")));
        QCOMPARE(Profile::open(folder.filePath(QStringLiteral("elsewhere"))).readJson(progress)[u"seen"].toInt(), 1);
    }

    void killingTheProgramWhileItSavesNeverBreaksAFile()
    {
        const QTemporaryDir folder;
        Profile profile = Profile::open(folder.path());
        QVERIFY(profile.writeJson(progress, {{seen, 0}}).has_value());
        int last = 0;
        for (int round = 0; round < 25; ++round) {
            const pid_t child = ::fork();
            if (child == 0) {
                for (int i = 1;; ++i)
                    (void)profile.writeJson(progress, {{seen, last + i}, {QStringLiteral("filler"), QString(5000, u'x')}});
            }
            ::usleep(useconds_t(2000 + 731 * round));
            ::kill(child, SIGKILL);
            ::waitpid(child, nullptr, 0);
            Profile again = Profile::open(folder.path());
            const int now = again.readJson(progress)[u"seen"].toInt(-1);
            QVERIFY(again.takeProblems().isEmpty());
            QVERIFY(now >= last);
            last = now;
        }
        QVERIFY(last > 0);
        // A kill between the last two steps of a save leaves a copy; in time the next start takes it away.
        QVERIFY(QFile::copy(folder.filePath(QStringLiteral("progress.json")), folder.filePath(QStringLiteral("progress.json.aBcDeF"))));
        const auto files = [&] { return QDir(folder.path()).entryList(QDir::Files | QDir::Hidden); };
        Profile::open(folder.path());
        QVERIFY(files().contains(QStringLiteral("progress.json.aBcDeF")));   // Somebody may be saving.
        for (const QString& name : files()) {
            QFile file(folder.filePath(name));
            QVERIFY(file.open(QIODevice::ReadWrite));
            QVERIFY(file.setFileTime(QDateTime::currentDateTime().addSecs(-3600), QFileDevice::FileModificationTime));
        }
        Profile::open(folder.path());
        QCOMPARE(files(), QStringList{QStringLiteral("progress.json")});
    }

    void settingsSurviveARoundTrip()
    {
        Settings settings;
        settings.theme = QStringLiteral("dark");
        settings.zoom = 1.25;
        settings.windowWidth = 1024;
        settings.windowHeight = 640;
        settings.windowIsMaximized = true;
        settings.hasSeenStart = true;
        rememberFile(settings, QStringLiteral("/models/ä b.safetensors"));
        // Every row must carry its member: a default that came back would hide a forgotten one.
        const QJsonObject defaults = toJson(Settings());
        const QJsonObject object = toJson(settings);
        for (const SettingRow& row : settingRows())
            QVERIFY2(object[QLatin1String(row.key)] != defaults[QLatin1String(row.key)], row.key);
        QCOMPARE(object.size(), qsizetype(settingRows().size()));
        const QTemporaryDir folder;
        Profile profile = Profile::open(folder.path());
        QVERIFY(writeSettings(profile, settings).has_value());
        QVERIFY(readSettings(profile) == settings);
    }

    void wrongSettingsKeepTheirDefault()
    {
        const Settings read = settingsFrom({{QStringLiteral("theme"), 5}, {QStringLiteral("zoom"), 1e9},
                                            {QStringLiteral("recentFiles"), QStringLiteral("no list")}});
        QCOMPARE(read.theme, Settings().theme);
        QCOMPARE(read.zoom, 2.5);
        QVERIFY(read.recentFiles.isEmpty());
    }

    void pageMemorySurvivesARoundTrip()
    {
        const QTemporaryDir folder;
        Profile profile = Profile::open(folder.path());
        Session session{QStringLiteral("numbers"), {{QStringLiteral("scheme"), QStringLiteral("int4")}}, {}};
        session.pages.insert(QStringLiteral("numbers"), {{QStringLiteral("value"), QStringLiteral("pi")}});
        QVERIFY(writeSession(profile, session).has_value());
        QVERIFY(readSession(profile) == session);
    }
};

QUANTOSCOPE_TEST(tst_profile, TestProfile)
#include "tst_profile.moc"
