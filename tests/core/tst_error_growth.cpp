// SPDX-License-Identifier: Apache-2.0
#include "core/gemm/error_growth.h"

#include "tests/test_case.h"

#include <cmath>
#include <set>

using namespace quantoscope;

namespace {

GrowthPoint pointOf(SumMethod method, std::int64_t k, GrowthData data, int trials = 100)
{
    const auto curves = measureErrorGrowth({{method}, {k}, data, trials, 3});
    if (!curves)
        qFatal("%s", curves.error().message.c_str());
    return curves->front().points.front();
}

SumMethod methodOf(const char* id)
{
    return *findSumMethod(id);
}

}  // namespace

class TestErrorGrowth : public QObject {
    Q_OBJECT

private slots:
    void sumsAreAsBadAsTheTableOfTheDesignSays_data()
    {
        // The table of the design: a separate program with its own random numbers and 400 sums.
        QTest::addColumn<QByteArray>("method");
        QTest::addColumn<QList<double>>("expected");
        QTest::newRow("FP32 FMA") << QByteArray("fp32") << QList<double>{4.6e-8, 5.5e-8, 2.0e-7, 7.7e-7};
        QTest::newRow("F=25") << QByteArray("fp16_hopper") << QList<double>{5.7e-8, 1.2e-7, 1.3e-6, 1.4e-5};
        QTest::newRow("F=13, no promotion") << QByteArray("fp8_fast") << QList<double>{1.3e-3, 1.5e-2, 7.0e-2, 0.22};
        QTest::newRow("F=13, promotion every 128") << QByteArray("fp8_promoted") << QList<double>{1.3e-4, 6.2e-4, 6.2e-4, 6.2e-4};
        QTest::newRow("FP16 accumulate") << QByteArray("fp16_unit") << QList<double>{2.4e-3, 1.0e-3, 2.1e-3, 4.6e-3};
    }
    void sumsAreAsBadAsTheTableOfTheDesignSays()
    {
        QFETCH(QByteArray, method);
        QFETCH(QList<double>, expected);
        const GrowthData data[] = {GrowthData::Normal, GrowthData::Magnitudes, GrowthData::Magnitudes, GrowthData::Magnitudes};
        const std::int64_t lengths[] = {4096, 1024, 4096, 16384};
        for (int cell = 0; cell < 4; ++cell) {
            const double error = pointOf(methodOf(method.constData()), lengths[cell], data[cell], 200).relative;
            qInfo("K=%lld: %.3g, published %.3g", static_cast<long long>(lengths[cell]), error, expected[cell]);
            QVERIFY2(error > expected[cell] / 1.3 && error < expected[cell] * 1.3,
                     qPrintable(QStringLiteral("cell %1: %2 for %3").arg(cell).arg(error).arg(expected[cell])));
        }
    }

    void everyMethodStaysBelowItsWorstCase()
    {
        for (const GrowthData data : {GrowthData::Normal, GrowthData::Magnitudes}) {
            const auto curves = measureErrorGrowth({{}, {1, 2, 3, 17, 128, 1000, 2047, 4099, 16384}, data, 40, 11});
            QVERIFY(curves);
            QCOMPARE(curves->size(), sumMethods().size());
            for (const GrowthCurve& curve : *curves)
                for (const GrowthPoint& point : curve.points) {
                    const QString where = QStringLiteral("%1 K=%2: %3 > %4").arg(QLatin1String(curve.method.id.data(), qsizetype(curve.method.id.size())))
                                              .arg(point.k).arg(point.normwise).arg(point.bound);
                    QVERIFY2(point.normwise <= point.bound, qPrintable(where));
                }
        }
    }

    void theProbabilisticBoundHoldsForRoundedSumsOfBothSigns()
    {
        const auto curves = measureErrorGrowth({{}, {64, 1024, 16384}, GrowthData::Normal, 60, 5});
        QVERIFY(curves);
        for (const GrowthCurve& curve : *curves)
            for (const GrowthPoint& point : curve.points) {
                QVERIFY(point.normwise <= point.probableBound);
                QVERIFY(point.probableBound < point.bound || point.k < 2000 || std::isinf(point.probableBound)
                        || curve.method.order != SumMethod::Order::OneAfterTheOther);
            }
    }

