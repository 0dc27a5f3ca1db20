// SPDX-License-Identifier: GPL-3.0-or-later
// Where the weights come from: nothing yet, pasted numbers, the workspace.
#include "tests/app/quantize_page.h"

#include "app/pages/quantize/pasted_numbers.h"

#include "tests/test_case.h"

#include <QAbstractButton>
#include <QLabel>
#include <QPlainTextEdit>

using namespace quantoscope;
using namespace quantoscope::quantize_tests;

class TestQuantizeSource : public QObject {
    Q_OBJECT

private slots:
    void initTestCase()
    {
        loadFonts();
        setTheme(ThemeId::Light);
    }
    void cleanupTestCase() { stopAllJobs(); }

    void wrongPastedNumbersGiveASentence_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("part");
        QTest::newRow("a word") << QStringLiteral("0.5 abc 2") << QStringLiteral("“abc” in line 1");
        QTest::newRow("second line") << QStringLiteral("0.5\n1.5x") << QStringLiteral("“1.5x” in line 2");
        QTest::newRow("beyond FP32") << QStringLiteral("1e300") << QStringLiteral("beyond");
        QTest::newRow("beyond FP64") << QStringLiteral("1e3000") << QStringLiteral("beyond");
        QTest::newRow("not finite") << QStringLiteral("nan") << QStringLiteral("“nan”");
        QTest::newRow("nothing") << QStringLiteral(" , ") << QStringLiteral("no numbers yet");
        QTest::newRow("two signs") << QStringLiteral("+-3") << QStringLiteral("“+-3”");
    }

    void wrongPastedNumbersGiveASentence()
    {
        QFETCH(QString, text);
        QFETCH(QString, part);
        const auto numbers = parsePastedNumbers(text);
        QVERIFY(!numbers.has_value());
        const QString sentence = QString::fromStdString(numbers.error().message);
        QVERIFY2(sentence.contains(part), qPrintable(sentence));
    }

    void pastedNumbersAreReadAsPeopleWriteThem()
    {
        const auto numbers = parsePastedNumbers(QStringLiteral("[0.5, −0.25;\n1e-3\t+2]"));
        QVERIFY(numbers.has_value());
        QCOMPARE(*numbers, std::vector<float>({0.5f, -0.25f, 1e-3f, 2.0f}));
    }

    void anEmptyPageOffersWeightsWithOneClick()
    {
        Workspace workspace;
        QuantizePage page(workspace);
        page.resize(1280, 800);
        page.show();
        auto* draw = page.findChild<QAbstractButton*>(QStringLiteral("drawNormal"));
        QVERIFY(draw && draw->isVisible());
        QVERIFY(!page.figure()->isVisible());
        draw->click();
        QVERIFY(workspace.isSynthetic());
        QVERIFY(page.figure()->isVisible());
        QTRY_VERIFY_WITH_TIMEOUT(page.isSettled() && page.figure()->study().error(), 20000);
        QVERIFY(page.commandLine().contains(QStringLiteral("--synthetic")));
    }

    void pastedNumbersBecomeTheTensor()
    {
        Workspace workspace;
        QuantizePage page(workspace);
        page.resize(1280, 800);
        page.show();
        page.findChild<QPlainTextEdit*>(QStringLiteral("pasteField"))->setPlainText(QStringLiteral("1 2 three"));
        auto* use = page.findChild<QAbstractButton*>(QStringLiteral("usePasted"));
        use->click();
        QVERIFY(page.findChild<QLabel*>(QStringLiteral("pasteProblem"))->text().contains(QStringLiteral("three")));
        QVERIFY(!workspace.tensor());
        page.findChild<QPlainTextEdit*>(QStringLiteral("pasteField"))->setPlainText(QStringLiteral("1 2 3"));
        use->click();
        QVERIFY(workspace.tensor());
        QCOMPARE(workspace.tensor()->count, 3);
        QTRY_VERIFY_WITH_TIMEOUT(page.isSettled() && page.figure()->study().error(), 20000);
    }

    void theSchemeIsTheOneOfTheWorkspace()
    {
        Workspace workspace;
        QuantizePage page(workspace);
        page.resize(1280, 800);
        page.show();
        workspace.openSynthetic(*parseSyntheticRecipe(recipe));
        QTRY_VERIFY_WITH_TIMEOUT(page.isSettled() && page.figure()->study().error(), 20000);
        drag(*page.figure(), -160);
        QVERIFY(workspace.scheme().clip.kind == Clip::Kind::ByHand);
        workspace.setScheme(*parseScheme("int3"));
        QCOMPARE(page.figure()->study().scheme().element, std::string("int3"));
    }
};

QUANTOSCOPE_TEST(tst_quantize_source, TestQuantizeSource)
#include "tst_quantize_source.moc"
