// SPDX-License-Identifier: Apache-2.0
#include "core/files/model_file.h"
#include "core/statistics/histogram.h"
#include "core/statistics/moments.h"
#include "core/statistics/order_statistics.h"
#include "core/statistics/summary.h"

#include "tests/core/npy_bytes.h"
#include "tests/core/quantization_data.h"
#include "tests/core/scratch_folder.h"
#include "core/random.h"
#include "core/statistics/counting.h"
#include "tests/test_case.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <map>

using namespace quantoscope;
using namespace quantoscope::test;

namespace {

constexpr float quiet = std::numeric_limits<float>::quiet_NaN();
constexpr float infinity = std::numeric_limits<float>::infinity();

std::vector<float> mixedValues()
{
    auto values = syntheticValues({.distribution = "student", .count = 300000, .seed = 3});
    values.insert(values.end(), {0.0f, -0.0f, quiet, -quiet, infinity, -infinity, 1e-45f, -1e-40f, 3e38f, 5.0f, 5.0f});
    return values;
}

/// FP16 codes held in memory.
class Codes : public TensorSource {
public:
    explicit Codes(std::vector<std::uint16_t> codes)
        : m_codes(std::move(codes))
    {
        m_tensor.name = "codes";
        m_tensor.typeName = "F16";
        m_tensor.type = findStorageType("F16");
        m_tensor.count = std::int64_t(m_codes.size());
        m_tensor.shape = {m_tensor.count};
        m_tensor.bytes = m_codes.size() * 2;
    }

    std::string name() const override { return "F16"; }
    std::span<const TensorInfo> tensors() const override { return {&m_tensor, 1}; }
    std::span<const std::pair<std::string, std::string>> metadata() const override { return {}; }
    Result<void> read(const TensorInfo&, ElementRange, std::span<double>) const override { return failure(Error::Kind::Unsupported, "Only bytes."); }
    Result<void> read(const TensorInfo&, ElementRange, std::span<float>) const override { return failure(Error::Kind::Unsupported, "Only bytes."); }
    Result<void> readBytes(const TensorInfo&, ElementRange range, std::span<std::byte> bytes) const override
    {
        std::memcpy(bytes.data(), m_codes.data() + range.first, std::size_t(range.count) * 2);
        return {};
    }

private:
    std::vector<std::uint16_t> m_codes;
    TensorInfo m_tensor;
};

/// Infinite sums are close where they are equal.
bool close(double a, double b, double relative) { return a == b || std::abs(a - b) <= relative * std::max(std::abs(a), std::abs(b)); }

}  // namespace

class TestValueCounts : public QObject {
    Q_OBJECT

private slots:
    void binsHoldTheExactSumsOfWhatFellIntoThem()
    {
        const auto values = mixedValues();
        const auto counts = countValues(values);
        std::vector<float> finite;
        std::copy_if(values.begin(), values.end(), std::back_inserter(finite), [](float x) { return std::isfinite(x); });
        std::sort(finite.begin(), finite.end());
        QCOMPARE(counts->totals().count, std::uint64_t(values.size()));
        QCOMPARE(counts->totals().finite, std::uint64_t(finite.size()));
        QCOMPARE(counts->totals().nan, 2u);
        QCOMPARE(counts->totals().infinite, 2u);
        QCOMPARE(counts->totals().zeros, 2u);
        QCOMPARE(counts->totals().subnormals, 2u);
        QCOMPARE(counts->totals().min, double(finite.front()));
        QCOMPARE(counts->totals().max, double(finite.back()));
        std::size_t at = 0;
        for (const CountBin& bin : counts->bins()) {
            long double sum = 0, squares = 0;
            for (std::uint64_t i = 0; i < bin.count; ++i, ++at) {
                QVERIFY(bin.low <= double(finite[at]) && double(finite[at]) <= bin.high);
                sum += finite[at];
                squares += (long double)finite[at] * finite[at];
            }
            QVERIFY(close(bin.sum, double(sum), 1e-15) && close(bin.sumOfSquares, double(squares), 1e-15));
        }
        QCOMPARE(at, finite.size());
    }

