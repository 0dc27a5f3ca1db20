// SPDX-License-Identifier: Apache-2.0
// The kernels that count, on every instruction set, against the plainest loop that says what they mean.
#include "core/quantization/code_packer.h"
#include "core/quantization/level_counts.h"
#include "core/random.h"
#include "core/statistics/bin_finder.h"
#include "core/statistics/float_bins.h"
#include "core/statistics/float_scan.h"
#include "core/statistics/moments.h"
#include "core/statistics/tails.h"

#include "tests/core/every_instruction_set.h"
#include "tests/test_case.h"

#include <bit>
#include <cmath>
#include <limits>

using namespace quantoscope;

namespace {

/// Normal values, `special` of them replaced here and there by what needs care.
std::vector<float> valuesWith(std::initializer_list<float> special, std::size_t count = 5003)
{
    const RandomStream random(11);
    std::vector<float> values(count);
    for (std::size_t i = 0; i < count; ++i)
        values[i] = float(0.02 * random.normal(i));
    for (std::size_t i = 0; special.size() > 0 && i < 200; ++i)
        values[random.bits(i + 10000) % count] = special.begin()[i % special.size()];
    return values;
}

std::vector<double> evenEdges(double low, double high, int bins)
{
    std::vector<double> edges(std::size_t(bins) + 1);
    for (int i = 0; i < bins; ++i)
        edges[std::size_t(i)] = low + i * ((high - low) / bins);
    edges.back() = high;
    return edges;
}

constexpr float infinity = std::numeric_limits<float>::infinity(), notANumber = std::numeric_limits<float>::quiet_NaN();

}  // namespace

class TestCountingKernels : public QObject {
    Q_OBJECT

private slots:
    void histogramsPutEveryValueWhereComparingWithTheEdgesDoes_data()
    {
        QTest::addColumn<double>("low");
        QTest::addColumn<double>("high");
        QTest::addColumn<int>("bins");
        QTest::newRow("around zero") << -0.05 << 0.05 << 256;
        QTest::newRow("one side") << 0.0 << 0.03 << 100;
        QTest::newRow("far from zero") << 0.0199 << 0.02 << 50;
        QTest::newRow("one bin") << -1.0 << 1.0 << 1;
        QTest::newRow("more bins than FP32 tells apart") << -0.05 << 0.05 << 100000;
        QTest::newRow("the whole of FP32") << -3.4e38 << 3.4e38 << 16;
    }
    void histogramsPutEveryValueWhereComparingWithTheEdgesDoes()
    {
        QFETCH(double, low);
        QFETCH(double, high);
        QFETCH(int, bins);
        const std::vector<double> edges = evenEdges(low, high, bins);
        const BinFinder find(edges);
        std::vector<float> values = valuesWith({infinity, -infinity, notANumber, 0.0f, -0.0f, 3.4e38f, -3.4e38f});
        for (std::size_t i = 0; i < edges.size(); i += std::max<std::size_t>(1, edges.size() / 500))
            for (const float x : {std::nextafter(float(edges[i]), -infinity), float(edges[i]), std::nextafter(float(edges[i]), infinity)})
                values.push_back(x);
        std::vector<std::uint64_t> expected(std::size_t(bins) + 2);
        for (const float x : values) {
            if (!std::isfinite(x))
                continue;
            const auto above = std::size_t(std::upper_bound(edges.begin(), edges.end(), double(x)) - edges.begin());
            ++expected[double(x) == high ? std::size_t(bins) : above];
        }
        forEveryInstructionSet([&](const char* set) {
            std::vector<std::uint64_t> counts(expected.size());
            find.count(values, counts);
            QVERIFY2(counts == expected, set);
        });
    }

    void floatBinsHoldCountsAndSumsOfTheTrailingBits()
    {
        const auto values = valuesWith({infinity, notANumber, 0.0f, -0.0f, 1.0f});
        std::vector<FloatBin> expected(65536);
        for (const float x : values) {
            const auto code = std::bit_cast<std::uint32_t>(x);
            const std::uint64_t trailing = code & 0xFFFF;
            expected[code >> 16].countAndSum += FloatBin::one + trailing;
            expected[code >> 16].sumOfSquares += trailing * trailing;
        }
        forEveryInstructionSet([&](const char* set) {
            std::vector<FloatBin> bins(65536);
            addToBins(values.data(), values.size(), bins.data());
            for (std::size_t i = 0; i < bins.size(); ++i)
                QVERIFY2(bins[i].countAndSum == expected[i].countAndSum && bins[i].sumOfSquares == expected[i].sumOfSquares, set);
        });
    }

    void scansFindEndsZerosAndWhatIsNoNumber()
    {
        for (const auto& values : {valuesWith({}), valuesWith({0.0f, -0.0f}), valuesWith({infinity, notANumber}), valuesWith({-infinity, 0.0f}, 37), valuesWith({}, 5)}) {
            FloatScan expected{{infinity, -infinity}};
            for (const float x : values) {
                expected.notFinite += !std::isfinite(x);
                expected.positiveZeros += x == 0 && !std::signbit(x);
                expected.negativeZeros += x == 0 && std::signbit(x);
                if (std::isfinite(x))
                    expected.range = {std::min(expected.range.low, x), std::max(expected.range.high, x)};
            }
            forEveryInstructionSet([&](const char* set) {
                const FloatScan found = scanFloats(values);
                const FloatRange range = finiteRange(values);
                QVERIFY2(range.low == expected.range.low && range.high == expected.range.high, set);
                QVERIFY2(found.range.low == expected.range.low && found.range.high == expected.range.high, set);
                QVERIFY2(found.positiveZeros == expected.positiveZeros && found.negativeZeros == expected.negativeZeros, set);
                QVERIFY2(found.notFinite == expected.notFinite, set);
            });
        }
    }

