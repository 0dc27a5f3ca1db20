// SPDX-License-Identifier: Apache-2.0
#include "core/quantization/codebook.h"
#include "core/quantization/element.h"
#include "core/quantization/level_map.h"

#include "tests/core/quantization_data.h"
#include "tests/test_case.h"

#include <cmath>
#include <limits>
#include <numbers>

using namespace quantoscope;
using namespace quantoscope::test;

namespace {

QuantizationScheme scheme(const char* text) { return *parseScheme(text); }

double normalDensity(double x) { return std::exp(-x * x / 2) / std::sqrt(2 * std::numbers::pi); }
double laplaceDensity(double x) { return std::exp(-std::abs(x) * std::numbers::sqrt2) / std::numbers::sqrt2; }

const ValueCounts& distribution(const std::string& name)
{
    static const ValueCounts normal = countsOfDensity(normalDensity, 8, 0x1p-13);
    static const ValueCounts laplace = countsOfDensity(laplaceDensity, 26, 0x1p-12);
    return name.starts_with("normal") ? normal : laplace;
}

bool close(double a, double b, double relative) { return std::abs(a - b) <= relative * std::abs(b); }

/// The figures by visiting every value, without counts.
QuantizationError bruteForce(const std::vector<float>& values, const LevelMap& map)
{
    QuantizationError error;
    long double squares = 0, errors = 0;
    for (const float x : values) {
        double nearest = std::numeric_limits<double>::infinity();
        for (const double level : map.levels)
            nearest = std::min(nearest, std::abs(x - level));
        errors += (long double)nearest * nearest;
        squares += (long double)x * x;
        error.largestError = std::max(error.largestError, nearest);
        error.clippedLow += x < map.clipLow;
        error.clippedHigh += x > map.clipHigh;
    }
    error.meanSquaredError = double(errors / values.size());
    error.sqnrDb = 10 * std::log10(double(squares / errors));
    return error;
}

}  // namespace

class TestLevelMap : public QObject {
    Q_OBJECT

    static void compareWithFormat(QuantizationScheme scheme, const NumberFormat& format, Rounding rounding)
    {
        scheme.rounding.rounding = rounding;
        const double end = largestMagnitude(*findElement(scheme.element));
        const LevelMap map = levelMapOf(scheme, -end, end);   // step 1
        const RoundingRule rule{.rounding = rounding, .overflow = Overflow::Saturate};
        const bool isSigned = findElement(scheme.element)->isSigned;
        const auto compare = [&](double x) {
            const bool isBelowFp32 = x != 0 && std::abs(x) < 0x1p-150;
            if (std::abs(x) > end || isBelowFp32 || (x < 0 && !isSigned))
                return;
            const double stored = double(float(valueOf(format, encode(format, x, rule))));
            QVERIFY2(map.levels[map.indexOf(x)] == stored,
                     qPrintable(QStringLiteral("%1, rounding %2: %3 becomes %4, not %5").arg(QString::fromStdString(scheme.element))
                                    .arg(int(rounding)).arg(x, 0, 'g', 17).arg(map.levels[map.indexOf(x)]).arg(stored)));
        };
        // Of wide formats every 7th gap: neighbouring ones differ in nothing.
        const std::size_t every = map.size() > 2048 ? 7 : 1;
        for (std::size_t i = 0; i < map.thresholds.size(); i += every) {
            const double threshold = map.thresholds[i], middle = (map.levels[i] + map.levels[i + 1]) / 2;
            for (const double x : {threshold, std::nextafter(threshold, -1e99), std::nextafter(threshold, 1e99), middle, map.levels[i],
                                   std::nextafter(map.levels[i], 1e99)})
                compare(x);
            if (QTest::currentTestFailed())
                return;
        }
        compare(0.0);
        if (!isSigned)
            QCOMPARE(map.levels[map.indexOf(-1.0)], map.levels.front());
    }

private slots:
    /// A format as an element stores what the format itself would: the same rounding, ties and all, up to the
    /// end of its range.
    void everyFormatIsAnElementThatRoundsAsTheFormat()
    {
        int elements = 0;
        for (const FormatFamily& family : formatFamilies()) {
            for (const NumberFormat& format : formatsOf(family.id)) {
                if (bitsOf(format) > 16 || format.asInteger() || format.asLevels() || (family.id == "p3109" && bitsOf(format) > 9))
                    continue;
                const std::string text = "element=" + std::string(format.id);
                const auto parsed = parseScheme(text);
                QVERIFY2(parsed, text.c_str());
                ++elements;
                for (const RoundingRow& row : roundingRows())
                    if (row.rounding != Rounding::Stochastic)
                        compareWithFormat(*parsed, format, row.rounding);
                if (QTest::currentTestFailed())
                    return;
            }
        }
        QVERIFY2(elements > 100, qPrintable(QString::number(elements)));
    }

