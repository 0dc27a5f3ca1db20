// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/save_queue.h"

#include "app/main_window.h"
#include "app/workspace.h"
#include "tests/test_case.h"

#include <QDir>
#include <QFile>
#include <QSignalSpy>
#include <QTemporaryDir>

using namespace quantoscope;

extern thread_local int syncsOfThisThread;

class TestSaveQueue : public QObject {
    Q_OBJECT

    static const inline QString name = QStringLiteral("session"), step = QStringLiteral("step");

    static int stepIn(const QString& folder)
    {
        return Profile::open(folder).readJson(name)[step].toInt(-1);
    }

private slots:
    void whatWasGivenLastStandsThere()
    {
        const QTemporaryDir folder;
        Profile profile = Profile::open(folder.path());
        SaveQueue saves(profile);
        for (int i = 0; i <= 200; ++i)
            saves.save(name, {{step, i}});
        saves.save(QStringLiteral("settings"), {{step, 7}});
        QVERIFY(saves.finish().has_value());
        QCOMPARE(stepIn(folder.path()), 200);
        QCOMPARE(profile.readJson(QStringLiteral("settings"))[step].toInt(), 7);
    }

    void theWindowsThreadNeverWaitsForTheDisk()
    {
        const QTemporaryDir folder;
        Profile profile = Profile::open(folder.path());
        SaveQueue saves(profile);
        const int before = syncsOfThisThread;
        for (int i = 0; i < 20; ++i)
            saves.save(name, {{step, i}});
        QVERIFY(saves.finish().has_value());
        QCOMPARE(syncsOfThisThread, before);
        QVERIFY(profile.writeJson(name, {}).has_value());   // The count counts.
        QVERIFY(syncsOfThisThread > before);
    }

    void theEndOfTheQueueWritesWhatWaits()
    {
        const QTemporaryDir folder;
        Profile profile = Profile::open(folder.path());
        {
            SaveQueue saves(profile);
            saves.save(name, {{step, 1}});
            saves.save(name, {{step, 2}});
        }
        QCOMPARE(stepIn(folder.path()), 2);
    }

    void aFailedSaveIsSaidAndTheNextOneGoesThrough()
    {
        const QTemporaryDir folder;
        Profile profile = Profile::open(folder.filePath(QStringLiteral("profile")));
        SaveQueue saves(profile);
        QSignalSpy failed(&saves, &SaveQueue::failed);
        saves.save(name, {{step, 1}});
        QVERIFY(saves.finish().has_value());
        QVERIFY(QDir(folder.path()).rename(QStringLiteral("profile"), QStringLiteral("elsewhere")));
        saves.save(name, {{step, 2}});
        const auto finished = saves.finish();
        QVERIFY(!finished.has_value());
        QVERIFY(QString::fromStdString(finished.error().message).contains(QStringLiteral("session.json")));
        QTRY_COMPARE(failed.count(), 1);
        QCOMPARE(stepIn(folder.filePath(QStringLiteral("elsewhere"))), 1);
        QVERIFY(QDir(folder.path()).rename(QStringLiteral("elsewhere"), QStringLiteral("profile")));
        saves.save(name, {{step, 3}});
        QVERIFY(saves.finish().has_value());
        QCOMPARE(stepIn(profile.folder()), 3);
    }

    void inMemoryTheValueIsThereAtOnce()
    {
        Profile profile = Profile::inMemory();
        SaveQueue saves(profile);
        saves.save(name, {{step, 4}});
        QCOMPARE(profile.readJson(name)[step].toInt(), 4);
    }

    void aClosedWindowHasLeftItsPageAndSettingsOnTheDisk()
    {
        const QTemporaryDir folder;
        {
            Workspace workspace;
            workspace.setProfile(Profile::open(folder.path()));
            MainWindow window(workspace, Settings());
            window.resize(1000, 700);
            window.show();
            window.showPage(QStringLiteral("reference"));
            window.chooseScheme(QStringLiteral("int6,clip=-0.25:0.5"));
            const int before = syncsOfThisThread;
            window.close();   // Within the second and a half in which nothing is saved yet.
            QCOMPARE(syncsOfThisThread, before);
        }
        Profile profile = Profile::open(folder.path());
        const Session left = readSession(profile);
        QCOMPARE(left.page, QStringLiteral("reference"));
        QCOMPARE(left.workspace[u"scheme"].toString(), QString::fromStdString(schemeText(*parseScheme("int6,clip=-0.25:0.5"))));
        QCOMPARE(readSettings(profile).windowWidth, 1000);
    }
};

QUANTOSCOPE_TEST(tst_save_queue, TestSaveQueue)
#include "tst_save_queue.moc"
