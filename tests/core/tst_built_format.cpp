// SPDX-License-Identifier: Apache-2.0
#include "core/formats/built_format.h"

#include "core/formats/format_limits.h"
#include "core/quantization/quantization_scheme.h"
#include "tests/test_case.h"

#include <cmath>
#include <thread>

using namespace quantoscope;

class TestBuiltFormat : public QObject {
    Q_OBJECT

    /// Every small format that can be built.
    template <class Function>
    static void forEachSmall(int mostBits, Function&& function)
    {
        for (const SpecialCodesRow& row : specialCodesRows())
            for (int exponent = 1; exponent <= mostBits; ++exponent)
                for (int mantissa = 0; exponent + mantissa <= mostBits; ++mantissa)
                    for (const int bias : {-3, 0, 1, (1 << (exponent - 1)) - 1, 20})
                        for (const bool isSigned : {true, false})
                            for (const bool subnormals : {true, false}) {
                                const FloatFormat format{exponent, mantissa, bias, row.specials, isSigned, subnormals};
                                if (checkBuiltFormat(format))
                                    function(format);
                            }
    }

private slots:
    void anIdReadsBackAsTheSameFormat()
    {
        int count = 0;
        forEachSmall(11, [&](const FloatFormat& format) {
            const auto parsed = parseBuiltFormat(builtFormatId(format));
            QVERIFY(parsed.has_value());
            QVERIFY(*parsed == format);
            ++count;
        });
        QVERIFY(count > 1000);
    }

    void everyCodeOfEverySmallFormatComesBack()
    {
        const auto equal = [](double a, double b) { return std::isnan(a) ? std::isnan(b) : a == b && std::signbit(a) == std::signbit(b); };
        forEachSmall(6, [&](const FloatFormat& format) {
            double finite = 0, infinities = 0, notNumbers = 0, negativeZeros = 0, largest = 0;
            for (Code code = 0; code < Code{1} << format.bits(); ++code) {
                const double value = decode(format, code).value;
                if (!std::isnan(value) && !(format.hasSubnormals == false && value == 0))
                    QVERIFY2(equal(value, decode(format, encode(format, value, {Rounding::NearestEven, Overflow::Ieee})).value),
                             builtFormatId(format).c_str());
                finite += std::isfinite(value) && !(value == 0 && std::signbit(value));
                negativeZeros += value == 0 && std::signbit(value);
                infinities += std::isinf(value);
                notNumbers += std::isnan(value);
                if (std::isfinite(value))
                    largest = std::max(largest, value);
            }
            const CodeCensus census = censusOf(format);
            QVERIFY2(census.finite == finite && census.infinities == infinities && census.notNumbers == notNumbers,
                     builtFormatId(format).c_str());
            QCOMPARE(limitsOf(NumberFormat{"", "", "", format}).largest, largest);
        });
    }

    void roundingGoesToTheNearestValue()
    {
        // Against a search over all values: ties to the even code.
        forEachSmall(5, [&](const FloatFormat& format) {
            const NumberFormat row{"", "", "", format};
            const std::vector<double> values = finiteValues(row);
            for (std::size_t i = 1; i < values.size(); ++i) {
                const double low = values[i - 1], high = values[i], quarter = low + (high - low) / 4;
                QVERIFY2(valueOf(row, encode(row, quarter)) == low, builtFormatId(format).c_str());
                QVERIFY2(valueOf(row, encode(row, high - (high - low) / 4)) == high, builtFormatId(format).c_str());
            }
        });
    }

    void builtTwinsOfTheTableAreTheSameFormats()
    {
        for (const NumberFormat& row : numberFormats()) {
            const FloatFormat* format = row.asFloat();
            if (!format || format->unusedLowBits != 0)
                continue;
            const NumberFormat* built = findNumberFormat(builtFormatId(*format));
            QVERIFY2(built, row.id.data());
            QCOMPARE(sameInTable(*built->asFloat()), &row);
            for (const double value : {1.0 / 3, -2.5, 1e-7, 300.0, 1e30, double(INFINITY)})
                QCOMPARE(encode(*built, value), encode(row, value));
        }
    }

    void wrongIdsAreRefusedWithAReason_data()
    {
        QTest::addColumn<QString>("id");
        QTest::addColumn<QString>("reason");
        QTest::newRow("no bits") << "float:" << "sign bit";
        QTest::newRow("a sign of 2") << "float:2.4.3:7:fn" << "sign bit";
        QTest::newRow("no bias") << "float:1.4.3:fn" << "bias";
        QTest::newRow("unknown specials") << "float:1.4.3:7:nan" << "ieee, fn";
        QTest::newRow("something after") << "float:1.4.3:7:fn:x" << "nozero";
        QTest::newRow("12 exponent bits") << "float:1.12.3:7:fn" << "1 to 11";
        QTest::newRow("53 mantissa bits") << "float:1.4.53:7:fn" << "0 to 52";
        QTest::newRow("a number too long") << "float:1.99999999999.3:7:fn" << "sign bit";
        QTest::newRow("beyond FP64") << "float:1.11.3:1022:ieee" << "at least 1023";
        QTest::newRow("below FP64") << "float:1.4.3:2000:fn" << "at most 1072";
        QTest::newRow("bias at the end of int") << "float:1.4.3:-2147483648:fn" << "at least";
        QTest::newRow("bias at the other end") << "float:1.4.3:2147483647:fn" << "at most";
        QTest::newRow("nothing but zero") << "float:1.1.0:0:fn" << "but zero";
        QTest::newRow("signed without zero") << "float:1.4.3:7:fn:nozero" << "unsigned";
        QTest::newRow("unsigned fnuz") << "float:0.4.3:7:fnuz" << "unsigned";
        QTest::newRow("leading zeros") << "float:1.04.3:7:fn" << "float:1.4.3:7:fn";
    }
    void wrongIdsAreRefusedWithAReason()
    {
        QFETCH(QString, id);
        QFETCH(QString, reason);
        const auto parsed = parseBuiltFormat(id.toStdString());
        QVERIFY(!parsed);
        QVERIFY2(QString::fromStdString(parsed.error().message).contains(reason), parsed.error().message.c_str());
        QCOMPARE(findNumberFormat(id.toStdString()), nullptr);
    }

    void oneIdIsOneRowForEveryThread()
    {
        std::vector<const NumberFormat*> found(8);
        std::vector<std::thread> threads;
        for (std::size_t i = 0; i < found.size(); ++i)
            threads.emplace_back([&, i] { found[i] = findNumberFormat("float:1.3.7:5:ieee"); });
        for (std::thread& thread : threads)
            thread.join();
        for (const NumberFormat* row : found)
            QCOMPARE(row, found.front());
        QCOMPARE(QString::fromUtf8(found.front()->name.data()), QStringLiteral("E3M7 bias 5"));
    }

    void aSchemeCanUseOne()
    {
        const auto scheme = parseScheme("float:1.3.2:3:finite,group=32");
        QVERIFY2(scheme.has_value(), scheme ? "" : scheme.error().message.c_str());
        QCOMPARE(QString::fromStdString(scheme->element), QStringLiteral("float:1.3.2:3:finite"));
        QCOMPARE(*parseScheme(schemeText(*scheme)), *scheme);
    }
};

QUANTOSCOPE_TEST(tst_built_format, TestBuiltFormat)
#include "tst_built_format.moc"