    void errorFromCountsAgreesWithVisitingEveryValue_data()
    {
        QTest::addColumn<QString>("text");
        for (const char* text : {"int8", "int4", "int2", "int4,asymmetric", "int8,asymmetric,clip=-0.03:0.07", "int4,range=full,clip=-0.04:0.04",
                                 "e4m3", "e2m1", "element=nf4", "levels=16", "levels=5", "int4,clip=percentile:99", "uint4"})
            QTest::newRow(text) << QString::fromLatin1(text);
    }
    void errorFromCountsAgreesWithVisitingEveryValue()
    {
        QFETCH(QString, text);
        const auto values = syntheticValues({.distribution = "laplace", .count = 200000, .seed = 11});
        const auto counts = countValues(values);
        const LevelMap map = levelMapOf(scheme(qPrintable(text)), *counts);
        const QuantizationError fast = errorOf(*counts, map), slow = bruteForce(values, map);
        const double difference = std::abs(fast.meanSquaredError - slow.meanSquaredError) / slow.meanSquaredError;
        QVERIFY2(difference <= 1e-3, qPrintable(QString::number(difference)));
        QVERIFY2(difference <= fast.uncertainty + 1e-9, qPrintable(QString::number(fast.uncertainty)));
        QVERIFY(fast.uncertainty < 0.1);
        QVERIFY(std::abs(fast.clippedLow - slow.clippedLow) <= 0.01 * slow.clippedLow + 2);
        QVERIFY(std::abs(fast.clippedHigh - slow.clippedHigh) <= 0.01 * slow.clippedHigh + 2);
        QVERIFY(close(fast.largestError, slow.largestError, 0.01));
        double stored = 0;
        for (const double n : fast.perLevel)
            stored += n;
        QVERIFY(close(stored, double(values.size()), 1e-9));
    }

    void exactCountsGiveExactErrors()
    {
        const std::vector<float> values{-3, -1, -1, 0.25f, 0.75f, 2.5f, 100, 0};
        const auto counts = countValues(values);
        for (const char* text : {"int4", "int8,asymmetric", "e2m1", "levels=3", "int2,clip=-2:2"}) {
            const LevelMap map = levelMapOf(scheme(text), *counts);
            const QuantizationError error = errorOf(*counts, map);
            QVERIFY(close(error.meanSquaredError, bruteForce(values, map).meanSquaredError, 1e-12));
            QCOMPARE(error.uncertainty, 0.0);
        }
        const QuantizationError none = errorOf(*counts, levelMapOf(scheme("levels=8"), *counts));
        QCOMPARE(none.meanSquaredError, 0.0);
        QCOMPARE(none.sqnrDb, std::numeric_limits<double>::infinity());
    }

    void tiesGoToTheEvenCode()
    {
        const LevelMap map = levelMapOf(scheme("int4,clip=-7:7"), -7, 7);
        QCOMPARE(map.step, 1.0);
        QCOMPARE(map.levels[map.indexOf(0.5)], 0.0);
        QCOMPARE(map.levels[map.indexOf(1.5)], 2.0);
        QCOMPARE(map.levels[map.indexOf(-2.5)], -2.0);
        QCOMPARE(map.levels[map.indexOf(50)], 7.0);
        const LevelMap e2m1 = levelMapOf(scheme("e2m1"), -6, 6);
        QCOMPARE(e2m1.levels[e2m1.indexOf(5)], 4.0);
        QCOMPARE(e2m1.levels[e2m1.indexOf(2.5)], 2.0);
        QCOMPARE(e2m1.levels[e2m1.indexOf(3.5)], 4.0);
    }

    void optimalCodebooksAreTheLloydMaxQuantizers()
    {
        const auto rowRows = quantizationJson("lloyd_max.json")["lloyd_max"];   // a temporary would be gone before the first turn
        for (const auto& row : rowRows) {
            const int bits = row["bits"];
            if (bits > 6)
                continue;   // 256 clusters of so many bins take as long as all the rest
            const ValueCounts& counts = distribution(row["distribution"]);
            // Measured on these grids: 3e-7 of the error and 2e-4 of a level up to 4 bits, 4e-6 and 2e-4 at 6; Lloyd's alternation
            // ends 6e-6 and 2e-3 above.
            const Clustering clustering = optimalClustering(counts.bins(), 1 << bits);
            QVERIFY2(close(clustering.cost / counts.prefix().back().count, numberOf(row["mse"]), bits <= 4 ? 1e-6 : 1e-5),
                     qPrintable(QString::fromStdString(row["distribution"]) + QString::number(bits)));
            const auto& levels = row["levels_positive_half"];
            for (std::size_t i = 0; i < levels.size(); ++i)
                QVERIFY(std::abs(clustering.centroids[levels.size() + i] - numberOf(levels[i])) < 5e-4);
            const Clustering lloyd = lloydClustering(counts.bins(), 1 << bits);
            QVERIFY(lloyd.cost >= clustering.cost * (1 - 1e-12) && lloyd.cost <= clustering.cost * (bits <= 4 ? 1.0001 : 1.005));
        }
    }

