// SPDX-License-Identifier: Apache-2.0
#include "core/tensors/synthetic_tensors.h"

#include "tests/test_case.h"

#include <algorithm>
#include <cmath>

using namespace quantoscope;

namespace {

std::vector<double> valuesOf(const SyntheticRecipe& recipe)
{
    const auto source = makeSyntheticTensor(recipe);
    const TensorInfo& tensor = (*source)->tensors()[0];
    std::vector<double> values(std::size_t(tensor.count));
    return (*source)->read(tensor, {0, tensor.count}, values) ? values : std::vector<double>();
}

SyntheticRecipe recipeOf(const char* distribution, std::int64_t count)
{
    SyntheticRecipe recipe;
    recipe.distribution = distribution;
    recipe.count = count;
    recipe.scale = 1;
    return recipe;
}

/// Share of values of at most `bound`.
double shareUpTo(const std::vector<double>& values, double bound)
{
    return double(std::count_if(values.begin(), values.end(), [&](double x) { return x <= bound; })) / double(values.size());
}

}  // namespace

class TestSyntheticTensors : public QObject {
    Q_OBJECT

private slots:
    void sharesBelowABoundAreThoseOfTheDistribution_data()
    {
        QTest::addColumn<QString>("distribution");
        QTest::addColumn<double>("bound");
        QTest::addColumn<double>("share");
        const auto row = [](const char* name, const char* distribution, double bound, double share) {
            QTest::newRow(name) << QString::fromLatin1(distribution) << bound << share;
        };
        row("normal at 1: erf", "normal", 1, 0.5 * (1 + std::erf(1 / std::sqrt(2.0))));
        row("normal at -1.5: erf", "normal", -1.5, 0.5 * (1 - std::erf(1.5 / std::sqrt(2.0))));
        row("Laplace at 1: closed form", "laplace", 1, 1 - 0.5 * std::exp(-std::sqrt(2.0)));
        // Four degrees of freedom: F(t) = 1/2 + 3/8 (s - s^3/3) with s = t / sqrt(1 + t^2/4), scaled by sqrt(2).
        const double s = std::sqrt(2.0) / std::sqrt(1.5);
        row("Student at one deviation: closed form", "student", 1, 0.5 + 0.375 * (s - s * s * s / 12));
        row("uniform at 0.5: closed form", "uniform", 0.5, 0.75);
        row("bimodal at 0.9: closed form", "bimodal", 0.9, 0.5 * (0.5 + 0.5 * (1 + std::erf(1.8 / std::sqrt(0.38)))));
        row("outliers at 4: closed form", "outliers", 4,
            0.999 * 0.5 * (1 + std::erf(4 / std::sqrt(2.0))) + 0.001 * 0.5 * (1 + std::erf(0.2 / std::sqrt(2.0))));
    }
    void sharesBelowABoundAreThoseOfTheDistribution()
    {
        QFETCH(QString, distribution);
        QFETCH(double, bound);
        QFETCH(double, share);
        const auto values = valuesOf(recipeOf(qPrintable(distribution), 1 << 19));
        const double got = shareUpTo(values, bound);
        // Five standard errors.
        QVERIFY2(std::abs(got - share) < 5 * std::sqrt(share * (1 - share) / double(values.size())),
                 qPrintable(QStringLiteral("%1 for %2").arg(got).arg(share)));
    }

    void theScaleIsTheStandardDeviation_data()
    {
        QTest::addColumn<QString>("distribution");
        for (const char* distribution : {"normal", "laplace", "bimodal"})
            QTest::newRow(distribution) << QString::fromLatin1(distribution);
    }
    void theScaleIsTheStandardDeviation()
    {
        QFETCH(QString, distribution);
        double sum = 0, squares = 0;
        const auto values = valuesOf(recipeOf(qPrintable(distribution), 1 << 19));
        for (const double x : values) {
            sum += x;
            squares += x * x;
        }
        const double count = double(values.size());
        QVERIFY(std::abs(sum / count) < 5 / std::sqrt(count));
        // The variance of x² is largest for Laplace: 6 - 1.
        QVERIFY(std::abs(squares / count - 1) < 5 * std::sqrt(5 / count));
    }

