// SPDX-License-Identifier: Apache-2.0
#include "core/quantization/block_format.h"
#include "core/quantization/stored_weight.h"
#include "core/tensors/synthetic_tensors.h"

#include "tests/test_case.h"

#include <cmath>

using namespace quantoscope;

class TestStoredWeight : public QObject {
    Q_OBJECT

    static std::shared_ptr<const TensorSource> draw(const char* recipe = "normal,count=16384,columns=128,seed=11")
    {
        return *makeSyntheticTensor(*parseSyntheticRecipe(recipe));
    }

private slots:
    void codeAndScaleMakeTheStoredValue_data()
    {
        QTest::addColumn<QByteArray>("scheme");
        for (const char* scheme : {"int4", "int8,channel", "int5,group=64", "int3,asymmetric,group=32,scale=fp16", "int12,channel=1",
                                   "uint4,asymmetric,group=64", "int4,block=16x32,scale=bf16", "int6,clip=mse", "int4,group=64,clip=mse,scale=e4m3"})
            QTest::newRow(scheme) << QByteArray(scheme);
    }
    void codeAndScaleMakeTheStoredValue()
    {
        QFETCH(QByteArray, scheme);
        const auto source = draw();
        const auto parsed = parseScheme(scheme.constData());
        QVERIFY2(parsed.has_value(), parsed ? "" : parsed.error().message.c_str());
        for (const std::int64_t index : {0, 1, 127, 128, 4097, 16383}) {
            const auto weight = storedWeightOf(*source, source->tensors().front(), *parsed, index);
            QVERIFY(weight.has_value() && weight->code && weight->step);
            const double made = double(float(double(*weight->code - weight->zeroPoint.value_or(0)) * *weight->step));
            QCOMPARE(made, weight->stored);
            QVERIFY(weight->neighbours > 0);
        }
    }

    void theBytesAreThoseThatQuantizeHandsOut_data()
    {
        QTest::addColumn<QByteArray>("scheme");
        for (const char* scheme : {"int4,group=64,scale=fp16", "int3,channel", "mxfp4", "nvfp4", "q4_0", "q6_k", "nf4", "levels=16", "e4m3"})
            QTest::newRow(scheme) << QByteArray(scheme);
    }
    void theBytesAreThoseThatQuantizeHandsOut()
    {
        QFETCH(QByteArray, scheme);
        const auto source = draw("laplace,count=16384,columns=256,seed=2");
        const TensorInfo& info = source->tensors().front();
        const auto parsed = parseScheme(scheme.constData());
        std::vector<std::byte> codes, scales;
        std::vector<float> values;
        QuantizationSink sink;
        sink.codes = [&](std::span<const std::byte> bytes) -> Result<void> { codes.insert(codes.end(), bytes.begin(), bytes.end()); return {}; };
        sink.scales = [&](std::span<const std::byte> bytes) -> Result<void> { scales.insert(scales.end(), bytes.begin(), bytes.end()); return {}; };
        sink.values = [&](std::span<const float> part) -> Result<void> { values.insert(values.end(), part.begin(), part.end()); return {}; };
        QVERIFY(quantize(*source, info, *parsed, sink).has_value());
        for (const std::int64_t index : {0, 65, 5000, 16383}) {
            const auto weight = storedWeightOf(*source, info, *parsed, index);
            QVERIFY(weight.has_value());
            QCOMPARE(weight->stored, double(values[std::size_t(index)]));
            QVERIFY(!weight->codeBytes.empty());
            QVERIFY(std::equal(weight->codeBytes.begin(), weight->codeBytes.end(), codes.begin() + std::ptrdiff_t(weight->codeByte)));
            QVERIFY(weight->scaleByte + weight->scaleBytes.size() <= scales.size() || weight->scaleBytes.empty());
            QVERIFY(std::equal(weight->scaleBytes.begin(), weight->scaleBytes.end(), scales.begin() + std::ptrdiff_t(weight->scaleByte)));
        }
    }

