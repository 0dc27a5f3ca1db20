// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/pages/numbers/numbers_figure.h"

#include "app/pages/numbers/line_card.h"
#include "app/pages/numbers/number_row.h"
#include "app/pages/numbers/value_card.h"
#include "app/pages/numbers/values_panel.h"
#include "tests/test_case.h"
#include "widgets/bit_view.h"
#include "widgets/code_grid.h"
#include "widgets/theme.h"

#include <QAccessible>
#include <QSignalSpy>

#include <cmath>

using namespace quantoscope;

class TestNumbersPage : public QObject {
    Q_OBJECT

    static std::unique_ptr<NumbersFigure> shownPage(QSize size = {1340, 840})
    {
        auto page = std::make_unique<NumbersFigure>();
        page->resize(size);
        page->show();
        return page;
    }
    static QPoint centre(const BitView& view, int bit) { return view.bitLayout().ofBit(bit)->rect.center().toPoint(); }
    static QString code(const NumbersFigure& page, const char* format)
    {
        return page.readings()[QLatin1String(format) + QStringLiteral(".code")].toString();
    }

private slots:
    void piHasTheCodesOfTheTextbook_data()
    {
        QTest::addColumn<QString>("format");
        QTest::addColumn<QString>("code");
        QTest::addColumn<double>("stored");
        QTest::addColumn<double>("error");
        QTest::newRow("IEEE binary32") << "fp32" << "0x40490FDB" << 3.1415927410125732421875 << 8.7423e-8;
        QTest::newRow("IEEE binary16") << "fp16" << "0x4248" << 3.140625 << -9.6765e-4;
        QTest::newRow("bfloat16") << "bf16" << "0x4049" << 3.140625 << -9.6765e-4;
        QTest::newRow("OCP E4M3") << "e4m3" << "0x45" << 3.25 << 0.108407;
        QTest::newRow("OCP E5M2") << "e5m2" << "0x42" << 3.0 << -0.141593;
    }
    void piHasTheCodesOfTheTextbook()
    {
        QFETCH(QString, format);
        QFETCH(QString, code);
        QFETCH(double, stored);
        QFETCH(double, error);
        const auto page = shownPage();
        const QVariantMap readings = page->readings();
        QCOMPARE(readings[format + QStringLiteral(".code")].toString(), code);
        QCOMPARE(readings[format + QStringLiteral(".stored")].toDouble(), stored);
        QVERIFY(std::abs(readings[format + QStringLiteral(".absoluteError")].toDouble() / error - 1) < 1e-4);
    }

    void aThirdIsKeptExactly()
    {
        const auto page = shownPage();
        QSignalSpy steps(page.get(), &Figure::changed);
        ValueField* field = page->valueCard()->field();
        field->setFocus();
        field->selectAll();
        QTest::keyClicks(field, QStringLiteral("1/3"));
        QCOMPARE(code(*page, "fp32"), QStringLiteral("0x3EAAAAAB"));
        QCOMPARE(code(*page, "e4m3"), QStringLiteral("0x2B"));
        QCOMPARE(field->text(), QStringLiteral("1/3"));
        QCOMPARE(page->state()[QStringLiteral("value")].toString(), QStringLiteral("1/3"));
        // Typing is one step of undo ("1", not yet "1/", then "1/3").
        for (const auto& step : steps)
            QCOMPARE(step[1].toString(), steps[0][1].toString());
    }

    void wrongInputSaysWhereAndKeepsThePicture()
    {
        const auto page = shownPage();
        QVERIFY(!page->enterValue(QStringLiteral("2*x")));
        QVERIFY(page->problemSentence().contains(QStringLiteral("Character 3")));
        QCOMPARE(code(*page, "fp16"), QStringLiteral("0x4248"));
        QVERIFY(page->enterValue(QStringLiteral("2*3")));
        QVERIFY(page->problemSentence().isEmpty());
        QCOMPARE(code(*page, "fp16"), QStringLiteral("0x4600"));
    }

