// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/pages/numbers/block_panel.h"
#include "app/pages/numbers/build_panel.h"
#include "app/pages/numbers/format_sheet.h"
#include "app/pages/numbers/line_card.h"
#include "app/pages/numbers/stair_panel.h"
#include "app/profile.h"
#include "tests/app/named_widget.h"
#include "tests/app/numbers_page.h"
#include "tests/test_case.h"

#include <QAbstractButton>
#include <QAccessible>
#include <QJsonArray>
#include <QLineEdit>
#include <QSet>
#include <QSignalSpy>
#include <QSpinBox>

#include <cmath>

using namespace quantoscope;
using namespace quantoscope::test;

class TestNumbersTabs : public QObject {
    Q_OBJECT

private slots:
    void e4m3BuiltByHandHasItsNumbers()
    {
        const auto page = numbersPage("build", {{QStringLiteral("build"), QStringLiteral("float:1.4.3:7:fn")}});
        const QVariantMap readings = page->readings();
        QCOMPARE(readings[QStringLiteral("largest")].toDouble(), 448.0);
        QCOMPARE(readings[QStringLiteral("smallestNormal")].toDouble(), std::ldexp(1.0, -6));
        QCOMPARE(readings[QStringLiteral("smallestSubnormal")].toDouble(), std::ldexp(1.0, -9));
        QCOMPARE(readings[QStringLiteral("epsilon")].toDouble(), 0.125);
        QCOMPARE(readings[QStringLiteral("finiteValues")].toDouble(), 253.0);
        QVERIFY(page->lineCard()->build()->sheet()->accessibleDescription().contains(QStringLiteral("448")));
    }

    void oneMoreExponentBitTakesTheUsualBiasAlong()
    {
        const auto page = numbersPage("build", {{QStringLiteral("build"), QStringLiteral("float:1.4.3:7:fn")}});
        QSignalSpy steps(page.get(), &Figure::changed);
        named<QSpinBox>(page.get(), QStringLiteral("Exponent bits"))->setValue(5);
        QCOMPARE(page->state()[QStringLiteral("build")].toString(), QStringLiteral("float:1.5.3:15:fn"));
        QCOMPARE(steps.size(), 1);
    }

    void anImpossibleFormatIsASentenceAndChangesNothing()
    {
        const auto page = numbersPage("build", {{QStringLiteral("build"), QStringLiteral("float:1.4.3:7:fn")}});
        QSignalSpy steps(page.get(), &Figure::changed);
        QSpinBox* bias = named<QSpinBox>(page.get(), QStringLiteral("Bias"));
        bias->setValue(1075);
        QVERIFY(page->lineCard()->build()->problemText().contains(QStringLiteral("at most 1072")));
        QCOMPARE(steps.size(), 0);
        QCOMPARE(bias->value(), 7);
    }

    void aBuiltFormatBecomesARowAndIsKept()
    {
        Profile profile = Profile::inMemory();
        const QString id = QStringLiteral("float:1.3.4:5:ieee");
        {
            const auto page = numbersPage("build", {{QStringLiteral("build"), id}});
            page->setProfile(&profile);
            emit page->lineCard()->build()->addRequested(id);
            QCOMPARE(page->readings()[QStringLiteral("format")].toString(), id);
            QVERIFY(page->readings().contains(id + QStringLiteral(".code")));
            for (const char* tab : {"line", "values", "arithmetic"}) {
                QJsonObject state = page->state();
                state[QStringLiteral("tab")] = QLatin1String(tab);
                page->setState(state);
                QVERIFY(!page->grab().isNull());
                QCOMPARE(page->readings()[QStringLiteral("format")].toString(), id);
            }
        }
        NumbersFigure later;
        later.setProfile(&profile);
        QCOMPARE(later.savedFormats(), QStringList(id));
        emit later.lineCard()->build()->forgetRequested(id);
        NumbersFigure afterwards;
        afterwards.setProfile(&profile);
        QVERIFY(afterwards.savedFormats().isEmpty());
    }

    void hostileProfilesAndLinksAreIgnored()
    {
        Profile profile = Profile::inMemory();
        QVERIFY(profile.writeJson(QStringLiteral("formats"), {{QStringLiteral("built"), QJsonArray{42, QStringLiteral("fp16"), QStringLiteral("float:9")}}}).has_value());
        const auto page = numbersPage("build", {{QStringLiteral("build"), QStringLiteral("float:1.99.3:7:fn")}, {QStringLiteral("block"), QStringLiteral("q9_9")},
                                           {QStringLiteral("largestTimes"), -5}});
        page->setProfile(&profile);
        QVERIFY(page->savedFormats().isEmpty());
        QCOMPARE(page->readings()[QStringLiteral("built")].toString(), QStringLiteral("float:1.3.4:3:fn"));
    }

