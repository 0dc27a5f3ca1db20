// SPDX-License-Identifier: Apache-2.0
#include "core/formats/format_limits.h"
#include "core/formats/number_format.h"
#include "core/formats/parse_code.h"
#include "core/formats/real_number.h"

#include "tests/core/format_lists.h"
#include "tests/test_case.h"

#include <cmath>
#include <set>

using namespace quantoscope;
using namespace quantoscope::test;

namespace {

// Messages are made only for failures: millions of values are compared here.
#define VERIFY_QUICKLY(condition, message) \
    do { \
        if (!(condition)) \
            QFAIL(message); \
    } while (false)

QByteArray text(const NumberFormat& format, double value)
{
    return QByteArray::fromStdString(std::string(format.id)) + ' ' + QByteArray::number(value, 'g', 17);
}

/// Between two neighbours, by the definition of each rounding; everything here is exact in double.
double roundedByDefinition(double below, double above, double middle, bool belowIsEven, double x, Rounding rounding)
{
    if (x == below || x == above)
        return x;
    switch (rounding) {
    case Rounding::NearestEven: return x < middle || (x == middle && belowIsEven) ? below : above;
    case Rounding::NearestAway: return x < middle || (x == middle && below < 0) ? below : above;
    case Rounding::TowardZero: return below >= 0 ? below : above;
    case Rounding::Up: return above;
    case Rounding::Down: return below;
    case Rounding::ToOdd: return belowIsEven ? above : below;
    case Rounding::Stochastic: break;
    }
    return x;
}

/// Posits round at the posit of one more bit between two neighbours, not at their mean.
double middleOf(const NumberFormat& format, Code lowerCode, double below, double above)
{
    const PositFormat* posit = format.asPosit();
    if (!posit)
        return below / 2 + above / 2;
    const NumberFormat wider{"", "", "", PositFormat{posit->bits + 1}};
    return valueOf(wider, 2 * lowerCode + 1);
}

}  // namespace

class TestNumberFormats : public QObject {
    Q_OBJECT

private slots:
    void theTableIsConsistent()
    {
        std::set<std::string_view> ids;
        for (const NumberFormat* format : formatsUpTo(64)) {
            QVERIFY(ids.insert(format->id).second);
            QVERIFY(findNumberFormat(format->id) == format);
            QVERIFY(!format->name.empty() && format->sentence.ends_with('.'));
        }
        std::size_t listed = 0;
        for (const FormatFamily& family : formatFamilies())
            if (family.isListed)
                listed += formatsOf(family.id).size();
        QCOMPARE(listed, numberFormats().size());   // every row's family exists, and rows of a family lie together
        QVERIFY(!findNumberFormat("e9m9"));
    }

    void countsAndLimitsAreThoseOfTheSpecifications_data()
    {
        QTest::addColumn<QString>("id");
        QTest::addColumn<int>("finite");
        QTest::addColumn<double>("largest");
        QTest::addColumn<double>("smallest");
        QTest::newRow("IEEE 754 binary16") << "fp16" << 63487 << 65504.0 << 0x1p-24;
        QTest::newRow("bfloat16") << "bf16" << 65279 << 0x1.fep127 << 0x1p-133;
        QTest::newRow("OCP OFP8 E5M2") << "e5m2" << 247 << 57344.0 << 0x1p-16;
        QTest::newRow("OCP OFP8 E4M3") << "e4m3" << 253 << 448.0 << 0x1p-9;
        QTest::newRow("ml_dtypes E4M3") << "e4m3_ieee" << 239 << 240.0 << 0x1p-9;
        QTest::newRow("ml_dtypes E5M2 FNUZ") << "e5m2fnuz" << 255 << 57344.0 << 0x1p-17;
        QTest::newRow("ml_dtypes E4M3 FNUZ") << "e4m3fnuz" << 255 << 240.0 << 0x1p-10;
        QTest::newRow("OCP MX E3M2") << "e3m2" << 63 << 28.0 << 0.0625;
        QTest::newRow("OCP MX E2M3") << "e2m3" << 63 << 7.5 << 0.125;
        QTest::newRow("OCP MX E2M1") << "e2m1" << 15 << 6.0 << 0.5;
        QTest::newRow("OCP MX E8M0") << "e8m0" << 255 << 0x1p127 << 0x1p-127;
        QTest::newRow("P3109 binary8p3se") << "binary8p3se" << 253 << 49152.0 << 0x1p-17;
        QTest::newRow("P3109 binary8p4se") << "binary8p4se" << 253 << 224.0 << 0x1p-10;
        QTest::newRow("Posit Standard 2022, posit8") << "posit8" << 255 << 0x1p24 << 0x1p-24;
        QTest::newRow("Posit Standard 2022, posit16") << "posit16" << 65535 << 0x1p56 << 0x1p-56;
        QTest::newRow("bitsandbytes FP4, two zeros") << "fp4_bnb" << 15 << 1.0 << double(0.0052083335f);
        QTest::newRow("two's complement") << "int8" << 256 << 127.0 << 1.0;
    }
    void countsAndLimitsAreThoseOfTheSpecifications()
    {
        QFETCH(QString, id);
        QFETCH(int, finite);
        QFETCH(double, largest);
        QFETCH(double, smallest);
        const NumberFormat& format = *findNumberFormat(id.toStdString());
        const std::vector<double> values = finiteValues(format);
        QCOMPARE(int(values.size()), finite);
        QCOMPARE(largestValue(format), largest);
        QCOMPARE(*std::upper_bound(values.begin(), values.end(), 0.0), smallest);
    }

