// SPDX-License-Identifier: Apache-2.0
#include "core/quantization/quantization_scheme.h"
#include "core/quantization/scheme_grammar.h"

#include "core/random.h"
#include "tests/test_case.h"

#include <array>

using namespace quantoscope;

class TestQuantizationScheme : public QObject {
    Q_OBJECT

private slots:
    void everyTextIsReadBackAsTheSameScheme_data()
    {
        QTest::addColumn<QString>("text");
        for (const char* text : {"int8", "int4,asymmetric,group=64,clip=mse", "int8,range=full,channel", "int6,channel=1,scale=fp16",
                                 "e4m3,channel", "element=nf4,group=64", "levels=16", "levels=8,fit=lloyd", "int4,clip=percentile:99.9",
                                 "int8,clip=-0.125:0.5", "int4,group=32,scale=e8m0,scale-rule=floor", "e2m1,scale=e8m0,scale-rule=even",
                                 "e4m3,channel,clip=percentile:99,scale=e8m0,scale-rule=rceil,rounding=up", "mxfp4,scale-rule=ceil", "int4,group=32,scale=e8m0,rounding=toward-zero", "uint8,asymmetric",
                                 "int1", "int16,asymmetric", "int8,block=128x128", "int8,block=1x32,clip=aciq", "int8,clip=kl", "int4,clip=aciq:laplace",
                                 "int4,channel,clip=aciq:gauss", "int4,group=16,scale=e4m3,tensor-scale=fp32", "int4,rounding=stochastic,seed=18446744073709551615",
                                 "levels=16,fit=quantile", "levels=-1:0:0.5:1", "levels=-0.001:1e-30,scale=bf16", "log2_4", "apot_7,group=64,clip=mse"})
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

    void handPlacedLevelsAreSortedAndDistinct()
    {
        const auto scheme = parseScheme("levels=1:-0:0.5:0:-1:0.5");
        QVERIFY(scheme.has_value());
        QCOMPARE(scheme->levelValues, (std::vector<double>{-1, 0, 0.5, 1}));
        QCOMPARE(scheme->levels, 4);
        QCOMPARE(schemeText(*scheme), std::string("levels=-1:0:0.5:1"));
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
        QTest::newRow("scale") << "int8,scale=int99" << "e4m3";
        QTest::newRow("scale wider than FP32") << "int8,scale=fp64" << "e4m3";
        QTest::newRow("scale of whole numbers") << "int8,group=32,scale=int8" << "tensor-scale";
        QTest::newRow("levels without a sign") << "levels=8,scale=ue4m3" << "signs";
        QTest::newRow("out of reach") << "float:1.3.2:900:finite" << "bias";
        QTest::newRow("zero point") << "e4m3,asymmetric" << "integers";
        QTest::newRow("codebook") << "levels=16,channel" << "codebook";
        QTest::newRow("nothing") << "" << "element";
        QTest::newRow("comma") << "int8," << "comma";
        QTest::newRow("rounding") << "int8,rounding=sideways" << "nearest-even";
        QTest::newRow("wide") << "fp64" << "fp64";
        QTest::newRow("block") << "int8,block=128" << "block=128x128";
        QTest::newRow("one level") << "levels=1:1" << "two different";
        QTest::newRow("not a level") << "levels=1:x" << "\"x\"";
        QTest::newRow("infinite level") << "levels=1:inf" << "\"inf\"";
        QTest::newRow("fit of given levels") << "levels=1:2,fit=lloyd" << "fit";
        QTest::newRow("fit without codebook") << "int8,fit=lloyd" << "fit";
        QTest::newRow("kl of floats") << "e4m3,clip=kl" << "clip=kl";
        QTest::newRow("kl of groups") << "int8,group=64,clip=kl" << "clip=kl";
        QTest::newRow("aciq of tables") << "log2,clip=aciq" << "clip=aciq";
        QTest::newRow("aciq of what") << "int8,clip=aciq:cauchy" << "aciq:gauss";
        QTest::newRow("one scale more than one") << "int8,scale=e4m3,tensor-scale=fp32" << "tensor-scale";
        QTest::newRow("two of a kind") << "int8,channel,tensor-scale=fp32" << "tensor-scale";
        QTest::newRow("tensor scale of what") << "int8,channel,scale=e4m3,tensor-scale=e4m3" << "bf16";
        QTest::newRow("one bit") << "int1,range=full" << "range=full";
        QTest::newRow("asymmetric codebook") << "levels=4,asymmetric" << "asymmetric";
        QTest::newRow("seventeen bits") << "int17" << "int17";
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

    void aWrongValueIsAnsweredWithTheOptionAndWhatItTakes_data()
    {
        QTest::addColumn<QString>("option");
        QTest::addColumn<QString>("accepted");
        QTest::newRow("symmetric") << "symmetric" << "no value";
        QTest::newRow("asymmetric") << "asymmetric" << "no value";
        QTest::newRow("tensor") << "tensor" << "no value";
        QTest::newRow("range") << "range" << "restricted";
        QTest::newRow("channel") << "channel" << "channel=1";
        QTest::newRow("group") << "group" << "group=64";
        QTest::newRow("block") << "block" << "block=128x128";
        QTest::newRow("clip") << "clip" << "aciq";
        QTest::newRow("percentile") << "clip=percentile:" << "clip=percentile:99.9";
        QTest::newRow("scale") << "scale" << "bf16";
        QTest::newRow("tensor-scale") << "tensor-scale" << "bf16";
        QTest::newRow("scale-rule") << "scale-rule" << "rceil";
        QTest::newRow("fit") << "fit" << "lloyd";
        QTest::newRow("rounding") << "rounding" << "nearest-even";
        QTest::newRow("seed") << "seed" << "whole number";
    }
    void aWrongValueIsAnsweredWithTheOptionAndWhatItTakes()
    {
        QFETCH(QString, option);
        QFETCH(QString, accepted);
        const std::string name = option.toStdString();
        const std::string written = name.ends_with(':') ? name : name + "=";
        for (const std::string value : {"x", "-1", "=", "1e999", "nan", "0x10", "1.5.2", "+3", "\xF0\x9F\x99\x82", "minmax:", "64x", "\n", "99999999999999999999"}) {
            const auto scheme = parseScheme("int4," + written + value);
            QVERIFY2(!scheme, value.c_str());
            QCOMPARE(scheme.error().kind, Error::Kind::Usage);
            const QString sentence = QString::fromStdString(scheme.error().message);
            QVERIFY2(sentence.contains(option.section(u'=', 0, 0)) && sentence.contains(accepted) && sentence.endsWith(u'.'), qPrintable(sentence));
        }
    }

    void everyOptionSaysWhatItTakesAndTakesIt()
    {
        QVERIFY(schemeOptions().size() >= 14);
        for (const SchemeOption& option : schemeOptions()) {
            QVERIFY(option.accepted.size() > 5);
            // The first word of what it takes, where those are words, is taken.
            const std::string name(option.name);
            const std::string first(option.accepted.substr(0, option.accepted.find_first_of(" ,")));
            const bool takesWords = name == "range" || name == "clip" || name == "scale" || name == "rounding";
            if (takesWords)
                QVERIFY2(parseScheme("int8," + name + "=" + first).has_value(), name.c_str());
        }
        for (const char* element : {"int1", "uint16", "e4m3", "element=nf4", "log2_2", "apot_7"})
            QVERIFY2(parseScheme(element).has_value(), element);
        const std::string elements = schemeElementList();
        for (const char* element : {"e4m3", "e2m1", "element=nf4", "log2_4", "apot_5", "fp16"})
            QVERIFY2(elements.find(element) != std::string::npos, element);
    }

    void whateverIsWrittenIsReadBackOrRefusedInASentence()
    {
        constexpr std::array parts{"int4", "int1", "uint8", "int16", "e4m3", "e2m1", "log2", "apot_5", "nf4", "element=nf4", "levels=16", "levels=-1:0:2", "levels=",
                                   "mxfp4", "q4_0", "kmeans4", "asymmetric", "symmetric", "range=full", "tensor", "channel", "channel=1", "group=64", "group=",
                                   "block=32x8", "clip=mse", "clip=kl", "clip=aciq:gauss", "clip=-1:2", "clip=percentile:99", "clip=2:1", "scale=fp16", "scale=e4m3",
                                   "tensor-scale=fp32", "scale=e8m0", "scale=e8m0", "scale-rule=even", "scale-rule=floor", "fit=lloyd", "fit=quantile", "rounding=stochastic", "rounding=up", "seed=7", "seed=x", "", "=", "grup=3"};
        const RandomStream random(20);
        int read = 0, refused = 0;
        for (std::uint64_t i = 0; i < 60000; ++i) {
            std::string text = parts[random.bits(8 * i) % 18];
            for (std::uint64_t k = 1; k <= random.bits(8 * i + 7) % 4; ++k)
                text += std::string(",") + parts[random.bits(8 * i + k) % parts.size()];
            const auto scheme = parseScheme(text);
            if (!scheme) {
                ++refused;
                QVERIFY2(scheme.error().kind == Error::Kind::Usage && scheme.error().message.size() > 20 && scheme.error().message.back() == '.', text.c_str());
                continue;
            }
            ++read;
            const auto again = parseScheme(schemeText(*scheme));
            QVERIFY2(again.has_value(), (text + " was written " + schemeText(*scheme)).c_str());
            QVERIFY2(*again == *scheme, (text + " was written " + schemeText(*scheme)).c_str());
            QVERIFY(bitsPerWeight(*scheme, {64, 256}) > 0 && !schemeSentence(*scheme).empty());
        }
        QVERIFY2(read > 3000 && refused > 3000, qPrintable(QStringLiteral("%1 %2").arg(read).arg(refused)));
    }

    void storedBytesAreTheBitsOfEveryPartFilledUp_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<int>("bytes");
        QTest::newRow("15 bits and a scale") << "int5" << 2 + 4;
        QTest::newRow("zero points of 4 bits") << "int4,asymmetric,group=1,scale=fp16" << 2 + 6 + 2;
        QTest::newRow("two levels of scales") << "int2,group=2,scale=e4m3,tensor-scale=fp32" << 1 + 2 + 4;
        QTest::newRow("codebook") << "levels=5,scale=fp16" << 2 + 10;
    }
    void storedBytesAreTheBitsOfEveryPartFilledUp()
    {
        QFETCH(QString, text);
        QFETCH(int, bytes);
        QCOMPARE(int(storedBytes(*parseScheme(text.toStdString()), {1, 3})), bytes);
        QCOMPARE(int(storedBytes(*parseScheme(text.toStdString()), {0, 3})), 0);
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
        QTest::newRow("128 x 128 blocks") << "e4m3,block=128x128" << 8 + 2 * 32.0 / (128 * 256);
        QTest::newRow("blocks at the edge") << "int8,block=100x100,scale=fp16" << 8 + 6 * 16.0 / (128 * 256);
        QTest::newRow("two-level scales") << "int4,group=16,scale=e4m3,tensor-scale=fp32" << 4.5 + 32.0 / (128 * 256);
        QTest::newRow("additive powers of two") << "apot,channel" << 4 + 32.0 * 128 / (128 * 256);
        QTest::newRow("one bit") << "int1,channel,scale=fp16" << 1 + 16.0 * 128 / (128 * 256);
        QTest::newRow("levels by hand") << "levels=-1:0:1" << 2 + 3 * 32.0 / (128 * 256);
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
