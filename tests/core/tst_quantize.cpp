// SPDX-License-Identifier: Apache-2.0
#include "core/quantization/element.h"
#include "core/quantization/quantize.h"
#include "core/quantization/run_quantizer.h"

#include "tests/core/quantization_data.h"
#include "tests/test_case.h"

#include <bit>
#include <cmath>
#include <limits>

using namespace quantoscope;
using namespace quantoscope::test;

namespace {

struct Everything {
    QuantizationReport report;
    std::vector<float> values;
    std::vector<std::byte> codes, scales;
};

Everything quantizeAll(const std::vector<float>& values, const Shape& shape, const QuantizationScheme& scheme)
{
    const auto source = makeTensor("x", values, shape);
    Everything all;
    QuantizationSink sink;
    const auto appendTo = [](auto& target) {
        return [&target](auto part) -> Result<void> { target.insert(target.end(), part.begin(), part.end()); return {}; };
    };
    sink.values = appendTo(all.values);
    sink.codes = appendTo(all.codes);
    sink.scales = appendTo(all.scales);
    const auto report = quantize(*source, source->tensors().front(), scheme, sink);
    if (report)
        all.report = *report;
    else
        qWarning("%s", report.error().message.c_str());
    return all;
}

/// Reads packed codes and scales back as the comments of quantize.h describe them, and nothing else.
class ReadBack {
public:
    ReadBack(const QuantizationScheme& scheme, const Shape& shape, const Everything& all)
        : m_scheme(scheme), m_shape(shape), m_all(all), m_element(findElement(scheme.element)), m_bits(codeBits(scheme))
    {
        const NumberFormat& format = *findNumberFormat(scheme.scale);
        const int scaleBytes = bitsOf(format) / 8;
        const int zeroBytes = scheme.symmetry == Symmetry::Asymmetric ? (m_bits > 8 ? 2 : 1) : 0;
        for (std::size_t at = 0; at + scaleBytes + zeroBytes <= all.scales.size(); at += scaleBytes + zeroBytes) {
            m_scales.push_back(valueOf(format, little(all.scales, at, scaleBytes)));
            std::int64_t zero = std::int64_t(little(all.scales, at + scaleBytes, zeroBytes));
            if (m_element->isSigned && zeroBytes > 0)
                zero = zeroBytes == 1 ? std::int8_t(zero) : std::int16_t(zero);
            m_zeros.push_back(zero);
        }
    }

    float value(std::size_t index) const
    {
        std::uint64_t code = 0;
        for (int bit = 0; bit < m_bits; ++bit) {
            const std::size_t at = index * m_bits + bit;
            code |= std::uint64_t(std::to_integer<int>(m_all.codes[at / 8]) >> at % 8 & 1) << bit;
        }
        if (m_scheme.kind == QuantizationScheme::Kind::Codebook)
            return asFloat(m_scales[code]);
        const std::size_t unit = unitOf(index);
        if (m_element->kind != Element::Kind::Integer)
            return asFloat(valueOf(*m_element->format, code) * m_scales[unit]);
        std::int64_t number = std::int64_t(code);
        if (m_element->isSigned && number >> (m_bits - 1))
            number -= std::int64_t{1} << m_bits;
        return asFloat(double(number - m_zeros[unit]) * m_scales[unit]);
    }

private:
    static std::uint64_t little(const std::vector<std::byte>& bytes, std::size_t at, int count)
    {
        std::uint64_t value = 0;
        for (int i = 0; i < count; ++i)
            value |= std::uint64_t(bytes[at + i]) << 8 * i;
        return value;
    }

    std::size_t unitOf(std::size_t index) const
    {
        const std::size_t columns = std::size_t(m_shape.back()), row = index / columns, column = index % columns;
        switch (m_scheme.granularity.kind) {
        case Granularity::Kind::Tensor: return 0;
        case Granularity::Kind::Channel: return m_scheme.granularity.axis == 0 ? row : column;
        case Granularity::Kind::Group: {
            const std::size_t group = std::size_t(m_scheme.granularity.group);
            return row * ((columns + group - 1) / group) + column / group;
        }
        }
        return 0;
    }