    void itsOwnCodeStandsForItsStoredValue_data()
    {
        QTest::addColumn<QByteArray>("scheme");
        QTest::addColumn<QByteArray>("format");   // Empty: codes of no number format. "-": any.
        for (const auto& [scheme, format] : std::initializer_list<std::pair<const char*, const char*>>{
                 {"int8", "int8"}, {"int4,group=64,scale=fp16", "int4"}, {"uint4,asymmetric,group=64", "uint4"}, {"e4m3,channel", "e4m3"},
                 {"element=nf4,group=64", "nf4"}, {"int4,group=16,scale=e4m3,tensor-scale=fp32", "int4"}, {"int1", ""}, {"log2_4", ""},
                 {"levels=16", ""}, {"levels=5,scale=fp16", ""}, {"q4_0", "uint4"}, {"q8_0", "int8"}, {"q4_k", "uint4"}, {"q6_k", "uint6"},
                 {"q5_1", "uint5"}, {"mxfp4", "e2m1"}, {"nvfp4", "e2m1"}, {"mxfp8_e4m3", "e4m3"}, {"nf4", "nf4"}, {"fp4_bnb", "fp4_bnb"}})
            QTest::newRow(scheme) << QByteArray(scheme) << QByteArray(format);
        for (const BlockFormat& format : blockFormats())
            QTest::addRow("table: %s", std::string(format.id).c_str()) << QByteArray(format.id.data(), qsizetype(format.id.size())) << QByteArray("-");
    }
    void itsOwnCodeStandsForItsStoredValue()
    {
        QFETCH(QByteArray, scheme);
        QFETCH(QByteArray, format);
        const auto source = draw("laplace,count=16384,columns=256,seed=2");
        const auto parsed = parseScheme(scheme.constData());
        QVERIFY2(parsed.has_value(), parsed ? "" : parsed.error().message.c_str());
        for (const std::int64_t index : {0, 77, 5001, 16383}) {
            const auto weight = storedWeightOf(*source, source->tensors().front(), *parsed, index);
            QVERIFY(weight.has_value());
            // Five ternary digits in a byte: no bit is one weight's own.
            QCOMPARE(weight->own.has_value(), scheme != "tq1_0");
            if (!weight->own)
                continue;
            const WeightCode& own = *weight->own;
            QCOMPARE(own.values.size(), std::size_t{1} << own.bits);
            QCOMPARE(own.value(), weight->stored);
            if (format != "-")
                QCOMPARE(QByteArray::fromStdString(own.format), format);
            if (own.format.empty())
                continue;
            // What Numbers makes of the code, times the scale, is what is stored.
            const NumberFormat* const number = findNumberFormat(own.format);
            const bool isSigned = number->asInteger() && number->asInteger()->isSigned;
            for (std::size_t code = 0; code < own.values.size(); ++code) {
                const std::int64_t q = isSigned && code >> (own.bits - 1) ? std::int64_t(code) - std::int64_t(own.values.size()) : std::int64_t(code);
                const double made = number->asInteger() ? own.scale * double(q - own.zero) + own.offset : own.scale * valueOf(*number, Code(code));
                QVERIFY(std::isnan(made) ? std::isnan(own.values[code])
                        : std::isinf(made) ? made == own.values[code]
                                         : std::abs(made - own.values[code]) <= 2e-5 * std::max(std::abs(made), std::abs(own.scale)) + 1e-5 * std::abs(own.offset));
            }
        }
    }

    void aWeightIsFoundByItsValueAndByItsError()
    {
        std::vector<float> values(1000, 0.5f);
        values[613] = -2;
        values[700] = 0.26f;
        const auto source = makeTensor("few", values, {10, 100});
        const TensorInfo& info = source->tensors().front();
        QCOMPARE(findWeightNear(*source, info, -1.9, 0.2)->value(), 613);
        QCOMPARE(findWeightNear(*source, info, 0.3, 0)->value(), 700);
        QCOMPARE(findWeightNear(*source, info, 0.5, 0.1)->value(), 0);
        // INT2 of ±2 has −2, 0 and 2: the halves are off by 0.5, as far as any.
        QCOMPARE(findLargestError(*source, info, *parseScheme("int2"))->value(), 0);
        const auto nothing = makeTensor("nan", {NAN, INFINITY}, {2});
        QVERIFY(!findWeightNear(*nothing, nothing->tensors().front(), 0, 1)->has_value());
    }

    void channelsAddUpToTheTensor()
    {
        const auto source = draw();
        const TensorInfo& info = source->tensors().front();
        const auto scheme = parseScheme("int4,group=64");
        const auto channels = channelErrors(*source, info, *scheme);
        QCOMPARE(channels->size(), std::size_t(128));
        double squares = 0, errors = 0;
        for (const ChannelError& channel : *channels) {
            QVERIFY(channel.low < 0 && channel.high > 0);
            squares += channel.squares;
            errors += channel.squaredError;
        }
        QVERIFY(std::abs(10 * std::log10(squares / errors) - quantize(*source, info, *scheme)->error.sqnrDb) < 1e-9);
    }

    void anIndexOutsideIsRefused()
    {
        const auto source = draw();
        const auto wrong = storedWeightOf(*source, source->tensors().front(), *parseScheme("int4"), 16384);
        QVERIFY(!wrong.has_value());
        QVERIFY(wrong.error().message.find("16383") != std::string::npos);
    }
};

QUANTOSCOPE_TEST(tst_stored_weight, TestStoredWeight)
#include "tst_stored_weight.moc"
