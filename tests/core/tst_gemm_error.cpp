// SPDX-License-Identifier: Apache-2.0
#include "core/gemm/gemm_error.h"
#include "core/gemm/sample_statistics.h"

#include "tests/test_case.h"

#include <cmath>
#include <limits>

using namespace quantoscope;

namespace {

GemmReference referenceOf(GemmShape shape, std::vector<float> x, std::vector<float> w)
{
    return *makeGemmReference({shape, std::move(x), std::make_shared<const std::vector<float>>(std::move(w))}, 1, Pulse({}));
}

GemmError errorOf(const GemmReference& reference, const OperandStorage& storage, std::vector<double> y)
{
    const auto [m, n, k] = reference.operands.shape;
    const auto x = storeMatrix(reference.operands.x, m, k, storage), w = storeMatrix(*reference.operands.w, n, k, storage);
    return *measureGemmError(reference, *x, *w, [&, n = n](std::size_t row, std::span<double> target) {
        std::copy_n(y.begin() + std::int64_t(row) * n, n, target.begin());
    }, Pulse({}));
}

}  // namespace

class TestGemmError : public QObject {
    Q_OBJECT

private slots:
    void theSplitMatchesANumberWorkedByHand()
    {
        // x = (1, 3), w = (1, 1): R0 = 4. INT8 with a scale a row: x is (42, 127)·3/127, w exact.
        // R1 = (42 + 127)·3/127 = 507/127. Claim y = 4.5.
        const auto reference = referenceOf({1, 1, 2}, {1, 3}, {1, 1});
        const GemmError error = errorOf(reference, {ElementType::Int8, ScaleSharing::Row}, {4.5});
        const double r1 = double(3.0f / 127) * (1.0f / 127) * (42 * 127 + 127 * 127);
        QCOMPARE(error.relative, 0.5 / 4);
        QVERIFY(std::abs(error.quantization - std::abs(r1 - 4) / 4) < 1e-15);
        QVERIFY(std::abs(error.accumulation - (4.5 - r1) / r1) < 1e-15);
    }

    void nothingOverNothingIsNoError()
    {
        const auto reference = referenceOf({1, 1, 3}, {0, 0, 0}, {1, 2, 3});
        const GemmError right = errorOf(reference, {ElementType::Fp16}, {0});
        QCOMPARE(right.relative, 0.0);
        QCOMPARE(right.quantization, 0.0);
        QCOMPARE(right.accumulation, 0.0);
        QVERIFY(std::isinf(errorOf(reference, {ElementType::Fp16}, {1e-300}).accumulation));
    }

    void aNanOrAnInfinityIsInfinitelyWrong()
    {
        const auto reference = referenceOf({1, 1, 2}, {1, 2}, {1, 1});
        for (const double y : {std::numeric_limits<double>::quiet_NaN(), std::numeric_limits<double>::infinity()}) {
            const GemmError error = errorOf(reference, {ElementType::Fp32}, {y});
            QVERIFY(std::isinf(error.relative));
            QVERIFY(std::isinf(error.accumulation));
        }
    }

    void theBoundIsGammaAndEndsWhereThereIsNoGuarantee()
    {
        QCOMPARE(accumulationBound(1000, 0x1p-11), 1000 * 0x1p-11 / (1 - 1000 * 0x1p-11));
        QVERIFY(std::isinf(accumulationBound(2048, 0x1p-11)));   // FP16 sums: none from n = 2048.
        QCOMPARE(accumulationBound(12345, 0), 0.0);
    }

    void checkedRowsAreDistinctAndSpreadOverTheMatrix()
    {
        const auto rows = checkedRows({10000, 1000, 1000}, 5);
        QCOMPARE(rows.size(), std::size_t(256));
        QVERIFY(std::adjacent_find(rows.begin(), rows.end(), std::greater_equal<>()) == rows.end());
        QVERIFY(rows.front() < 40 && rows.back() >= 10000 - 40 && rows.back() < 10000);
        QVERIFY(rows != checkedRows({10000, 1000, 1000}, 6));
        QCOMPARE(checkedRows({300, 10, 10}, 5).size(), std::size_t(300));
    }

    void quantizationErrorsAreThoseOfTheLiterature()
    {
        // Relative error of both operands, N(0, 1): the table in the design of the laboratory, from a
        // separate program. Two operands, so √2 times one: sqrt(ηx² + ηw²).
        struct Case { ElementType element; ScaleSharing sharing; int group; double eta; };
        const GemmProblem problem{{256, 64, 4096}, GemmData::Normal, 3, {}};
        const auto reference = makeGemmReference(*makeGemmOperands(problem), 3, Pulse({}));
        for (const Case& row : {Case{ElementType::Fp16, ScaleSharing::None, 0, 2.1e-4}, {ElementType::Bf16, ScaleSharing::None, 0, 1.7e-3},
                                {ElementType::E4m3, ScaleSharing::Matrix, 0, 2.65e-2}, {ElementType::Int8, ScaleSharing::Row, 0, 0.88e-2},
                                {ElementType::Int4, ScaleSharing::Group, 128, 11.7e-2}, {ElementType::Nf4, ScaleSharing::Group, 64, 9.2e-2}}) {
            const OperandStorage storage{row.element, row.sharing, row.group};
            const GemmError error = errorOf(*reference, storage, reference->product);
            const double expected = std::sqrt(2.0) * row.eta;
            QVERIFY2(std::abs(error.quantization / expected - 1) < 0.05,
                     qPrintable(QStringLiteral("%1: %2 for %3").arg(int(row.element)).arg(error.quantization).arg(expected)));
        }
    }

    void medianAndItsIntervalComeFromOrderStatistics()
    {
        std::vector<double> samples(100);
        for (int i = 0; i < 100; ++i)
            samples[std::size_t(i)] = (i * 37 % 100) + 1;   // 1 … 100 in some order
        const MedianInterval interval = medianInterval(samples);
        QCOMPARE(interval.median, 50.5);
        QCOMPARE(interval.low, 41.0);    // Ranks 50 ± 9.8, outwards.
        QCOMPARE(interval.high, 61.0);
        QCOMPARE(medianInterval(std::span(samples).first(1)).low, 1.0);
        QCOMPARE(medianInterval({}).median, 0.0);
    }
};

QUANTOSCOPE_TEST(tst_gemm_error, TestGemmError)
#include "tst_gemm_error.moc"
