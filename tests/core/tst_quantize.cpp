// SPDX-License-Identifier: Apache-2.0
#include "core/quantization/quantize.h"

#include "tests/core/quantized_tensor.h"
#include "tests/test_case.h"

#include <bit>
#include <cmath>
#include <string>
#include <vector>

using namespace quantoscope;
using namespace quantoscope::test;

class TestQuantize : public QObject {
    Q_OBJECT

private slots:
    void countsGiveTheSameFiguresAsTheExactPass_data()
    {
        QTest::addColumn<QString>("text");
        for (const char* text : {"int8", "int4,asymmetric", "int4,clip=mse", "e4m3", "element=nf4", "levels=16", "int6,rounding=to-odd",
                                 "int8,clip=percentile:99", "int4,range=full,rounding=down"})
            QTest::newRow(text) << QString::fromLatin1(text);
    }
    void countsGiveTheSameFiguresAsTheExactPass()
    {
        QFETCH(QString, text);
        const auto scheme = parseScheme(text.toStdString());
        // Values of 16 bits, so that the counts are exact.
        auto values = syntheticValues({.distribution = "laplace", .count = 20000, .seed = 2});
        for (float& x : values)
            x = std::bit_cast<float>(std::bit_cast<std::uint32_t>(x) & 0xFFFF0000u);
        const auto counts = countValues(values);
        QVERIFY(counts->isExact());
        const QuantizationError fromCounts = errorOf(*counts, levelMapOf(*scheme, *counts));
        const QuantizationError exact = quantizeAll(values, {20000}, *scheme).report.error;
        QVERIFY(std::abs(fromCounts.meanSquaredError - exact.meanSquaredError) <= 1e-9 * exact.meanSquaredError);
        QVERIFY(std::abs(fromCounts.cosine - exact.cosine) <= 1e-12);
        QCOMPARE(fromCounts.largestError, exact.largestError);
        QCOMPARE(fromCounts.levelsUsed, exact.levelsUsed);
        QCOMPARE(fromCounts.clippedLow + fromCounts.clippedHigh, exact.clippedLow + exact.clippedHigh);
        QCOMPARE(fromCounts.perLevel, exact.perLevel);
    }

    void tilesAreTheirOwnTensors()
    {
        // Each block of a matrix has the scale, and the values, that it would have alone.
        const auto values = syntheticValues({.distribution = "student", .count = 70 * 90, .seed = 4});
        for (const char* clip : {"minmax", "mse", "percentile:99"}) {
            const QuantizedTensor all = quantizeAll(values, {70, 90}, *parseScheme(std::string("int4,block=32x40,clip=") + clip));
            QCOMPARE(all.report.scales, std::int64_t(3 * 3));
            for (std::size_t top = 0; top < 70; top += 32)
                for (std::size_t left = 0; left < 90; left += 40) {
                    const std::size_t rows = std::min<std::size_t>(32, 70 - top), columns = std::min<std::size_t>(40, 90 - left);
                    std::vector<float> tile;
                    for (std::size_t row = 0; row < rows; ++row)
                        tile.insert(tile.end(), values.begin() + std::ptrdiff_t((top + row) * 90 + left), values.begin() + std::ptrdiff_t((top + row) * 90 + left + columns));
                    const QuantizedTensor alone = quantizeAll(tile, {std::int64_t(rows), std::int64_t(columns)}, *parseScheme(std::string("int4,block=99x99,clip=") + clip));
                    for (std::size_t i = 0; i < tile.size(); ++i)
                        QCOMPARE(all.values[(top + i / columns) * 90 + left + i % columns], alone.values[i]);
                    if (clip == std::string("minmax"))
                        QCOMPARE(alone.values, quantizeAll(tile, {std::int64_t(tile.size())}, *parseScheme("int4")).values);
                }
        }
        // Three axes: blocks are of the last two.
        const QuantizedTensor stack = quantizeAll(values, {7, 10, 90}, *parseScheme("int8,block=4x50"));
        QCOMPARE(stack.report.scales, std::int64_t(7 * 3 * 2));
    }

    void stochasticRoundingIsRightOnAverageAndRepeats()
    {
        const std::vector<float> values(200000, 0.3f);
        std::vector<float> withEnd = values;
        withEnd[0] = 7;   // step 1
        const QuantizedTensor first = quantizeAll(withEnd, {400, 500}, *parseScheme("int4,rounding=stochastic,seed=3"));
        double sum = 0;
        for (std::size_t i = 1; i < withEnd.size(); ++i) {
            QVERIFY(first.values[i] == 0 || first.values[i] == 1);
            sum += first.values[i];
        }
        const double mean = sum / double(withEnd.size() - 1);
        QVERIFY2(std::abs(mean - 0.3) < 5 * std::sqrt(0.21 / 2e5), qPrintable(QString::number(mean)));
        QCOMPARE(quantizeAll(withEnd, {400, 500}, *parseScheme("int4,rounding=stochastic,seed=3")).values, first.values);
        QVERIFY(quantizeAll(withEnd, {400, 500}, *parseScheme("int4,rounding=stochastic,seed=4")).values != first.values);
    }

    void anAxisThatIsNotThereIsRefused()
    {
        const auto source = makeTensor("x", {1, 2, 3, 4}, {2, 2});
        const auto report = quantize(*source, source->tensors().front(), *parseScheme("int8,channel=2"));
        QVERIFY(!report);
        QVERIFY2(report.error().message.find("channel=2") != std::string::npos, report.error().message.c_str());
    }
};

QUANTOSCOPE_TEST(tst_quantize, TestQuantize)
#include "tst_quantize.moc"
