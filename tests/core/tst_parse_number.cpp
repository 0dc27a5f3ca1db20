// SPDX-License-Identifier: Apache-2.0
#include "core/formats/number_format.h"
#include "core/formats/real_number.h"

#include "tests/test_case.h"

#include <chrono>
#include <clocale>
#include <cmath>

using namespace quantoscope;

class TestParseNumber : public QObject {
    Q_OBJECT

private slots:
    void everyWayOfWritingIsUnderstood_data()
    {
        QTest::addColumn<QString>("typed");
        QTest::addColumn<double>("value");
        QTest::addColumn<bool>("rational");
        const auto row = [](const char* typed, double value, bool rational = true) {
            QTest::newRow(typed) << QString::fromUtf8(typed) << value << rational;
        };
        row("0.1", 0.1);
        row(".5", 0.5);
        row("5.", 5);
        row("1/3", 1.0 / 3);
        row("-1/3", -1.0 / 3);
        row("2^-24", 0x1p-24);
        row("2**10", 1024);
        row("-2^2", -4);
        row("2^3^2", 512);
        row("(-2)^3", -8);
        row("0x1.8p3", 12);
        row("-0x.8p-1", -0.25);
        row("1e-3", 0.001);
        row("1E+3", 1000);
        row("1e400", HUGE_VAL);
        row("1e-400", 0);
        row("1_000", 1000);
        row("4^0.5", 2);
        row("(8/27)^(1/3)", 2.0 / 3);
        row("sqrt(4/9)", 2.0 / 3);
        row("(1 + 2) * 3 - 4/2", 7);
        row("--1", 1);
        row("1/0", HUGE_VAL);
        row("inf", HUGE_VAL);
        row("-∞", -HUGE_VAL);
        row("−3 × 4", -12);
        row("0^0", 1);
        row("-1^16383", -1);
        row("pi", M_PI, false);
        row("π", M_PI, false);
        row("-pi/2", -M_PI / 2, false);
        row("2π", 2 * M_PI, false);
        row("e", M_E, false);
        row("2e", 2 * M_E, false);
        row("sqrt(2)", M_SQRT2, false);
        row("√2", M_SQRT2, false);
        row("2^0.5", M_SQRT2, false);
        row("sqrt(2)*sqrt(2)", 2, false);
        row("pi^2000", HUGE_VAL, false);
    }
    void everyWayOfWritingIsUnderstood()
    {
        QFETCH(QString, typed);
        QFETCH(double, value);
        QFETCH(bool, rational);
        const auto number = parseNumber(typed.toStdString());
        QVERIFY2(number, number ? "" : number.error().message.c_str());
        QCOMPARE(number->toDouble(), value);
        QCOMPARE(number->isRational(), rational);
    }

    void nanAndNegativeZeroAreKept()
    {
        QVERIFY(parseNumber("nan")->isNaN() && !parseNumber("nan")->isNegative());
        QVERIFY(parseNumber("-nan")->isNaN() && parseNumber("-nan")->isNegative());
        QVERIFY(parseNumber("inf-inf")->isNaN());
        QVERIFY(parseNumber("0*inf")->isNaN());
        QVERIFY(parseNumber("0/0")->isNaN());
        QVERIFY(parseNumber("-0")->isZero() && parseNumber("-0")->isNegative());
        QCOMPARE(encode(*findNumberFormat("fp16"), *parseNumber("-0.0")), Code{0x8000});
    }