    void largestMagnitudesAreThoseOfTheRanges()
    {
        const auto values = valuesWith({notANumber, infinity, -infinity, 0.0f, -0.0f, -3e38f});
        std::vector<std::size_t> lengths;
        for (std::size_t left = values.size(), length = 1; left > 0; length = std::min(length * 3 / 2 + 1, left)) {
            lengths.push_back(std::min(length, left));
            left -= lengths.back();
        }
        forEveryInstructionSet([&](const char* set) {
            std::vector<FloatRange> ranges(lengths.size());
            std::vector<float> magnitudes(lengths.size());
            finiteRanges(values.data(), lengths, ranges.data());
            largestMagnitudes(values.data(), lengths, magnitudes.data());
            for (std::size_t i = 0; i < lengths.size(); ++i)
                QVERIFY2(magnitudes[i] == std::max(0.0f, std::max(-ranges[i].low, ranges[i].high)), set);
        });
    }

    void sumsOfAChunkHaveTheSameDigitsEverywhere_data()
    {
        QTest::addColumn<double>("shift");
        QTest::addColumn<bool>("special");
        QTest::newRow("around zero") << 0.0 << false;
        QTest::newRow("far from zero") << 1000.0 << false;
        QTest::newRow("with NaN and infinities") << 0.0 << true;
        QTest::newRow("far, with NaN and infinities") << -3.0 << true;
    }

    void sumsOfAChunkHaveTheSameDigitsEverywhere()
    {
        QFETCH(double, shift);
        QFETCH(bool, special);
        auto values = special ? valuesWith({notANumber, infinity, -infinity, 0.0f, -0.0f}) : valuesWith({});
        for (float& value : values)
            value += float(shift);
        long double sum = 0, squares = 0;
        ChunkSums plain;
        for (const float value : values) {
            plain.nan += std::isnan(value);
            plain.infinite += std::isinf(value);
            if (!std::isfinite(value))
                continue;
            ++plain.finite;
            plain.low = std::min(plain.low, value);
            plain.high = std::max(plain.high, value);
            sum += (long double)value;
        }
        const long double mean = sum / plain.finite;
        for (const float value : values)
            if (std::isfinite(value))
                squares += (value - mean) * (value - mean);
        std::optional<ChunkSums> first;
        forEveryInstructionSet([&](const char* set) {
            const ChunkSums sums = sumsOfChunk(values);
            QVERIFY2(sums.finite == plain.finite && sums.nan == plain.nan && sums.infinite == plain.infinite, set);
            QVERIFY2(sums.low == plain.low && sums.high == plain.high, set);
            const double own = sums.sum / double(sums.finite);
            QVERIFY2(std::abs(sums.centre + own - double(mean)) <= 1e-14 * std::max(0.02, std::abs(shift)), set);
            QVERIFY2(std::abs(sums.sumOfSquares - own * sums.sum - double(squares)) <= 1e-12 * double(squares), set);
            QVERIFY2(sums.sum == first.value_or(sums).sum && sums.sumOfSquares == first.value_or(sums).sumOfSquares, set);
            first = sums;
        });
    }

    void tailsHaveTheSameDigitsEverywhere()
    {
        const auto values = valuesWith({infinity, notANumber, 0.5f, -0.3f});
        long double fourth = 0;
        std::uint64_t outliers = 0;
        for (const float x : values) {
            if (!std::isfinite(x))
                continue;
            const long double z = ((long double)(x) - 0.001) / 0.02;
            fourth += z * z * z * z;
            outliers += std::abs(double(x) - 0.001) > 0.12;
        }
        std::optional<double> first;
        forEveryInstructionSet([&](const char* set) {
            const Tails tails = tailsOfFloats(values, 0.001, 0.02, 0.12);
            QVERIFY2(std::abs(tails.fourthPower - double(fourth)) <= 1e-12 * double(fourth), set);
            QVERIFY2(tails.outliers == outliers, set);
            QVERIFY2(tails.fourthPower == first.value_or(tails.fourthPower), set);
            first = tails.fourthPower;
        });
    }

    void levelsAreCountedAndPackedOneByOne()
    {
        const RandomStream random(3);
        for (const int levelCount : {2, 9, 15, 16, 200, 256, 1000}) {
            std::vector<std::uint16_t> levels(4099), codeOf(static_cast<std::size_t>(levelCount));
            for (std::size_t i = 0; i < levels.size(); ++i)
                levels[i] = std::uint16_t(random.bits(i) % std::uint64_t(levelCount));
            for (std::size_t level = 0; level < codeOf.size(); ++level)
                codeOf[level] = std::uint16_t(level - codeOf.size() / 2);   // two's complement
            const int bits = std::bit_width(unsigned(levelCount - 1));
            std::vector<std::uint64_t> expected(codeOf.size());
            CodePacker onePacker(bits);
            for (const std::uint16_t level : levels) {
                ++expected[level];
                onePacker.put(codeOf[level]);
            }
            onePacker.finish();
            const auto bytes = onePacker.take();
            forEveryInstructionSet([&](const char* set) {
                std::vector<std::uint64_t> counts(expected.size());
                addLevelCounts(levels, counts);
                QVERIFY2(counts == expected, set);
                CodePacker packer(bits);
                packer.put(levels, codeOf);
                packer.finish();
                QVERIFY2(packer.take() == bytes, set);
            });
        }
    }
};

QUANTOSCOPE_TEST(tst_counting_kernels, TestCountingKernels)
#include "tst_counting_kernels.moc"