    const QuantizationScheme& m_scheme;
    const Shape& m_shape;
    const Everything& m_all;
    std::optional<Element> m_element;
    int m_bits;
    std::vector<double> m_scales;
    std::vector<std::int64_t> m_zeros;
};

std::vector<float> awkwardValues(const std::string& name)
{
    const float nan = std::numeric_limits<float>::quiet_NaN(), infinity = std::numeric_limits<float>::infinity();
    if (name == "constant")
        return std::vector<float>(300, -0.37f);
    if (name == "zero")
        return std::vector<float>(300, 0.0f);
    if (name == "one")
        return {0.3f};
    if (name == "empty")
        return {};
    if (name == "tiny")
        return {1e-44f, -3e-44f, 1e-45f, 0, 2e-40f, 1e-38f};
    if (name == "huge")
        return {3e38f, -3.4e38f, 1e30f, 1};
    auto values = syntheticValues({.distribution = "student", .count = 1111 * 3, .seed = 1});
    if (name == "not finite")
        for (std::size_t i = 0; i < values.size(); i += 37)
            values[i] = i % 3 == 0 ? nan : i % 3 == 1 ? infinity : -infinity;
    if (name == "all NaN")
        values.assign(100, nan);
    return values;
}

constexpr std::array schemes{
    "int8", "int4", "int3,group=50", "int2,asymmetric", "int8,asymmetric,channel", "int5,channel=1", "int4,group=64,scale=fp16",
    "int4,asymmetric,group=32,scale=bf16,clip=mse", "int8,range=full,clip=percentile:99", "int12,asymmetric", "int16", "uint4", "uint4,asymmetric,group=16",
    "e4m3", "e5m2,channel", "e2m1,group=16,scale=e8m0", "e3m2,group=32,scale=e4m3", "element=nf4,group=64", "element=af4", "fp16", "bf16,group=8",
    "levels=16", "levels=5,fit=lloyd", "levels=300", "int4,clip=-0.01:0.02", "int6,rounding=toward-zero", "int6,rounding=up", "int6,rounding=to-odd",
    "int4,rounding=nearest-away,channel,clip=mse", "int4,channel=1,clip=percentile:99"};

}  // namespace

