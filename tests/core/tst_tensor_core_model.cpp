// SPDX-License-Identifier: Apache-2.0
#include "core/gemm/tensor_core_model.h"
#include "core/formats/narrow_float.h"
#include "core/random.h"

#include "tests/test_case.h"

#include <cmath>

using namespace quantoscope;

namespace {

/// N(0, 1) or its magnitude, rounded to E4M3 without a scale, as the table was computed.
std::vector<float> example(std::size_t count, const RandomStream& stream, bool isPositive)
{
    std::vector<float> values(count);
    for (std::size_t i = 0; i < count; ++i) {
        const float value = float(stream.normal(i));
        values[i] = decodeNarrow<NarrowE4m3>(encodeNarrow<NarrowE4m3>(isPositive ? std::abs(value) : value, true));
    }
    return values;
}

/// √(Σ error² / Σ exact²) over many dot products.
double relativeError(const TensorCoreModel& model, std::size_t length, bool isPositive)
{
    double wrong = 0, right = 0;
    for (std::uint64_t trial = 0; trial < 100; ++trial) {
        const auto a = example(length, RandomStream(trial, 1), isPositive), b = example(length, RandomStream(trial, 2), isPositive);
        double exact = 0;
        for (std::size_t i = 0; i < length; ++i)
            exact += double(a[i]) * b[i];
        wrong += std::pow(dotByModel(model, a, b) - exact, 2);
        right += exact * exact;
    }
    return std::sqrt(wrong / right);
}

}  // namespace

class TestTensorCoreModel : public QObject {
    Q_OBJECT

private slots:
    void theModelReproducesThePublishedSizeOfTheError_data()
    {
        QTest::addColumn<QByteArray>("model");
        QTest::addColumn<int>("length");
        QTest::addColumn<bool>("isPositive");
        QTest::addColumn<double>("expected");
        // The table of the laboratory's design, from a separate program with its own random numbers.
        const auto row = [](const char* model, int length, bool isPositive, double expected) {
            QTest::newRow(qPrintable(QStringLiteral("%1, %2 K=%3").arg(QLatin1String(model), isPositive ? QStringLiteral("|N|") : QStringLiteral("N")).arg(length)))
                << QByteArray(model) << length << isPositive << expected;
        };
        row("fp32_fma", 4096, false, 4.6e-8);
        row("fp32_fma", 1024, true, 5.5e-8);
        row("fp32_fma", 4096, true, 2.0e-7);
        row("fp32_fma", 16384, true, 7.7e-7);
        row("hopper_fp16", 4096, false, 5.7e-8);
        row("hopper_fp16", 1024, true, 1.2e-7);
        row("hopper_fp16", 4096, true, 1.3e-6);
        row("hopper_fp16", 16384, true, 1.4e-5);
        row("hopper_fp8_fast", 4096, false, 1.3e-3);
        row("hopper_fp8_fast", 1024, true, 1.5e-2);
        row("hopper_fp8_fast", 4096, true, 7.0e-2);
        row("hopper_fp8_fast", 16384, true, 0.22);
        row("hopper_fp8_promoted", 4096, false, 1.3e-4);
        row("hopper_fp8_promoted", 1024, true, 6.2e-4);
        row("hopper_fp8_promoted", 4096, true, 6.2e-4);
        row("hopper_fp8_promoted", 16384, true, 6.2e-4);
        row("fp16_sums", 4096, false, 2.4e-3);
        row("fp16_sums", 1024, true, 1.0e-3);
        row("fp16_sums", 4096, true, 2.1e-3);
        row("fp16_sums", 16384, true, 4.6e-3);
    }
    void theModelReproducesThePublishedSizeOfTheError()
    {
        QFETCH(QByteArray, model);
        QFETCH(int, length);
        QFETCH(bool, isPositive);
        QFETCH(double, expected);
        const double error = relativeError(*findTensorCoreModel(model.toStdString()), std::size_t(length), isPositive);
        qInfo("%.3g, published %.3g", error, expected);
        QVERIFY2(error > expected / 1.4 && error < expected * 1.4, qPrintable(QString::number(error)));
    }

    void smallIntegersAreExactInEveryUnit()
    {
        const std::vector<float> a{1, 2, 3, -4, 5}, b{6, -7, 8, 9, 10};
        for (const TensorCoreModel& model : tensorCoreModels())
            QCOMPARE(dotByModel(model, a, b), 30.0f);
    }

    void aTermBelowTheLastFractionBitIsLost()
    {
        // 1 + 2^-14 needs 14 fraction bits: Hopper's FP8 unit has 13, its FP16 path 25.
        const std::vector<float> a{1, 0x1p-7f}, b{1, 0x1p-7f};
        QCOMPARE(dotByModel(*findTensorCoreModel("hopper_fp8_fast"), a, b), 1.0f);
        QCOMPARE(dotByModel(*findTensorCoreModel("hopper_fp16"), a, b), 1.0f + 0x1p-14f);
    }

    void anEmptyOrZeroProductIsZero()
    {
        for (const TensorCoreModel& model : tensorCoreModels()) {
            QCOMPARE(dotByModel(model, {}, {}), 0.0f);
            QCOMPARE(dotByModel(model, std::vector<float>(50), std::vector<float>(50)), 0.0f);
        }
    }
};

QUANTOSCOPE_TEST(tst_tensor_core_model, TestTensorCoreModel)
#include "tst_tensor_core_model.moc"