    void anyRangeHasTheSameValuesAsTheWhole()
    {
        for (const SyntheticDistribution& distribution : syntheticDistributions()) {
            const SyntheticRecipe recipe = recipeOf(std::string(distribution.id).c_str(), 1000);
            const auto whole = valuesOf(recipe);
            const auto source = makeSyntheticTensor(recipe);
            std::vector<float> part(77);
            QVERIFY((*source)->read((*source)->tensors()[0], {123, 77}, part).has_value());
            for (std::size_t i = 0; i < part.size(); ++i)
                QCOMPARE(double(part[i]), whole[123 + i]);
            std::vector<float> bytes(77);
            QVERIFY((*source)->readBytes((*source)->tensors()[0], {123, 77}, std::as_writable_bytes(std::span(bytes))).has_value());
            QCOMPARE(bytes, part);
        }
    }

    void tensorsAreAsSquareAsAPowerOfTwoAllows_data()
    {
        QTest::addColumn<qlonglong>("count");
        QTest::addColumn<QString>("shape");
        QTest::newRow("a power of four") << qlonglong(65536) << QStringLiteral("256 × 256");
        QTest::newRow("a million") << qlonglong(1000000) << QStringLiteral("15625 × 64");
        QTest::newRow("an odd number") << qlonglong(1001) << QStringLiteral("1001");
    }
    void tensorsAreAsSquareAsAPowerOfTwoAllows()
    {
        QFETCH(qlonglong, count);
        QFETCH(QString, shape);
        const auto source = makeSyntheticTensor(recipeOf("normal", count));
        QCOMPARE(QString::fromStdString(shapeText((*source)->tensors()[0].shape)), shape);
    }

    void recipesSurviveBeingWrittenAndRead()
    {
        const auto recipe = parseSyntheticRecipe("student,count=1024,seed=9,freedom=2.5,scale=0.1,columns=32");
        QVERIFY(recipe.has_value());
        QCOMPARE(recipe->degreesOfFreedom, 2.5);
        const auto again = parseSyntheticRecipe(syntheticRecipeText(*recipe));
        QVERIFY(again.has_value());
        QCOMPARE(syntheticRecipeText(*again), syntheticRecipeText(*recipe));
    }

    void recipesThatMakeNoSenseAreRefused_data()
    {
        QTest::addColumn<QString>("text");
        for (const char* text : {"", "gauss", "normal,count=0", "normal,count=-1", "normal,count=1e3", "normal,count=99999999999999",
                                 "normal,scale=0", "normal,scale=nan", "normal,columns=7,count=64", "normal,colour=red",
                                 "normal,seed", "outliers,outliers=2", "student,freedom=0", "normal,"})
            QTest::newRow(text) << QString::fromLatin1(text);
    }
    void recipesThatMakeNoSenseAreRefused()
    {
        QFETCH(QString, text);
        const auto recipe = parseSyntheticRecipe(text.toStdString());
        QVERIFY(!recipe);
        QCOMPARE(recipe.error().kind, Error::Kind::Usage);
        QVERIFY(recipe.error().message.ends_with('.'));
    }

    void pastedNumbersAreATensor()
    {
        const auto source = makeTensor("pasted", {1, 2, 3}, {3});
        QCOMPARE(source->tensors().size(), 1u);
        std::vector<double> values(2);
        QVERIFY(source->read(source->tensors()[0], {1, 2}, values).has_value());
        QCOMPARE(values, (std::vector<double>{2, 3}));
    }
};

QUANTOSCOPE_TEST(tst_synthetic_tensors, TestSyntheticTensors)
#include "tst_synthetic_tensors.moc"
