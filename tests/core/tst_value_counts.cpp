// SPDX-License-Identifier: Apache-2.0
#include "core/statistics/counting.h"

#include "core/files/model_file.h"
#include "core/random.h"
#include "core/statistics/histogram.h"
#include "tests/core/npy_bytes.h"
#include "tests/core/scratch_folder.h"
#include "tests/core/statistics_values.h"
#include "tests/test_case.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <map>

using namespace quantoscope;
using namespace quantoscope::test;

namespace {

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
