// SPDX-License-Identifier: Apache-2.0
#include "core/formats/nan_parts.h"
#include "core/formats/staircase.h"
#include "core/formats/value_facts.h"
#include "core/random.h"

#include "tests/test_case.h"

#include <algorithm>
#include <cmath>

using namespace quantoscope;

namespace {

/// "448 464 nan": the value of each tread, with the places where it changes in between.
QString written(const Staircase& stairs)
{
    QStringList words;
    for (std::size_t i = 0; i < stairs.treads.size(); ++i) {
        if (i > 0)
            words << QStringLiteral("@%1").arg(stairs.treads[i].from);
        words << QString::number(stairs.treads[i].value);
    }
    return words.join(u' ');
}

double at(const Staircase& stairs, double x)
{
    for (const StairPoint& point : stairs.points)
        if (point.x == x)
            return point.value;
    return std::nan("");
}

}  // namespace

class TestStaircase : public QObject {
    Q_OBJECT

private slots:
    /// E2M1 has 0 0.5 1 1.5 2 3 4 6; between 2 and 6 the halves are 2.5, 3.5 and 5. Its codes of 2, 4 and the one
    /// beyond 6 are even.
    void eachRoundingHasItsOwnStairs_data()
    {
        QTest::addColumn<QString>("rounding");
        QTest::addColumn<QString>("stairs");
        QTest::newRow("ties to even") << "nearest-even" << "2 @2.5 3 @3 3 @3.5 4 @4 4 @5 6";
        QTest::newRow("ties away") << "nearest-away" << "2 @2.5 3 @3 3 @3.5 4 @4 4 @5 6";
        QTest::newRow("toward zero") << "toward-zero" << "2 @3 3 @4 4";
        QTest::newRow("up") << "up" << "3 @3 4 @4 6";
        QTest::newRow("down") << "down" << "2 @3 3 @4 4";
        QTest::newRow("to the odd code") << "to-odd" << "3 @3 3 @4 6";
    }
    void eachRoundingHasItsOwnStairs()
    {
        QFETCH(QString, rounding);
        QFETCH(QString, stairs);
        const NumberFormat& format = *findNumberFormat("e2m1");
        const Staircase found = staircase(format, 2, 6, {*findRounding(rounding.toStdString())});
        QCOMPARE(written(found), stairs);
        QCOMPARE(at(found, 3), 3.0);
        QCOMPARE(at(found, 4), 4.0);
    }

    void tiesAreSeenAtTheirPoint()
    {
        const NumberFormat& format = *findNumberFormat("e2m1");
        const Staircase even = staircase(format, 2, 6, {Rounding::NearestEven}), away = staircase(format, 2, 6, {Rounding::NearestAway});
        QCOMPARE(at(even, 2.5), 2.0);
        QCOMPARE(at(away, 2.5), 3.0);
        QCOMPARE(at(even, 5), 4.0);
        QCOMPARE(at(away, 5), 6.0);
    }

    void overflowBeginsWhereTheFormatSays()
    {
        const NumberFormat& e4m3 = *findNumberFormat("e4m3");
        QCOMPARE(written(staircase(e4m3, 440, 600, {Rounding::NearestEven, Overflow::Ieee})), QStringLiteral("448 @448 448 @464 nan"));
        QCOMPARE(written(staircase(e4m3, 440, 600, {Rounding::NearestEven, Overflow::Saturate})), QStringLiteral("448 @448 448"));
        const NumberFormat& fp16 = *findNumberFormat("fp16");
        const Staircase stairs = staircase(fp16, 65500, 66000, {});
        QVERIFY(written(stairs).endsWith(QStringLiteral("65504 @65520 inf")));
        QVERIFY(std::isinf(at(stairs, 65520)));
    }

    /// Any x has the tread it lies on, in every format and deterministic rounding.
    void everyNumberLiesOnItsTread()
    {
        const RandomStream random(7);
        std::uint64_t draw = 0;
        for (const NumberFormat& format : numberFormats()) {
            for (const auto& [low, high] : {std::pair{-7.25, 9.5}, {-0.031, 0.017}, {200.0, 500.0}, {-1e39, 1e39}}) {
                for (const RoundingRow& row : roundingRows()) {
                    for (const Overflow overflow : {Overflow::Saturate, Overflow::Ieee}) {
                        const RoundingRule rule{row.rounding, overflow};
                        if (row.rounding == Rounding::Stochastic)
                            continue;
                        const Staircase stairs = staircase(format, low, high, rule);
                        if (stairs.isTooFine)
                            continue;
                        for (int i = 0; i < 60; ++i) {
                            const double x = low + random.uniform(draw++) * (high - low);
                            const double expected = valueOf(format, encode(format, x, rule));
                            double found = at(stairs, x);
                            for (const Tread& tread : stairs.treads)
                                if (tread.from < x && x < tread.to)
                                    found = tread.value;
                            if (!(found == expected || (std::isnan(found) && std::isnan(expected))))
                                QFAIL(qPrintable(QStringLiteral("%1 %2: %3 lies on %4, not on %5")
                                                     .arg(QString::fromStdString(std::string(format.id)), QString::fromStdString(std::string(row.id)))
                                                     .arg(x, 0, 'g', 17).arg(found).arg(expected)));
                        }
                    }
                }
            }
        }
    }