    void oneLargeValueCostsItsNeighbours()
    {
        const auto page = numbersPage("block", {{QStringLiteral("block"), QStringLiteral("mxfp4")}, {QStringLiteral("largestTimes"), 64}});
        const QVariantMap readings = page->readings();
        QVERIFY(readings[QStringLiteral("rmsError")].toDouble() > 2 * readings[QStringLiteral("rmsErrorWithout")].toDouble());
        QVERIFY(readings[QStringLiteral("zeros")].toInt() > readings[QStringLiteral("zerosWithout")].toInt());
        QCOMPARE(readings[QStringLiteral("bitsPerWeight")].toDouble(), 4.25);
    }

    void theRoundedUpRuleClipsNothing()
    {
        for (int seed = 1; seed < 40; ++seed) {
            const auto page = numbersPage("block", {{QStringLiteral("block"), QStringLiteral("mxfp8_e4m3")}, {QStringLiteral("scaleRule"), QStringLiteral("rceil")},
                                               {QStringLiteral("blockSeed"), QString::number(seed)}});
            QVERIFY(!page->readings()[QStringLiteral("largestIsClipped")].toBool());
        }
    }

    void aSuperBlockSaysWhereAValueLies()
    {
        const auto page = numbersPage("block", {{QStringLiteral("block"), QStringLiteral("q4_k")}, {QStringLiteral("blockValue"), 33}});
        const BlockContent& content = page->lineCard()->block()->content();
        QCOMPARE(content.values.size(), std::size_t(256));
        QCOMPARE(content.anatomy.subBlock, 32);
        QCOMPARE(content.bands.size(), std::size_t(8));
        // ggml: the second 32 values are the high halves of the first 32 bytes behind d, dmin and the scales.
        QCOMPARE(content.chosenCodes.size(), std::size_t(1));
        QCOMPARE(content.chosenCodes.front().byte, std::size_t(16 + 1));
        QCOMPARE(int(content.chosenCodes.front().bits), 0xF0);
        for (std::size_t i = 0; i < 256; ++i) {
            const BlockBand& band = content.bands[i / 32];
            QVERIFY(content.stored[i] >= band.low - 1e-6 && content.stored[i] <= band.high + 1e-6);
        }
        QCOMPARE(page->state()[QStringLiteral("blockValue")].toInt(), 33);
    }

    void aDotProductIsRoundedInThreeWays()
    {
        // 256 + 1 is 256 in BF16, twice; the exact sum is 2.
        const auto page = numbersPage("arithmetic", {{QStringLiteral("operation"), QStringLiteral("dot")}, {QStringLiteral("selected"), QStringLiteral("bf16")}});
        const QVariantMap readings = page->readings();
        QCOMPARE(readings[QStringLiteral("exact")].toDouble(), 2.0);
        QCOMPARE(readings[QStringLiteral("rounded")].toDouble(), 2.0);
        QCOMPARE(readings[QStringLiteral("fused")].toDouble(), 0.0);
        QCOMPARE(readings[QStringLiteral("roundedEverywhere")].toDouble(), 0.0);
        QVERIFY(!page->grab().isNull());
        const auto other = numbersPage("arithmetic", {{QStringLiteral("operation"), QStringLiteral("dot")}, {QStringLiteral("left"), QStringLiteral("1/3 2;3")},
                                                 {QStringLiteral("right"), QStringLiteral("3, 1, 1")}, {QStringLiteral("selected"), QStringLiteral("fp32")}});
        QVERIFY(std::abs(other->readings()[QStringLiteral("exact")].toDouble() - 6) < 1e-6);
        const auto refused = numbersPage("arithmetic", {{QStringLiteral("operation"), QStringLiteral("dot")}, {QStringLiteral("left"), QStringLiteral("1, x")}});
        QCOMPARE(refused->state().contains(QStringLiteral("left")), false);
    }

