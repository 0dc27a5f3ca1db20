// SPDX-License-Identifier: Apache-2.0
// Figures and codes of other people's programs and papers.
#include "core/quantization/element.h"
#include "core/quantization/run_quantizer.h"

#include "tests/core/quantized_tensor.h"
#include "tests/test_case.h"

#include <algorithm>
#include <cmath>
#include <vector>

using namespace quantoscope;
using namespace quantoscope::test;

class TestQuantizeReferences : public QObject {
    Q_OBJECT

private slots:
    void codesAreThoseOfPyTorchFakeQuantize()
    {
        const std::string codes = quantizationBytes("fake_quant_codes.bin");
        const auto rowRows = quantizationJson("fake_quant.json")["cases"];   // a temporary would be gone before the first turn
        for (const auto& row : rowRows) {
            const auto values = quantizationArray(row["array"]);
            const bool isSigned = row["qmin"] < 0;
            const std::string bits = std::to_string(row["bits"].get<int>());
            QuantizationScheme scheme = *parseScheme((isSigned ? "int" : "uint") + bits);
            scheme.symmetry = row["scheme"] == "symmetric_narrow" ? Symmetry::Symmetric : Symmetry::Asymmetric;
            const RunQuantizer quantizer(scheme, *findElement(scheme.element));
            const bool perChannel = row.contains("axis");
            const std::size_t inner = perChannel && row["axis"] == 0 ? row["shape"][1].get<std::size_t>() : 1;
            std::vector<std::uint16_t> levels(1);
            std::vector<float> stored(1);
            ErrorSums sums;
            int differing = 0, differingInFp32 = 0;
            for (std::size_t i = 0; i < values.size(); ++i) {
                const std::size_t channel = perChannel ? i / inner % row["scales"].size() : 0;
                const double step = double(float(numberOf(perChannel ? row["scales"][channel] : row["scale"])));
                const std::int64_t zero = perChannel ? row["zero_points"][channel] : row["zero_point"];
                quantizer.quantize(std::span(&values[i], 1), {{step, zero}, -1e30, 1e30}, levels, stored, sums);
                // PyTorch multiplies by 1/scale in FP32, we divide in FP64. A code may differ, by one, only where the exact
                // quotient lies within FP32's two roundings of a tie, and there PyTorch's own product must give its code.
                const double quotient = double(values[i]) / step;
                const double product = std::nearbyint(values[i] * (1.0f / float(step)));
                const double fromTie = std::abs(std::abs(quotient - std::trunc(quotient)) - 0.5);
                const int theirs = std::uint8_t(codes[row["codes_offset"].get<std::size_t>() + i]);
                const bool isNearTie = fromTie <= std::abs(quotient) * 0x1p-23 && std::abs(levels[0] - theirs) == 1
                                       && product != std::nearbyint(quotient);
                differing += levels[0] != theirs && !isNearTie;
                const auto code = [&](double rounded) {
                    return std::clamp(rounded + double(zero), double(row["qmin"]), double(row["qmax"])) - double(row["qmin"]);
                };
                if (std::isfinite(values[i])) {
                    differing += code(product) != theirs;
                    differingInFp32 += code(std::nearbyint(values[i] / float(step))) != theirs;
                }
            }
            if (row.contains("codes_differing_with_division"))   // counted by whoever wrote the file, in FP32
                QCOMPARE(differingInFp32, row["codes_differing_with_division"].get<int>());
            QVERIFY2(differing == 0, qPrintable(QString::fromStdString(row["scheme"].dump() + row["array"].dump()) + QString::number(differing)));
        }
    }

    void theWorkedMatrixOfTheCourseComesOutAsPrinted()
    {
        // The 3 × 3 matrix of the course "Quantization in Depth", asymmetric INT8.
        const std::vector<float> matrix{191.6f, -13.5f, 728.6f, 92.14f, 295.5f, -184, 0, 684.6f, 245.5f};
        const auto mse = [&](const char* text) { return quantizeAll(matrix, {3, 3}, *parseScheme(text)).report.error.meanSquaredError; };
        QVERIFY(std::abs(mse("int8,asymmetric") - 1.57299) < 1e-4);
        QVERIFY(std::abs(mse("int8") - 2.50920) < 1e-4);
        QVERIFY(std::abs(mse("int8,channel") - 1.80844) < 1e-4);
        QVERIFY(std::abs(mse("int8,channel=1") - 1.07815) < 1e-4);
        const QuantizedTensor all = quantizeAll(matrix, {3, 3}, *parseScheme("int8,asymmetric"));
        const std::vector<int> expected{-23, -81, 127, -51, 6, -128, -77, 114, -8};
        for (std::size_t i = 0; i < 9; ++i)
            QCOMPARE(int(std::int8_t(all.codes[i])), expected[i]);
        QCOMPARE(int(std::int8_t(all.scales[4])), -77);
    }

