// SPDX-License-Identifier: Apache-2.0
#include "core/quantization/level_map.h"
#include "core/statistics/rate_distortion.h"
#include "core/tensors/synthetic_tensors.h"

#include "tests/test_case.h"

#include <cmath>

using namespace quantoscope;

class TestRateDistortion : public QObject {
    Q_OBJECT

    static std::shared_ptr<const ValueCounts> draw(const char* recipe)
    {
        const auto source = makeSyntheticTensor(*parseSyntheticRecipe(recipe));
        return *countValues(**source, (*source)->tensors().front());
    }

private slots:
    void theOffsetIsThatOfTheDistribution_data()
    {
        QTest::addColumn<QByteArray>("recipe");
        QTest::addColumn<double>("offset");
        // 10 log10(E[x²] · 2πe / 2^(2h)) in closed form.
        QTest::newRow("normal: 0 by definition") << QByteArray("normal,count=1048576,seed=3") << 0.0;
        QTest::newRow("Laplace: 10 log10(π/e)") << QByteArray("laplace,count=1048576,seed=3") << 0.6285;
        QTest::newRow("uniform: 10 log10(πe/6)") << QByteArray("uniform,count=1048576,seed=3") << 1.5329;
    }
    void theOffsetIsThatOfTheDistribution()
    {
        QFETCH(QByteArray, recipe);
        QFETCH(double, offset);
        const auto bound = shannonLowerBound(*draw(recipe.constData()));
        QVERIFY(bound.has_value());
        QVERIFY2(std::abs(bound->offsetDb - offset) < 0.15, qPrintable(QString::number(bound->offsetDb)));
    }

    void aNormalDistributionOfTwiceTheWidthHasOneBitMoreEntropy()
    {
        const auto narrow = shannonLowerBound(*draw("normal,count=262144,seed=1,scale=1"));
        const auto wide = shannonLowerBound(*draw("normal,count=262144,seed=1,scale=2"));
        // h = log2(σ √(2πe))
        QVERIFY(std::abs(narrow->entropyBits - 2.0471) < 0.02);
        QVERIFY(std::abs(wide->entropyBits - narrow->entropyBits - 1) < 1e-4);
    }

    void noScalarQuantizerOfFixedRateReachesTheBound()
    {
        const auto counts = draw("normal,count=262144,seed=5");
        const auto bound = shannonLowerBound(*counts);
        for (const int bits : {1, 2, 3, 4, 5}) {
            const auto scheme = parseScheme("levels=" + std::to_string(1 << bits));
            const double sqnr = errorOf(*counts, levelMapOf(*scheme, *counts)).sqnrDb;
            QVERIFY(sqnr < bound->sqnrDb(bits));
            // Panter and Dite: many levels lose at most 4.35 dB on a normal distribution.
            QVERIFY(sqnr > bound->sqnrDb(bits) - 4.5);
        }
    }

    void whatHasNoDensityHasNoBound()
    {
        QVERIFY(!shannonLowerBound(*countValues(std::vector<float>(1000, 0.5f))));
        QVERIFY(!shannonLowerBound(*countValues(std::vector<float>{})));
        std::vector<float> twoValues(2000, 1.0f);
        for (std::size_t i = 0; i < twoValues.size(); i += 2)
            twoValues[i] = -1;
        QVERIFY(!shannonLowerBound(*countValues(twoValues)));
    }
};

QUANTOSCOPE_TEST(tst_rate_distortion, TestRateDistortion)
#include "tst_rate_distortion.moc"