    void fewValuesAreCountedWithTheDigitsOfMany()
    {
        std::vector<float> values{0, -0.0f, 0, 1, 1, -1, 0x1p-149f, -0x1p-130f, 3e38f, -3e38f, INFINITY, -INFINITY, NAN};
        const RandomStream random(3);
        for (int i = 0; i < 3000; ++i)
            values.push_back(float(random.normal(std::uint64_t(i))));
        FloatCounter counter;
        counter.add(values);
        const auto many = counter.finish();
        const auto few = FloatCounter::countFew(values);
        QCOMPARE(few->bins().size(), many->bins().size());
        for (std::size_t i = 0; i < many->bins().size(); ++i) {
            const CountBin& a = few->bins()[i];
            const CountBin& b = many->bins()[i];
            QVERIFY(a.low == b.low && a.high == b.high && a.count == b.count && a.sum == b.sum && a.sumOfSquares == b.sumOfSquares);
        }
        const auto& a = few->totals();
        const auto& b = many->totals();
        QVERIFY(a.count == b.count && a.finite == b.finite && a.zeros == b.zeros && a.subnormals == b.subnormals);
        QVERIFY(a.nan == b.nan && a.infinite == b.infinite && a.min == b.min && a.max == b.max && a.sum == b.sum);
    }

    void countingInChunksOnAllCoresGivesTheDigitsOfOneThread()
    {
        const auto values = mixedValues();
        const auto source = makeTensor("x", values, {std::int64_t(values.size())});
        const auto streamed = countValues(*source, source->tensors().front());
        const auto direct = countValues(values);
        QVERIFY(streamed.has_value());
        QCOMPARE((*streamed)->bins().size(), direct->bins().size());
        for (std::size_t i = 0; i < direct->bins().size(); ++i)
            QCOMPARE((*streamed)->bins()[i].sumOfSquares, direct->bins()[i].sumOfSquares);
        QCOMPARE((*streamed)->totals().sum, direct->totals().sum);
    }

    void codesAreCountedAlikeWhetherNeighboursAreAlikeOrNot_data()
    {
        QTest::addColumn<double>("zeros");
        QTest::newRow("dense") << 0.0;
        QTest::newRow("half of them zero") << 0.5;
        QTest::newRow("sparse") << 0.95;
        QTest::newRow("all zero") << 1.0;
    }

    void codesAreCountedAlikeWhetherNeighboursAreAlikeOrNot()
    {
        QFETCH(double, zeros);
        const RandomStream random(12);
        std::vector<std::uint16_t> codes(200003);
        std::map<double, std::uint64_t> expected;
        const NumberFormat& fp16 = *findNumberFormat("fp16");
        for (std::size_t i = 0; i < codes.size(); ++i) {
            codes[i] = random.uniform(2 * i) < zeros ? 0 : std::uint16_t(encode(fp16, random.normal(2 * i + 1)));
            ++expected[valueOf(fp16, codes[i])];
        }
        const Codes source(codes);
        const auto counts = countValues(source, source.tensors().front());
        QVERIFY(counts.has_value());
        QCOMPARE((*counts)->bins().size(), expected.size());
        for (const CountBin& bin : (*counts)->bins())
            QCOMPARE(bin.count, expected[bin.low]);
    }

    void aSmallTensorIsCountedAsALargeOneOfTheSameValues_data()
    {
        QTest::addColumn<QByteArray>("type");
        QTest::addColumn<int>("bytesEach");
        QTest::addColumn<bool>("fortranOrder");
        for (const auto& [type, bytes] : {std::pair{"|u1", 1}, {"|i1", 1}, {"|b1", 1}, {"<f2", 2}, {">f2", 2}, {"<i2", 2}, {">u2", 2}, {"<f4", 4},
                                          {"<i4", 4}, {"<i8", 8}, {"<f8", 8}, {">f8", 8}}) {
            QTest::newRow(type) << QByteArray(type) << bytes << false;
            QTest::addRow("%s columns first", type) << QByteArray(type) << bytes << true;
        }
    }