    void mistakesGetASentenceThatSaysWhere_data()
    {
        QTest::addColumn<QString>("typed");
        QTest::addColumn<QString>("part");
        QTest::newRow("empty") << "  " << "There is no number";
        QTest::newRow("letter") << "1+x" << "Character 3, \"x\"";
        QTest::newRow("after π") << "π?" << "Character 2, \"?\"";
        QTest::newRow("comma") << "0,1" << "write a point";
        QTest::newRow("ends early") << "1+" << "ends too early";
        QTest::newRow("parenthesis") << "(1" << "closing parenthesis";
        QTest::newRow("a code") << "0x4248" << "is a code, not a number";
        QTest::newRow("negative root") << "sqrt(-1)" << "negative";
        QTest::newRow("negative base") << "(-1)^0.5" << "negative";
        QTest::newRow("exponent bomb") << "1e999999999" << "beyond";
        QTest::newRow("small exponent bomb") << "1e-999999999" << "beyond";
        QTest::newRow("power tower") << "9^9^9" << "beyond";
        QTest::newRow("fraction tower") << "(1/3)^99999" << "beyond";
        QTest::newRow("irrational power") << "pi^pi^pi^pi" << "beyond";
        QTest::newRow("hexadecimal bomb") << "0x1p99999999999" << "beyond";
        QTest::newRow("nesting") << QString(900, QLatin1Char('(')) << "parentheses";
        QTest::newRow("signs") << QString(900, QLatin1Char('-')) + QStringLiteral("1") << "signs";
        QTest::newRow("powers") << QStringLiteral("1^").repeated(450) + QStringLiteral("1") << "powers";
        QTest::newRow("roots") << QStringLiteral("sqrt").repeated(200) + QStringLiteral("1") << "roots";
        QTest::newRow("length") << QString(1001, QLatin1Char('1')) << "longer";
        QTest::newRow("growth") << QStringLiteral("1/3+1/7919+").repeated(80) + QStringLiteral("x") << "Character 881";
        QTest::newRow("product") << QStringLiteral("1e999*").repeated(100) + QStringLiteral("1") << "beyond";
    }
    void mistakesGetASentenceThatSaysWhere()
    {
        QFETCH(QString, typed);
        QFETCH(QString, part);
        const auto start = std::chrono::steady_clock::now();
        const auto number = parseNumber(typed.toStdString());
        const auto took = std::chrono::steady_clock::now() - start;
        QVERIFY(!number);
        QVERIFY2(QString::fromStdString(number.error().message).contains(part), number.error().message.c_str());
        QVERIFY(took < std::chrono::seconds(10));
    }

    void aTypedNumberIsRoundedOnce()
    {
        // 1 + 2^-8 + 2^-30 through FP32 would be a tie and end at 1; directly it is above the tie.
        QCOMPARE(encode(*findNumberFormat("bf16"), *parseNumber("1 + 2^-8 + 2^-30")), Code{0x3F81});
        // Above the tie by less than a double can tell.
        QCOMPARE(encode(*findNumberFormat("bf16"), *parseNumber("1 + 2^-8 + 2^-300")), Code{0x3F81});
        QCOMPARE(encode(*findNumberFormat("bf16"), *parseNumber("1 + 2^-8")), Code{0x3F80});
        QCOMPARE(encode(*findNumberFormat("int8"), *parseNumber("2.5 + 1e-100")), Code{3});
        QCOMPARE(encode(*findNumberFormat("fp64"), *parseNumber("0.1"), {.rounding = Rounding::Down}), Code{0x3FB9999999999999});
        QCOMPARE(encode(*findNumberFormat("fp64"), *parseNumber("1e4000")), Code{0x7FF0000000000000});
        QCOMPARE(encode(*findNumberFormat("posit16"), *parseNumber("1e-4000")), Code{1});
    }

    void theLocaleDoesNotMatter()
    {
        const std::string before = std::setlocale(LC_ALL, nullptr);
        if (!std::setlocale(LC_ALL, "de_DE.UTF-8"))
            QSKIP("The locale de_DE.UTF-8 is not installed.");
        const double value = parseNumber("1.5e-1")->toDouble();
        const std::string digits = RealNumber::fromDouble(0.1).decimal(5).text;
        std::setlocale(LC_ALL, before.c_str());
        QCOMPARE(value, 0.15);
        QCOMPARE(digits, std::string("0.10000"));
    }

    void digitsAreCutNotRounded()
    {
        const auto pi = parseNumber("pi");
        QCOMPARE(pi->decimal(7).text, std::string("3.141592"));
        QVERIFY(pi->decimal(7).cut);
        QCOMPARE(pi->binary(10).text, std::string("11.0010010000"));
        QCOMPARE(parseNumber("2/3")->decimal(3).text, std::string("0.666"));
        QCOMPARE(parseNumber("-1/1024")->decimal(20).text, std::string("-0.0009765625"));
        QVERIFY(!parseNumber("1/1024")->decimal(20).cut);
        QCOMPARE(parseNumber("0.75")->binary(4).text, std::string("0.1100"));
    }
};

QUANTOSCOPE_TEST(tst_parse_number, TestParseNumber)
#include "tst_parse_number.moc"
