// SPDX-License-Identifier: Apache-2.0
#include "core/random.h"

#include "tests/test_case.h"

#include <cmath>

using namespace quantoscope;

class TestRandom : public QObject {
    Q_OBJECT

private slots:
    void bitMixingMatchesThePublishedSplitMix64Sequence()
    {
        // SplitMix64 from state 0 begins with these two outputs (the reference C code of its authors).
        const std::uint64_t golden = 0x9E3779B97F4A7C15ull;
        QCOMPARE(mixBits(golden), 0xE220A8397B1DCDAFull);
        QCOMPARE(mixBits(2 * golden), 0x6E789E6AA1B965F4ull);
    }

    void normalNumbersHaveMeanZeroAndDeviationOne()
    {
        const RandomStream stream(7);
        const int count = 1 << 20;
        double sum = 0, sumOfSquares = 0;
        for (int i = 0; i < count; ++i) {
            const double x = stream.normal(i);
            sum += x;
            sumOfSquares += x * x;
        }
        // Five standard errors of each estimate.
        QVERIFY(std::abs(sum / count) < 5 / std::sqrt(double(count)));
        QVERIFY(std::abs(sumOfSquares / count - 1) < 5 * std::sqrt(2.0 / count));
    }

    void differentSeedsGiveDifferentStreams()
    {
        QVERIFY(RandomStream(1).bits(0) != RandomStream(2).bits(0));
        QVERIFY(RandomStream(1, 0).bits(0) != RandomStream(1, 1).bits(0));
    }
};

QUANTOSCOPE_TEST(tst_random, TestRandom)
#include "tst_random.moc"
