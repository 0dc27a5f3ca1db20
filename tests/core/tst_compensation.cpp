// SPDX-License-Identifier: Apache-2.0
#include "core/compensation/compensation.h"
#include "core/compensation/hadamard.h"
#include "core/compensation/hqq.h"
#include "core/compensation/input_scaling.h"
#include "core/random.h"

#include "tests/test_case.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <set>

using namespace quantoscope;

namespace {

std::vector<float> normalWeights(std::size_t count, std::uint64_t seed)
{
    const RandomStream random(seed);
    std::vector<float> weights;
    for (std::size_t i = 0; i < count; ++i)
        weights.push_back(float(0.05 * random.normal(i)));
    return weights;
}

CompensationTask taskOf(std::span<const float> weights, std::int64_t columns, const char* scheme, const Activations* activations = nullptr)
{
    return {"w", std::int64_t(weights.size()) / columns, columns, weights, *parseScheme(scheme), activations};
}

/// XᵀX = I: every unit vector once.
Activations identityActivations(std::int64_t columns)
{
    Activations activations(columns);
    std::vector<float> rows(std::size_t(columns * columns));
    for (std::int64_t i = 0; i < columns; ++i)
        rows[std::size_t(i * columns + i)] = 1;
    activations.add(rows);
    return activations;
}

double outputErrorOf(const CompensationTask& task, std::span<const float> stored)
{
    std::vector<double> error(stored.size());
    for (std::size_t i = 0; i < stored.size(); ++i)
        error[i] = double(task.weights[i]) - stored[i];
    return outputEnergy(error, *task.activations);
}

double meanAbsoluteError(std::span<const float> weights, std::span<const float> stored)
{
    double sum = 0;
    for (std::size_t i = 0; i < weights.size(); ++i)
        sum += std::abs(double(weights[i]) - stored[i]);
    return sum / double(weights.size());
}

}  // namespace

class TestCompensation : public QObject {
    Q_OBJECT

    static void schemeRows()
    {
        QTest::addColumn<QString>("scheme");
        for (const char* scheme : {"int4,group=32", "int4,asymmetric,group=64,scale=fp16", "int3,channel", "int4", "int4,group=32,clip=mse",
                                   "e2m1,group=32", "element=nf4,group=64", "levels=8", "int8,channel", "int2,group=48"})
            QTest::newRow(scheme) << scheme;
    }

private slots:
    void outputEnergyIsThatOfTheProduct()
    {
        // X = [[1, 2], [3, −1]], W = [[1, 1], [2, 0]]: X·Wᵀ = [[3, 2], [2, 6]].
        Activations activations(2);
        activations.add(std::vector<float>{1, 2, 3, -1});
        QCOMPARE(outputEnergy(std::vector<double>{1, 1, 2, 0}, activations), 9.0 + 4 + 4 + 36);
        QCOMPARE(activations.meanMagnitudes(), (std::vector<double>{2, 1.5}));
        QCOMPARE(activations.largestMagnitudes()[1], 2.0);
    }

    void syntheticActivationsHaveTheirCovariance()
    {
        const auto recipe = parseSyntheticActivations("synthetic:rho=0.8,outliers=1,factor=10,tokens=20000,seed=3");
        const Activations activations = makeActivations(*recipe, 16);
        const auto moment = [&](std::size_t i, std::size_t j) { return activations.gram()[i * 16 + j] / 20000; };
        std::vector<double> size;
        for (std::size_t i = 0; i < 16; ++i)
            size.push_back(std::sqrt(moment(i, i)));
        QCOMPARE(std::count_if(size.begin(), size.end(), [](double s) { return s > 5; }), 1);
        for (std::size_t i = 0; i + 2 < 16; ++i) {
            QVERIFY(std::abs(moment(i, i + 1) / (size[i] * size[i + 1]) - 0.8) < 0.02);
            QVERIFY(std::abs(moment(i, i + 2) / (size[i] * size[i + 2]) - 0.64) < 0.03);
        }
        QVERIFY(!parseSyntheticActivations("synthetic:rho=1"));
        QVERIFY(!parseSyntheticActivations("synthetic:size=1"));
    }

    void gptqWithIndependentInputsIsRoundingToNearest_data() { schemeRows(); }
    void gptqWithIndependentInputsIsRoundingToNearest()
    {
        QFETCH(QString, scheme);
        const std::vector<float> weights = normalWeights(24 * 96, 1);
        const Activations identity = identityActivations(96);
        const auto task = taskOf(weights, 96, scheme.toUtf8().constData(), &identity);
        const auto plain = quantizeWeights(task, nullptr);
        const auto gptq = quantizeByGptq(task, {});
        QVERIFY(plain && gptq);
        QVERIFY(plain->values == gptq->values);
        QCOMPARE(gptq->bitsPerWeight, plain->bitsPerWeight);
    }

