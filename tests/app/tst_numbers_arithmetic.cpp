// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/pages/numbers/arithmetic_panel.h"
#include "app/pages/numbers/digit_sheet.h"
#include "app/pages/numbers/line_card.h"
#include "app/pages/numbers/value_card.h"
#include "tests/app/numbers_page.h"
#include "tests/test_case.h"

#include <QAccessible>
#include <QSignalSpy>

#include <cmath>

using namespace quantoscope;
using namespace quantoscope::test;

class TestNumbersArithmetic : public QObject {
    Q_OBJECT

    static std::unique_ptr<NumbersFigure> pageWith(const QJsonObject& state) { return numbersPage("arithmetic", state); }
    static const DigitLine::Mark* mark(const ArithmeticContent& content, DigitLine::Fate fate)
    {
        for (const DigitLine& line : content.lines)
            for (const DigitLine::Mark& mark : line.marks)
                if (mark.fate == fate)
                    return &mark;
        return nullptr;
    }

private slots:
    void naiveSumsOfOneStick_data()
    {
        QTest::addColumn<QString>("format");
        QTest::addColumn<double>("stuckAt");
        QTest::newRow("FP16: 11 bits of precision") << "fp16" << 2048.0;
        QTest::newRow("BF16: 8 bits of precision") << "bf16" << 256.0;
        QTest::newRow("E4M3: 4 bits of precision") << "e4m3" << 16.0;
    }
    void naiveSumsOfOneStick()
    {
        QFETCH(QString, format);
        QFETCH(double, stuckAt);
        const auto page = pageWith({{QStringLiteral("selected"), format}});
        const QVariantMap readings = page->readings();
        QCOMPARE(readings[QStringLiteral("stuckAt")].toDouble(), stuckAt);
        QCOMPARE(readings[QStringLiteral("stuckAfter")].toDouble(), stuckAt);
        QCOMPARE(readings[QStringLiteral("exactSum")].toDouble(), 4096.0);
        const QString words = stuckWords(page->lineCard()->arithmetic()->sums().of(Summation::Naive));
        QVERIFY2(words.startsWith(QStringLiteral("sticks at %1 after").arg(stuckAt)), qPrintable(words));
    }

    void fp32DoesNotStick()
    {
        const auto page = pageWith({{QStringLiteral("selected"), QStringLiteral("fp32")}});
        QVERIFY(!page->readings().contains(QStringLiteral("stuckAt")));
        QCOMPARE(page->readings()[QStringLiteral("naive.sum")].toDouble(), 4096.0);
    }

    void whatIsAbsorbedStandsBelowTheLastDigitKept()
    {
        // BF16: 256 + 1 is halfway to 258, and 256 is even.
        const auto page = pageWith({{QStringLiteral("value"), QStringLiteral("256")}, {QStringLiteral("b"), QStringLiteral("1")}});
        const QVariantMap readings = page->readings();
        QCOMPARE(readings[QStringLiteral("exact")].toDouble(), 257.0);
        QCOMPARE(readings[QStringLiteral("rounded")].toDouble(), 256.0);
        QCOMPARE(readings[QStringLiteral("isAbsorbed")].toBool(), true);
        QCOMPARE(readings[QStringLiteral("absorbedBits")].toInt(), 1);
        const ArithmeticContent& content = page->lineCard()->arithmetic()->arithmetic();
        const DigitLine::Mark* absorbed = mark(content, DigitLine::Fate::Absorbed);
        QVERIFY(absorbed);
        QCOMPARE(absorbed->first, 0);
        QCOMPARE(absorbed->last, 0);
        QVERIFY(content.sentences.first().startsWith(QStringLiteral("b is absorbed")));
        QVERIFY(QAccessible::queryAccessibleInterface(page->lineCard()->arithmetic()->sheet())->text(QAccessible::Description).contains(QStringLiteral("absorbed")));
    }

    void cancelledDigitsAreTheLeadingOnes()
    {
        // 1 + 2^-10 − 1 in FP16: the digits 2^0 … 2^-9 go, 2^-10 stays, and nothing is rounded.
        const auto page = pageWith({{QStringLiteral("selected"), QStringLiteral("fp16")}, {QStringLiteral("value"), QStringLiteral("1.0009765625")},
                                    {QStringLiteral("b"), QStringLiteral("1")}, {QStringLiteral("operation"), QStringLiteral("subtract")}});
        QCOMPARE(page->readings()[QStringLiteral("cancelledBits")].toInt(), 10);
        QCOMPARE(page->readings()[QStringLiteral("rounded")].toDouble(), std::ldexp(1.0, -10));
        const DigitLine::Mark* cancelled = mark(page->lineCard()->arithmetic()->arithmetic(), DigitLine::Fate::Cancelled);
        QVERIFY(cancelled);
        QCOMPARE(cancelled->first, 0);
        QCOMPARE(cancelled->last, -9);
        QVERIFY(!mark(page->lineCard()->arithmetic()->arithmetic(), DigitLine::Fate::RoundedAway));
    }

    void aFusedOperationRoundsOnce()
    {
        // E4M3: 1.125 · 1.125 = 1.265625; less 1.25 that is 2^-6 exactly, while rounding the product first leaves 0.
        const auto page = pageWith({{QStringLiteral("selected"), QStringLiteral("e4m3")}, {QStringLiteral("value"), QStringLiteral("1.125")},
                                    {QStringLiteral("b"), QStringLiteral("1.125")}, {QStringLiteral("c"), QStringLiteral("-1.25")},
                                    {QStringLiteral("operation"), QStringLiteral("fma")}});
        QCOMPARE(page->readings()[QStringLiteral("rounded")].toDouble(), std::ldexp(1.0, -6));
        QCOMPARE(page->lineCard()->arithmetic()->arithmetic().lines.size(), std::size_t(5));
    }

