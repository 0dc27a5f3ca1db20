// SPDX-License-Identifier: Apache-2.0
#include "core/quantization/run_quantizer.h"
#include "core/random.h"

#include "tests/core/every_instruction_set.h"
#include "tests/test_case.h"

#include <hwy/targets.h>

#include <bit>
#include <cmath>
#include <limits>
#include <numeric>
#include <optional>

using namespace quantoscope;

namespace {

struct Quantized {
    std::vector<std::uint16_t> levels;
    std::vector<float> values;
    ErrorSums sums;
};

/// Random values, and around every threshold the FP32 numbers next to it, where FP32 alone would err.
std::vector<float> hardValues(const RunScale& run, const LevelMap& map)
{
    std::vector<float> values{0.0f, -0.0f, NAN, HUGE_VALF, -HUGE_VALF, 0x1p-149f, -0x1p-149f, 0x1p-126f};
    for (const double threshold : map.thresholds) {
        float x = float(threshold * run.scale.step);
        for (int i = 0; i < 3; ++i)
            x = std::nextafter(x, -HUGE_VALF);
        for (int i = 0; i < 7; ++i, x = std::nextafter(x, HUGE_VALF))
            values.push_back(x);
    }
    const RandomStream random(5);
    const double width = std::max(std::abs(run.clipLow), run.clipHigh);
    for (std::uint64_t i = 0; i < 6000; ++i)
        values.push_back(float(random.normal(i) * width / 3));
    return values;
}

/// The same scheme as a level map at step 1: the other implementation of the same quantizer.
LevelMap unscaledMap(QuantizationScheme scheme, const Element& element, const RunScale& run)
{
    scheme.scale = "fp32";
    if (element.kind != Element::Kind::Integer) {
        const double largest = largestMagnitude(element);
        return levelMapOf(scheme, -largest, largest);
    }
    const CodeSpan codes = codesOf(scheme, element);
    LevelMap map;
    for (std::int64_t code = codes.lowest; code <= codes.highest; ++code) {
        map.codes.push_back(code);
        map.levels.push_back(double(code - run.scale.zero));
        if (code > codes.lowest)
            map.thresholds.push_back(map.levels.back() - 0.5);
    }
    map.zeroPoint = run.scale.zero;
    return map;
}

constexpr std::array schemes{"int8", "int4", "int2", "int8,range=full", "uint4", "int8,asymmetric", "int3,asymmetric", "int12", "int16",
                             "e4m3", "e5m2", "e2m1", "e3m2", "e2m3", "e3m4", "e4m3fnuz", "fp16", "element=nf4", "element=af4", "element=fp4_bnb",
                             "element=iq4_nl", "posit8", "posit16", "ue4m3", "e8m0", "bf16", "binary8p4se", "binary8p3uf", "binary11p5sf"};

}  // namespace

