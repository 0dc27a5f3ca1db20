// SPDX-License-Identifier: GPL-3.0-or-later
// What the page keeps: ghosts, states, schemes side by side, the stream of activations.
#include "tests/app/quantize_page.h"

#include "app/pages/quantize/activation_panel.h"
#include "app/pages/quantize/comparison_panel.h"
#include "app/pages/quantize/comparison_view.h"
#include "app/pages/quantize/scheme_comparison.h"
#include "app/pages/quantize/stream_plot.h"
#include "widgets/controls.h"
#include "widgets/plot_text.h"
#include "widgets/rate_plot.h"
#include "widgets/theme.h"

#include "tests/painted_texts.h"
#include "tests/test_case.h"

#include <QJsonArray>

using namespace quantoscope;
using namespace quantoscope::quantize_tests;

class TestQuantizePage : public QObject {
    Q_OBJECT

private slots:
    void aGhostKeepsThePictureBefore()
    {
        QuantizeFigure figure;
        showSettled(figure, stateOf("int8"));
        figure.toggleGhost();
        QVERIFY(figure.histogram()->ghost().has_value());
        figure.setScheme(*parseScheme("int4"));
        QCOMPARE(figure.histogram()->ghost()->content.map->levels.size(), std::size_t(255));
        QCOMPARE(figure.histogram()->content().map->levels.size(), std::size_t(15));
        figure.toggleGhost();
        QVERIFY(!figure.histogram()->ghost().has_value());
    }

    void theGhostOfAGroupedSchemeComesBack_data()
    {
        QTest::addColumn<QByteArray>("ghost");
        for (const char* ghost : {"int4", "int4,group=64", "nf4", "int4,group=64,hadamard"})
            QTest::newRow(ghost) << QByteArray(ghost);
    }

    void theGhostOfAGroupedSchemeComesBack()
    {
        QFETCH(QByteArray, ghost);
        QuantizeFigure figure;
        QJsonObject state = stateOf("int8");
        state[u"synthetic"] = QStringLiteral("normal,count=65536,columns=256,seed=7");
        state[u"ghost"] = QString::fromLatin1(ghost);
        showSettled(figure, state);
        QTRY_VERIFY_WITH_TIMEOUT(figure.histogram()->ghost() && figure.isSettled(), 30000);
        QCOMPARE(figure.state()[u"ghost"].toString(), QString::fromLatin1(ghost));
        QCOMPARE(figure.histogram()->ghost()->content.map.has_value(), ghost == "int4");
        QVERIFY(figure.histogram()->ghost()->content.error.sqnrDb > 10);
        state.remove(u"ghost");
        figure.setState(state);
        QVERIFY(!figure.histogram()->ghost());
    }

    void aStateShownAgainIsTheSameState()
    {
        QuantizeFigure figure;
        QJsonObject state = stateOf("int5,asymmetric,clip=percentile:99.9");
        state[u"view"] = QStringLiteral("log");
        state[u"zoom"] = QJsonArray{-0.03, 0.02};
        state[u"prediction"] = 0.05;
        state[u"ghost"] = QStringLiteral("int8");
        showSettled(figure, state);
        const QJsonObject shown = figure.state();
        QCOMPARE(shown[u"prediction"].toDouble(), 0.05);
        QCOMPARE(shown[u"zoom"].toArray().size(), 2);
        QuantizeFigure again;
        showSettled(again, shown);
        QCOMPARE(again.state(), shown);
        QVERIFY(figure.commandLine().contains(QStringLiteral("qscope quantize --synthetic normal,count=65536,seed=7")));
    }

