// SPDX-License-Identifier: Apache-2.0
// Which power of two a scale becomes: MX blocks, and uniform schemes with scale=e8m0.
#include "core/quantization/element.h"
#include "core/quantization/level_map.h"

#include "tests/core/quantized_tensor.h"
#include "tests/test_case.h"

#include <cmath>
#include <limits>

using namespace quantoscope;
using namespace quantoscope::test;

namespace {

constexpr const char* rules[] = {"floor", "ceil", "even", "rceil"};

struct MxName { const char* mx; const char* element; };
constexpr MxName floats[] = {{"mxfp8_e4m3", "e4m3"}, {"mxfp8_e5m2", "e5m2"}, {"mxfp6_e3m2", "e3m2"}, {"mxfp6_e2m3", "e2m3"}, {"mxfp4", "e2m1"}};

/// Whole blocks without infinities, which MX takes for the block's largest finite value and other schemes for their outermost level.
std::vector<float> blocksOf(const std::string& name)
{
    if (name == "zeros between") {
        auto values = syntheticValues({.distribution = "student", .count = 4096, .seed = 11});
        std::fill(values.begin() + 64, values.begin() + 160, 0.0f);
        return values;
    }
    auto values = quantizationArray(name);
    values.resize(values.size() / 32 * 32);
    for (float& x : values)
        x = std::isinf(x) ? 0 : x;
    return values;
}

/// The rules as the literature words them, in double: the exponent for this largest magnitude.
int exponentByDefinition(const std::string& rule, double largest, double largestOfElement, int fractionBits)
{
    const int emax = std::ilogb(largestOfElement), floorOfLog = std::ilogb(largest);
    const double significand = std::ldexp(largest, -floorOfLog);   // 1 … 2
    if (rule == "floor")
        return floorOfLog - emax;
    if (rule == "ceil")
        return floorOfLog + (significand > 1) - emax;
    if (rule == "even")   // From the middle between the last value and the next power of two on, it rounds up to that.
        return floorOfLog + (significand >= 2 - std::ldexp(1.0, -fractionBits - 1)) - emax;
    return floorOfLog - emax + (significand > std::ldexp(largestOfElement, -emax));
}

double stepOf(const std::string& scheme, float largest)
{
    const QuantizationScheme parsed = *parseScheme(scheme);
    return ScaleRule(parsed, *elementOf(parsed))(0, double(largest)).step;
}

}  // namespace

class TestScaleRule : public QObject {
    Q_OBJECT

private slots:
    void floatsWithAPowerOfTwoPer32AreMx_data()
    {
        QTest::addColumn<QString>("mx");
        QTest::addColumn<QString>("own");
        QTest::addColumn<QString>("values");
        for (const MxName& name : floats)
            for (const char* rule : rules)
                for (const char* values : {"gauss", "edge", "mx_edge", "tiny", "outliers", "zeros between"})
                    QTest::addRow("%s %s %s", name.mx, rule, values)
                        << QStringLiteral("%1,scale-rule=%2").arg(name.mx, rule)
                        << QStringLiteral("%1,group=32,scale=e8m0,scale-rule=%2").arg(name.element, rule) << QString::fromLatin1(values);
    }
    void floatsWithAPowerOfTwoPer32AreMx()
    {
        QFETCH(QString, mx);
        QFETCH(QString, own);
        QFETCH(QString, values);
        const auto x = blocksOf(values.toStdString());
        const Shape shape{std::int64_t(x.size())};
        const QuantizedTensor theirs = quantizeAll(x, shape, mx.toStdString()), ours = quantizeAll(x, shape, own.toStdString());
        QCOMPARE(ours.scales.size(), x.size() / 32);
        QVERIFY(ours.scales == theirs.scales);
        const QuantizationScheme scheme = *parseScheme(own.toStdString());
        const int bits = codeBits(scheme);
        const std::uint64_t sign = std::uint64_t{1} << (bits - 1);
        for (std::size_t i = 0; i < x.size(); ++i) {
            // Levels have one zero: where MX keeps the sign of a value that became 0, no value differs.
            const auto code = packedCode(ours.codes, i, bits), theirCode = std::to_integer<std::uint64_t>(theirs.codes[i]);
            QCOMPARE(code, theirCode == sign ? 0 : theirCode);
            QCOMPARE(ours.values[i], theirs.values[i]);
        }
        QCOMPARE(ours.report.error.largestError, theirs.report.error.largestError);
        QCOMPARE(ours.report.error.clippedLow + ours.report.error.clippedHigh, theirs.report.error.clippedLow + theirs.report.error.clippedHigh);
        QVERIFY(std::abs(ours.report.error.meanSquaredError - theirs.report.error.meanSquaredError) <= 1e-12 * theirs.report.error.meanSquaredError);
        QCOMPARE(ours.report.bitsPerWeight, theirs.report.bitsPerWeight);
    }

