// SPDX-License-Identifier: Apache-2.0
#include "core/gemm/outlier_experiment.h"

#include "tests/test_case.h"

#include <cmath>

using namespace quantoscope;

namespace {

double errorOf(const std::vector<TreatmentResult>& results, std::string_view id)
{
    for (const TreatmentResult& result : results)
        if (result.treatment.id == id)
            return result.productError;
    qFatal("no such treatment");
}

std::vector<TreatmentResult> resultsAt(double magnitude)
{
    return *compareTreatments(*makeOutlierOperands({{128, 96, 1024}, 3, magnitude, 5}));
}

}  // namespace

class TestOutlierExperiment : public QObject {
    Q_OBJECT

private slots:
    void formatNoiseIsThatOfTheDesign_data()
    {
        // The table of the design: N(0, 1), K = 4096, then three channels sixty times as large; error of the others.
        QTest::addColumn<double>("without");
        QTest::addColumn<double>("with");
        QTest::newRow("fp16") << 2.1e-4 << 2.1e-4;
        QTest::newRow("bf16") << 1.7e-3 << 1.7e-3;
        QTest::newRow("e4m3") << 2.65e-2 << 2.66e-2;
        QTest::newRow("e5m2") << 5.3e-2 << 5.3e-2;
        QTest::newRow("int8,channel") << 0.88e-2 << 21.7e-2;
        QTest::newRow("int8,group=128") << 0.65e-2 << 4.6e-2;
        QTest::newRow("q8_0") << 0.53e-2 << 2.3e-2;
        QTest::newRow("int4,group=128") << 11.7e-2 << 29e-2;
        QTest::newRow("int4,group=32") << 9.7e-2 << 16.6e-2;
        QTest::newRow("nf4") << 9.2e-2 << 19.9e-2;
        QTest::newRow("mxfp4") << 11.5e-2 << 17e-2;
        QTest::newRow("nvfp4") << 9.5e-2 << 12.8e-2;
    }
    void formatNoiseIsThatOfTheDesign()
    {
        QFETCH(double, without);
        QFETCH(double, with);
        const auto noise = measureFormatNoise({{256, 1, 4096}, 3, 60, 3}, {QTest::currentDataTag()});
        QVERIFY2(noise, noise ? "" : noise.error().message.c_str());
        qInfo("%.4g and %.4g, published %.3g and %.3g", noise->front().without, noise->front().with, without, with);
        QVERIFY(std::abs(noise->front().without / without - 1) < 0.04);
        // The published outliers came from few rows, and their mean square was 1.2: √1.2 at most.
        QVERIFY(std::abs(noise->front().with / with - 1) < 0.14);
    }

    void groupsWithAnOutlierHaveTheStepOfTheOutlier()
    {
        // Three of 32 groups have the step 60·|N|/127, so their error is that squared over 12; E N² = 1. The other
        // groups keep the error they had.
        const auto noise = measureFormatNoise({{512, 1, 4096}, 3, 60, 4}, {"int8,group=128"});
        const double own = noise->front().without, expected = std::sqrt(3.0 / 32 * 60 * 60 / (127.0 * 127 * 12) + 29.0 / 32 * own * own);
        QVERIFY(std::abs(noise->front().with / expected - 1) < 0.05);
    }

    void int8BeatsFp8WithoutOutliersAndLosesWithThem()
    {
        const auto calm = resultsAt(1), wild = resultsAt(60);
        QVERIFY(errorOf(calm, "int8") < errorOf(calm, "e4m3") / 2.5);
        double ordinaryInt8 = 0, ordinaryFp8 = 0;
        for (const TreatmentResult& result : wild) {
            if (result.treatment.id == "int8")
                ordinaryInt8 = result.ordinaryError;
            if (result.treatment.id == "e4m3")
                ordinaryFp8 = result.ordinaryError;
        }
        QVERIFY(ordinaryInt8 > 6 * ordinaryFp8);
    }

    void splittingAndSmoothingRepairInt8()
    {
        const auto wild = resultsAt(60);
        QVERIFY(errorOf(wild, "int8_split") < errorOf(wild, "int8") / 3);
        QVERIFY(errorOf(wild, "int8_smooth") < errorOf(wild, "int8"));
        QVERIFY(errorOf(wild, "fp16") < errorOf(wild, "int8_split"));
        for (const TreatmentResult& result : wild)
            QCOMPARE(result.channelsKept, std::int64_t(result.treatment.id == "int8_split" ? 3 : 0));
    }

    void withoutOutliersTheSplitIsPlainInt8()
    {
        const auto calm = resultsAt(1);
        QCOMPARE(errorOf(calm, "int8_split"), errorOf(calm, "int8"));
    }

    void smoothingFactorsAreThoseOfThePaper()
    {
        // Worked by hand: √(16/4), √(9/1), and no factor where x is zero.
        const std::vector<float> factors = smoothingFactors(std::vector<float>{16, 9, 0}, std::vector<float>{4, 1, 5}, 0.5);
        QCOMPARE(factors, (std::vector<float>{2, 3, 1}));
        QCOMPARE(smoothingFactors(std::vector<float>{16}, std::vector<float>{4}, 1), std::vector<float>{16});
        QCOMPARE(smoothingFactors(std::vector<float>{16}, std::vector<float>{4}, 0), std::vector<float>{0.25f});
    }

    void exactOperandsHaveNoErrorUnderAnyTreatment()
    {
        // Equal values are the largest code of their scale; only the scale itself is rounded, in groups to FP16.
        auto w = std::make_shared<std::vector<float>>(std::vector<float>{1, 1, 1, 1, 1, 1});
        const GemmOperands operands{{2, 2, 3}, {1, 1, 1, 1, 1, 1}, w};
        const auto results = compareTreatments(operands);
        QVERIFY(results);
        for (const TreatmentResult& result : *results)
            QVERIFY2(result.productError < 1e-3, result.treatment.id.data());
    }

    void aSweepVisitsEveryMagnitudeAndErrorsGrow()
    {
        const std::vector<double> magnitudes{1, 8, 64};
        const auto points = sweepOutliers({{64, 64, 512}, 3, 1, 5}, magnitudes, {});
        QVERIFY(points && points->size() == 3);
        for (std::size_t i = 0; i < 3; ++i)
            QCOMPARE((*points)[i].magnitude, magnitudes[i]);
        QCOMPARE((*points)[0].results.size(), outlierTreatments().size());
    }

    void operandsOfTheWrongSizeAreASentence()
    {
        const GemmOperands operands{{2, 2, 3}, {1, 2}, std::make_shared<std::vector<float>>(6)};
        const auto results = compareTreatments(operands);
        QVERIFY(!results && results.error().kind == Error::Kind::Usage);
    }
};

QUANTOSCOPE_TEST(tst_outlier_experiment, TestOutlierExperiment)
#include "tst_outlier_experiment.moc"
