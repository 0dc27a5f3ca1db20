// SPDX-License-Identifier: Apache-2.0
#include "core/statistics/summary.h"

#include "core/files/model_file.h"
#include "core/random.h"
#include "core/statistics/moments.h"
#include "core/statistics/order_statistics.h"
#include "tests/core/npy_bytes.h"
#include "tests/core/quantization_data.h"
#include "tests/core/scratch_folder.h"
#include "tests/core/statistics_values.h"
#include "tests/test_case.h"

#include <algorithm>
#include <array>
#include <cmath>

using namespace quantoscope;
using namespace quantoscope::test;

class TestSummary : public QObject {
    Q_OBJECT

private slots:
    void quantilesAreThoseOfNumpyPercentile()
    {
        const auto rowRows = quantizationJson("percentiles.json")["percentile"];   // a temporary would be gone before the first turn
        for (const auto& row : rowRows) {
            auto values = quantizationArray(row["array"]);
            const auto source = makeTensor("x", values, {std::int64_t(values.size())});
            const auto counts = countValues(*source, source->tensors().front());
            const double share = numberOf(row["percent"]) / 100;
            const auto quantiles = exactQuantiles(*source, source->tensors().front(), **counts, std::array{share}, row["abs"]);
            QVERIFY(quantiles.has_value());
            const double expected = numberOf(row["linear"]);
            // numpy divides the percentage by 100 too; a last digit may differ in the interpolation.
            QVERIFY2(close(quantiles->front(), expected, 1e-13), qPrintable(QString::fromStdString(row.dump())));
        }
    }

    void quantilesAreThoseOfTheSortedValuesWhateverTheirNumber_data()
    {
        QTest::addColumn<int>("number");
        QTest::addColumn<bool>("doubles");
        for (const int number : {9, 1000, 65530, 65542, 300000})
            for (const bool doubles : {false, true})
                QTest::addRow("%d numbers of %d bits", number, doubles ? 64 : 32) << number << doubles;
    }

    void quantilesAreThoseOfTheSortedValuesWhateverTheirNumber()
    {
        QFETCH(int, number);
        QFETCH(bool, doubles);
        std::vector<double> values{0.0, -0.0, quiet, infinity, -infinity, 1e-40};
        const RandomStream random(44);
        for (int i = 6; i < number; ++i)
            values.push_back(doubles ? random.normal(std::uint64_t(i)) : double(float(random.normal(std::uint64_t(i)))));
        std::string data;
        for (double& value : values) {
            value = doubles ? value : double(float(value));
            const auto narrow = float(value);
            data.append(doubles ? reinterpret_cast<const char*>(&value) : reinterpret_cast<const char*>(&narrow), doubles ? 8 : 4);
        }
        const ScratchFolder folder;
        const auto source = openModelFile(folder.write("values.npy", npyBytes(doubles ? "<f8" : "<f4", false, {number}, data)));
        QVERIFY(source.has_value());
        const TensorInfo& info = (*source)->tensors().front();
        const auto counts = countValues(**source, info);
        QVERIFY(counts.has_value());
        std::erase_if(values, [](double x) { return !std::isfinite(x); });
        constexpr std::array shares{0.0, 0.001, 0.25, 0.3, 0.5, 0.777, 0.999, 1.0};
        for (const bool ofMagnitude : {false, true}) {
            std::vector<double> sorted = values;
            if (ofMagnitude)
                std::transform(sorted.begin(), sorted.end(), sorted.begin(), [](double x) { return std::abs(x); });
            std::sort(sorted.begin(), sorted.end());
            const auto quantiles = exactQuantiles(**source, info, **counts, shares, ofMagnitude);
            QVERIFY(quantiles.has_value());
            for (std::size_t i = 0; i < shares.size(); ++i) {
                const double position = shares[i] * double(sorted.size() - 1);
                const auto below = std::size_t(position), above = std::min(below + 1, sorted.size() - 1);
                QVERIFY((*quantiles)[i] == interpolate(sorted[below] + 0.0, sorted[above] + 0.0, position - double(below)));
            }
        }
    }