class TestRunQuantizer : public QObject {
    Q_OBJECT

private slots:
    void everyInstructionSetQuantizesAsTheLevelMapAndAddsTheSameDigits_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<double>("low");
        QTest::addColumn<double>("high");
        for (const char* text : schemes) {
            QTest::addRow("%s, usual", text) << QString::fromLatin1(text) << -0.0731 << 0.081;
            QTest::addRow("%s, a power of two", text) << QString::fromLatin1(text) << -1.0 << 1.0;
            QTest::addRow("%s, tiny", text) << QString::fromLatin1(text) << -3e-39 << 2e-39;
            QTest::addRow("%s, huge", text) << QString::fromLatin1(text) << -3.4e38 << 3.3e38;
        }
    }
    void everyInstructionSetQuantizesAsTheLevelMapAndAddsTheSameDigits()
    {
        QFETCH(QString, text);
        QFETCH(double, low);
        QFETCH(double, high);
        const QuantizationScheme scheme = *parseScheme(text.toStdString());
        const Element element = *findElement(scheme.element);
        const RunQuantizer quantizer(scheme, element);
        const RunScale run = quantizer.scaleFor(low, high);
        QVERIFY(run.scale.step > 0);
        const LevelMap map = unscaledMap(scheme, element, run);
        QCOMPARE(int(map.size()), quantizer.levels());
        const std::vector<float> values = hardValues(run, map);

        std::optional<Quantized> first;
        const auto all = hwy::SupportedTargets();
        for (auto rest = all; rest != 0; rest &= rest - 1) {
            hwy::SetSupportedTargetsForTest(rest & -rest);
            hwy::GetChosenTarget().Update(hwy::SupportedTargets());
            Quantized made{std::vector<std::uint16_t>(values.size()), std::vector<float>(values.size()), {}};
            quantizer.quantize(values, run, made.levels, made.values, made.sums);
            made.sums = made.sums.collected();
            compareWithMap(values, run, map, made);
            if (first)
                compareSums(first->sums, made.sums);
            else
                first = made;
            if (QTest::currentTestFailed()) {
                qWarning("The set is %s.", hwy::TargetName(rest & -rest));
                break;
            }
        }
        hwy::SetSupportedTargetsForTest(0);
        hwy::GetChosenTarget().Update(hwy::SupportedTargets());
    }

    void runsWithGridsOfTheirOwnAreThoseWithScalesFoundBefore_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("made");
        for (const char* text : {"int8", "int4", "int2", "int3", "int16"})
            for (const char* made : {"normal", "special", "tiny", "huge", "whole", "nearly all stored as zero"})
                QTest::addRow("%s, %s", text, made) << QString::fromLatin1(text) << QString::fromLatin1(made);
    }

    void runsWithGridsOfTheirOwnAreThoseWithScalesFoundBefore()
    {
        QFETCH(QString, text);
        QFETCH(QString, made);
        const RandomStream random(4);
        const std::vector<std::size_t> lengths{32, 32, 1, 7, 15, 16, 17, 31, 33, 48, 64, 100, 128, 500, 32, 64};
        std::vector<float> values(std::accumulate(lengths.begin(), lengths.end(), std::size_t{0}));
        for (std::size_t i = 0; i < values.size(); ++i) {
            values[i] = float(random.normal(i)) * (made == QLatin1String("tiny") ? 1e-22f : made == QLatin1String("huge") ? 1e29f : 1.0f);
            if (made == QLatin1String("whole"))
                values[i] = std::round(values[i] * 4) + (i % 32 == 0 ? 127.0f : 0.5f);   // ties, where the step is one
            if (made == QLatin1String("special") && i % 11 == 5)
                values[i] = std::array{NAN, HUGE_VALF, -HUGE_VALF, 0.0f, -0.0f}[i / 11 % 5];
        }
        const QuantizationScheme scheme = *parseScheme(text.toStdString());
        const RunQuantizer quantizer(scheme, *findElement(scheme.element));
        if (made == QLatin1String("nearly all stored as zero")) {
            std::fill(values.begin(), values.end(), 0.49f / float((quantizer.levels() - 1) / 2));
            for (std::size_t i = 0, at = 0; i < lengths.size(); at += lengths[i++])
                values[at] = i % 2 == 0 ? 1.0f : -1.0f;
        }
        std::optional<ErrorSums> first;
        forEveryInstructionSet([&](const char* set) {
            std::vector<RunScale> scales(lengths.size());
            quantizer.scalesForAllOf(values.data(), lengths, scales);
            std::vector<float> steps(lengths.size()), stored(values.size()), storedOwn(values.size());
            std::vector<std::uint16_t> levels(values.size()), levelsOwn(values.size());
            ErrorSums sums, own, alone;
            quantizer.quantize(values, scales, lengths, levels, stored, sums);
            QVERIFY2(quantizer.quantizeOwn(values, lengths, steps, levelsOwn, storedOwn, own), set);
            for (std::size_t i = 0; i < lengths.size(); ++i)
                QVERIFY2(double(steps[i]) == scales[i].scale.step, set);
            QVERIFY2(levelsOwn == levels && storedOwn == stored, set);
            compareSums(sums.collected(), own.collected());
            QVERIFY2(quantizer.quantizeOwn(values, lengths, steps, {}, {}, alone), set);
            compareSums(own.collected(), alone.collected());
            if (first)
                compareSums(*first, own.collected());
            first = own.collected();
            checkSums(values, storedOwn, *first);
        });
        // A run of nothing but zeros has no scale of its own.
        std::vector<float> zeros(values.size()), steps(lengths.size());
        ErrorSums nothing;
        QVERIFY(!quantizer.quantizeOwn(zeros, lengths, steps, {}, {}, nothing));
        QCOMPARE(nothing.collected().finite, std::uint64_t(0));
    }

    void manyRunsAtOnceAreRunsOneByOne()
    {
        const RandomStream random(8);
        std::vector<float> values(1000);
        for (std::size_t i = 0; i < values.size(); ++i)
            values[i] = float(random.normal(i));
        for (const char* text : schemes) {
            const QuantizationScheme scheme = *parseScheme(text);
            const RunQuantizer quantizer(scheme, *findElement(scheme.element));
            const std::vector<std::size_t> lengths{1, 2, 7, 8, 15, 16, 17, 32, 33, 100, 769};
            std::vector<RunScale> scales;
            for (std::size_t i = 0; i < lengths.size(); ++i)
                scales.push_back(quantizer.scaleFor(-1.0 - double(i), 0.5 + double(i)));
            std::vector<std::uint16_t> levels(values.size()), alone(values.size());
            std::vector<float> stored(values.size()), storedAlone(values.size());
            ErrorSums sums, sumsAlone, withoutValues;
            quantizer.quantize(values, scales, lengths, levels, stored, sums);
            quantizer.quantize(values, scales, lengths, alone, {}, withoutValues);
            QCOMPARE(alone, levels);
            compareSums(sums.collected(), withoutValues.collected());
            std::size_t at = 0;
            for (std::size_t i = 0; i < lengths.size(); ++i) {
                quantizer.quantize(std::span(values).subspan(at, lengths[i]), scales[i], std::span(alone).subspan(at, lengths[i]),
                                   std::span(storedAlone).subspan(at, lengths[i]), sumsAlone);
                at += lengths[i];
            }
            QCOMPARE(at, values.size());
            QCOMPARE(alone, levels);
            QCOMPARE(storedAlone, stored);
            compareSums(sums.collected(), sumsAlone.collected());
        }
    }