    void everyCodeOfUpTo19BitsSurvivesDecodingAndEncoding()
    {
        for (const NumberFormat* format : formatsUpTo(19)) {
            const int unused = unusedLowBitsOf(*format);
            for (Code bits = 0; bits < Code{1} << significantBitsOf(*format); ++bits) {
                const Code code = bits << unused;
                const double value = valueOf(*format, code);
                if (std::isnan(value))
                    continue;
                const Code again = encode(*format, value, {.overflow = Overflow::Ieee});
                if (format->id == "fp4_bnb" && value == 0)
                    QCOMPARE(again, Code{0});   // its second zero
                else
                    VERIFY_QUICKLY(again == code, text(*format, value));
            }
        }
    }

    void neighboursAreTheNextValues()
    {
        for (const NumberFormat* format : formatsUpTo(16)) {
            const std::vector<double> values = finiteValues(*format);
            for (std::size_t i = 0; i < values.size(); ++i) {
                const Code code = encode(*format, values[i]);
                if (i > 0)
                    VERIFY_QUICKLY(valueOf(*format, previousCode(*format, code)) == values[i - 1], text(*format, values[i]));
                if (i + 1 < values.size())
                    VERIFY_QUICKLY(valueOf(*format, nextCode(*format, code)) == values[i + 1], text(*format, values[i]));
            }
        }
    }

    /// Each gap between neighbours of every format of 16 bits or fewer: its ends, its middle, and points
    /// on both sides of each, in every rounding. Of the wide P3109 formats every 61st gap.
    void everyGapRoundsByTheDefinition()
    {
        for (const NumberFormat* format : formatsUpTo(16)) {
            if (format->asLevels())
                continue;   // their ties are defined otherwise, see levelTiesGoToTheLowerLevel
            const std::vector<double> values = finiteValues(*format);
            const int unused = unusedLowBitsOf(*format);
            const std::size_t step = format->family == "p3109" && values.size() > 1024 ? 61 : 1;
            for (std::size_t i = 0; i + 1 < values.size(); i += step) {
                const double below = values[i], above = values[i + 1];
                const Code lowerCode = encode(*format, below);
                // -0 is not in the list, and the code of 0 is even.
                const bool belowIsEven = (lowerCode >> unused) % 2 == 0;
                const double middle = middleOf(*format, lowerCode, below, above);
                for (const double x : {below, std::nextafter(below, above), middle, std::nextafter(middle, below),
                                       std::nextafter(middle, above), below + (middle - below) / 2,
                                       std::nextafter(above, below)}) {
                    for (const RoundingRow& row : roundingRows()) {
                        if (row.rounding == Rounding::Stochastic)
                            continue;
                        const double stored = valueOf(*format, encode(*format, x, {.rounding = row.rounding}));
                        double expected = roundedByDefinition(below, above, middle, belowIsEven, x, row.rounding);
                        const bool noZero = format->asPosit() && x != 0 && expected == 0;
                        if (noZero)   // posits never round to zero
                            expected = x < 0 ? values[i] : values[i + 1];
                        VERIFY_QUICKLY(stored == expected, text(*format, x) + ' ' + QByteArray::fromStdString(std::string(row.id))
                                 + " gave " + QByteArray::number(stored, 'g', 17));
                    }
                }
            }
        }
    }