    void wholeNumbersWithAPowerOfTwoPer32AreMxint8()
    {
        // MXINT8 counts in units of 2^-6, so that its scale is 2^6 of the step.
        for (const char* rule : rules)
            for (const char* name : {"gauss", "mx_edge", "outliers", "zeros between"}) {
                const auto x = blocksOf(name);
                const Shape shape{std::int64_t(x.size())};
                const QuantizedTensor theirs = quantizeAll(x, shape, std::string("mxint8,scale-rule=") + rule);
                const QuantizedTensor ours = quantizeAll(x, shape, std::string("int8,group=32,scale=e8m0,scale-rule=") + rule);
                int compared = 0;
                for (std::size_t block = 0; block < x.size() / 32; ++block) {
                    const int scale = std::to_integer<int>(theirs.scales[block]);
                    if (scale < 6)
                        continue;   // E8M0 has no smaller step.
                    ++compared;
                    QCOMPARE(std::to_integer<int>(ours.scales[block]), scale - 6);
                    for (std::size_t i = 32 * block; i < 32 * block + 32; ++i) {
                        QCOMPARE(ours.codes[i], theirs.codes[i]);
                        QCOMPARE(ours.values[i], theirs.values[i]);
                    }
                }
                QVERIFY2(compared > int(x.size() / 64), qPrintable(QString::number(compared)));
            }
    }

    void everyElementFollowsTheDefinitions_data()
    {
        QTest::addColumn<QString>("element");
        for (const NumberFormat& format : numberFormats())
            if (findElement(format.id))
                QTest::addRow("%s", std::string(format.id).c_str()) << QString::fromStdString("element=" + std::string(format.id));
        for (const TableElement& table : tableElements())
            QTest::addRow("%s", table.id.c_str()) << QString::fromStdString("element=" + table.id);
        for (const char* id : {"int1", "int3", "int12", "int16", "uint1", "uint4", "uint16", "binary8p4se", "float:1.4.2:7:finite", "int5,range=full"})
            QTest::newRow(id) << QString::fromLatin1(id);
    }
    void everyElementFollowsTheDefinitions()
    {
        QFETCH(QString, element);
        const std::string text = element.toStdString();
        const QuantizationScheme bare = *parseScheme(text);
        const Element parts = *elementOf(bare);
        const bool isInteger = parts.kind == Element::Kind::Integer;
        const double largest = isInteger ? double(codesOf(bare, parts).highest) : largestMagnitude(parts);
        const int fractionBits = isInteger ? std::ilogb(largest) : parts.format && parts.format->asFloat() ? parts.format->asFloat()->mantissaBits : 0;
        for (const std::string rule : rules) {
            const std::string scheme = text + ",group=32,scale=e8m0,scale-rule=" + rule;
            const bool isKnown = rule != "even" || hasFractionBits(bare.element);
            QCOMPARE(parseScheme(scheme).has_value(), isKnown);
            if (!isKnown)
                continue;
            for (const float end : {1.0f, 1.25f, 1.4999999f, 1.5f, 1.75f, 1.9375f, 1.99f, 1.9999999f, 0.037f, 3.14159f, 6.0f, 448.0f, 1e-6f, 1e-30f, 1e30f})
                QCOMPARE(stepOf(scheme, end), std::ldexp(1.0, exponentByDefinition(rule, double(end), largest, fractionBits)));
            QCOMPARE(stepOf(scheme, 0), 0x1p-127);
            QCOMPARE(stepOf(scheme, 1e-45f), 0x1p-127);
        }
    }

    void nothingIsClippedByTheRulesThatPromiseIt()
    {
        for (const char* element : {"e2m1", "e4m3", "e3m2", "int4", "int8", "element=nf4", "posit8", "apot"})
            for (const char* rule : {"ceil", "rceil"})
                for (const float end : {1.0f, 1.1f, 1.51f, 1.75f, 1.99f, 5.3f, 0.7f}) {
                    const std::string text = std::string(element) + ",group=32,scale=e8m0,scale-rule=" + rule;
                    const QuantizationScheme scheme = *parseScheme(text);
                    const LevelMap map = levelMapOf(scheme, -double(end), double(end));
                    QVERIFY2(map.levels.back() >= double(end), text.c_str());
                    const double half = std::string(rule) == "rceil" && std::string(element) != "posit8" ? map.levels.back() / 2 : 0;
                    QVERIFY2(double(end) > half, text.c_str());   // and the next smaller scale would clip
                }
    }

