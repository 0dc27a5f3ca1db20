// SPDX-License-Identifier: Apache-2.0
#include "core/quantization/element.h"
#include "core/quantization/quantize.h"
#include "core/quantization/run_quantizer.h"
#include "core/quantization/scale_units.h"

#include "tests/core/quantization_data.h"
#include "tests/test_case.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>
#include <set>

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
        : m_scheme(scheme), m_shape(shape), m_all(all), m_element(elementOf(scheme)), m_bits(codeBits(scheme))
    {
        const NumberFormat& format = *findNumberFormat(scheme.scale);
        const int scaleBytes = (bitsOf(format) + 7) / 8;
        const int zeroBytes = scheme.symmetry == Symmetry::Asymmetric ? (m_bits > 8 ? 2 : 1) : 0;
        std::size_t end = all.scales.size();
        double tensorScale = 1;
        if (!scheme.tensorScale.empty() && end > 0) {
            const NumberFormat& whole = *findNumberFormat(scheme.tensorScale);
            end -= std::size_t((bitsOf(whole) + 7) / 8);
            tensorScale = valueOf(whole, little(all.scales, end, (bitsOf(whole) + 7) / 8));
        }
        for (std::size_t at = 0; at + scaleBytes + zeroBytes <= end; at += scaleBytes + zeroBytes) {
            m_scales.push_back(valueOf(format, little(all.scales, at, scaleBytes)) * tensorScale);
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
            return asFloat((m_element->format ? valueOf(*m_element->format, code) : m_element->table[code]) * m_scales[unit]);
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
        case Granularity::Kind::Tile: {
            const std::size_t tileRows = std::size_t(m_scheme.granularity.tileRows), tileColumns = std::size_t(m_scheme.granularity.tileColumns);
            return row / tileRows * ((columns + tileColumns - 1) / tileColumns) + column / tileColumns;
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
    "int4,rounding=nearest-away,channel,clip=mse", "int4,channel=1,clip=percentile:99",
    "int1", "int1,asymmetric", "uint1,clip=mse", "int1,group=32,clip=mse,scale=bf16", "int8,block=2x100", "int4,asymmetric,block=2x64,scale=fp16,clip=mse",
    "e4m3,block=128x128", "int4,group=16,scale=e4m3,tensor-scale=fp32", "e2m1,group=16,scale=e4m3,tensor-scale=bf16", "int4,asymmetric,block=2x32,scale=fp16,tensor-scale=fp32",
    "int3,channel,scale=e8m0,tensor-scale=fp32", "int4,rounding=stochastic", "int8,asymmetric,group=50,rounding=stochastic,seed=9", "e2m1,group=32,rounding=stochastic",
    "log2", "log2_6,group=64", "apot", "apot_7,channel,clip=mse", "log2_3,rounding=stochastic", "levels=16,fit=quantile", "levels=-0.05:-0.01:0:0.02:0.08", "levels=7,scale=fp16",
    "int8,clip=kl", "int4,asymmetric,clip=kl", "int6,channel,clip=kl", "int4,clip=aciq", "int4,group=64,clip=aciq:laplace", "uint4,clip=aciq:gauss",
    "posit8", "posit16,group=64,clip=mse", "posit8,rounding=toward-zero", "posit8,channel,rounding=stochastic", "ue4m3,group=16,scale=ue4m3,tensor-scale=fp32",
    "e8m0", "e8m0,group=32,scale=bf16,rounding=up", "binary8p4se", "binary6p3uf,group=32", "binary12p4se,channel", "float:1.4.2:7:finite,group=16",
    "int4,group=32,scale=uint8,tensor-scale=fp32", "int4,group=32,scale=posit16", "int6,channel,scale=nf4,tensor-scale=bf16", "levels=8,scale=posit16"};

/// Every row of every table that a scheme is put together from, so that a new row is looked at too: elements,
/// named schemes, calibration methods, roundings, formats of scales, fits.
std::vector<std::string> walkedSchemes()
{
    std::vector<std::string> texts(schemes.begin(), schemes.end());
    const auto add = [&](const std::string& text) {
        const auto scheme = parseScheme(text);
        if (scheme && scheme->kind != QuantizationScheme::Kind::Block)   // Blocks have their own walk: tst_block_round_trip.
            texts.push_back(text);
    };
    for (const NumberFormat& format : numberFormats()) {
        add("element=" + std::string(format.id));
        add("element=" + std::string(format.id) + ",group=48");
    }
    for (const TableElement& table : tableElements())
        add("element=" + table.id + ",group=48");
    for (int bits = 1; bits <= 16; ++bits)
        for (const std::string& text : {"int" + std::to_string(bits), "int" + std::to_string(bits) + ",asymmetric", "uint" + std::to_string(bits)})
            add(text);
    for (const NamedScheme& named : namedSchemes())
        add(std::string(named.text));
    for (const CalibrationMethod& method : calibrationMethods()) {
        add("int4,clip=" + std::string(method.id));
        add("e4m3,channel,clip=" + std::string(method.id));
    }
    for (const RoundingRow& row : roundingRows()) {
        add("int5,rounding=" + std::string(row.id));
        add("e2m1,group=48,rounding=" + std::string(row.id));
    }
    for (const NumberFormat& format : numberFormats()) {
        if (!isScaleFormat(format.id))
            continue;
        add("int4,group=48,scale=" + std::string(format.id));
        add("int4,group=48,scale=" + std::string(format.id) + ",tensor-scale=fp32");
        add("levels=6,scale=" + std::string(format.id));
    }
    for (const char* fit : {"optimal", "lloyd", "quantile"})
        add(std::string("levels=9,fit=") + fit);
    std::sort(texts.begin(), texts.end());
    texts.erase(std::unique(texts.begin(), texts.end()), texts.end());
    return texts;
}

/// The figures that need no decoding, from values and bytes.
void checkOtherFigures(const QuantizationScheme& scheme, const Shape& shape, const std::vector<float>& x, const Everything& all)
{
    const QuantizationError& error = all.report.error;
    const int bits = codeBits(scheme);
    std::set<std::uint64_t> codes;
    double squares = 0, stored = 0, products = 0, squaredError = 0;
    for (std::size_t i = 0; i < x.size(); ++i) {
        if (!std::isfinite(x[i]))
            continue;
        std::uint64_t code = 0;
        for (int bit = 0; bit < bits; ++bit)
            code |= std::uint64_t(std::to_integer<int>(all.codes[(i * bits + bit) / 8]) >> (i * bits + bit) % 8 & 1) << bit;
        codes.insert(code);
        const double y = all.values[i];
        squares += double(x[i]) * x[i];
        stored += y * y;
        products += x[i] * y;
        squaredError += (x[i] - y) * (x[i] - y);
    }
    QCOMPARE(error.levelsUsed, int(codes.size()));
    double counted = 0;
    for (const double n : error.perLevel)
        counted += n;
    QCOMPARE(counted, error.count);
    const double cosine = stored > 0 && squares > 0 ? products / std::sqrt(squares * stored) : squares > 0 ? 0 : 1;
    QVERIFY2(std::abs(error.cosine - cosine) < 1e-12, qPrintable(QString::number(cosine)));
    if (squaredError > 0)
        QVERIFY(std::abs(error.sqnrDb - 10 * std::log10(squares / squaredError)) < 1e-9 * std::abs(error.sqnrDb) + 1e-9);
    else
        QCOMPARE(error.sqnrDb, std::numeric_limits<double>::infinity());
    QVERIFY(error.clippedLow >= 0 && error.clippedHigh >= 0 && error.clippedLow + error.clippedHigh <= error.count);
    if (scheme.clip.kind == Clip::Kind::MinMax && (scheme.kind == QuantizationScheme::Kind::Codebook || elementOf(scheme)->isSigned))
        QCOMPARE(error.clippedLow + error.clippedHigh, 0.0);
    QCOMPARE(all.report.bytes, storedBytes(scheme, shape));
    QCOMPARE(all.report.bitsPerWeight, bitsPerWeight(scheme, shape));
    QCOMPARE(all.report.scales, scheme.kind == QuantizationScheme::Kind::Codebook ? 0 : ScaleUnits(scheme.granularity, shape).count());
    // The bytes handed out are the bytes reported, but for zero points of fewer bits than a byte and levels that fall together.
    if (scheme.symmetry == Symmetry::Symmetric && scheme.kind != QuantizationScheme::Kind::Codebook)
        QCOMPARE(all.codes.size() + all.scales.size(), std::size_t(all.report.bytes));
}

}  // namespace

class TestQuantize : public QObject {
    Q_OBJECT

private slots:
    void errorReportedIsTheErrorOfThePackedBytes_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("values");
        for (const std::string& text : walkedSchemes())
            for (const char* values : {"random", "constant", "zero", "one", "empty", "tiny", "huge", "not finite", "all NaN"})
                QTest::addRow("%s %s", text.c_str(), values) << QString::fromStdString(text) << QString::fromLatin1(values);
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
        checkOtherFigures(*scheme, shape, x, all);
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

    void twoLevelScalesOfFourBitFloatsAreThoseOfNvfp4()
    {
        // The same definition written twice: NVIDIA's block format, and E2M1 with E4M3 scales times one FP32 scale.
        const auto values = syntheticValues({.distribution = "normal", .count = 4096, .seed = 6});
        const Everything block = quantizeAll(values, {16, 256}, *parseScheme("nvfp4"));
        const Everything own = quantizeAll(values, {16, 256}, *parseScheme("e2m1,group=16,scale=e4m3,tensor-scale=fp32"));
        // FP32 arithmetic on NVIDIA's side may move a scale that lies next to a tie.
        int differing = 0;
        for (std::size_t i = 0; i < values.size(); ++i)
            differing += std::abs(block.values[i] - own.values[i]) > 1e-6f;
        QVERIFY2(differing <= 32, qPrintable(QString::number(differing)));
        QVERIFY(std::abs(block.report.error.sqnrDb - own.report.error.sqnrDb) < 0.02);
        QCOMPARE(own.scales.size(), std::size_t(256 + 4));
        QCOMPARE(own.report.bitsPerWeight, 4.5 + 32.0 / 4096);
    }

    void tilesAreTheirOwnTensors()
    {
        // Each block of a matrix has the scale, and the values, that it would have alone.
        const auto values = syntheticValues({.distribution = "student", .count = 70 * 90, .seed = 4});
        for (const char* clip : {"minmax", "mse", "percentile:99"}) {
            const Everything all = quantizeAll(values, {70, 90}, *parseScheme(std::string("int4,block=32x40,clip=") + clip));
            QCOMPARE(all.report.scales, std::int64_t(3 * 3));
            for (std::size_t top = 0; top < 70; top += 32)
                for (std::size_t left = 0; left < 90; left += 40) {
                    const std::size_t rows = std::min<std::size_t>(32, 70 - top), columns = std::min<std::size_t>(40, 90 - left);
                    std::vector<float> tile;
                    for (std::size_t row = 0; row < rows; ++row)
                        tile.insert(tile.end(), values.begin() + std::ptrdiff_t((top + row) * 90 + left), values.begin() + std::ptrdiff_t((top + row) * 90 + left + columns));
                    const Everything alone = quantizeAll(tile, {std::int64_t(rows), std::int64_t(columns)}, *parseScheme(std::string("int4,block=99x99,clip=") + clip));
                    for (std::size_t i = 0; i < tile.size(); ++i)
                        QCOMPARE(all.values[(top + i / columns) * 90 + left + i % columns], alone.values[i]);
                    if (clip == std::string("minmax"))
                        QCOMPARE(alone.values, quantizeAll(tile, {std::int64_t(tile.size())}, *parseScheme("int4")).values);
                }
        }
        // Three axes: blocks are of the last two.
        const Everything stack = quantizeAll(values, {7, 10, 90}, *parseScheme("int8,block=4x50"));
        QCOMPARE(stack.report.scales, std::int64_t(7 * 3 * 2));
    }

    void stochasticRoundingIsRightOnAverageAndRepeats()
    {
        const std::vector<float> values(200000, 0.3f);
        std::vector<float> withEnd = values;
        withEnd[0] = 7;   // step 1
        const Everything first = quantizeAll(withEnd, {400, 500}, *parseScheme("int4,rounding=stochastic,seed=3"));
        double sum = 0;
        for (std::size_t i = 1; i < withEnd.size(); ++i) {
            QVERIFY(first.values[i] == 0 || first.values[i] == 1);
            sum += first.values[i];
        }
        const double mean = sum / double(withEnd.size() - 1);
        QVERIFY2(std::abs(mean - 0.3) < 5 * std::sqrt(0.21 / 2e5), qPrintable(QString::number(mean)));
        QCOMPARE(quantizeAll(withEnd, {400, 500}, *parseScheme("int4,rounding=stochastic,seed=3")).values, first.values);
        QVERIFY(quantizeAll(withEnd, {400, 500}, *parseScheme("int4,rounding=stochastic,seed=4")).values != first.values);
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