    void aTypedCodeBelongsToTheSelectedRow()
    {
        const auto page = shownPage();
        page->setState({{QStringLiteral("selected"), QStringLiteral("fp16")}});
        QVERIFY(page->enterValue(QStringLiteral("0x4248")));
        QCOMPARE(page->readings()[QStringLiteral("stored")].toDouble(), 3.140625);
        QVERIFY(!page->enterValue(QStringLiteral("0x42480")));
        QVERIFY(!page->problemSentence().isEmpty());
    }

    void aFlippedBitIsTheValueOfAllRows()
    {
        const auto page = shownPage();
        QSignalSpy steps(page.get(), &Figure::changed);
        BitView* bits = page->row(QStringLiteral("fp32"))->bits();
        QTest::mouseClick(bits, Qt::LeftButton, {}, centre(*bits, 31));
        QVERIFY(!steps.isEmpty());
        QCOMPARE(code(*page, "fp32"), QStringLiteral("0xC0490FDB"));
        QCOMPARE(code(*page, "bf16"), QStringLiteral("0xC049"));
        QCOMPARE(page->readings()[QStringLiteral("value")].toDouble(), -3.1415927410125732421875);
        // Bit 30 of π makes a subnormal, as the textbook says: 6.70968e-39.
        QTest::mouseClick(bits, Qt::LeftButton, {}, centre(*bits, 31));
        bits->setFocus();
        bits->focusBit(30);
        QTest::keyClick(bits, Qt::Key_Space);
        QCOMPARE(code(*page, "fp32"), QStringLiteral("0x00490FDB"));
        QCOMPARE(page->readings()[QStringLiteral("className")].toString(), QStringLiteral("subnormal"));
    }

    void theFlippedRowKeepsItsCodeEvenWhereItsValueHasTwo()
    {
        const auto page = shownPage();
        page->setState({{QStringLiteral("selected"), QStringLiteral("fp16")}, {QStringLiteral("code"), QStringLiteral("0x7E01")}});
        QCOMPARE(code(*page, "fp16"), QStringLiteral("0x7E01"));
        QCOMPARE(page->readings()[QStringLiteral("className")].toString(), QStringLiteral("NaN"));
    }

    void aStateComesBackWhole()
    {
        const auto page = shownPage();
        QVERIFY(page->enterValue(QStringLiteral("0.1")));
        QJsonObject state = page->state();
        state[QStringLiteral("rounding")] = QStringLiteral("stochastic");
        state[QStringLiteral("seed")] = QStringLiteral("18446744073709551615");
        state[QStringLiteral("tab")] = QStringLiteral("values");
        page->setState(state);
        QCOMPARE(page->state(), state);
        page->setState(page->state());
        QCOMPARE(page->state(), state);
    }

    void setStateRecordsNoStep()
    {
        const auto page = shownPage();
        const QSignalSpy steps(page.get(), &Figure::changed);
        page->setState({{QStringLiteral("value"), QStringLiteral("2")}, {QStringLiteral("unknown"), 1}});
        QVERIFY(steps.isEmpty());
        QCOMPARE(page->readings()[QStringLiteral("value")].toDouble(), 2.0);
    }

    void rowsMoveAndGoByKeyboard()
    {
        const auto page = shownPage();
        BitView* bits = page->row(QStringLiteral("fp16"))->bits();
        bits->setFocus();
        page->setState({{QStringLiteral("selected"), QStringLiteral("fp16")}});
        QTest::keyClick(bits, Qt::Key_Up, Qt::AltModifier);
        QCOMPARE(page->content().rows[0].id, QStringLiteral("fp16"));
        QTest::keyClick(bits, Qt::Key_Delete);
        QCOMPARE(page->content().rows.size(), std::size_t(5));
        QVERIFY(!page->row(QStringLiteral("fp16")));
    }

    void everyFormatCanBeARow()
    {
        const auto page = shownPage();
        for (const NumberFormat& format : numberFormats()) {
            const QString id = QString::fromUtf8(format.id.data(), qsizetype(format.id.size()));
            for (const char* value : {"pi", "-0", "1e300", "-inf", "nan", "2^-1080"}) {
                page->setState({{QStringLiteral("formats"), id}, {QStringLiteral("value"), QLatin1String(value)}});
                QVERIFY(!page->grab().isNull());
            }
            QCOMPARE(page->content().rows.size(), std::size_t(1));
        }
    }