class TestQuantize : public QObject {
    Q_OBJECT

private slots:
    void errorReportedIsTheErrorOfThePackedBytes_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("values");
        for (const char* text : schemes)
            for (const char* values : {"random", "constant", "zero", "one", "empty", "tiny", "huge", "not finite", "all NaN"})
                QTest::addRow("%s %s", text, values) << QString::fromLatin1(text) << QString::fromLatin1(values);
    }
    void errorReportedIsTheErrorOfThePackedBytes()
    {
        QFETCH(QString, text);
        QFETCH(QString, values);
        const auto scheme = parseScheme(text.toStdString());
        QVERIFY(scheme.has_value());
        const auto x = awkwardValues(values.toStdString());
        const Shape shape = x.size() % 3 == 0 && !x.empty() ? Shape{3, std::int64_t(x.size()) / 3} : Shape{1, std::int64_t(x.size())};
        const Everything all = quantizeAll(x, shape, *scheme);
        QCOMPARE(all.values.size(), x.size());
        QCOMPARE(all.codes.size(), (x.size() * codeBits(*scheme) + 7) / 8);
        QVERIFY(all.codes.size() + all.scales.size() <= all.report.bytes + 1024);
        const ReadBack readBack(*scheme, shape, all);
        long double squaredError = 0;
        double finite = 0, largest = 0;
        for (std::size_t i = 0; i < x.size(); ++i) {
            const float y = readBack.value(i);
            QCOMPARE(y, all.values[i]);
            QVERIFY(std::isfinite(y));
            if (!std::isfinite(x[i]))
                continue;
            ++finite;
            const double error = double(x[i]) - y;
            squaredError += (long double)error * error;
            largest = std::max(largest, std::abs(error));
        }
        QCOMPARE(all.report.error.count, finite);
        QCOMPARE(all.report.error.largestError, largest);
        const double mse = finite > 0 ? double(squaredError / finite) : 0;
        QVERIFY(std::abs(all.report.error.meanSquaredError - mse) <= 1e-12 * mse);
    }

    void countsGiveTheSameFiguresAsTheExactPass_data()
    {
        QTest::addColumn<QString>("text");
        for (const char* text : {"int8", "int4,asymmetric", "int4,clip=mse", "e4m3", "element=nf4", "levels=16", "int6,rounding=to-odd",
                                 "int8,clip=percentile:99", "int4,range=full,rounding=down"})
            QTest::newRow(text) << QString::fromLatin1(text);
    }
    void countsGiveTheSameFiguresAsTheExactPass()
    {
        QFETCH(QString, text);
        const auto scheme = parseScheme(text.toStdString());
        // Values of 16 bits, so that the counts are exact.
        auto values = syntheticValues({.distribution = "laplace", .count = 20000, .seed = 2});
        for (float& x : values)
            x = std::bit_cast<float>(std::bit_cast<std::uint32_t>(x) & 0xFFFF0000u);
        const auto counts = countValues(values);
        QVERIFY(counts->isExact());
        const QuantizationError fromCounts = errorOf(*counts, levelMapOf(*scheme, *counts));
        const QuantizationError exact = quantizeAll(values, {20000}, *scheme).report.error;
        QVERIFY(std::abs(fromCounts.meanSquaredError - exact.meanSquaredError) <= 1e-9 * exact.meanSquaredError);
        QVERIFY(std::abs(fromCounts.cosine - exact.cosine) <= 1e-12);
        QCOMPARE(fromCounts.largestError, exact.largestError);
        QCOMPARE(fromCounts.levelsUsed, exact.levelsUsed);
        QCOMPARE(fromCounts.clippedLow + fromCounts.clippedHigh, exact.clippedLow + exact.clippedHigh);
        QCOMPARE(fromCounts.perLevel, exact.perLevel);
    }

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
            int differing = 0;
            for (std::size_t i = 0; i < values.size(); ++i) {
                const std::size_t channel = perChannel ? i / inner % row["scales"].size() : 0;
                const double step = double(float(numberOf(perChannel ? row["scales"][channel] : row["scale"])));
                const std::int64_t zero = perChannel ? row["zero_points"][channel] : row["zero_point"];
                quantizer.quantize(std::span(&values[i], 1), {{step, zero}, -1e30, 1e30}, levels, stored, sums);
                // PyTorch multiplies by 1/scale in FP32; a code may differ where that rounds otherwise than dividing.
                const float product = values[i] * (1.0f / float(step));
                const bool roundsOtherwise = std::nearbyint(product) != std::nearbyint(double(values[i]) / step);
                differing += !roundsOtherwise && levels[0] != std::uint8_t(codes[row["codes_offset"].get<std::size_t>() + i]);
            }
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
        const Everything all = quantizeAll(matrix, {3, 3}, *parseScheme("int8,asymmetric"));
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

    void anAxisThatIsNotThereIsRefused()
    {
        const auto source = makeTensor("x", {1, 2, 3, 4}, {2, 2});
        const auto report = quantize(*source, source->tensors().front(), *parseScheme("int8,channel=2"));
        QVERIFY(!report);
        QVERIFY2(report.error().message.find("channel=2") != std::string::npos, report.error().message.c_str());
    }
};

QUANTOSCOPE_TEST(tst_quantize, TestQuantize)
#include "tst_quantize.moc"