    void stochasticRoundingGoesUpAsOftenAsTheFractionSays()
    {
        // Probability of pi going up: E4M3 between 3 and 3.25, BF16 between 3.140625 and 3.15625.
        for (const auto& [id, above, probability] : {std::tuple{"e4m3", 3.25, 0.5663706}, std::tuple{"bf16", 3.15625, 0.0619298}}) {
            const int draws = 100000;
            int up = 0;
            for (int i = 0; i < draws; ++i)
                up += valueOf(*findNumberFormat(id), encode(*findNumberFormat(id), M_PI, {Rounding::Stochastic, {}, 1, std::uint64_t(i)})) == above;
            QVERIFY(std::abs(up / double(draws) - probability) < 5 * std::sqrt(probability * (1 - probability) / draws));
        }
    }

    void overflowAndNaNFollowTheDecisions()
    {
        const auto code = [](const char* id, double value, Overflow overflow = Overflow::Default) {
            return encode(*findNumberFormat(id), value, {.overflow = overflow});
        };
        // ml_dtypes issues 260 and 400: 464 is a tie to even, above it E4M3 has nothing.
        QCOMPARE(code("e4m3", 464, Overflow::Ieee), Code{0x7E});
        QCOMPARE(code("e4m3", 465, Overflow::Ieee), Code{0x7F});
        QCOMPARE(code("e4m3", 465), Code{0x7E});
        QCOMPARE(code("fp16", 65519.99), Code{0x7BFF});
        QCOMPARE(code("fp16", 65520), Code{0x7C00});
        QCOMPARE(code("e2m1", 1e9, Overflow::Ieee), Code{0x7});
        QCOMPARE(code("e8m0", 0), Code{0});
        QCOMPARE(code("e8m0", -1, Overflow::Ieee), Code{0xFF});
        QCOMPARE(code("fp32", -std::nan("")), Code{0xFFC00000});
        QCOMPARE(code("e4m3", std::nan("")), Code{0x7F});
        QCOMPARE(code("e4m3fnuz", -std::nan("")), Code{0x80});
        QCOMPARE(code("int8", std::nan("")), Code{0});
        QCOMPARE(code("int8", 1e9), Code{0x7F});
        QCOMPARE(code("int8", -HUGE_VAL), Code{0x80});
        QCOMPARE(code("nf4", std::nan("")), Code{7});   // the level 0
    }

    void integersRoundTheExactQuotient()
    {
        // 0.15 / 0.1 is above 1.5 in exact arithmetic of the two doubles, and 0.35 / 0.1 below 3.5; double division says neither.
        NumberFormat format{"", "", "", IntegerFormat{8, true, 0.1, 3}};
        for (int i = -1000; i <= 1000; ++i) {
            const double value = i * 0.05;
            const Code exact = encode(format, RealNumber::fromDouble(value));
            QVERIFY2(encode(format, value) == exact, text(format, value));
        }
    }

    void levelTiesGoToTheLowerLevel()
    {
        const NumberFormat& levels = *findNumberFormat("iq4_nl");
        QCOMPARE(valueOf(levels, encode(levels, -4.5)), -10.0);
        QCOMPARE(valueOf(levels, encode(levels, 7.0)), 1.0);
        QCOMPARE(valueOf(levels, encode(levels, 7.0, {.rounding = Rounding::NearestAway})), 13.0);
        QCOMPARE(valueOf(levels, encode(levels, 1e9)), 113.0);
    }

    void codesAreReadAndWrittenAsPeopleDo()
    {
        const NumberFormat& fp16 = *findNumberFormat("fp16");
        QCOMPARE(*parseCode(fp16, "0x4248"), Code{0x4248});
        QCOMPARE(*parseCode(fp16, " 4248 "), Code{0x4248});
        QCOMPARE(*parseCode(fp16, "0b10"), Code{0x0B10});   // hexadecimal, not binary
        QVERIFY(!parseCode(fp16, "0x14248"));
        QVERIFY(!parseCode(fp16, "0x"));
        QVERIFY(!parseCode(fp16, "0xG"));
        QVERIFY(!parseCode(*findNumberFormat("tf32"), "0x40490FDB"));
        QVERIFY(looksLikeCode("0x4248") && !looksLikeCode("0x1.8p3") && !looksLikeCode("12") && !looksLikeCode("0x"));
        QCOMPARE(codeText(*findNumberFormat("e2m1"), 15), std::string("0xF"));
        QCOMPARE(codeText(fp16, 0x4248), std::string("0x4248"));
        QVERIFY(formatOfCode("0x4248") == &fp16);
    }
};

QUANTOSCOPE_TEST(tst_number_formats, TestNumberFormats)
#include "tst_number_formats.moc"
