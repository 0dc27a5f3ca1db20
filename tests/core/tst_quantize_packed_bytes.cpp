// SPDX-License-Identifier: Apache-2.0
// The error reported for a scheme is that of its own packed bytes, read back: every row of every table, every awkward tensor.
#include "core/quantization/element.h"
#include "core/quantization/scale_units.h"

#include "tests/core/quantized_tensor.h"
#include "tests/test_case.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <set>
#include <string>
#include <vector>

using namespace quantoscope;
using namespace quantoscope::test;

namespace {

/// Reads packed codes and scales back as the comments of quantize.h describe them, and nothing else.
class ReadBack {
public:
    ReadBack(const QuantizationScheme& scheme, const Shape& shape, const QuantizedTensor& all)
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
        const std::uint64_t code = packedCode(m_all.codes, index, m_bits);
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
    const QuantizedTensor& m_all;
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
    "int8,group=32,scale=e8m0,scale-rule=even", "e2m1,scale=e8m0,scale-rule=rceil", "element=nf4,channel,scale=e8m0,scale-rule=floor",
    "uint4,block=2x50,scale=e8m0,scale-rule=ceil", "posit8,group=7,scale=e8m0,scale-rule=floor,rounding=stochastic", "int1,group=48,scale=e8m0",
    "int6,channel=1,scale=e8m0,scale-rule=even,clip=percentile:99", "e4m3,scale=e8m0,scale-rule=floor,clip=-0.01:0.02", "int4,scale=e8m0,scale-rule=ceil,clip=kl",
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
    // Wide elements take a while for each; of these one rule is walked.
    for (const char* rule : {"floor", "ceil", "even", "rceil"}) {
        const auto addWithRule = [&](const std::string& element) {
            if (elementBits(element) <= 8 || rule == std::string("floor"))
                add("element=" + element + ",group=48,scale=e8m0,scale-rule=" + rule);
        };
        for (const NumberFormat& format : numberFormats())
            addWithRule(std::string(format.id));
        for (const TableElement& table : tableElements())
            addWithRule(table.id);
        for (int bits = 1; bits <= 16; ++bits)
            for (const char* kind : {"int", "uint"})
                addWithRule(kind + std::to_string(bits));
    }
    for (const char* fit : {"optimal", "lloyd", "quantile"})
        add(std::string("levels=9,fit=") + fit);
    std::sort(texts.begin(), texts.end());
    texts.erase(std::unique(texts.begin(), texts.end()), texts.end());
    return texts;
}

/// The figures that need no decoding, from values and bytes.
void checkOtherFigures(const QuantizationScheme& scheme, const Shape& shape, const std::vector<float>& x, const QuantizedTensor& all)
{
    const QuantizationError& error = all.report.error;
    const int bits = codeBits(scheme);
    std::set<std::uint64_t> codes;
    double squares = 0, stored = 0, products = 0, squaredError = 0;
    for (std::size_t i = 0; i < x.size(); ++i) {
        if (!std::isfinite(x[i]))
            continue;
        codes.insert(packedCode(all.codes, i, bits));
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
    if (squaredError > 0 && squares == 0)   // Nothing but zeros in an element that has no zero.
        QCOMPARE(error.sqnrDb, -std::numeric_limits<double>::infinity());
    else if (squaredError > 0)
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

class TestQuantizePackedBytes : public QObject {
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
        const QuantizedTensor all = quantizeAll(x, shape, *scheme);
        QCOMPARE(all.values.size(), x.size());
        QCOMPARE(all.codes.size(), (x.size() * codeBits(*scheme) + 7) / 8);
        QVERIFY(all.codes.size() + all.scales.size() <= all.report.bytes + 1024);
        const ReadBack readBack(*scheme, shape, all);
        for (std::size_t i = 0; i < x.size(); ++i) {
            const float y = readBack.value(i);
            QCOMPARE(y, all.values[i]);
            QVERIFY(std::isfinite(y));
        }
        checkErrorOfStored(all.report.error, x, [&](std::size_t i) { return readBack.value(i); });
        checkOtherFigures(*scheme, shape, x, all);
    }
};

QUANTOSCOPE_TEST(tst_quantize_packed_bytes, TestQuantizePackedBytes)
#include "tst_quantize_packed_bytes.moc"
