// SPDX-License-Identifier: Apache-2.0
#include "core/formats/arithmetic.h"
#include "core/formats/running_sum.h"
#include "core/random.h"

#include "tests/test_case.h"

#include <bit>
#include <cmath>

using namespace quantoscope;

namespace {

Code code(const char* id, const char* text)
{
    return encode(*findNumberFormat(id), *parseNumber(text));
}

}  // namespace

class TestArithmetic : public QObject {
    Q_OBJECT

private slots:
    void fp64AndFp32AgreeWithTheProcessor()
    {
        const NumberFormat& fp64 = *findNumberFormat("fp64");
        const NumberFormat& fp32 = *findNumberFormat("fp32");
        const RandomStream random(5);
        for (std::uint64_t i = 0; i < 3000; ++i) {
            const double a = std::ldexp(random.normal(2 * i), int(random.bits(i) % 40)), b = random.normal(2 * i + 1);
            const float c = float(a), d = float(b), e = float(random.normal(7000 + i));
            const Code ca = std::bit_cast<Code>(a), cb = std::bit_cast<Code>(b);
            const Code cc = std::bit_cast<std::uint32_t>(c), cd = std::bit_cast<std::uint32_t>(d), ce = std::bit_cast<std::uint32_t>(e);
            QCOMPARE(compute(fp64, Operation::Add, ca, cb).stored.value, a + b);
            QCOMPARE(compute(fp64, Operation::Divide, ca, cb).stored.value, a / b);
            QVERIFY(compute(fp32, Operation::Subtract, cc, cd).stored.value == double(c - d));
            QVERIFY(compute(fp32, Operation::Multiply, cc, cd).stored.value == double(c * d));
            QVERIFY(fusedMultiplyAdd(fp32, cc, cd, ce).stored.value == double(std::fma(c, d, e)));
        }
    }

    void absorptionAndCancellationAreCounted()
    {
        const NumberFormat& bf16 = *findNumberFormat("bf16");
        const ArithmeticResult absorbed = compute(bf16, Operation::Add, code("bf16", "256"), code("bf16", "1"));
        QCOMPARE(absorbed.stored.value, 256.0);   // ml_dtypes' README: 256 + 1 = 256
        QVERIFY(absorbed.isAbsorbed);
        QCOMPARE(absorbed.absorbedBits, 1);
        const ArithmeticResult cancelledResult = compute(bf16, Operation::Subtract, code("bf16", "1.0078125"), code("bf16", "1"));
        QCOMPARE(cancelledResult.stored.value, 0x1p-7);
        QCOMPARE(cancelledResult.cancelledBits, 7);
        QVERIFY(!cancelledResult.isAbsorbed);
        QVERIFY(compute(bf16, Operation::Add, code("bf16", "inf"), code("bf16", "-inf")).exact.isNaN());
        QVERIFY(std::isinf(compute(bf16, Operation::Divide, code("bf16", "1"), code("bf16", "0")).stored.value));
        // 0.1 + 0.2 == 0.3: false in FP64 and FP16, true in FP32.
        for (const auto& [id, equal] : {std::pair{"fp64", false}, std::pair{"fp32", true}, std::pair{"fp16", false}})
            QCOMPARE(compute(*findNumberFormat(id), Operation::Add, code(id, "0.1"), code(id, "0.2")).stored.code == code(id, "0.3"), equal);
    }

    void dotProductsRoundWhereTheySayTheyDo()
    {
        const NumberFormat& e4m3 = *findNumberFormat("e4m3");
        const std::vector<Code> a{code("e4m3", "16"), code("e4m3", "1"), code("e4m3", "1"), code("e4m3", "1.125")};
        const std::vector<Code> b{code("e4m3", "1"), code("e4m3", "1"), code("e4m3", "1"), code("e4m3", "1.125")};
        const DotProduct dot = dotProduct(e4m3, a, b);
        QCOMPARE(dot.exact.toDouble(), 19.265625);
        QCOMPARE(dot.roundedOnce.value, 20.0);
        QCOMPARE(dot.fused.value, 18.0);               // 16 + 1 sticks twice, then + 1.265625 rounds to 18
        QCOMPARE(dot.roundedEverywhere.value, 18.0);
        QCOMPARE(dot.fused.absoluteError, -1.265625);
    }

