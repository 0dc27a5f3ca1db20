// SPDX-License-Identifier: Apache-2.0
#include "core/quantization/block_format.h"
#include "core/quantization/dynamic_code.h"
#include "core/quantization/quantize.h"

#include "tests/core/quantization_data.h"
#include "tests/test_case.h"

#include <bit>
#include <cmath>

using namespace quantoscope;
using namespace quantoscope::test;

/// The 8-bit code of bitsandbytes, with which double quantization stores the blocks' maxima.
class TestDynamicCode : public QObject {
    Q_OBJECT

private slots:
    void tableIsThatOfBitsandbytes()
    {
        const auto bits = quantizationJson("dynamic_code.json")["code_float32_bits"].get<std::vector<std::string>>();
        QCOMPARE(bits.size(), std::size_t(256));
        for (std::size_t code = 0; code < 256; ++code)
            QCOMPARE(std::bit_cast<std::uint32_t>(dynamicCode()[code]), std::uint32_t(std::stoul(bits[code], nullptr, 16)));
    }

    void codesAndMaximaAreThoseOfBitsandbytes_data()
    {
        QTest::addColumn<int>("index");
        static const auto cases = quantizationJson("dynamic_code.json")["cases"];
        for (std::size_t i = 0; i < cases.size(); ++i)
            QTest::addRow("%s, blocks of %d", cases[i]["array"].get<std::string>().c_str(), cases[i]["block"].get<int>()) << int(i);
    }
    void codesAndMaximaAreThoseOfBitsandbytes()
    {
        QFETCH(int, index);
        static const auto cases = quantizationJson("dynamic_code.json")["cases"];
        static const std::string bytes = quantizationBytes("dynamic_code.bin");
        const auto& row = cases[std::size_t(index)];
        auto values = quantizationArray(row["array"]);
        if (row.contains("first"))
            values.resize(row["first"].get<std::size_t>());
        const auto block = row["block"].get<std::size_t>();
        for (std::size_t at = 0; at < values.size(); at += block) {
            const auto part = std::span<const float>(values).subspan(at, std::min(block, values.size() - at));
            std::vector<std::uint8_t> codes(part.size());
            const float maximum = quantizeDynamic(part, block, codes.data());
            float expected;
            std::memcpy(&expected, bytes.data() + row["maxima_offset"].get<std::size_t>() + at / block * 4, 4);
            QCOMPARE(maximum, expected);
            for (std::size_t i = 0; i < part.size(); ++i)
                QCOMPARE(int(codes[i]), int(std::uint8_t(bytes[row["codes_offset"].get<std::size_t>() + at + i])));
        }
    }

    void doubleQuantizationKeepsTheCodesAndCostsLittle_data()
    {
        QTest::addColumn<QString>("plain");
        QTest::addColumn<QString>("nested");
        QTest::newRow("NF4") << "nf4" << "nf4_dq";
        QTest::newRow("FP4") << "fp4_bnb" << "fp4_bnb_dq";
    }
    void doubleQuantizationKeepsTheCodesAndCostsLittle()
    {
        QFETCH(QString, plain);
        QFETCH(QString, nested);
        const auto source = makeTensor("x", syntheticValues({.distribution = "normal", .count = 1 << 18, .seed = 3}), {1 << 18});
        const auto run = [&](const QString& text, std::vector<std::byte>& codes) {
            QuantizationSink sink;
            sink.codes = [&](std::span<const std::byte> part) -> Result<void> {
                codes.insert(codes.end(), part.begin(), part.end());
                return {};
            };
            return *quantize(*source, source->tensors().front(), *parseScheme(text.toStdString()), sink);
        };
        std::vector<std::byte> plainCodes, nestedCodes;
        const auto before = run(plain, plainCodes), after = run(nested, nestedCodes);
        QVERIFY(plainCodes == nestedCodes);
        // QLoRA (Dettmers et al., 2023): 0.5 bits of scales become 0.127.
        QVERIFY(std::abs(before.bitsPerWeight - 4.5) < 1e-9);
        QVERIFY(std::abs(after.bitsPerWeight - (4 + 8.0 / 64 + 32.0 / (64 * 256) + 32.0 / (1 << 18))) < 1e-9);
        QVERIFY(after.error.sqnrDb <= before.error.sqnrDb);
        QVERIFY2(after.error.sqnrDb > before.error.sqnrDb - 0.1, qPrintable(QString::number(after.error.sqnrDb)));
    }
};

QUANTOSCOPE_TEST(tst_dynamic_code, TestDynamicCode)
#include "tst_dynamic_code.moc"