    void theStaircaseShowsTheRoundingChosen()
    {
        const auto page = numbersPage("stairs", {{QStringLiteral("selected"), QStringLiteral("e4m3")}, {QStringLiteral("rounding"), QStringLiteral("stochastic")}});
        const StairContent& content = page->lineCard()->stairs()->content();
        QVERIFY(std::abs(content.odds.probabilityAbove - 0.5663706) < 1e-6);
        QVERIFY(std::abs(content.drawnAbove / double(content.draws) - 0.5663706) < 0.08);
        QVERIFY(content.sentence.contains(QStringLiteral("56.6")));
        for (const char* rounding : {"nearest-even", "nearest-away", "toward-zero", "up", "down", "to-odd", "stochastic"})
            for (const char* part : {"value", "overflow", "range"})
                for (const char* format : {"fp64", "fp32", "e4m3", "e8m0", "int8", "nf4", "posit16"}) {
                    page->setState({{QStringLiteral("tab"), QStringLiteral("stairs")}, {QStringLiteral("formats"), QLatin1String(format)},
                                    {QStringLiteral("rounding"), QLatin1String(rounding)}, {QStringLiteral("stairs"), QLatin1String(part)},
                                    {QStringLiteral("overflow"), QStringLiteral("ieee")}});
                    QVERIFY(!page->grab().isNull());
                    QCOMPARE(page->lineCard()->stairs()->content().small.size(), roundingRows().size());
                }
    }

    void everyBlockFormatIsShownAndItsStateComesBack()
    {
        QVERIFY(shownBlockFormats().size() >= 10);
        for (const BlockFormat* format : shownBlockFormats()) {
            const auto page = numbersPage("block", {{QStringLiteral("block"), QString::fromUtf8(format->id.data(), qsizetype(format->id.size()))},
                                               {QStringLiteral("scaleRule"), QStringLiteral("even")}, {QStringLiteral("largestTimes"), 4}});
            QVERIFY(!page->grab().isNull());
            QCOMPARE(page->csv().count('\n'), format->elements + 1);
            const auto other = numbersPage("block", page->state());
            QCOMPARE(other->csv(), page->csv());
        }
    }

    /// What a keyboard and a screen reader meet on each tab.
    void everythingInteractiveIsReachedByTabAndNamed_data()
    {
        QTest::addColumn<QString>("tab");
        for (const char* tab : {"line", "stairs", "values", "arithmetic", "build", "block"})
            QTest::newRow(tab) << QString(QLatin1String(tab));
    }
    void everythingInteractiveIsReachedByTabAndNamed()
    {
        QFETCH(QString, tab);
        const auto page = numbersPage(tab.toUtf8().constData(), {{QStringLiteral("terms"), QStringLiteral("random")}, {QStringLiteral("rounding"), QStringLiteral("stochastic")}});
        page->activateWindow();
        QSet<QWidget*> chain;
        for (QWidget* widget = page->nextInFocusChain(); widget != page.get(); widget = widget->nextInFocusChain())
            chain << widget;
        int count = 0;
        for (QWidget* widget : page->findChildren<QWidget*>()) {
            const bool isControl = qobject_cast<QAbstractButton*>(widget) || qobject_cast<QLineEdit*>(widget) || (widget->focusPolicy() & Qt::TabFocus);
            if (!isControl || !widget->isVisible() || !widget->isEnabled() || qobject_cast<QAbstractSpinBox*>(widget->parentWidget()))
                continue;
            ++count;
            const QString what = QLatin1String(widget->metaObject()->className()) + u' ' + widget->accessibleName() + u' ' + widget->objectName();
            // Of segments and tabs only the chosen one takes Tab; arrows move among them.
            const auto* button = qobject_cast<QAbstractButton*>(widget);
            const bool isOneOfMany = button && button->group();
            QVERIFY2(isOneOfMany || widget->focusPolicy() & Qt::TabFocus, qPrintable(what));
            QVERIFY2(chain.contains(widget), qPrintable(what));
            QAccessibleInterface* spoken = QAccessible::queryAccessibleInterface(widget);
            QVERIFY2(spoken, qPrintable(what));
            const bool hasName = !spoken->text(QAccessible::Name).isEmpty() || !widget->toolTip().isEmpty();
            QVERIFY2(hasName, qPrintable(what));
            QVERIFY2(spoken->role() != QAccessible::NoRole, qPrintable(what));
        }
        QVERIFY(count > 8);
    }
};

QUANTOSCOPE_TEST(tst_numbers_tabs, TestNumbersTabs)
#include "tst_numbers_tabs.moc"