    void gptqAndAwqLoseLessOutputThanRoundingToNearest_data() { schemeRows(); }
    void gptqAndAwqLoseLessOutputThanRoundingToNearest()
    {
        QFETCH(QString, scheme);
        const std::vector<float> weights = normalWeights(64 * 96, 2);
        const Activations activations = makeActivations({.correlation = 0.9, .outliers = 3, .factor = 10}, 96);
        const auto task = taskOf(weights, 96, scheme.toUtf8().constData(), &activations);
        const double plain = outputErrorOf(task, quantizeWeights(task, nullptr)->values);
        const double gptq = outputErrorOf(task, quantizeByGptq(task, {})->values);
        const double awq = outputErrorOf(task, quantizeByAwq(task, {})->values);
        QVERIFY2(gptq < 0.7 * plain, qPrintable(QString::number(gptq / plain)));
        QVERIFY2(awq <= plain, qPrintable(QString::number(awq / plain)));
        // What the output gains the weights pay for: GPTQ is farther from the weights than rounding to nearest.
        QVERIFY(meanAbsoluteError(weights, quantizeByGptq(task, {})->values) > 0.99 * meanAbsoluteError(weights, quantizeWeights(task, nullptr)->values));
    }

    void gptqMovesTheSecondOfTwoEqualInputs()
    {
        // Two inputs that are always equal: only the sum of their weights matters. The 3-bit levels of a row
        // that ends at ±3 are whole numbers, so 1.4 + 1.4 = 2.8 becomes 1 + 2 and not 1 + 1.
        Activations activations(3);
        std::vector<float> rows;
        for (int i = 0; i < 50; ++i) {
            const RandomStream random(5);
            const float a = float(random.normal(std::uint64_t(2 * i))), b = float(random.normal(std::uint64_t(2 * i + 1)));
            rows.insert(rows.end(), {b, a, a});
        }
        activations.add(rows);
        const std::vector<float> weights{3, 1.4f, 1.4f};
        const auto task = taskOf(weights, 3, "int3,channel", &activations);
        QCOMPARE(quantizeWeights(task, nullptr)->values, (std::vector<float>{3, 1, 1}));
        QCOMPARE(quantizeByGptq(task, {})->values, (std::vector<float>{3, 1, 2}));
    }

    void hqqErrorNeverRises_data()
    {
        QTest::addColumn<int>("bits");
        for (const int bits : {1, 2, 3, 4, 8})
            QTest::newRow(qPrintable(QString::number(bits))) << bits;
    }
    void hqqErrorNeverRises()
    {
        QFETCH(int, bits);
        std::vector<float> weights = normalWeights(64 * 64, 3);
        for (std::size_t i = 0; i < weights.size(); i += 97)
            weights[i] *= 8;
        std::vector<std::span<const float>> groups;
        for (std::size_t first = 0; first < weights.size(); first += 64)
            groups.push_back(std::span<const float>(weights).subspan(first, 64));
        const HqqFit fit = fitHqq(groups, (1 << bits) - 1);
        QVERIFY(fit.errors.size() >= 1 && fit.errors.size() <= 20);
        for (std::size_t i = 1; i < fit.errors.size(); ++i)
            QVERIFY(fit.errors[i] < fit.errors[i - 1]);
        if (bits > 1 && bits < 8)
            QVERIFY2(fit.errors.back() < 0.999 * fit.errors.front(), qPrintable(QString::number(fit.errors.back() / fit.errors.front())));
    }

    void shrinkIsTheProximalStepOfTheAuthors()
    {
        QCOMPARE(shrink(0.5, 10, 1), 0.4);           // Soft thresholding
        QCOMPARE(shrink(-0.05, 10, 1), -0.0);
        QCOMPARE(shrink(-1.0, 10, 0.7), -0.9);       // 1^(−0.3)/10
        QVERIFY(std::abs(shrink(0.25, 10, 0.7) - (0.25 - std::pow(0.25, -0.3) / 10)) < 1e-15);
    }