    void referenceFiguresInDecibels_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<double>("gauss");
        QTest::addColumn<double>("laplace");
        QTest::newRow("INT4 tensor, least squares") << "int4,clip=mse" << 18.92 << 15.71;
        QTest::newRow("Lloyd-Max 16") << "levels=16" << 20.22 << 18.14;
        QTest::newRow("INT4 g128") << "int4,group=128,scale=fp16" << 18.62 << 15.90;
        QTest::newRow("INT4 g64") << "int4,group=64,scale=fp16" << 19.37 << 17.03;
        QTest::newRow("INT4 g32") << "int4,group=32,scale=fp16" << 20.27 << 18.34;
        QTest::newRow("INT4 g128 with zero point") << "int4,asymmetric,group=128,scale=fp16" << 19.96 << 17.69;
        QTest::newRow("INT4 g64 with zero point") << "int4,asymmetric,group=64,scale=fp16" << 20.82 << 18.99;
        QTest::newRow("INT4 g32 with zero point") << "int4,asymmetric,group=32,scale=fp16" << 21.86 << 20.51;
        QTest::newRow("NF4 b64") << "element=nf4,group=64" << 20.73 << 19.69;
        QTest::newRow("NF4 b32") << "element=nf4,group=32" << 21.18 << 20.61;
        QTest::newRow("AF4 b64") << "element=af4,group=64" << 20.39 << 19.63;
        QTest::newRow("FP4 bitsandbytes b64") << "element=fp4_bnb,group=64" << 18.28 << 16.44;
    }
    void referenceFiguresInDecibels()
    {
        QFETCH(QString, text);
        QFETCH(double, gauss);
        QFETCH(double, laplace);
        static const auto normal = syntheticValues({.distribution = "normal", .count = 1 << 20, .seed = 17});
        static const auto doubleExponential = syntheticValues({.distribution = "laplace", .count = 1 << 20, .seed = 17});
        const auto scheme = parseScheme(text.toStdString());
        const double a = quantizeAll(normal, {1024, 1024}, *scheme).report.error.sqnrDb;
        const double b = quantizeAll(doubleExponential, {1024, 1024}, *scheme).report.error.sqnrDb;
        QVERIFY2(std::abs(a - gauss) < 0.05, qPrintable(QString::number(a)));
        QVERIFY2(std::abs(b - laplace) < 0.08, qPrintable(QString::number(b)));
    }

    void twoLevelScalesOfFourBitFloatsAreThoseOfNvfp4()
    {
        // The same definition written twice: NVIDIA's block format, and E2M1 with E4M3 scales times one FP32 scale.
        const auto values = syntheticValues({.distribution = "normal", .count = 4096, .seed = 6});
        const QuantizedTensor block = quantizeAll(values, {16, 256}, *parseScheme("nvfp4"));
        const QuantizedTensor own = quantizeAll(values, {16, 256}, *parseScheme("e2m1,group=16,scale=e4m3,tensor-scale=fp32"));
        // FP32 arithmetic on NVIDIA's side may move a scale that lies next to a tie.
        int differing = 0;
        for (std::size_t i = 0; i < values.size(); ++i)
            differing += std::abs(block.values[i] - own.values[i]) > 1e-6f;
        QVERIFY2(differing <= 32, qPrintable(QString::number(differing)));
        QVERIFY(std::abs(block.report.error.sqnrDb - own.report.error.sqnrDb) < 0.02);
        QCOMPARE(own.scales.size(), std::size_t(256 + 4));
        QCOMPARE(own.report.bitsPerWeight, 4.5 + 32.0 / 4096);
    }

    void additivePowersOfTwoAreThoseOfTheAuthors()
    {
        // build_power_value(B) of the authors' program for 2, 3 and 4 bits of magnitude, divided by the largest.
        const auto magnitudesOf = [](const char* id) {
            std::vector<double> magnitudes;
            const auto element = findElement(id);
            for (const double level : element->table)
                if (level >= 0)
                    magnitudes.push_back(level);
            return magnitudes;
        };
        QCOMPARE(magnitudesOf("apot_3"), (std::vector<double>{0, 0.25, 0.5, 1}));
        QCOMPARE(magnitudesOf("apot_4"), (std::vector<double>{0, 0.1f, 0.2f, 0.3f, 0.4f, 0.6f, 0.8f, 1}));
        std::vector<double> five;
        for (const double a : {0.0, 0.5, 0.125, 0.03125})
            for (const double b : {0.0, 0.25, 0.0625, 0.015625})
                five.push_back(float((a + b) / 0.75));
        std::sort(five.begin(), five.end());
        QCOMPARE(magnitudesOf("apot_5"), five);
        for (const TableElement& table : tableElements())
            QVERIFY(table.levels.size() < std::size_t{1} << table.bits && table.levels.back() == 1 && table.levels.front() == -1);
    }
};

QUANTOSCOPE_TEST(tst_quantize_references, TestQuantizeReferences)
#include "tst_quantize_references.moc"
