// SPDX-License-Identifier: Apache-2.0
#include "core/quantization/activation_stream.h"

#include "tests/test_case.h"

#include <cmath>

using namespace quantoscope;

class TestActivationStream : public QObject {
    Q_OBJECT

private slots:
    void aBatchIsTheSameWhicheverCameBefore()
    {
        const ActivationRecipe recipe;
        const auto late = activationBatch(recipe, 41);
        QCOMPARE(late.size(), std::size_t(32 * 64));
        for (int batch = 0; batch < 5; ++batch)
            activationBatch(recipe, batch);
        QCOMPARE(activationBatch(recipe, 41), late);
        ActivationRecipe other = recipe;
        other.seed = 8;
        QVERIFY(activationBatch(other, 41) != late);
    }

    void driftAndSpikesAreWhereTheRecipeSays()
    {
        ActivationRecipe recipe;
        const auto power = [&](int batch) {
            double sum = 0;
            for (const float value : activationBatch(recipe, batch))
                sum += double(value) * value;
            return sum;
        };
        const double drifted = power(59);
        const double spiked = power(11);
        recipe.drift = 1;
        // Four times the size is sixteen times the power; the last batch is a multiple of twelve and has a spike too.
        QVERIFY(std::abs(drifted / power(59) - 16) < 1e-3);
        recipe.spikeEvery = 0;
        QVERIFY(spiked > 1.2 * power(11));
    }

    void rangesOfTheirOwnNeverSaturate()
    {
        const StreamReport report = runActivationStream({}, {});
        for (const RangePolicy policy : {RangePolicy::PerBatch, RangePolicy::PerToken})
            QCOMPARE(report.firstSaturated(policy, 0), -1);
    }

    /// The ranking that the lesson on static and dynamic ranges asks for, over several seeds.
    void onDriftTokensBeatTheAverageAndTheAverageBeatsStatic()
    {
        for (const std::uint64_t seed : {1, 2, 3, 7, 42}) {
            ActivationRecipe recipe;
            recipe.seed = seed;
            recipe.spikeEvery = 0;
            const StreamReport report = runActivationStream(recipe, {.bits = 8});
            const auto sqnr = [&](RangePolicy policy) { return report.sqnrDb(policy, recipe.driftFrom, recipe.batches); };
            QVERIFY(sqnr(RangePolicy::PerToken) > sqnr(RangePolicy::MovingAverage));
            QVERIFY(sqnr(RangePolicy::MovingAverage) > sqnr(RangePolicy::Static));
            QVERIFY(report.firstSaturated(RangePolicy::Static, 0.002) >= recipe.driftFrom);
        }
    }

    void anErrorIsWhatIsStoredMinusWhatWasThere()
    {
        // By hand: one batch, one token, INT3 has codes −3 … 3, so the step is largest / 3.
        ActivationRecipe recipe{.batches = 1, .tokens = 1, .channels = 16, .driftFrom = 1, .spikeEvery = 0, .seed = 5};
        const auto values = activationBatch(recipe, 0);
        float largest = 0;
        for (const float value : values)
            largest = std::max(largest, std::abs(value));
        double expected = 0;
        for (const float value : values) {
            const double error = std::nearbyint(value / (largest / 3.0)) * (largest / 3.0) - value;
            expected += error * error;
        }
        const StreamReport report = runActivationStream(recipe, {.bits = 3, .calibration = 1});
        for (const RangePolicyRow& row : rangePolicies())
            QVERIFY(std::abs(report.of(row.policy)[0].squaredError - expected) < 1e-12);
    }

    void whatDynamicCostsIsCounted()
    {
        const StreamReport report = runActivationStream({}, {});
        QCOMPARE(report.of(RangePolicy::Static)[0].readBefore, StreamSettings().calibration * 32 * 64);
        QCOMPARE(report.of(RangePolicy::Static)[20].readBefore, 0);
        QCOMPARE(report.of(RangePolicy::MovingAverage)[20].readBefore, 0);
        QCOMPARE(report.of(RangePolicy::PerBatch)[20].readBefore, 32 * 64);
        QCOMPARE(report.of(RangePolicy::PerToken)[20].readBefore, 64);
        QCOMPARE(report.of(RangePolicy::PerToken)[20].scales, 32);
    }

    void nothingIsAnAnswerToo()
    {
        const StreamReport report = runActivationStream({.batches = 0}, {});
        QVERIFY(report.largest.empty());
        QCOMPARE(report.firstSaturated(RangePolicy::Static, 0), -1);
    }
};

QUANTOSCOPE_TEST(tst_activation_stream, TestActivationStream)
#include "tst_activation_stream.moc"