    void hqqStoresAStepAndAZeroForEveryGroup()
    {
        const std::vector<float> weights = normalWeights(64 * 128, 4);
        const auto stored = quantizeByHqq(taskOf(weights, 128, "int4,group=64,scale=fp16"), {});
        QVERIFY(stored.has_value());
        QCOMPARE(stored->bitsPerWeight, 4 + 32.0 / 64);
        QVERIFY(meanAbsoluteError(weights, stored->values) < meanAbsoluteError(weights, quantizeWeights(taskOf(weights, 128, "int4,group=64,scale=fp16"), nullptr)->values));
        QVERIFY(!quantizeByHqq(taskOf(weights, 128, "e2m1,group=64"), {}));
        QVERIFY(!quantizeByHqq(taskOf(weights, 128, "int4"), {}));
    }

    void hqqKeepsConstantGroups()
    {
        const std::vector<float> weights(64, 0.25f);
        const auto stored = quantizeByHqq(taskOf(weights, 64, "int4,group=32"), {});
        QCOMPARE(stored->values, weights);
    }

    void hadamardIsOrthogonal_data()
    {
        QTest::addColumn<int>("columns");
        for (const int columns : {1, 2, 64, 96, 128, 7})
            QTest::newRow(qPrintable(QString::number(columns))) << columns;
    }
    void hadamardIsOrthogonal()
    {
        QFETCH(int, columns);
        const auto n = std::size_t(columns);
        std::vector<std::vector<double>> rotated;
        for (std::size_t i = 0; i < n; ++i) {
            std::vector<double> unit(n);
            unit[i] = 1;
            rotateRow(unit, 11);
            rotated.push_back(unit);
        }
        for (std::size_t i = 0; i < n; ++i)
            for (std::size_t j = 0; j <= i; ++j) {
                double dot = 0;
                for (std::size_t k = 0; k < n; ++k)
                    dot += rotated[i][k] * rotated[j][k];
                QVERIFY(std::abs(dot - (i == j)) < 1e-12);
            }
        for (std::size_t i = 0; i < n; ++i) {
            rotateRowBack(rotated[i], 11);
            for (std::size_t j = 0; j < n; ++j)
                QVERIFY(std::abs(rotated[i][j] - (i == j)) < 1e-12);
        }
    }

    void rotationHelpsWeightsWithOutliers()
    {
        std::vector<float> weights = normalWeights(32 * 128, 6);
        for (std::size_t row = 0; row < 32; ++row)
            weights[row * 128 + row] *= 20;
        const auto task = taskOf(weights, 128, "int4,channel");
        const double plain = meanAbsoluteError(weights, quantizeWeights(task, nullptr)->values);
        QVERIFY(meanAbsoluteError(weights, quantizeRotated(task, {})->values) < 0.6 * plain);
    }

    void smoothQuantScalesAreThoseOfThePapersExample()
    {
        // Figure 5 of the paper: X [2 × 4], W [4 × 3], α = 0.5. W here as [outputs, inputs].
        Activations activations(4);
        activations.add(std::vector<float>{1, -16, 2, 6, -2, 8, -1, -9});
        const std::vector<double> largestWeights{2, 1, 2, 1};
        QCOMPARE(smoothQuantScales(activations.largestMagnitudes(), largestWeights), (std::vector<double>{1, 4, 1, 3}));
    }

    void smoothingHelpsWhereInputsAreRounded()
    {
        const std::vector<float> weights = normalWeights(64 * 128, 8);
        const Activations activations = makeActivations({.correlation = 0, .outliers = 1, .factor = 60}, 128);
        const auto task = taskOf(weights, 128, "int8,channel", &activations);
        const double before = productSqnrDb(task, *quantizeWithInt8Inputs(task, {}));
        const double after = productSqnrDb(task, *quantizeBySmoothQuant(task, {}));
        QVERIFY2(after > before + 3, qPrintable(QString("%1 %2").arg(before).arg(after)));
    }

    void awqScalesAreNormalised()
    {
        const auto scales = awqScales(std::vector<double>{0.5, 2, 8}, 0.5);
        QVERIFY(std::abs(scales[0] * scales[2] - 1) < 1e-12);
        QVERIFY(std::abs(scales[2] / scales[1] - 2) < 1e-12);
        QCOMPARE(awqScales(std::vector<double>{0.5, 2, 8}, 0.0), (std::vector<double>{1, 1, 1}));
    }

    void schemesNameTheirMethod()
    {
        const auto parsed = parseCompensatedScheme("int4, group=64, gptq");
        QVERIFY(parsed && parsed->method == findCompensationMethod("gptq"));
        QCOMPARE(schemeText(*parsed), std::string("int4,group=64,gptq"));
        QVERIFY(!parseCompensatedScheme("int4,gptq,hqq"));
        QVERIFY(!parseCompensatedScheme("gptq"));
        QVERIFY(!parseCompensatedScheme("int4,gptx"));
        QVERIFY(!parseCompensatedScheme("int4,"));
        QVERIFY(!parseCompensatedScheme("int8")->method);
    }

