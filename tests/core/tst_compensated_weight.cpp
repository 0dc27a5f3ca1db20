// SPDX-License-Identifier: Apache-2.0
#include "core/compensation/compensation.h"
#include "core/random.h"
#include "core/tensors/synthetic_tensors.h"

#include "tests/test_case.h"

#include <bit>
#include <cmath>

using namespace quantoscope;

namespace {

constexpr std::int64_t rows = 24, columns = 96;

std::vector<float> someWeights()
{
    const RandomStream random(11);
    std::vector<float> weights;
    for (std::size_t i = 0; i < std::size_t(rows * columns); ++i)
        weights.push_back(float(0.05 * random.normal(i)));
    weights[5] = std::numeric_limits<float>::infinity();
    return weights;
}

}  // namespace

class TestCompensatedWeight : public QObject {
    Q_OBJECT

    static Result<CompensatedWeights> stored(const CompensatedScheme& scheme, std::span<const float> weights, std::optional<std::int64_t> asked)
    {
        static const Activations activations = makeActivations({}, columns);
        return quantizeWeights({"w", rows, columns, weights, scheme.scheme, &activations, asked}, scheme.method);
    }

private slots:
    void theCodeOfAWeightDecodesToWhatTheMethodStored_data()
    {
        QTest::addColumn<QByteArray>("text");
        for (const CompensationMethod& method : compensationMethods())
            for (const char* scheme : {"int4,group=32", "int4,asymmetric,group=40", "int8,channel", "int4", "e2m1,channel", "levels=16", "nf4", "q4_0", "uint4,group=32"}) {
                const QByteArray text = QByteArray(scheme) + ',' + QByteArray(method.id.data());
                if (stored(*parseCompensatedScheme(text.toStdString()), someWeights(), {}))   // Some schemes a method refuses.
                    QTest::newRow(text) << text;
            }
    }
    void theCodeOfAWeightDecodesToWhatTheMethodStored()
    {
        QFETCH(QByteArray, text);
        const auto scheme = parseCompensatedScheme(text.toStdString());
        QVERIFY(scheme.has_value());
        const std::vector<float> weights = someWeights();
        const auto plain = stored(*scheme, weights, {});
        for (const std::int64_t index : {std::int64_t{0}, std::int64_t{5}, std::int64_t{41}, std::int64_t{95}, std::int64_t{700}, rows * columns - 1}) {
            const auto asked = stored(*scheme, weights, index);
            QVERIFY(asked.has_value());
            QVERIFY(asked->values == plain->values);   // Asking changes nothing.
            if (scheme->method->id == "hadamard") {
                QVERIFY(!asked->asked);
                continue;
            }
            QVERIFY(asked->asked);
            const StoredWeight& weight = *asked->asked;
            QCOMPARE(weight.index, index);
            QCOMPARE(weight.value, double(weights[std::size_t(index)]));
            QCOMPARE(float(weight.stored), plain->values[std::size_t(index)]);
            QVERIFY(weight.own);
            QCOMPARE(float(weight.own->value()), plain->values[std::size_t(index)]);
            // Every other code is another value, or none.
            int others = 0;
            for (int bit = 0; bit < weight.own->bits; ++bit)
                others += weight.own->values[std::size_t(weight.own->code ^ (1u << bit))] != weight.own->value();
            QVERIFY(others > 0);
            QVERIFY(weight.neighbours > 0);
        }
    }

    void aShownCodeIsTheValueInStepsFromTheZeroPoint_data()
    {
        QTest::addColumn<QByteArray>("text");
        for (const char* text : {"int4,group=32,gptq", "int4,asymmetric,group=32,gptq", "int8,channel,gptq", "int4,group=32,awq", "int4,group=32,smoothquant"})
            QTest::newRow(text) << QByteArray(text);
    }
    void aShownCodeIsTheValueInStepsFromTheZeroPoint()
    {
        QFETCH(QByteArray, text);
        const std::vector<float> weights = someWeights();
        for (std::int64_t index = 0; index < 60; index += 7) {
            const auto asked = stored(*parseCompensatedScheme(text.toStdString()), weights, index);
            QVERIFY(asked && asked->asked && asked->asked->step && asked->asked->code);
            const StoredWeight& weight = *asked->asked;
            const double expected = double(*weight.code - weight.zeroPoint.value_or(0)) * *weight.step / weight.columnFactor;
            QVERIFY2(std::abs(weight.stored - expected) <= 1e-6 * std::abs(expected), qPrintable(QString::number(expected)));
        }
    }

    void theLargestErrorIsThatOfTheMethod()
    {
        const auto source = makeTensor("w", someWeights(), {rows, columns});
        const TensorInfo& info = source->tensors().front();
        const Activations activations = makeActivations({}, columns);
        const auto scheme = parseCompensatedScheme("int4,group=32,gptq");
        const auto found = findLargestError(*source, info, *scheme, &activations);
        QVERIFY(found && *found);
        const auto weights = someWeights();
        const auto made = stored(*scheme, weights, {});
        const auto errorAt = [&](std::size_t i) { return std::abs(double(made->values[i]) - double(weights[i])); };
        for (std::size_t i = 0; i < weights.size(); ++i)
            QVERIFY(!std::isfinite(weights[i]) || errorAt(i) <= errorAt(std::size_t(**found)));
        const auto weight = storedWeightOf(*source, info, *scheme, &activations, **found);
        QVERIFY(weight.has_value());
        QCOMPARE(std::abs(weight->stored - weight->value), errorAt(std::size_t(**found)));
        QVERIFY(!storedWeightOf(*source, info, *scheme, &activations, rows * columns).has_value());
    }
};

QUANTOSCOPE_TEST(tst_compensated_weight, TestCompensatedWeight)
#include "tst_compensated_weight.moc"