    void specialResultsAreSaidInWords_data()
    {
        QTest::addColumn<QString>("a");
        QTest::addColumn<QString>("b");
        QTest::addColumn<QString>("operation");
        QTest::addColumn<QString>("words");
        QTest::newRow("IEEE 754, 7.2: inf - inf") << "inf" << "inf" << "subtract" << "not a number";
        QTest::newRow("IEEE 754, 7.3: 1 / 0") << "1" << "0" << "divide" << "infinite";
        QTest::newRow("IEEE 754, 7.4: beyond 65504") << "65504" << "2" << "multiply" << "Overflow";
    }
    void specialResultsAreSaidInWords()
    {
        QFETCH(QString, a);
        QFETCH(QString, b);
        QFETCH(QString, operation);
        QFETCH(QString, words);
        const auto page = pageWith({{QStringLiteral("selected"), QStringLiteral("fp16")}, {QStringLiteral("value"), a},
                                    {QStringLiteral("b"), b}, {QStringLiteral("operation"), operation}});
        const QString said = page->lineCard()->arithmetic()->arithmetic().sentences.join(u' ');
        QVERIFY2(said.contains(words), qPrintable(said));
        page->grab();
    }

    void everyFormatAndOperationCanBeShown()
    {
        for (const NumberFormat& format : numberFormats())
            for (const char* operation : {"add", "subtract", "multiply", "divide", "fma"}) {
                const QString id = QString::fromUtf8(format.id.data(), qsizetype(format.id.size()));
                const auto page = pageWith({{QStringLiteral("format"), id}, {QStringLiteral("value"), QStringLiteral("1/3")},
                                            {QStringLiteral("operation"), QLatin1String(operation)}, {QStringLiteral("termCount"), 64}});
                QVERIFY(!page->lineCard()->arithmetic()->arithmetic().sentences.isEmpty());
                QVERIFY(!page->grab().isNull());
            }
    }

    void aTypedOperandIsOneStepAndAWrongOneChangesNothing()
    {
        const auto page = pageWith({});
        QSignalSpy steps(page.get(), &Figure::changed);
        ValueField* field = page->lineCard()->arithmetic()->operandField(1);
        field->selectAll();
        QTest::keyClicks(field, QStringLiteral("0.25"));
        QCOMPARE(page->readings()[QStringLiteral("b")].toDouble(), 0.25);
        for (const auto& step : steps)
            QCOMPARE(step[1].toString(), steps[0][1].toString());
        const QVariantMap before = page->readings();
        steps.clear();
        QTest::keyClicks(field, QStringLiteral("x"));
        QCOMPARE(steps.size(), 0);
        QCOMPARE(page->readings(), before);
        QTest::keyClick(field, Qt::Key_Escape);
        QCOMPARE(field->text(), QStringLiteral("0.25"));
    }

    void aStateComesBackWhole()
    {
        const QJsonObject state{{QStringLiteral("operation"), QStringLiteral("fma")}, {QStringLiteral("b"), QStringLiteral("sqrt(2)")},
                                {QStringLiteral("c"), QStringLiteral("0x3F80")}, {QStringLiteral("terms"), QStringLiteral("random")},
                                {QStringLiteral("termCount"), 256}, {QStringLiteral("sumSeed"), QStringLiteral("7")}};
        const auto page = pageWith(state);
        const auto other = pageWith(page->state());
        QCOMPARE(other->state(), page->state());
        QCOMPARE(other->csv(), page->csv());
        for (auto entry = state.begin(); entry != state.end(); ++entry)
            QCOMPARE(page->state()[entry.key()], entry.value());
        QCOMPARE(page->readings()[QStringLiteral("c")].toDouble(), 1.0);
    }

    void hostileStatesKeepWhatIsUsual()
    {
        const auto page = pageWith({{QStringLiteral("operation"), QStringLiteral("modulo")}, {QStringLiteral("b"), QStringLiteral("1+")},
                                    {QStringLiteral("termCount"), 2000000000}, {QStringLiteral("terms"), QStringLiteral("primes")}});
        QCOMPARE(page->readings()[QStringLiteral("exactSum")].toDouble(), double(SumSettings::mostTerms));
        QCOMPARE(page->lineCard()->arithmetic()->arithmetic().expression, QStringLiteral("a + b"));
    }

    void lessonsEmbedEitherHalf()
    {
        NumbersFigure sums(NumbersFigure::Part::RunningSum);
        sums.setState({{QStringLiteral("format"), QStringLiteral("fp16")}});
        sums.show();
        QCOMPARE(sums.readings()[QStringLiteral("stuckAt")].toDouble(), 2048.0);
        QVERIFY(!sums.lineCard()->arithmetic()->sheet()->isVisible());
        NumbersFigure operation(NumbersFigure::Part::Arithmetic);
        operation.show();
        QVERIFY(operation.lineCard()->arithmetic()->sheet()->isVisible());
    }
};

QUANTOSCOPE_TEST(tst_numbers_arithmetic, TestNumbersArithmetic)
#include "tst_numbers_arithmetic.moc"