    void withoutARuleAStepBecomesTheNearestPowerOfTwo()
    {
        // As before there were rules: the step that maps the end to the element's largest value, rounded to E8M0.
        for (const char* element : {"e2m1", "e4m3", "int4", "int8", "element=nf4", "uint4", "posit8"}) {
            const QuantizationScheme scheme = *parseScheme(std::string(element) + ",group=32,scale=e8m0");
            QVERIFY(!scheme.scaleRule);
            const Element parts = *elementOf(scheme);
            const double largest = parts.kind == Element::Kind::Integer ? double(codesOf(scheme, parts).highest) : largestMagnitude(parts);
            for (const float end : {1.0f, 1.3f, 1.7f, 5.9f, 0.01f}) {
                const NumberFormat& e8m0 = *findNumberFormat("e8m0");
                const double nearest = valueOf(e8m0, encode(e8m0, double(end) / largest, {.overflow = Overflow::Saturate}));
                QCOMPARE(ScaleRule(scheme, parts)(-double(end), double(end)).step, nearest);
            }
            QCOMPARE(ScaleRule(scheme, parts)(0, 0).step, 1.0);
        }
    }

    void figuresOfTheReferenceAreThoseOfTheNames()
    {
        // design figures of MXFP4 on a normal distribution: the four rules differ.
        const auto values = syntheticValues({.distribution = "normal", .count = 1 << 18, .seed = 17});
        double best = 0, least = 100;
        for (const char* rule : rules) {
            const std::string end = std::string(",scale-rule=") + rule;
            const double mx = quantizeAll(values, {512, 512}, "mxfp4" + end).report.error.sqnrDb;
            const double own = quantizeAll(values, {512, 512}, "e2m1,group=32,scale=e8m0" + end).report.error.sqnrDb;
            QVERIFY2(std::abs(mx - own) < 1e-9, rule);
            best = std::max(best, own);
            least = std::min(least, own);
        }
        QVERIFY(best - least > 1);
    }

    void aRuleNeedsAPowerOfTwoToChoose_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("named");
        QTest::newRow("FP32 scales") << "int4,group=32,scale-rule=floor" << "scale=e8m0";
        QTest::newRow("FP16 scales") << "e2m1,group=32,scale=fp16,scale-rule=even" << "scale=e8m0";
        QTest::newRow("zero point") << "int4,asymmetric,group=32,scale=e8m0,scale-rule=floor" << "asymmetric";
        QTest::newRow("two levels") << "int4,group=32,scale=e8m0,tensor-scale=fp32,scale-rule=ceil" << "tensor-scale";
        QTest::newRow("least squares") << "int4,group=32,scale=e8m0,scale-rule=ceil,clip=mse" << "clip=mse";
        QTest::newRow("table") << "element=nf4,group=32,scale=e8m0,scale-rule=even" << "nf4";
        QTest::newRow("posit") << "posit8,group=32,scale=e8m0,scale-rule=even" << "posit8";
        QTest::newRow("codebook") << "levels=16,scale-rule=floor" << "scale-rule";
        QTest::newRow("ggml") << "q4_0,scale-rule=floor" << "q4_0";
        QTest::newRow("nearest is no rule") << "int4,scale=e8m0,scale-rule=nearest" << "rceil";
    }
    void aRuleNeedsAPowerOfTwoToChoose()
    {
        QFETCH(QString, text);
        QFETCH(QString, named);
        const auto scheme = parseScheme(text.toStdString());
        QVERIFY(!scheme);
        QVERIFY2(QString::fromStdString(scheme.error().message).contains(named), scheme.error().message.c_str());
    }

    void oneSchemeHasOneSpelling()
    {
        QVERIFY(!parseScheme("scale-rule=floor,mxfp4"));   // the element is first
        QCOMPARE(schemeText(*parseScheme("mxfp4,scale-rule=floor")), std::string("mxfp4"));
        QCOMPARE(schemeText(*parseScheme("e2m1,scale-rule=floor,scale=e8m0,group=32")), std::string("e2m1,group=32,scale=e8m0,scale-rule=floor"));
        QCOMPARE(schemeSentence(*parseScheme("e2m1,group=32,scale=e8m0,scale-rule=floor")),
                 std::string("FP4 E2M1, one scale per 32 along rows stored as E8M0, scale rounded down, from the smallest to the largest value, nearest even"));
    }
};

QUANTOSCOPE_TEST(tst_scale_rule, TestScaleRule)
#include "tst_scale_rule.moc"