    void keptSchemesStandBesideThePresentOne()
    {
        QuantizeFigure figure;
        QJsonObject state = stateOf("int4,clip=mse");
        state[u"section"] = QStringLiteral("compare");
        state[u"kept"] = QJsonArray{QStringLiteral("int8"), QStringLiteral("int4,group=64")};
        showSettled(figure, state);
        const ComparisonView* view = figure.comparisonPanel()->view();
        QCOMPARE(view->content().columns.size(), std::size_t(3));
        QVERIFY(view->content().columns[1].isBest);
        const auto source = makeSyntheticTensor(*parseSyntheticRecipe(recipe));
        for (std::size_t i = 1; i < 3; ++i) {
            const auto exact = quantize(**source, (*source)->tensors().front(), figure.comparison()->kept(int(i) - 1).scheme());
            QCOMPARE(view->content().columns[i].figures[0], decibelText(exact->error.sqnrDb) + QStringLiteral(" dB"));
        }
        QCOMPARE(figure.comparisonPanel()->plot()->content().marks.size(), std::size_t(3));
        QVERIFY(figure.comparison()->families().bound.has_value());
        // A fourth fits, a fifth does not; the same twice is one.
        figure.comparisonPanel()->keepButton()->click();
        QCOMPARE(figure.comparison()->count(), 3);
        figure.setScheme(*parseScheme("int3"));
        QVERIFY(!figure.comparison()->keep({*parseScheme("int3"), nullptr}));
        QVERIFY(!figure.comparisonPanel()->keepButton()->isEnabled());
        QTRY_VERIFY_WITH_TIMEOUT(figure.isSettled(), 20000);
        QuantizeFigure again;
        showSettled(again, figure.state());
        QCOMPARE(again.state(), figure.state());
        QVERIFY(!figure.grab().isNull());
    }

    void aStreamOfActivationsIsShownAndKept()
    {
        QuantizeFigure figure;
        QJsonObject state = stateOf("int8");
        state[u"section"] = QStringLiteral("activations");
        state[u"activations"] = QJsonObject{{QStringLiteral("drift"), 8}, {QStringLiteral("seed"), 3}};
        showSettled(figure, state);
        QVERIFY(figure.activations()->report());
        QCOMPARE(figure.activations()->recipe().drift, 8.0);
        QVERIFY(figure.csv().startsWith("batch,policy"));
        const double wide = figure.activations()->report()->sqnrDb(RangePolicy::PerToken, 0, 60);
        figure.setScheme(*parseScheme("int4"));
        QTRY_VERIFY_WITH_TIMEOUT(figure.isSettled(), 20000);
        QVERIFY(figure.activations()->report()->sqnrDb(RangePolicy::PerToken, 0, 60) < wide - 15);
        QCOMPARE(figure.state()[u"section"].toString(), QStringLiteral("activations"));
        QVERIFY(!figure.grab().isNull());
    }

    void aStreamIsWholeOnThePresentersScreen()
    {
        setTheme(ThemeId::Projector);
        setSmallestText(19.2);
        {
            ActivationPanel panel;
            panel.resize(992, 538);   // What a screen of 1024 × 768 leaves it.
            panel.setActive(true);
            panel.show();
            QTRY_VERIFY_WITH_TIMEOUT(panel.isSettled() && panel.report(), 20000);
            QStringList cut, seen;
            for (const PaintedText& each : paintedTexts(*panel.findChild<StreamPlot*>())) {
                seen << each.text;
                if (!each.text.trimmed().isEmpty() && each.cutOff() > 2)
                    cut << each.text;
            }
            QCOMPARE(cut, QStringList());
            QVERIFY(seen.contains(QStringLiteral("per token")));
            for (const auto* button : panel.findChildren<ChoiceButton*>())
                QVERIFY2(button->width() >= static_cast<const QWidget*>(button)->sizeHint().width(), qPrintable(button->text()));
            // The seed is on the screen, wherever there is room for it.
            bool hasSeed = false;
            for (const auto* label : panel.findChildren<TextLabel*>()) {
                QVERIFY2(!label->isVisible() || label->wordWrap() || label->width() >= label->sizeHint().width(), qPrintable(label->text()));
                hasSeed |= label->isVisible() && label->text() == QStringLiteral("seed 7");
            }
            QVERIFY(hasSeed);
        }
        setSmallestText(0);
        setTheme(ThemeId::Light);
    }

    void aFormatWithOneScaleDoesNotSayThatItHasMany()
    {
        QuantizeFigure figure;
        showSettled(figure, stateOf("ternary"));
        QVERIFY(!figure.histogram()->content().hasHandles);
        QVERIFY2(figure.histogram()->content().note.startsWith(QStringLiteral("One scale")), qPrintable(figure.histogram()->content().note));
        figure.setScheme(*parseScheme("nf4"));
        QVERIFY2(figure.histogram()->content().note.startsWith(QStringLiteral("Every 64 weights")), qPrintable(figure.histogram()->content().note));
    }
};

QUANTOSCOPE_TEST(tst_quantize_page, TestQuantizePage)
#include "tst_quantize_page.moc"