    void cutSumsHaveNoProbabilisticBoundAndFp16NoneFrom2048()
    {
        QVERIFY(std::isinf(probabilisticBound(methodOf("fp8_fast"), 128, 1)));
        QVERIFY(std::isinf(worstCaseBound(methodOf("fp16"), 2048)) && std::isfinite(worstCaseBound(methodOf("fp16"), 2047)));
        QCOMPARE(worstCaseBound(methodOf("fp32"), 1000), 1000 * 0x1p-24 / (1 - 1000 * 0x1p-24));
        // Higham and Mary's λ = 1 … : 1 − 2n·exp(−λ²(1−u)²/2) is the probability that one sum stays below.
        const double n = 4096, u = 0x1p-24, bound = probabilisticBound(methodOf("fp32"), 4096, 1, 0.99);
        const double lambda = (std::log1p(bound) - n * u * u / (1 - u)) / (std::sqrt(n) * u);
        QVERIFY(std::abs(2 * n * std::exp(-lambda * lambda * (1 - u) * (1 - u) / 2) - 0.01) < 1e-6);
    }

    void carefulOrdersAreBetterOnSumsOfOneSign()
    {
        const double plain = pointOf(methodOf("fp32"), 65536, GrowthData::Magnitudes, 20).relative;
        const double split = pointOf(methodOf("fp32_split_k"), 65536, GrowthData::Magnitudes, 20).relative;
        const double tree = pointOf(methodOf("fp32_pairwise"), 65536, GrowthData::Magnitudes, 20).relative;
        const double kahan = pointOf(methodOf("fp32_kahan"), 65536, GrowthData::Magnitudes, 20).relative;
        QVERIFY(split < plain / 4 && tree < split && kahan < plain / 20);
        QVERIFY(kahan <= 0x1p-24);   // The exact sum, rounded once.
    }

    void aLongerPromotionIntervalCostsAccuracy()
    {
        double last = 0;
        for (const int interval : {32, 128, 512, 2048, 0}) {
            SumMethod method = methodOf("fp8_promoted");
            method.unit.promoteEvery = interval;
            const double error = pointOf(method, 8192, GrowthData::Magnitudes, 30).relative;
            QVERIFY(error > last);
            last = error;
        }
    }

    void sumsOfSmallWholeNumbersAreExactInEveryOrder()
    {
        const std::vector<float> a{1, 2, 3, -4, 5, 6, 7}, b{6, -7, 8, 9, 10, 11, -3};
        for (const SumMethod& method : sumMethods()) {
            QCOMPARE(dotBy(method, a, b), 75.0);
            QCOMPARE(dotBy(method, {}, {}), 0.0);
        }
    }

    void fp16SumsRoundOnceToTheNearestEven()
    {
        // 2048 + 1 lies between 2048 and 2050; 2049.0009… above the middle, though not in FP16.
        const SumMethod fp16 = methodOf("fp16");
        QCOMPARE(dotBy(fp16, std::vector<float>{2048, 1}, std::vector<float>{1, 1}), 2048.0);
        QCOMPARE(dotBy(fp16, std::vector<float>{2048, 1.0009765625f}, std::vector<float>{1, 1}), 2050.0);
        QCOMPARE(dotBy(fp16, std::vector<float>{65504, 16}, std::vector<float>{1, 1}), double(INFINITY));
        QCOMPARE(dotBy(fp16, std::vector<float>{0x1p-12f}, std::vector<float>{0x1.8p-12f}), 0x1p-23);   // Ties to even.
    }

    void theSameQuestionHasTheSameAnswerAndABadOneASentence()
    {
        const GrowthQuestion question{{methodOf("fp16")}, {100, 300}, GrowthData::Normal, 33, 9};
        const auto one = measureErrorGrowth(question), two = measureErrorGrowth(question);
        for (std::size_t i = 0; i < 2; ++i)
            QCOMPARE(one->front().points[i].relative, two->front().points[i].relative);
        QVERIFY(!measureErrorGrowth({{}, {0}}));
        std::stop_source source;
        source.request_stop();
        QCOMPARE(measureErrorGrowth({}, Progress{source.get_token()}).error().kind, Error::Kind::Cancelled);
    }
};

QUANTOSCOPE_TEST(tst_error_growth, TestErrorGrowth)
#include "tst_error_growth.moc"
