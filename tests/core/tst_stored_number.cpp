// SPDX-License-Identifier: Apache-2.0
#include "core/formats/stored_number.h"

#include "tests/test_case.h"

#include <charconv>
#include <cmath>

using namespace quantoscope;

class TestStoredNumber : public QObject {
    Q_OBJECT

private slots:
    void piIsStoredAsTheTableOfTheCourseSays_data()
    {
        QTest::addColumn<QString>("id");
        QTest::addColumn<qulonglong>("code");
        QTest::addColumn<QString>("exact");
        const auto row = [](const char* id, qulonglong code, const char* exact) {
            QTest::newRow(id) << QString::fromLatin1(id) << code << QString::fromLatin1(exact);
        };
        row("fp64", 0x400921FB54442D18, "3.141592653589793115997963468544185161590576171875");
        row("fp32", 0x40490FDB, "3.1415927410125732421875");
        row("tf32", 0x40490000, "3.140625");
        row("fp16", 0x4248, "3.140625");
        row("bf16", 0x4049, "3.140625");
        row("e4m3", 0x45, "3.25");
        row("e5m2", 0x42, "3");
        row("e2m1", 0x5, "3");
        row("int8", 0x03, "3");
    }
    void piIsStoredAsTheTableOfTheCourseSays()
    {
        QFETCH(QString, id);
        QFETCH(qulonglong, code);
        QFETCH(QString, exact);
        const StoredNumber stored = storeNumber(*findNumberFormat(id.toStdString()), *parseNumber("pi"));
        QCOMPARE(stored.code, Code{code});
        QCOMPARE(QString::fromStdString(stored.exact), exact);
    }

    void errorsAreAgainstTheTypedNumber()
    {
        const StoredNumber pi64 = storeNumber(*findNumberFormat("fp64"), *parseNumber("pi"));
        QCOMPARE(pi64.absoluteError, -1.2246467991473532e-16);   // -sin(double pi), Kahan's classic
        const StoredNumber e4m3 = storeNumber(*findNumberFormat("e4m3"), *parseNumber("pi"));
        QVERIFY(std::abs(e4m3.ulpError - (3.25 - M_PI) / 0.25) < 1e-15);
        QCOMPARE(e4m3.ulp, 0.25);
        QCOMPARE(e4m3.previous, 3.0);
        QCOMPARE(e4m3.next, 3.5);
        QCOMPARE(e4m3.direction, StoredNumber::Direction::Up);
        QVERIFY(std::abs(e4m3.positionBetweenNeighbours - (M_PI - 3) / 0.5) < 1e-15);
        const StoredNumber third = storeNumber(*findNumberFormat("fp16"), *parseNumber("0.25"));
        QCOMPARE(third.absoluteError, 0.0);
        QCOMPARE(third.direction, StoredNumber::Direction::Exact);
        QCOMPARE(third.positionBetweenNeighbours, 1.0 / 3);   // the step halves below a power of two
        QVERIFY(std::isnan(storeNumber(*findNumberFormat("fp16"), *parseNumber("nan")).absoluteError));
        QCOMPARE(storeNumber(*findNumberFormat("fp16"), *parseNumber("1e9")).absoluteError, HUGE_VAL);
    }

    void classesAndFieldsAreNamed()
    {
        const NumberFormat& fp16 = *findNumberFormat("fp16");
        QCOMPARE(describeCode(fp16, 0x0001).className, std::string("subnormal"));
        QCOMPARE(describeCode(fp16, 0x8000).className, std::string("zero"));
        QCOMPARE(describeCode(fp16, 0x8000).exact, std::string("-0"));
        QCOMPARE(describeCode(fp16, 0x7C00).className, std::string("infinity"));
        QCOMPARE(describeCode(fp16, 0x7C01).className, std::string("NaN"));
        const StoredNumber pi = describeCode(fp16, 0x4248);
        QCOMPARE(pi.exponent, 1);
        QCOMPARE(pi.mantissa, std::uint64_t{0x248});
        QCOMPARE(pi.sign, 0);
        QCOMPARE(describeCode(*findNumberFormat("int8"), 0x80).exact, std::string("-128"));
        QCOMPARE(describeCode(*findNumberFormat("posit8"), 0x80).className, std::string("NaR"));
    }

    void exactDecimalsHaveEveryDigit()
    {
        QCOMPARE(exactDecimal(0.1), std::string("0.1000000000000000055511151231257827021181583404541015625"));
        QCOMPARE(exactDecimal(0x1p-24), std::string("0.000000059604644775390625"));
        QCOMPARE(exactDecimal(-448), std::string("-448"));
        QCOMPARE(exactDecimal(0x1p-1074).size(), std::size_t(1074 + 2));
        QCOMPARE(exactDecimal(std::numeric_limits<double>::max()).size(), std::size_t(309));
        QCOMPARE(exactDecimal(-HUGE_VAL), std::string("-inf"));
    }

    void shortestTextReadsBackAndNoShorterOneDoes()
    {
        QCOMPARE(shortestText(*findNumberFormat("fp16"), 0x2E66), std::string("0.1"));
        QCOMPARE(shortestText(*findNumberFormat("bf16"), 0x4049), std::string("3.14"));
        QCOMPARE(shortestText(*findNumberFormat("fp32"), 0x3DCCCCCD), std::string("0.1"));
        QCOMPARE(shortestText(*findNumberFormat("fp64"), 1), std::string("5e-324"));
        for (const char* id : {"e4m3", "e5m2", "e2m1", "e8m0", "int8", "nf4", "posit8", "fp16"}) {
            const NumberFormat& format = *findNumberFormat(id);
            const Code step = bitsOf(format) == 16 ? 97 : 1;
            for (Code code = 0; code < Code{1} << bitsOf(format); code += step) {
                const double value = valueOf(format, code);
                if (!std::isfinite(value) || value == 0)
                    continue;
                const std::string text = shortestText(format, code);
                QCOMPARE(encode(format, *parseNumber(text)), code);
                QVERIFY2(text.size() <= valueText(value).size(), (text + " for " + valueText(value) + " in " + id).c_str());
            }
        }
    }

    void shortDecimalsSayWhatTheyLeaveOut()
    {
        const ShortDecimal small = shortDecimal(*parseNumber("2^-25"), 3);
        QCOMPARE(small.digits, std::string("2.98"));
        QVERIFY(small.cut);
        QCOMPARE(small.exponent, -8);
        const ShortDecimal plain = shortDecimal(*parseNumber("-3.25"), 6);
        QCOMPARE(plain.digits, std::string("-3.25"));
        QVERIFY(!plain.cut);
        QCOMPARE(plain.exponent, 0);
        QVERIFY(shortDecimal(*parseNumber("pi"), 6).cut);
    }
};

QUANTOSCOPE_TEST(tst_stored_number, TestStoredNumber)
#include "tst_stored_number.moc"