    void everyBitHasANameForScreenReaders()
    {
        const auto page = shownPage();
        for (const NumberRowContent& row : page->content().rows) {
            QAccessibleInterface* group = QAccessible::queryAccessibleInterface(page->row(row.id)->bits());
            QCOMPARE(group->childCount(), int(shownBits(row.format).size()));
            for (int i = 0; i < group->childCount(); ++i) {
                QVERIFY(!group->child(i)->text(QAccessible::Name).isEmpty());
                QCOMPARE(group->child(i)->role(), QAccessible::CheckBox);
            }
        }
    }

    void aCellOfTheGridIsACodeOfItsRow()
    {
        const auto page = shownPage();
        page->setState({{QStringLiteral("selected"), QStringLiteral("e4m3")}, {QStringLiteral("tab"), QStringLiteral("values")},
                        {QStringLiteral("arrangement"), QStringLiteral("table")}});
        QTest::keyClick(page->lineCard()->grid(), Qt::Key_Right);
        QCOMPARE(code(*page, "e4m3"), QStringLiteral("0x46"));
        QTest::keyClick(page->lineCard()->grid(), Qt::Key_Up);
        QCOMPARE(code(*page, "e4m3"), QStringLiteral("0x36"));
    }

    void aColumnOfTheGridIsABinade()
    {
        const auto page = shownPage();
        page->setState({{QStringLiteral("selected"), QStringLiteral("e4m3")}, {QStringLiteral("tab"), QStringLiteral("values")}});
        const auto stored = [&] { return page->readings()[QStringLiteral("e4m3.stored")].toDouble(); };
        QCOMPARE(stored(), 3.25);
        QTest::keyClick(page->lineCard()->grid(), Qt::Key_Right);
        QCOMPARE(stored(), 6.5);
        QTest::keyClick(page->lineCard()->grid(), Qt::Key_Up);
        QCOMPARE(stored(), 7.0);
        for (int i = 0; i < 8; ++i)   // Past the smallest of the binade lies the negative half.
            QTest::keyClick(page->lineCard()->grid(), Qt::Key_Down);
        QCOMPARE(stored(), -4.5);
        // Nothing is left out: each of the 1024 codes of a 10-bit format has a place of its own.
        page->setState({{QStringLiteral("formats"), QStringLiteral("binary10p5se")}, {QStringLiteral("tab"), QStringLiteral("values")}});
        QVERIFY(!page->grab().isNull());
        QVERIFY(page->lineCard()->values()->factsText().contains(QStringLiteral("1021 finite values")));
    }

    void overflowIsASwitch()
    {
        const auto page = shownPage();
        QVERIFY(page->enterValue(QStringLiteral("1e6")));
        QCOMPARE(code(*page, "fp16"), QStringLiteral("0x7C00"));
        QCOMPARE(code(*page, "e4m3"), QStringLiteral("0x7E"));
        QJsonObject state = page->state();
        state[QStringLiteral("overflow")] = QStringLiteral("saturate");
        page->setState(state);
        QCOMPARE(code(*page, "fp16"), QStringLiteral("0x7BFF"));
        QCOMPARE(page->state(), state);
        state[QStringLiteral("overflow")] = QStringLiteral("ieee");
        page->setState(state);
        QCOMPARE(code(*page, "e4m3"), QStringLiteral("0x7F"));
        QVERIFY(page->commandLine().contains(QStringLiteral("--overflow ieee")));
    }