    void aSmallTensorIsCountedAsALargeOneOfTheSameValues()
    {
        QFETCH(QByteArray, type);
        QFETCH(int, bytesEach);
        QFETCH(bool, fortranOrder);
        constexpr int small = 999, times = 60;
        const RandomStream random(31);
        std::string bytes(std::size_t(16 * bytesEach), '\0');   // then any bits: NaN, infinities and subnormal numbers among them
        for (int i = 16 * bytesEach; i < small * bytesEach; ++i)
            bytes += char(random.bits(std::uint64_t(i)) & (type == "|b1" ? 1 : 0xFF));
        const ScratchFolder folder;
        const auto counted = [&](int repeated) -> std::shared_ptr<const ValueCounts> {
            std::string data;
            for (int i = 0; i < repeated; ++i)
                data += bytes;
            const auto path = folder.write("values.npy", npyBytes(type.toStdString(), fortranOrder, {3, repeated * small / 3}, data));
            const auto source = openModelFile(path);
            return source ? *countValues(**source, (*source)->tensors().front()) : nullptr;
        };
        const auto few = counted(1), many = counted(times);
        QVERIFY(few && many);
        QCOMPARE(few->bins().size(), many->bins().size());
        for (std::size_t i = 0; i < few->bins().size(); ++i) {
            const CountBin &a = few->bins()[i], &b = many->bins()[i];
            QVERIFY(a.low == b.low && a.high == b.high && a.count * times == b.count);
            QVERIFY(close(a.sum * times, b.sum, 1e-13) && close(a.sumOfSquares * times, b.sumOfSquares, 1e-13));
        }
        const ValueCounts::Totals &a = few->totals(), &b = many->totals();
        QCOMPARE(a.count, std::uint64_t(small));
        QVERIFY(a.count * times == b.count && a.finite * times == b.finite && a.zeros * times == b.zeros && a.zeros >= 16);
        QVERIFY(a.nan * times == b.nan && a.infinite * times == b.infinite && a.subnormals * times == b.subnormals);
        QVERIFY(a.min == b.min && a.max == b.max);
    }

    void equalValuesAreKnownExactly()
    {
        const auto counts = countValues(std::vector<float>{1.5f, 0.1f, 0.1f, 0.1f, 0, -0.0f, -7});
        QVERIFY(counts->isExact());
        QCOMPARE(counts->bins().size(), std::size_t(4));
        QCOMPARE(counts->bins()[2].low, double(0.1f));
        QCOMPARE(counts->bins()[2].count, 3u);
    }

    void emptyAndNotFiniteTensorsHaveNoBins()
    {
        QVERIFY(countValues(std::vector<float>{})->bins().empty());
        const auto counts = countValues(std::vector<float>{quiet, infinity});
        QVERIFY(counts->bins().empty());
        QCOMPARE(counts->totals().count, 2u);
        QCOMPARE(counts->totals().max, 0.0);
    }

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

    void histogramsAgreeWithComparingEveryValueToTheEdges()
    {
        const auto values = mixedValues();
        const auto source = makeTensor("x", values, {std::int64_t(values.size())});
        const auto histogram = exactHistogram(*source, source->tensors().front(), -0.05, 0.07, 37);
        QVERIFY(histogram.has_value());
        double total = histogram->underflow + histogram->overflow;
        for (std::size_t bin = 0; bin < 37; ++bin) {
            const double low = histogram->edges[bin], high = histogram->edges[bin + 1];
            const auto inside = std::count_if(values.begin(), values.end(), [&](float x) {
                return x >= low && (x < high || (bin == 36 && x == high));
            });
            QCOMPARE(histogram->counts[bin], double(inside));
            total += histogram->counts[bin];
        }
        QCOMPARE(total, double(values.size() - 4));

        const Histogram fromCounts = histogramOf(*countValues(values), -0.05, 0.07, 37);
        for (std::size_t bin = 0; bin < 37; ++bin)
            QVERIFY(std::abs(fromCounts.counts[bin] - histogram->counts[bin]) <= 0.02 * histogram->counts[bin] + 5);
    }

    void aRequestToStopEndsCountingWithASentence()
    {
        const auto source = makeSyntheticTensor({.count = std::int64_t{1} << 32});
        std::stop_source stop;
        stop.request_stop();
        const auto counts = countValues(**source, (*source)->tensors().front(), {stop.get_token()});
        QVERIFY(!counts);
        QCOMPARE(counts.error().kind, Error::Kind::Cancelled);
    }
};

QUANTOSCOPE_TEST(tst_value_counts, TestValueCounts)
#include "tst_value_counts.moc"