    void everyMethodTakesStrangeWeights_data()
    {
        QTest::addColumn<QString>("method");
        for (const CompensationMethod& method : compensationMethods())
            QTest::newRow(method.id.data()) << QString::fromUtf8(method.id.data());
    }
    void everyMethodTakesStrangeWeights()
    {
        QFETCH(QString, method);
        const CompensationMethod* const row = findCompensationMethod(method.toStdString());
        const Activations activations = makeActivations({}, 8);
        const float nan = std::numeric_limits<float>::quiet_NaN(), infinity = std::numeric_limits<float>::infinity();
        for (const std::vector<float>& weights : {std::vector<float>(16, 0.0f), std::vector<float>(16, -3.0f), std::vector<float>{},
                                                  std::vector<float>{1, 2, nan, 3, 4, -infinity, 0.5f, -1}}) {
            const auto result = quantizeWeights(taskOf(weights, 8, "int4,group=4", &activations), row);
            QVERIFY(result.has_value());
            QCOMPARE(result->values.size(), weights.size());
        }
    }

    void errorReportedIsTheErrorOfWhatIsStored_data()
    {
        QTest::addColumn<QString>("method");
        QTest::addColumn<QString>("values");
        for (const CompensationMethod& method : compensationMethods())
            for (const char* values : {"random", "constant", "zero", "not finite", "one", "empty"})
                QTest::addRow("%s %s", method.id.data(), values) << QString::fromUtf8(method.id.data()) << QString::fromLatin1(values);
    }
    void errorReportedIsTheErrorOfWhatIsStored()
    {
        QFETCH(QString, method);
        QFETCH(QString, values);
        const std::int64_t columns = values == "one" ? 1 : 96;
        std::vector<float> weights = values == "one" ? std::vector<float>{0.3f} : values == "empty" ? std::vector<float>{} : normalWeights(20 * 96, 5);
        if (values == "constant" || values == "zero")
            std::fill(weights.begin(), weights.end(), values == "zero" ? 0.0f : -0.37f);
        if (values == "not finite")
            for (std::size_t i = 0; i < weights.size(); i += 37)
                weights[i] = i % 2 ? std::numeric_limits<float>::quiet_NaN() : -std::numeric_limits<float>::infinity();
        const Activations activations = makeActivations({}, columns);
        const CompensationTask task = taskOf(weights, columns, "int4,group=32", &activations);
        const auto stored = quantizeWeights(task, findCompensationMethod(method.toStdString()));
        QVERIFY2(stored.has_value(), stored ? "" : stored.error().message.c_str());
        QCOMPARE(stored->values.size(), weights.size());

        const QuantizationError error = errorOfStored(weights, stored->values);
        long double squared = 0, squares = 0;
        double finite = 0, largest = 0;
        for (std::size_t i = 0; i < weights.size(); ++i) {
            QVERIFY(std::isfinite(stored->values[i]));
            if (!std::isfinite(weights[i]))
                continue;
            const double difference = double(weights[i]) - stored->values[i];
            squared += (long double)difference * difference;
            squares += (long double)weights[i] * weights[i];
            largest = std::max(largest, std::abs(difference));
            ++finite;
        }
        QCOMPARE(error.count, finite);
        QCOMPARE(error.largestError, largest);
        QVERIFY(std::abs(error.meanSquaredError - (finite > 0 ? double(squared / finite) : 0)) <= 1e-12 * error.meanSquaredError);
        if (squared > 0)
            QVERIFY(std::abs(error.sqnrDb - 10 * std::log10(double(squares / squared))) < 1e-9 * std::abs(error.sqnrDb) + 1e-9);

        // Methods that keep the basis of the weights store codes of four bits: at most 16 values a group.
        const bool keepsBasis = method == "hqq" || method == "gptq" || method == "int8-inputs";
        for (std::size_t first = 0; keepsBasis && first < weights.size(); first += 32) {
            const auto end = stored->values.begin() + std::ptrdiff_t(std::min(weights.size(), first + 32));
            QVERIFY(std::set<float>(stored->values.begin() + std::ptrdiff_t(first), end).size() <= 16);
        }
        if (!weights.empty())
            QVERIFY(stored->bitsPerWeight >= 4);
    }
};

QUANTOSCOPE_TEST(tst_compensation, TestCompensation)
#include "tst_compensation.moc"
