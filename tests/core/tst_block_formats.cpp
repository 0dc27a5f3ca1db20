// SPDX-License-Identifier: Apache-2.0
#include "core/quantization/block_format.h"
#include "core/quantization/quantize.h"

#include "tests/core/quantization_data.h"
#include "tests/test_case.h"

#include <bit>
#include <cmath>
#include <limits>

using namespace quantoscope;
using namespace quantoscope::test;

namespace {

struct Everything {
    Result<QuantizationReport> report = failure(Error::Kind::Usage, "");
    std::vector<float> values;
    std::string codes, scales;
};

Everything quantizeAll(const std::vector<float>& values, const Shape& shape, const std::string& text)
{
    const auto source = makeTensor("x", values, shape);
    Everything all;
    QuantizationSink sink;
    const auto append = [](std::string& target) {
        return [&target](std::span<const std::byte> part) -> Result<void> {
            target.append(reinterpret_cast<const char*>(part.data()), part.size());
            return {};
        };
    };
    sink.codes = append(all.codes);
    sink.scales = append(all.scales);
    sink.values = [&](std::span<const float> part) -> Result<void> {
        all.values.insert(all.values.end(), part.begin(), part.end());
        return {};
    };
    all.report = quantize(*source, source->tensors().front(), *parseScheme(text), sink);
    return all;
}

/// FNV-1a of FP32 bits with −0 taken as +0, as the data were hashed.
std::string hashOf(const std::vector<float>& values)
{
    std::uint64_t hash = 0xcbf29ce484222325ull;
    for (const float value : values) {
        const auto bits = value == 0 ? 0u : std::bit_cast<std::uint32_t>(value);
        for (int shift = 0; shift < 32; shift += 8)
            hash = (hash ^ (bits >> shift & 255)) * 0x100000001b3ull;
    }
    return QString::number(hash, 16).rightJustified(16, u'0').toStdString();
}

}  // namespace

class TestBlockFormats : public QObject {
    Q_OBJECT

private slots:
    void bytesAndValuesAreThoseOfTheNamedProgram_data()
    {
        QTest::addColumn<int>("index");
        static const auto cases = quantizationJson("blocks.json")["cases"];
        for (std::size_t i = 0; i < cases.size(); ++i) {
            const auto& row = cases[i];
            const std::string scheme = row["scheme"];
            if (findBlockFormat(scheme.substr(0, scheme.find(','))))
                QTest::addRow("%s: %s, %s%s", row["source"].get<std::string>().c_str(), scheme.c_str(),
                              row["array"].get<std::string>().c_str(), row.contains("first") ? ", short" : "") << int(i);
        }
    }
    void bytesAndValuesAreThoseOfTheNamedProgram()
    {
        QFETCH(int, index);
        static const auto cases = quantizationJson("blocks.json")["cases"];
        static const std::string bytes = quantizationBytes("blocks.bin");
        const auto& row = cases[std::size_t(index)];
        auto values = quantizationArray(row["array"]);
        if (row.contains("first"))
            values.resize(row["first"].get<std::size_t>());
        const Everything all = quantizeAll(values, {std::int64_t(values.size())}, row["scheme"]);
        QVERIFY(all.report.has_value());
        const std::string codes = bytes.substr(row["codes_offset"], row["codes_bytes"]);
        const std::string scales = bytes.substr(row["scales_offset"], row["scales_bytes"]);
        QCOMPARE(all.codes.size(), codes.size());
        const auto firstDifference = std::mismatch(codes.begin(), codes.end(), all.codes.begin()).first - codes.begin();
        QVERIFY2(all.codes == codes, qPrintable(QStringLiteral("code byte %1: %2 instead of %3").arg(firstDifference)
            .arg(int(std::uint8_t(all.codes[std::size_t(firstDifference)]))).arg(int(std::uint8_t(codes[std::size_t(firstDifference)])))));
        QVERIFY2(all.scales.substr(0, scales.size()) == scales, "scales");
        QCOMPARE(QString::fromStdString(hashOf(all.values)), QString::fromStdString(row["values_fnv1a"]));
    }

    void errorReportedIsTheErrorOfTheValuesHandedOut()
    {
        const float nan = std::numeric_limits<float>::quiet_NaN(), infinity = std::numeric_limits<float>::infinity();
        auto random = syntheticValues({.distribution = "student", .count = 256 * 33, .seed = 4});
        auto holed = random;
        for (std::size_t i = 0; i < holed.size(); i += 41)
            holed[i] = i % 2 ? nan : i % 3 ? infinity : -infinity;
        for (const BlockFormat& format : blockFormats())
            for (const auto& values : {random, holed, std::vector<float>(512, 0.0f), std::vector<float>(512, -2.5f), std::vector<float>{}}) {
                const Everything all = quantizeAll(values, {1, std::int64_t(values.size())}, std::string(format.id));
                QVERIFY2(all.report.has_value(), format.id.data());
                QCOMPARE(all.values.size(), values.size());
                long double sum = 0;
                double finite = 0;
                for (std::size_t i = 0; i < values.size(); ++i) {
                    QVERIFY(std::isfinite(all.values[i]));
                    if (std::isfinite(values[i])) {
                        ++finite;
                        sum += ((long double)values[i] - all.values[i]) * ((long double)values[i] - all.values[i]);
                    }
                }
                const double mse = finite > 0 ? double(sum / finite) : 0;
                QVERIFY(std::abs(all.report->error.meanSquaredError - mse) <= 1e-12 * mse);
                QCOMPARE(all.report->error.count, finite);
            }
    }

    void partialBlocksAreRefusedWithAWayOut()
    {
        const Everything all = quantizeAll(std::vector<float>(100, 1.0f), {100}, "q4_0");
        QVERIFY(!all.report);
        QVERIFY2(all.report.error().message.find("group=N") != std::string::npos, all.report.error().message.c_str());
    }

    void countsAloneSayNothingAboutBlocks()
    {
        const auto counts = countValues(std::vector<float>{1, 2, 3});
        QVERIFY(std::isnan(errorOf(*counts, levelMapOf(*parseScheme("q4_0"), *counts)).sqnrDb));
        QVERIFY(calibrationMarks(*parseScheme("q4_0"), *counts).empty());
    }

    void optionsDoNotChangeWhatANameMeans()
    {
        QVERIFY(!parseScheme("q4_0,group=64"));
        QVERIFY(!parseScheme("nvfp4,scale-rule=even"));
        QVERIFY(parseScheme("mxfp8_e4m3,scale-rule=rceil").has_value());
        QCOMPARE(schemeText(*parseScheme("mxfp4,scale-rule=floor")), std::string("mxfp4"));
    }
};

QUANTOSCOPE_TEST(tst_block_formats, TestBlockFormats)
#include "tst_block_formats.moc"
