// SPDX-License-Identifier: GPL-3.0-or-later
// Where the weights come from: nothing yet, pasted numbers, the workspace.
#include "tests/app/quantize_page.h"

#include "app/pages/quantize/pasted_numbers.h"
#include "widgets/cost_curve.h"

#include "tests/test_case.h"

#include <QAbstractButton>
#include <QLabel>
#include <QPlainTextEdit>
#include <QSignalSpy>

#include <algorithm>
#include <limits>
#include <vector>

using namespace quantoscope;
using namespace quantoscope::quantize_tests;

class TestQuantizeSource : public QObject {
    Q_OBJECT

private slots:
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

    void aSchemeThatCannotBeReadIsSaidAndThePresentOneStays()
    {
        Workspace workspace;
        workspace.setScheme(*parseScheme("int5"));
        QSignalSpy problems(&workspace, &Workspace::problem);
        workspace.setState({{QStringLiteral("scheme"), QStringLiteral("int4,foo=3")}, {QStringLiteral("model"), QStringLiteral("sample")}});
        QVERIFY(!problems.isEmpty());
        QVERIFY(problems.last().first().toString().contains(QStringLiteral("foo")));   // Opening a model does not take it back.
        QCOMPARE(schemeText(workspace.scheme()), std::string("int5"));
    }

    /// Neither has a range: the card says why there is no curve, and the picture has shares that are shares.
    void weightsWithoutARangeAreExplained_data()
    {
        QTest::addColumn<std::vector<float>>("weights");
        QTest::addColumn<QString>("part");
        const float nan = std::numeric_limits<float>::quiet_NaN();
        QTest::newRow("all zero") << std::vector<float>{0, 0, 0, 0} << QStringLiteral("Every weight is 0");
        QTest::newRow("nothing finite") << std::vector<float>{nan, nan} << QStringLiteral("No weight is finite");
    }
    void weightsWithoutARangeAreExplained()
    {
        QFETCH(std::vector<float>, weights);
        QFETCH(QString, part);
        Workspace workspace;
        QuantizePage page(workspace);
        page.resize(1280, 800);
        page.show();
        workspace.openNumbers(weights);
        QTRY_VERIFY_WITH_TIMEOUT(page.isSettled() && page.figure()->study().counts(), 20000);
        QVERIFY(!page.figure()->curve()->isVisible());
        const auto labels = page.findChildren<QLabel*>();
        QVERIFY(std::any_of(labels.begin(), labels.end(), [&](const QLabel* label) { return label->isVisible() && label->text().contains(part); }));
        QVERIFY(!page.grab().isNull());
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
