// SPDX-License-Identifier: Apache-2.0
#include "core/quantization/quantization_scheme.h"

#include "tests/test_case.h"

using namespace quantoscope;

class TestQuantizationScheme : public QObject {
    Q_OBJECT

private slots:
    void everyTextIsReadBackAsTheSameScheme_data()
    {
        QTest::addColumn<QString>("text");
        for (const char* text : {"int8", "int4,asymmetric,group=64,clip=mse", "int8,range=full,channel", "int6,channel=1,scale=fp16",
                                 "e4m3,channel", "element=nf4,group=64", "levels=16", "levels=8,fit=lloyd", "int4,clip=percentile:99.9",
                                 "int8,clip=-0.125:0.5", "int4,group=32,scale=e8m0,rounding=toward-zero", "uint8,asymmetric"})
            QTest::newRow(text) << QString::fromLatin1(text);
    }
    void everyTextIsReadBackAsTheSameScheme()
    {
        QFETCH(QString, text);
        const auto scheme = parseScheme(text.toStdString());
        QVERIFY2(scheme.has_value(), scheme ? "" : scheme.error().message.c_str());
        QCOMPARE(schemeText(*scheme), text.toStdString());
    }

    void everyNamedSchemeIsReadAndSaysWhatItIs()
    {
        for (const NamedScheme& named : namedSchemes()) {
            const auto scheme = parseScheme(named.id);
            QVERIFY2(scheme.has_value(), scheme ? "" : scheme.error().message.c_str());
            const auto again = parseScheme(schemeText(*scheme));
            QVERIFY(again.has_value() && *again == *scheme);
            QVERIFY(!schemeSentence(*scheme).empty());
        }
    }

    void laterOptionsChangeANamedScheme()
    {
        QCOMPARE(schemeText(*parseScheme("int4_g64,group=32")), std::string("int4,group=32,scale=fp16"));
    }

    void whatIsNotUnderstoodIsNamed_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("named");
        QTest::newRow("element") << "int99" << "int99";
        QTest::newRow("option") << "int8,goup=64" << "goup";
        QTest::newRow("value") << "int8,group=many" << "group";
        QTest::newRow("zero") << "int8,group=0" << "group";
        QTest::newRow("clip") << "int8,clip=banana" << "banana";
        QTest::newRow("clip reversed") << "int8,clip=1:-1" << "1:-1";
        QTest::newRow("percentile") << "int8,clip=percentile:0" << "percentile";
        QTest::newRow("scale") << "int8,scale=int3" << "e4m3";
        QTest::newRow("zero point") << "e4m3,asymmetric" << "integers";
        QTest::newRow("codebook") << "levels=16,channel" << "codebook";
        QTest::newRow("nothing") << "" << "element";
        QTest::newRow("comma") << "int8," << "comma";
        QTest::newRow("rounding") << "int8,rounding=sideways" << "nearest-even";
        QTest::newRow("wide") << "fp64" << "fp64";
    }
    void whatIsNotUnderstoodIsNamed()
    {
        QFETCH(QString, text);
        QFETCH(QString, named);
        const auto scheme = parseScheme(text.toStdString());
        QVERIFY(!scheme);
        QCOMPARE(scheme.error().kind, Error::Kind::Usage);
        QVERIFY2(QString::fromStdString(scheme.error().message).contains(named), scheme.error().message.c_str());
    }

    void bitsPerWeightCountEverythingStored_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<double>("bits");
        // Appendix of the QLoRA paper and arithmetic: code + (scale + zero point) / group.
        QTest::newRow("INT4 g128 FP16") << "int4,group=128,scale=fp16" << 4.125;
        QTest::newRow("INT4 g64 FP16 with zero point") << "int4,asymmetric,group=64,scale=fp16" << 4 + 20.0 / 64;
        QTest::newRow("NF4 b64 FP32") << "element=nf4,group=64" << 4.5;
        QTest::newRow("E2M1 with E8M0 per 32") << "e2m1,group=32,scale=e8m0" << 4.25;
        QTest::newRow("per channel") << "int8,channel" << 8 + 32.0 * 128 / (128 * 256);
        QTest::newRow("per column") << "int8,channel=1" << 8 + 32.0 * 256 / (128 * 256);
        QTest::newRow("codebook") << "levels=16" << 4 + 16 * 32.0 / (128 * 256);
        QTest::newRow("short last group") << "int4,group=100,scale=fp16" << 4 + 3 * 16.0 / 256;
    }
    void bitsPerWeightCountEverythingStored()
    {
        QFETCH(QString, text);
        QFETCH(double, bits);
        QCOMPARE(bitsPerWeight(*parseScheme(text.toStdString()), {128, 256}), bits);
    }
};

QUANTOSCOPE_TEST(tst_quantization_scheme, TestQuantizationScheme)
#include "tst_quantization_scheme.moc"
