// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/history.h"
#include "app/workspace.h"

#include "tests/test_case.h"

using namespace quantoscope;

/// A page that shows one number.
class TestHistory : public QObject {
    Q_OBJECT

    QString m_page;
    int m_shown = 0;
    std::unique_ptr<Workspace> m_workspace;
    std::unique_ptr<History> m_history;

    void set(int value, const QString& mergeKey = {})
    {
        m_shown = value;
        m_history->record(QStringLiteral("set %1").arg(value), mergeKey);
    }

private slots:
    void init()
    {
        m_page = QStringLiteral("numbers");
        m_shown = 0;
        m_workspace = std::make_unique<Workspace>();
        m_history = std::make_unique<History>(
            *m_workspace,
            [this] { return Link{m_page, {{QStringLiteral("n"), m_shown}}, m_workspace->state()}; },
            [this](const Link& link) {
                m_page = link.page;
                m_shown = link.state[u"n"].toInt();
                m_workspace->setState(link.workspace);
            });
        m_history->rebase();
    }

    void undoAndRedoGoBackAndForth()
    {
        set(1);
        set(2);
        m_workspace->undoStack().undo();
        QCOMPARE(m_shown, 1);
        m_workspace->undoStack().undo();
        QCOMPARE(m_shown, 0);
        m_workspace->undoStack().redo();
        QCOMPARE(m_shown, 1);
        set(7);
        QVERIFY(!m_workspace->undoStack().canRedo());
    }

    void aDragIsOneStep()
    {
        set(1);
        for (int value = 2; value <= 50; ++value)
            set(value, QStringLiteral("clip"));
        QCOMPARE(m_workspace->undoStack().count(), 2);
        m_workspace->undoStack().undo();
        QCOMPARE(m_shown, 1);
        m_workspace->undoStack().redo();
        QCOMPARE(m_shown, 50);
    }

    void anotherThingInBetweenEndsADrag()
    {
        set(1, QStringLiteral("clip"));
        set(2, QStringLiteral("level"));
        set(3, QStringLiteral("clip"));
        QCOMPARE(m_workspace->undoStack().count(), 3);
    }

    void whatChangedNothingIsNoStep()
    {
        set(0);
        QCOMPARE(m_workspace->undoStack().count(), 0);
    }

    void undoGoesBackToThePageConcerned()
    {
        set(1);
        m_page = QStringLiteral("quantize");
        m_history->rebase();
        m_workspace->undoStack().undo();
        QCOMPARE(m_page, QStringLiteral("numbers"));
        QCOMPARE(m_shown, 0);
    }

    void aSchemeChosenAnywhereCanBeUndone()
    {
        const QuantizationScheme before = m_workspace->scheme();
        m_workspace->setScheme(*parseScheme("int4,asymmetric"));
        QTRY_COMPARE(m_workspace->undoStack().count(), 1);
        m_workspace->undoStack().undo();
        QVERIFY(m_workspace->scheme() == before);
        QTest::qWait(20);   // The undone change must not become a step of its own.
        QCOMPARE(m_workspace->undoStack().count(), 1);
        m_workspace->undoStack().redo();
        QVERIFY(m_workspace->scheme() == *parseScheme("int4,asymmetric"));
    }

    void openingAModelCanBeUndone()
    {
        SyntheticRecipe first, second;
        second.distribution = "laplace";
        m_workspace->openSynthetic(first);
        QTRY_COMPARE(m_workspace->undoStack().count(), 1);
        m_workspace->openSynthetic(second);
        QTRY_COMPARE(m_workspace->undoStack().count(), 2);
        m_workspace->undoStack().undo();
        QCOMPARE(QString::fromStdString(m_workspace->syntheticRecipe()->distribution), QStringLiteral("normal"));
        QTest::qWait(20);
        QCOMPARE(m_workspace->undoStack().count(), 2);
        QVERIFY(m_workspace->undoStack().canRedo());
    }
};

QUANTOSCOPE_TEST(tst_history, TestHistory)
#include "tst_history.moc"