    void runningSumsOfOneStickWhereTheStepBecomesTwo_data()
    {
        QTest::addColumn<QString>("id");
        QTest::addColumn<double>("stuck");
        QTest::newRow("11 significant bits") << "fp16" << 2048.0;
        QTest::newRow("8 significant bits") << "bf16" << 256.0;
        QTest::newRow("4 significant bits") << "e4m3" << 16.0;
        QTest::newRow("3 significant bits") << "e5m2" << 8.0;
        QTest::newRow("2 significant bits") << "e2m1" << 4.0;
    }
    void runningSumsOfOneStickWhereTheStepBecomesTwo()
    {
        QFETCH(QString, id);
        QFETCH(double, stuck);
        const NumberFormat& format = *findNumberFormat(id.toStdString());
        const std::vector<double> ones(5000, 1.0);
        const auto naive = runningSum(format, Summation::Naive, ones, 100);
        QCOMPARE(naive->result, stuck);
        QCOMPARE(naive->exactResult, 5000.0);
        QVERIFY(naive->stuckAfter.has_value());
        QCOMPARE(double(*naive->stuckAfter), stuck);
        QVERIFY(naive->terms.size() <= 101);
        QCOMPARE(naive->terms.back(), std::size_t(5000));
    }

    void betterSummationsComeCloser()
    {
        const NumberFormat& bf16 = *findNumberFormat("bf16");
        std::vector<double> terms(10000);
        const RandomStream random(1);
        for (std::size_t i = 0; i < terms.size(); ++i)
            terms[i] = random.uniform(i);
        const auto error = [&](Summation summation) {
            const auto sum = runningSum(bf16, summation, terms);
            return std::abs(sum->result - sum->exactResult) / sum->exactResult;
        };
        // ml_dtypes' README: 10 000 terms of mean 0.5 end near 256 instead of 5000.
        QVERIFY(error(Summation::Naive) > 0.9);
        QVERIFY(error(Summation::Pairwise) < 0.01);
        QVERIFY(error(Summation::Kahan) < 0.01);
        QVERIFY(error(Summation::Blocked) < 0.9);
        QVERIFY(error(Summation::Stochastic) < 0.1);
    }

    void sumsToOddRoundLikeTheExactSum()
    {
        const NumberFormat& fp32 = *findNumberFormat("fp32");
        const RandomStream random(9);
        for (std::uint64_t i = 0; i < 3000; ++i) {
            const float a = float(random.normal(2 * i)), b = float(std::ldexp(random.normal(2 * i + 1), -int(i % 80)));
            for (const Rounding rounding : {Rounding::NearestEven, Rounding::Up, Rounding::TowardZero, Rounding::ToOdd}) {
                const RoundingRule rule{.rounding = rounding};
                const Code exact = compute(fp32, Operation::Add, std::bit_cast<std::uint32_t>(a), std::bit_cast<std::uint32_t>(b), rule).stored.code;
                QCOMPARE(encode(fp32, sumToOdd(a, b), rule), exact);
            }
        }
    }

    void cancellingStopsARunningSum()
    {
        std::stop_source source;
        source.request_stop();
        const auto sum = runningSum(*findNumberFormat("bf16"), Summation::Naive, std::vector<double>(10, 1.0), 5, {},
                                    Progress{source.get_token()});
        QVERIFY(!sum && sum.error().kind == Error::Kind::Cancelled);
    }
};

QUANTOSCOPE_TEST(tst_arithmetic, TestArithmetic)
#include "tst_arithmetic.moc"