    void clusteringsAreTheGlobalOptimaOfExactDynamicProgramming()
    {
        const auto setRows = quantizationJson("kmeans1d.json")["sets"];   // a temporary would be gone before the first turn
        for (const auto& set : setRows) {
            std::vector<std::pair<double, std::uint64_t>> points;
            for (std::size_t i = 0; i < set["values"].size(); ++i)
                points.push_back({numberOf(set["values"][i]), set["weights"].is_null() ? 1 : set["weights"][i].get<std::uint64_t>()});
            std::sort(points.begin(), points.end());
            std::vector<CountBin> bins;
            for (const auto& [x, n] : points) {
                if (bins.empty() || bins.back().low != x)
                    bins.push_back({x, x, 0, 0, 0});
                bins.back().count += n;
                bins.back().sum = double(bins.back().count) * x;
                bins.back().sumOfSquares = bins.back().sum * x;
            }
            for (const auto& result : set["results"]) {
                const Clustering clustering = optimalClustering(bins, result["k"]);
                const double cost = numberOf(result["cost"]);
                QVERIFY2(std::abs(clustering.cost - cost) <= 1e-12 * cost + 1e-14, qPrintable(QString::fromStdString(set["name"])));
                // The cost of the optimum is unique, its centroids are not: "duplicates_40" has two of equal cost.
                // So the centroids must earn that cost themselves, each value going to the nearest.
                QVERIFY(clustering.centroids.size() <= result["centroids"].size());
                double earned = 0;
                for (const auto& [x, n] : points) {
                    double nearest = std::numeric_limits<double>::infinity();
                    for (const double centroid : clustering.centroids)
                        nearest = std::min(nearest, (x - centroid) * (x - centroid));
                    earned += double(n) * nearest;
                }
                QVERIFY2(std::abs(earned - cost) <= 1e-11 * cost + 1e-14, qPrintable(QString::fromStdString(set["name"])));
                // Elsewhere they are unique. One lies at 4e-5, the mean of values up to 0.05 that cancel: hence the absolute part.
                if (set["name"] != "duplicates_40") {
                    QCOMPARE(clustering.centroids.size(), result["centroids"].size());
                    for (std::size_t i = 0; i < clustering.centroids.size(); ++i) {
                        const double theirs = numberOf(result["centroids"][i]);
                        QVERIFY2(std::abs(clustering.centroids[i] - theirs) <= 1e-12 * std::abs(theirs) + 1e-15, qPrintable(QString::fromStdString(set["name"])));
                    }
                }
            }
        }
    }

    void theGapToTheBestLevelsIsKnown()
    {
        const auto counts = countValues(quantizationArray("laplace"));
        const CodebookGap own = codebookGapOf(scheme("levels=16"), *counts);
        QCOMPARE(own.decibels, 0.0);
        for (const char* text : {"levels=16,fit=lloyd", "levels=16,fit=quantile", "levels=-3:-1:-0.2:0.2:1:3"}) {
            const CodebookGap gap = codebookGapOf(scheme(text), *counts);
            QVERIFY2(gap.decibels >= 0 && gap.meanSquaredError >= gap.optimalMeanSquaredError, text);
            QVERIFY(close(gap.decibels, 10 * std::log10(gap.meanSquaredError / gap.optimalMeanSquaredError), 1e-9) || gap.decibels == 0);
        }
        QVERIFY(codebookGapOf(scheme("levels=16,fit=quantile"), *counts).decibels > 0.5);
        const std::vector<float> few{0, 1, 2, 10};
        const CodebookGap byHand = codebookGapOf(scheme("levels=0:5"), *countValues(few));
        QCOMPARE(byHand.optimalMeanSquaredError, 0.5);   // 1 and 10
        QCOMPARE(byHand.meanSquaredError, (0 + 1 + 4 + 25) / 4.0);
    }

