// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/pages/quantize/quantize_page.h"
#include "app/pages/quantize/words_panel.h"
#include "app/pages/quantize/words_view.h"
#include "app/workspace.h"
#include "widgets/background_job.h"
#include "widgets/theme.h"

#include "tests/test_case.h"

#include <QAbstractButton>

#include <algorithm>
#include <cmath>

using namespace quantoscope;

class TestWordsPanel : public QObject {
    Q_OBJECT

    /// A page with the sample model open under a scheme, once everything on it is computed.
    struct Shown {
        Workspace workspace;
        QuantizePage page{workspace};

        explicit Shown(const char* scheme)
        {
            workspace.setScheme(*parseScheme(scheme));
            page.resize(1280, 840);
            page.show();
            workspace.openSampleModel();
        }
        const WordsView::Content& content() const { return page.words()->view()->content(); }
        bool hasAnswer() const { return page.isSettled() && !content().words.empty(); }
    };

    static int changedWords(const WordsView::Content& content)
    {
        return int(std::count_if(content.words.begin(), content.words.end(), [](const auto& word) { return word.isChanged; }));
    }

private slots:
    void initTestCase()
    {
        loadFonts();
        setTheme(ThemeId::Light);
    }
    void cleanupTestCase() { stopAllJobs(); }

    void theSampleModelSpeaksUnderTheScheme()
    {
        Shown shown("int4");
        QTRY_VERIFY_WITH_TIMEOUT(shown.hasAnswer(), 60000);
        // The original is the loss of words.reference.json.
        QVERIFY(std::abs(shown.content().original - 2.440485) < 1e-5);
        QVERIFY(shown.content().bitsPerCharacter > 2.5);
        const int changed = changedWords(shown.content());
        QVERIFY(changed > 0);
        QVERIFY(shown.page.commandLine().contains(QStringLiteral("\nqscope language --scheme int4 ")));

        shown.workspace.setScheme(*parseScheme("int8,channel"));
        QVERIFY(!shown.page.isSettled());
        QTRY_VERIFY_WITH_TIMEOUT(shown.hasAnswer(), 60000);
        QVERIFY(shown.content().bitsPerCharacter < 2.45);
        QVERIFY(changedWords(shown.content()) < changed);
    }

    void otherWordsHaveAnotherSeedThatTheStateKeeps()
    {
        Shown shown("int8");
        QTRY_VERIFY_WITH_TIMEOUT(shown.hasAnswer(), 60000);
        const WordsView::Content before = shown.content();
        shown.page.findChild<QAbstractButton*>(QStringLiteral("otherWords"))->click();
        QTRY_VERIFY_WITH_TIMEOUT(shown.hasAnswer() && shown.content() != before, 60000);
        const WordsView::Content after = shown.content();
        QCOMPARE(after.bitsPerCharacter, before.bitsPerCharacter);   // The loss is of the held-out words, not of these.
        const QJsonObject state = shown.page.state();

        Shown again("int8");
        again.page.setState(state);
        QTRY_VERIFY_WITH_TIMEOUT(again.hasAnswer() && again.content() == after, 60000);
    }

    void aMethodSpeaksBetterAndTheStateKeepsIt()
    {
        Shown shown("int3,group=64");
        QTRY_VERIFY_WITH_TIMEOUT(shown.hasAnswer(), 60000);
        const WordsView::Content alone = shown.content();
        shown.page.words()->setMethod(QStringLiteral("gptq"));
        QTRY_VERIFY_WITH_TIMEOUT(shown.hasAnswer() && shown.content() != alone, 60000);
        QVERIFY(shown.content().bitsPerCharacter < alone.bitsPerCharacter);
        QVERIFY(shown.page.commandLine().contains(QStringLiteral("--scheme int3,group=64,gptq ")));
        QCOMPARE(shown.page.state()[u"method"].toString(), QStringLiteral("gptq"));
        shown.page.words()->setMethod(QStringLiteral("no such method"));
        QVERIFY(shown.page.words()->method().isEmpty());
    }

    void aSchemeThatDoesNotFitIsASentence()
    {
        Shown shown("tq1_0");   // Blocks of 256, and rows of 128.
        QTRY_VERIFY_WITH_TIMEOUT(shown.page.isSettled() && shown.workspace.model(), 60000);
        QVERIFY(!shown.page.words()->view()->isVisible());
    }

    void anotherModelLeavesASentenceAndAButton()
    {
        Workspace workspace;
        QuantizePage page(workspace);
        page.resize(1280, 840);
        page.show();
        workspace.openSynthetic(SyntheticRecipe());
        QTRY_VERIFY_WITH_TIMEOUT(page.isSettled(), 20000);
        QVERIFY(page.words()->isVisible());
        QVERIFY(!page.words()->view()->isVisible());
        QVERIFY(!page.commandLine().contains(QStringLiteral("language")));
    }

    void aLessonsFewControlsLeaveItOut()
    {
        Shown shown("int4");
        QTRY_VERIFY_WITH_TIMEOUT(shown.hasAnswer(), 60000);
        shown.page.showOnlyControls({QStringLiteral("clip")});
        QVERIFY(!shown.page.words()->isVisible());
        shown.page.showOnlyControls({});
        QVERIFY(shown.page.words()->isVisible());
    }
};

QUANTOSCOPE_TEST(tst_words_panel, TestWordsPanel)
#include "tst_words_panel.moc"