    void oddsAreThoseOfTheTextbook_data()
    {
        QTest::addColumn<QString>("format");
        QTest::addColumn<double>("x");
        QTest::addColumn<double>("below");
        QTest::addColumn<double>("above");
        QTest::addColumn<double>("probability");
        QTest::newRow("E4M3, pi") << "e4m3" << M_PI << 3.0 << 3.25 << 0.5663706;
        QTest::newRow("E5M2, pi") << "e5m2" << M_PI << 3.0 << 3.5 << 0.2831853;
        QTest::newRow("E2M1, pi") << "e2m1" << M_PI << 3.0 << 4.0 << 0.1415927;
        QTest::newRow("BF16, pi") << "bf16" << M_PI << 3.140625 << 3.15625 << 0.0619298;
        QTest::newRow("negative") << "e2m1" << -M_PI << -4.0 << -3.0 << 1 - 0.1415927;
        QTest::newRow("a number of the format") << "fp16" << 1.5 << 1.5 << 1.5 << 0.0;
        QTest::newRow("beyond the end") << "e2m1" << 100.0 << 6.0 << 6.0 << 0.0;
        QTest::newRow("whole numbers") << "int8" << 2.25 << 2.0 << 3.0 << 0.25;
    }
    void oddsAreThoseOfTheTextbook()
    {
        QFETCH(QString, format);
        QFETCH(double, x);
        QFETCH(double, below);
        QFETCH(double, above);
        QFETCH(double, probability);
        const RoundingOdds odds = roundingOdds(*findNumberFormat(format.toStdString()), x);
        QCOMPARE(odds.below, below);
        QCOMPARE(odds.above, above);
        QVERIFY2(std::abs(odds.probabilityAbove - probability) < 1e-7, qPrintable(QString::number(odds.probabilityAbove)));
    }

    void drawsFollowTheOdds()
    {
        for (const char* id : {"e4m3", "posit8", "nf4", "int4", "fp16"}) {
            const NumberFormat& format = *findNumberFormat(id);
            const double x = -0.7345;
            const RoundingOdds odds = roundingOdds(format, x);
            const int draws = 40000;
            int above = 0;
            for (int i = 0; i < draws; ++i) {
                const double value = valueOf(format, encode(format, x, {Rounding::Stochastic, {}, 3, std::uint64_t(i)}));
                QVERIFY(value == odds.above || value == odds.below);
                above += value == odds.above;
            }
            const double p = odds.probabilityAbove;
            QVERIFY2(std::abs(above / double(draws) - p) < 5 * std::sqrt(p * (1 - p) / draws), id);
        }
    }

    void aNanSaysWhatItIs_data()
    {
        QTest::addColumn<QString>("format");
        QTest::addColumn<qulonglong>("code");
        QTest::addColumn<QString>("parts");
        QTest::newRow("FP16, the usual one") << "fp16" << 0x7E00ull << "+ quiet 0/9";
        QTest::newRow("FP16, signalling") << "fp16" << 0xFC2Aull << "- signalling 42/9";
        QTest::newRow("FP64 with a message") << "fp64" << 0x7FF800000000CAFEull << "+ quiet 51966/51";
        QTest::newRow("TF32 without its low bits") << "tf32" << 0x7FC02000ull << "+ quiet 1/9";
        QTest::newRow("E5M2 has three of each sign") << "e5m2" << 0x7Dull << "+ signalling 1/1";
        QTest::newRow("E4M3 has one of each sign") << "e4m3" << 0xFFull << "- 0/0";
        QTest::newRow("FNUZ in the place of -0") << "e4m3fnuz" << 0x80ull << "+ 0/0 only";
        QTest::newRow("E8M0") << "e8m0" << 0xFFull << "+ 0/0 only";
        QTest::newRow("NaR") << "posit8" << 0x80ull << "+ 0/0 only";
    }
    void aNanSaysWhatItIs()
    {
        QFETCH(QString, format);
        QFETCH(qulonglong, code);
        QFETCH(QString, parts);
        const auto found = nanParts(*findNumberFormat(format.toStdString()), code);
        QVERIFY(found);
        QString words = found->negative ? QStringLiteral("-") : QStringLiteral("+");
        if (found->isQuiet)
            words += *found->isQuiet ? QStringLiteral(" quiet") : QStringLiteral(" signalling");
        words += QStringLiteral(" %1/%2").arg(found->payload).arg(found->payloadBits);
        if (found->isOnly)
            words += QStringLiteral(" only");
        QCOMPARE(words, parts);
        QVERIFY(!nanParts(*findNumberFormat(format.toStdString()), 1));
    }

    void factsOfAllValuesAreThoseOfTheSpecifications_data()
    {
        QTest::addColumn<QString>("format");
        QTest::addColumn<QString>("facts");
        // finite, infinities, NaNs, smallest and largest gap, magnitudes above 1 of all.
        QTest::newRow("OCP OFP8 E4M3") << "e4m3" << "253 0 2 0.00195313 32 70/126";
        QTest::newRow("OCP OFP8 E5M2") << "e5m2" << "247 2 6 1.52588e-05 8192 63/123";
        QTest::newRow("OCP MX E2M1") << "e2m1" << "15 0 0 0.5 2 5/7";
        QTest::newRow("OCP MX E8M0") << "e8m0" << "255 0 1 5.87747e-39 8.50706e+37 127/255";
        QTest::newRow("two's complement") << "int8" << "256 0 0 1 1 126/127";
    }
    void factsOfAllValuesAreThoseOfTheSpecifications()
    {
        QFETCH(QString, format);
        QFETCH(QString, facts);
        const ValueFacts found = valueFacts(*findNumberFormat(format.toStdString()));
        QCOMPARE(QStringLiteral("%1 %2 %3 %4 %5 %6/%7").arg(found.finite).arg(found.infinities).arg(found.notNumbers)
                     .arg(found.smallestGap).arg(found.largestGap).arg(found.aboveOne).arg(found.magnitudes), facts);
    }
};

QUANTOSCOPE_TEST(tst_staircase, TestStaircase)
#include "tst_staircase.moc"