    void quantileLevelsAreMediansOfEqualShares()
    {
        std::vector<float> values;
        for (int i = 0; i < 1000; ++i)
            values.push_back(float(i * i));
        const LevelMap map = levelMapOf(scheme("levels=4,fit=quantile"), *countValues(values));
        const auto at = [&](double share) { const double place = share * 999; const auto i = std::size_t(place); return values[i] + (place - double(i)) * (values[i + 1] - values[i]); };
        for (int i = 0; i < 4; ++i)
            QVERIFY(close(map.levels[std::size_t(i)], at((i + 0.5) / 4), 0.02));
        const LevelMap byHand = levelMapOf(scheme("levels=-1:0:0.5:1"), *countValues(values));
        QCOMPARE(byHand.levels, (std::vector<double>{-1, 0, 0.5, 1}));
    }

    void leastSquaresClipsAreTheOptimalUniformQuantizers()
    {
        const auto rowRows = quantizationJson("optimal_uniform.json")["uniform"];   // a temporary would be gone before the first turn
        for (const auto& row : rowRows) {
            const std::string levels = row["levels"];
            const int bits = row["bits"];
            if (bits > 8 || (levels == "midrise") != (bits == 1))
                continue;   // INT1 is −Δ and +Δ; integers of more bits have a level at 0
            QuantizationScheme wanted = scheme(bits == 1 ? "int1,clip=mse" : levels == "midtread_odd" ? "int4,clip=mse" : "int4,range=full,clip=mse");
            wanted.element = "int" + std::to_string(bits);
            const ValueCounts& counts = distribution(row["distribution"]);
            const LevelMap map = levelMapOf(wanted, counts);
            const std::string what = row.dump();
            const double error = errorOf(counts, map).meanSquaredError, step = numberOf(row["step"]);
            // The minimum is flat, and steps that are whole multiples of the grid on which the density is counted gain a
            // little: measured, at most 5.4e-4 of the step and 1.4e-5 of the error on these grids (6e-5 on twice coarser ones).
            if (bits == 1) {
                QVERIFY2(close(map.levels[1] - map.levels[0], step, 1e-5) && close(error, numberOf(row["mse"]), 1e-6), what.c_str());
                continue;
            }
            QVERIFY2(close(map.step, step, 8e-4), (what + " gives " + std::to_string(map.step)).c_str());
            QVERIFY2(close(error, numberOf(row["mse"]), 2e-5), (what + " gives " + std::to_string(error * 1e6) + "e-6").c_str());
            // On the very same counts the published step is no better.
            const double largestCode = double((1 << (bits - 1)) - 1);
            QVERIFY2(error <= errorOf(counts, levelMapOf(wanted, -step * largestCode, step * largestCode)).meanSquaredError * (1 + 1e-6), what.c_str());
        }
    }

    void noClipOfAFineGridBeatsTheLeastSquaresOne()
    {
        for (const char* name : {"gauss", "outliers", "edge", "laplace"})
            for (const char* text : {"int2,clip=mse", "int4,clip=mse", "int8,clip=mse", "e2m1,clip=mse", "int4,asymmetric,clip=mse"}) {
                const auto counts = countValues(quantizationArray(name));
                const auto wanted = scheme(text);
                const ClipRange best = clipRangeOf(wanted, *counts);
                const double found = errorOf(*counts, levelMapOf(wanted, best.low, best.high)).meanSquaredError;
                const double largest = counts->absoluteMaximum();
                for (int i = 1; i <= 5000; ++i) {
                    const double clip = largest * i / 5000;
                    const double cost = errorOf(*counts, levelMapOf(wanted, std::max(-clip, counts->totals().min), std::min(clip, counts->totals().max))).meanSquaredError;
                    QVERIFY2(found <= cost * (1 + 1e-6), qPrintable(QStringLiteral("%1 %2 %3").arg(QLatin1String(name), QLatin1String(text)).arg(i)));
                }
            }
    }

    void costCurveEndsAtTheLargestValueAndMarksLieOnIt()
    {
        const auto counts = countValues(quantizationArray("gauss"));
        const auto wanted = scheme("int4");
        const auto curve = clipCostCurve(wanted, *counts, 100);
        QCOMPARE(curve.size(), std::size_t(100));
        QCOMPARE(curve.back().clip, counts->absoluteMaximum());
        double best = 0;
        for (const CalibrationMark& mark : calibrationMarks(wanted, *counts))
            best = std::max(best, mark.id == "mse" ? mark.sqnrDb : 0);
        for (const ClipCost& point : curve)
            QVERIFY(point.sqnrDb <= best + 1e-9);
    }
};

QUANTOSCOPE_TEST(tst_level_map, TestLevelMap)
#include "tst_level_map.moc"