private:
    static void compareWithMap(std::span<const float> values, const RunScale& run, const LevelMap& map, const Quantized& made)
    {
        ErrorSums expected;
        long double squaredError = 0;
        for (std::size_t i = 0; i < values.size(); ++i) {
            const std::size_t level = map.indexOf(double(values[i]) / run.scale.step);
            const float stored = asFloat(map.levels[level] * run.scale.step);
            if (made.levels[i] != level || std::bit_cast<std::uint32_t>(made.values[i]) != std::bit_cast<std::uint32_t>(stored + 0.0f))
                QFAIL(qPrintable(QStringLiteral("%1 (number %2): level %3 not %4, %5 not %6").arg(double(values[i]), 0, 'g', 9).arg(i)
                                     .arg(made.levels[i]).arg(level).arg(double(made.values[i])).arg(double(stored))));
            if (!std::isfinite(values[i]))
                continue;
            ++expected.finite;
            expected.clippedLow += double(values[i]) < run.clipLow;
            expected.clippedHigh += double(values[i]) > run.clipHigh;
            const double error = double(values[i]) - double(stored);
            squaredError += (long double)error * error;
            expected.largestError = std::max(expected.largestError, std::abs(error));
        }
        QCOMPARE(made.sums.finite, expected.finite);
        QCOMPARE(made.sums.clippedLow, expected.clippedLow);
        QCOMPARE(made.sums.clippedHigh, expected.clippedHigh);
        QVERIFY(made.sums.largestError == expected.largestError);
        QVERIFY(std::abs(made.sums.squaredError - double(squaredError)) <= 1e-12 * double(squaredError));
    }

    static void checkSums(std::span<const float> values, std::span<const float> stored, const ErrorSums& sums)
    {
        long double squaredError = 0, squares = 0, products = 0, storedSquares = 0;
        for (std::size_t i = 0; i < values.size(); ++i) {
            if (!std::isfinite(values[i]))
                continue;
            const long double x = values[i], y = stored[i];
            squaredError += (x - y) * (x - y);
            squares += x * x;
            products += x * y;
            storedSquares += y * y;
        }
        const auto isClose = [](double sum, long double expected) { return std::abs(sum - double(expected)) <= 1e-13 * double(expected); };
        QVERIFY(isClose(sums.squaredError, squaredError));
        QVERIFY(isClose(sums.squares, squares));
        QVERIFY(isClose(sums.products, products));
        QVERIFY(isClose(sums.storedSquares, storedSquares));
    }

    static void compareSums(const ErrorSums& a, const ErrorSums& b)
    {
        QCOMPARE(a.finite, b.finite);
        QCOMPARE(a.clippedLow, b.clippedLow);
        QCOMPARE(a.clippedHigh, b.clippedHigh);
        QVERIFY(a.squaredError == b.squaredError);
        QVERIFY(a.squares == b.squares);
        QVERIFY(a.products == b.products);
        QVERIFY(a.storedSquares == b.storedSquares);
        QVERIFY(a.largestError == b.largestError);
    }
};

QUANTOSCOPE_TEST(tst_run_quantizer, TestRunQuantizer)
#include "tst_run_quantizer.moc"