    void summaryMatchesItsDefinitions()
    {
        const auto values = syntheticValues({.distribution = "outliers", .count = 100000, .seed = 5});
        const auto source = makeTensor("x", values, {std::int64_t(values.size())});
        const auto summary = summarize(*source, source->tensors().front());
        QVERIFY(summary.has_value());
        long double mean = 0, second = 0, fourth = 0;
        for (const float x : values)
            mean += x;
        mean /= values.size();
        for (const float x : values) {
            const long double square = (x - mean) * (x - mean);
            second += square;
            fourth += square * square;
        }
        const double deviation = std::sqrt(double(second / values.size()));
        QVERIFY(close(summary->mean, double(mean), 1e-12));
        QVERIFY(close(summary->standardDeviation, deviation, 1e-13));
        QVERIFY(close(summary->kurtosis, double(fourth * values.size() / (second * second)) - 3, 1e-11));
        const auto far = std::count_if(values.begin(), values.end(), [&](float x) { return std::abs(x - double(mean)) > 6 * deviation; });
        QCOMPARE(summary->outliers, std::uint64_t(far));
        QVERIFY(far > 0);
        auto sorted = values;
        std::sort(sorted.begin(), sorted.end());
        QVERIFY(close(summary->quantiles[4], (double(sorted[49999]) + sorted[50000]) / 2, 1e-15));

        const Summary atOnce = summaryOf(**countValues(*source, source->tensors().front()));
        QCOMPARE(atOnce.mean, summary->mean);
        QVERIFY(close(atOnce.kurtosis, summary->kurtosis, 1e-3));
        for (std::size_t i = 0; i < atOnce.quantiles.size(); ++i)
            QVERIFY(std::abs(atOnce.quantiles[i] - summary->quantiles[i]) <= 0.01 * deviation);
    }

    void oneReadingTellsTheMomentsOfManyPasses_data()
    {
        QTest::addColumn<QString>("made");
        for (const char* made : {"normal", "outliers", "far from zero", "a step far from zero", "mixed", "constant", "nothing finite", "one", "none"})
            QTest::newRow(made) << QString::fromLatin1(made);
    }

    void oneReadingTellsTheMomentsOfManyPasses()
    {
        QFETCH(QString, made);
        auto values = syntheticValues({.distribution = made == QLatin1String("outliers") ? "outliers" : "normal", .count = 600000, .seed = 9});
        if (made.endsWith(QLatin1String("far from zero")))
            for (std::size_t i = 0; i < values.size(); ++i)
                values[i] = made.startsWith(QLatin1Char('a')) && i < 1000 ? values[i] : 1e4f + values[i];
        else if (made == QLatin1String("mixed"))
            values = mixedValues();
        else if (made == QLatin1String("constant"))
            values.assign(values.size(), 12345.678f);
        else if (made == QLatin1String("nothing finite"))
            values = {quiet, infinity, -infinity};
        else if (made == QLatin1String("one"))
            values = {-0.3f};
        else if (made == QLatin1String("none"))
            values.clear();
        const auto source = makeTensor("x", values, {std::int64_t(values.size())});
        const auto moments = momentsOf(*source, source->tensors().front());
        QVERIFY(moments.has_value());
        const auto counts = countValues(values);
        const Summary expected = summaryOf(*counts);
        QCOMPARE(moments->count, expected.count);
        QCOMPARE(moments->finite, counts->totals().finite);
        QCOMPARE(moments->nan, expected.nan);
        QCOMPARE(moments->infinite, expected.infinite);
        QCOMPARE(moments->min, expected.min);
        QCOMPARE(moments->max, expected.max);
        QVERIFY(std::abs(moments->mean - expected.mean) <= 1e-13 * std::max(std::abs(expected.mean), expected.standardDeviation));
        // Counts lose digits of the deviation where it is far smaller than the mean: what is expected is summed up in two passes.
        long double mean = 0, squares = 0;
        std::erase_if(values, [](float x) { return !std::isfinite(x); });
        for (const float x : values)
            mean += (long double)x / values.size();
        for (const float x : values)
            squares += (x - mean) * (x - mean) / values.size();
        const double deviation = std::sqrt(double(squares));
        if (expected.min == expected.max)
            QCOMPARE(moments->standardDeviation, 0.0);
        else
            QVERIFY(std::abs(moments->standardDeviation - deviation) <= 1e-12 * deviation);
        // What `qscope stats` prints has no fewer digits than a program that adds up squares in double.
        const auto summary = summarize(*source, source->tensors().front());
        QVERIFY(summary.has_value());
        QVERIFY2(expected.min == expected.max || std::abs(summary->standardDeviation - deviation) <= 1e-9 * deviation,
                 qPrintable(QString::number(summary->standardDeviation / deviation - 1)));
    }

    void statisticsOfAConstantFarFromZeroHaveNoSpread()
    {
        const Summary summary = summaryOf(*countValues(std::vector<float>(1000, 12345.678f)));
        QCOMPARE(summary.standardDeviation, 0.0);
        QCOMPARE(summary.kurtosis, 0.0);
        QCOMPARE(summary.mean, double(12345.678f));
    }
};

QUANTOSCOPE_TEST(tst_summary, TestSummary)
#include "tst_summary.moc"
