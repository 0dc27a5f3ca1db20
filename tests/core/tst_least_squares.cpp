// SPDX-License-Identifier: Apache-2.0
#include "core/quantization/element.h"
#include "core/quantization/unit_ranges.h"

#include "tests/core/quantization_data.h"
#include "tests/test_case.h"

#include <cmath>

using namespace quantoscope;
using namespace quantoscope::test;

namespace {

double costOf(const QuantizationScheme& scheme, std::span<const float> values, const ClipRange& range)
{
    const LevelMap map = levelMapOf(scheme, range.low, range.high);
    double cost = 0;
    for (const float x : values) {
        const double error = x - map.levels[map.indexOf(x)];
        cost += error * error;
    }
    return cost;
}

std::vector<float> sample(const std::string& name, std::int64_t count, std::uint64_t seed)
{
    if (name == "whole numbers") {
        std::vector<float> values;
        for (std::int64_t i = 0; i < count; ++i)
            values.push_back(float(i * 7 % 13) - 5);
        return values;
    }
    auto values = syntheticValues({.distribution = name == "one outlier" || name == "positive" ? "normal" : name, .count = count, .seed = seed});
    if (name == "one outlier" && count > 1)
        values[0] = 30 * values[1];
    if (name == "positive")
        for (float& x : values)
            x = std::abs(x);
    return values;
}

}  // namespace

class TestLeastSquares : public QObject {
    Q_OBJECT

private slots:
    void noRangeOfADenseScanBeatsTheExactOne_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("values");
        for (const char* text : {"int1", "int2", "int3", "int4", "int4,range=full", "int8", "uint4", "e2m1", "e4m3", "log2", "apot", "element=nf4",
                                 "int4,scale=fp16", "int4,scale=bf16", "int4,scale=e4m3", "int3,scale=e8m0", "e2m1,scale=e8m0"})
            for (const char* values : {"normal", "laplace", "student", "one outlier", "positive", "whole numbers"})
                QTest::addRow("%s %s", text, values) << QString::fromLatin1(text) << QString::fromLatin1(values);
    }
    void noRangeOfADenseScanBeatsTheExactOne()
    {
        QFETCH(QString, text);
        QFETCH(QString, values);
        const auto scheme = *parseScheme(text.toStdString() + ",clip=mse");
        for (const std::int64_t count : {1, 5, 60}) {
            const auto x = sample(values.toStdString(), count, std::uint64_t(count));
            const double found = costOf(scheme, x, rangeOfValues(scheme, x));
            double largest = 0, squares = 0;
            for (const float value : x) {
                largest = std::max(largest, double(std::abs(value)));
                squares += double(value) * value;
            }
            constexpr int scanned = 1500;
            for (int i = 1; i <= scanned; ++i) {
                const double clip = 2 * largest * i / scanned;
                const double cost = costOf(scheme, x, {-clip, clip});
                // The last digits are those of FP32, in which values are dequantized.
                QVERIFY2(found <= cost * (1 + 1e-5) + 1e-13 * squares, qPrintable(QStringLiteral("%1 values, clip %2 of %3: %4 > %5")
                                                                    .arg(count).arg(clip).arg(largest).arg(found).arg(cost)));
            }
        }
    }

    void noZeroPointAndStepBeatTheExactOnes_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("values");
        for (const char* text : {"int1", "int2", "int3", "int4", "uint4", "int4,scale=fp16", "int3,scale=e4m3"})
            for (const char* values : {"normal", "student", "one outlier", "positive", "whole numbers"})
                QTest::addRow("%s %s", text, values) << QString::fromLatin1(text) << QString::fromLatin1(values);
    }
    void noZeroPointAndStepBeatTheExactOnes()
    {
        QFETCH(QString, text);
        QFETCH(QString, values);
        const auto scheme = *parseScheme(text.toStdString() + ",asymmetric,clip=mse");
        for (const std::int64_t count : {2, 40}) {
            const auto x = sample(values.toStdString(), count, std::uint64_t(count) + 7);
            const auto [low, high] = std::minmax_element(x.begin(), x.end());
            const double bottom = std::min(0.0, double(*low)), top = std::max(0.0, double(*high));
            const double found = costOf(scheme, x, rangeOfValues(scheme, x));
            double squares = 0;
            for (const float value : x)
                squares += double(value) * value;
            constexpr int scanned = 50;
            for (int i = 0; i <= scanned; ++i)
                for (int k = 0; k <= scanned; ++k) {
                    if (i == 0 && k == 0)
                        continue;   // a range of nothing has step 1 by decree
                    const double cost = costOf(scheme, x, {bottom * i / scanned, top * k / scanned});
                    QVERIFY2(found <= cost * (1 + 1e-6) + 1e-13 * squares, qPrintable(QStringLiteral("%1 values: %2 > %3 at %4 %5")
                                                                        .arg(count).arg(found).arg(cost).arg(i).arg(k)));
                }
        }
    }

    void wholeMultiplesAreStoredWithoutError()
    {
        const std::vector<float> values{-1.25f, 0.75f, 0.5f, 0, -0.25f, 1, 0.25f};   // quarters, from −5 to 4 of them
        for (const char* text : {"int4", "int8", "int4,asymmetric", "int4,scale=fp16", "int4,scale=e8m0"}) {
            const auto scheme = *parseScheme(std::string(text) + ",clip=mse");
            QCOMPARE(costOf(scheme, values, rangeOfValues(scheme, values)), 0.0);
        }
    }

    void groupsOfATensorAreEachAtTheirOptimum()
    {
        const auto values = sample("laplace", 64 * 50, 3);
        const auto source = makeTensor("x", values, {50, 64});
        const auto scheme = *parseScheme("int4,group=64,clip=mse");
        const auto ranges = rangesOfUnits(*source, source->tensors().front(), scheme, ScaleUnits(scheme.granularity, {50, 64}), {});
        QVERIFY(ranges.has_value());
        double sum = 0, unclipped = 0;
        for (std::size_t i = 0; i < 50; ++i) {
            const auto group = std::span(values).subspan(i * 64, 64);
            const ClipRange alone = rangeOfValues(scheme, group);
            QCOMPARE((*ranges)[i].high, alone.high);
            sum += costOf(scheme, group, alone);
            const auto widest = std::ranges::max_element(group, {}, [](float x) { return std::abs(x); });
            unclipped += costOf(scheme, group, {-std::abs(*widest), std::abs(*widest)});
        }
        QVERIFY(sum < 0.9 * unclipped);
    }
};

QUANTOSCOPE_TEST(tst_least_squares, TestLeastSquares)
#include "tst_least_squares.moc"