    void aNanIsNamed_data()
    {
        QTest::addColumn<QString>("format");
        QTest::addColumn<QString>("code");
        QTest::addColumn<QString>("words");
        QTest::newRow("quiet") << "fp16" << "0x7E01" << "quiet NaN, payload 1 (0x1 of 9 bits)";
        QTest::newRow("signalling") << "bf16" << "0xFF82" << "signalling NaN, payload 2 (0x2 of 6 bits)";
        QTest::newRow("E4M3") << "e4m3" << "0x7F" << "not a number: one code of each sign";
        QTest::newRow("an infinity is none") << "fp16" << "0x7C00" << "";
    }
    void aNanIsNamed()
    {
        QFETCH(QString, format);
        QFETCH(QString, code);
        QFETCH(QString, words);
        const auto page = shownPage();
        page->setState({{QStringLiteral("selected"), format}, {QStringLiteral("code"), code}});
        QCOMPARE(page->readings()[QStringLiteral("nan")].toString(), words);
        // Never 1 × 2^16 × 1: what is no number has no formula with a product.
        const NumberRowContent* row = nullptr;
        for (const NumberRowContent& one : page->content().rows)
            row = one.id == format ? &one : row;
        QString shown;
        for (const FormulaPiece& piece : rowFormula(*row, theme(), 12))
            shown += piece.text;
        QVERIFY2(!shown.contains(QChar(0x00D7)), qPrintable(shown));
    }

    void oneRowStandsAboveTheTabsThatAreAboutIt()
    {
        const auto page = shownPage();
        for (const auto& [tab, shown] : {std::pair("stairs", "bf16"), std::pair("values", "e4m3")}) {
            page->setState({{QStringLiteral("tab"), QLatin1String(tab)}});
            for (const NumberRowContent& row : page->content().rows)
                QCOMPARE(page->row(row.id)->isVisible(), row.id == QLatin1String(shown));
        }
        page->setState({{QStringLiteral("tab"), QStringLiteral("line")}});
        for (const NumberRowContent& row : page->content().rows)
            QVERIFY(page->row(row.id)->isVisible());
    }

    void commandLineAndTableSayWhatIsShown()
    {
        const auto page = shownPage();
        QVERIFY(page->enterValue(QStringLiteral("1/3")));
        QCOMPARE(page->commandLine(), QStringLiteral("qscope number \"1/3\" --formats fp32,fp16,bf16,e4m3,e5m2,int8 --rounding nearest-even"));
        const QList<QByteArray> lines = page->csv().trimmed().split('\n');
        QCOMPARE(lines.size(), 7);
        QVERIFY(lines[2].startsWith("fp16,0x3555,0.333251953125,"));
    }

    void presenterAndPartsShowTheSameNumbers()
    {
        const auto page = shownPage({1024, 700});
        page->setPresenting(true);
        QVERIFY(!page->grab().isNull());
        QTest::keyClick(page.get(), Qt::Key_F);
        QCOMPARE(page->readings()[QStringLiteral("format")].toString(), QStringLiteral("e4m3"));
        QTest::keyClick(page.get(), Qt::Key_BracketRight);
        QCOMPARE(code(*page, "e4m3"), QStringLiteral("0x46"));
        page->setPresenting(false);
        NumbersFigure lesson(NumbersFigure::Part::BitView);
        lesson.setState({{QStringLiteral("format"), QStringLiteral("e4m3")}, {QStringLiteral("code"), QStringLiteral("0x7E")}});
        QCOMPARE(lesson.readings()[QStringLiteral("stored")].toDouble(), 448.0);
        QCOMPARE(lesson.content().rows.size(), std::size_t(1));
    }

    void aLinkWithoutASensibleValueSaysSo()
    {
        NumbersFigure page;
        page.setState({{QStringLiteral("value"), QStringLiteral("abc")}});
        QCOMPARE(page.state()[QStringLiteral("value")].toString(), NumbersState::first().text);
        QVERIFY2(page.problemSentence().contains(QStringLiteral("abc")), qPrintable(page.problemSentence()));
        page.setState({{QStringLiteral("value"), QStringLiteral("0x4248")}, {QStringLiteral("selected"), QStringLiteral("fp16")}});
        QCOMPARE(page.readings()[QStringLiteral("fp16.stored")].toDouble(), 3.140625);
        QVERIFY(page.problemSentence().isEmpty());
    }
};

QUANTOSCOPE_TEST(tst_numbers_page, TestNumbersPage)
#include "tst_numbers_page.moc"
