// SPDX-License-Identifier: Apache-2.0
#include "core/quantization/sampled_error.h"
#include "core/tensors/synthetic_tensors.h"

#include "tests/test_case.h"

#include <cmath>

using namespace quantoscope;

class TestSampledError : public QObject {
    Q_OBJECT

    static std::shared_ptr<const TensorSource> draw(const char* recipe)
    {
        return *makeSyntheticTensor(*parseSyntheticRecipe(recipe));
    }

private slots:
    void theExactFigureLiesWithinAFewStandardErrors_data()
    {
        QTest::addColumn<QByteArray>("scheme");
        for (const char* scheme : {"int4,group=64", "int4,group=32,clip=mse", "int8,channel", "mxfp4", "nf4", "q4_0", "int4,block=32x32",
                                   "nvfp4", "int4,clip=-0.09:0.09,rounding=stochastic", "int3,asymmetric,group=128,scale=fp16"})
            QTest::newRow(scheme) << QByteArray(scheme);
    }
    void theExactFigureLiesWithinAFewStandardErrors()
    {
        QFETCH(QByteArray, scheme);
        for (const char* recipe : {"normal,count=65536,columns=256,seed=4", "laplace,count=65536,columns=256,seed=4"}) {
            const auto source = draw(recipe);
            const TensorInfo& info = source->tensors().front();
            const auto parsed = parseScheme(scheme.constData());
            const auto sampled = sampledErrorOf(*source, info, *parsed, 4096);
            QVERIFY(sampled.has_value());
            QVERIFY(sampled->weights <= info.count / 8);
            QVERIFY(sampled->sqnrUncertainty > 0);
            const auto exact = quantize(*source, info, *parsed);
            const double off = std::abs(exact->error.sqnrDb - sampled->error.sqnrDb);
            QVERIFY2(off <= 4 * sampled->sqnrUncertainty,
                     qPrintable(QStringLiteral("%1 off, ± %2").arg(off).arg(sampled->sqnrUncertainty)));
        }
    }

    void aSampleOfTheWholeTensorIsExact()
    {
        const auto source = draw("laplace,count=16384,columns=256,seed=9");
        const auto scheme = parseScheme("int4,group=64");
        const auto sampled = sampledErrorOf(*source, source->tensors().front(), *scheme);
        const auto exact = quantize(*source, source->tensors().front(), *scheme);
        QCOMPARE(sampled->weights, 16384);
        QCOMPARE(sampled->error.sqnrDb, exact->error.sqnrDb);
        QCOMPARE(sampled->sqnrUncertainty, 0.0);
    }

    void scalesOfEverythingHaveNoSample()
    {
        const auto source = draw("normal,count=65536,seed=1");
        for (const char* scheme : {"int4", "levels=16", "int4,channel=1", "int4,rounding=stochastic"})
            QVERIFY2(!sampledErrorOf(*source, source->tensors().front(), *parseScheme(scheme)), scheme);
    }

    void tooSmallTensorsHaveNone()
    {
        for (const std::vector<float>& values : {std::vector<float>{}, std::vector<float>{1.0f}, std::vector<float>(40, 1.0f)}) {
            const Shape shape{std::int64_t(values.size())};
            const auto source = makeTensor("few", values, shape);
            QVERIFY(!sampledErrorOf(*source, source->tensors().front(), *parseScheme("int4,group=64")));
        }
    }
};

QUANTOSCOPE_TEST(tst_sampled_error, TestSampledError)
#include "tst_sampled_error.moc"
