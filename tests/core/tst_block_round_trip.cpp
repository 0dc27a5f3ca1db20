// SPDX-License-Identifier: Apache-2.0
#include "core/quantization/block_format.h"
#include "core/quantization/quantize.h"
#include "core/tensors/block_type.h"

#include "tests/core/quantization_data.h"
#include "tests/core/quantized_tensor.h"
#include "tests/test_case.h"

#include <hwy/targets.h>

#include <bit>
#include <cmath>
#include <limits>
#include <map>

using namespace quantoscope;
using namespace quantoscope::test;

namespace {

struct Packed {
    Shape shape;
    std::vector<std::byte> codes, scales;

    unsigned code(std::size_t at) const { return std::to_integer<unsigned>(codes.at(at)); }
    unsigned scale(std::size_t at) const { return std::to_integer<unsigned>(scales.at(at)); }
    float floatScale(std::size_t at) const
    {
        float value;
        std::memcpy(&value, scales.data() + at, sizeof value);
        return value;
    }
    /// The FP32 numbers at the end, one for each filter or one for the tensor.
    float outer(std::size_t index, std::size_t count) const { return floatScale(scales.size() - 4 * (count - index)); }
    unsigned lowFirst(std::size_t i) const { return code(i / 2) >> 4 * (i % 2) & 15; }
    unsigned highFirst(std::size_t i) const { return code(i / 2) >> 4 * (1 - i % 2) & 15; }
};

double valueIn(const char* format, unsigned code) { return valueOf(*findNumberFormat(format), code); }

/// The 256 values as bitsandbytes prints them.
float dynamicValue(unsigned code)
{
    static const auto bits = quantizationJson("dynamic_code.json")["code_float32_bits"].get<std::vector<std::string>>();
    return std::bit_cast<float>(std::uint32_t(std::stoul(bits[code], nullptr, 16)));
}

/// One reader a layout, written from the descriptions of the formats. Index of a value → the value.
using Reader = float (*)(const Packed&, std::size_t i, std::size_t count);

template <const char* element>
float readMx(const Packed& p, std::size_t i, std::size_t)
{
    return float(std::ldexp(valueIn(element, p.code(i)), int(p.scale(i / 32)) - 127));
}

float readMxInt8(const Packed& p, std::size_t i, std::size_t)
{
    return float(std::ldexp(double(std::int8_t(p.code(i))), int(p.scale(i / 32)) - 127 - 6));
}

float readNvfp4(const Packed& p, std::size_t i, std::size_t)
{
    return float(valueIn("e2m1", p.lowFirst(i))) * (float(valueIn("e4m3", p.scale(i / 16))) * p.outer(0, 1));
}

template <const char* table>
float readTable(const Packed& p, std::size_t i, std::size_t)
{
    return float(valueIn(table, p.highFirst(i))) * p.floatScale(4 * (i / 64));
}

template <const char* table>
float readNested(const Packed& p, std::size_t i, std::size_t count)
{
    const std::size_t nest = i / 16384, before = nest * (256 + 4);
    const std::size_t blocks = (std::min<std::size_t>(16384, count - nest * 16384) + 63) / 64;
    const float maximum = dynamicValue(p.scale(before + i % 16384 / 64)) * p.floatScale(before + blocks) + p.outer(0, 1);
    return float(valueIn(table, p.highFirst(i))) * maximum;
}

float readTernary(const Packed& p, std::size_t i, std::size_t)
{
    return float(int(p.code(i / 4) >> 2 * (i % 4) & 3) - 1) * std::max(p.outer(0, 1), 1e-5f);
}

float readBinary(const Packed& p, std::size_t i, std::size_t count)
{
    const std::size_t filters = p.shape.size() > 1 ? std::size_t(p.shape.front()) : 1;
    const float mean = p.outer(i / (count / filters), filters);
    return p.code(i / 8) >> i % 8 & 1 ? mean : -mean;
}

/// A block of a GGUF file.
template <std::uint32_t ggmlId>
float readGguf(const Packed& p, std::size_t i, std::size_t)
{
    static const BlockType& type = *findBlockType(ggmlId);
    std::array<float, mostBlockElements> values;
    type.decode(reinterpret_cast<const std::uint8_t*>(p.codes.data()) + i / std::size_t(type.elements) * std::size_t(type.bytes), values.data());
    return values[i % std::size_t(type.elements)];
}

constexpr char e4m3[] = "e4m3", e5m2[] = "e5m2", e3m2[] = "e3m2", e2m3[] = "e2m3", e2m1[] = "e2m1", nf4[] = "nf4",
               fp4[] = "fp4_bnb", af4[] = "af4";

Reader readerOf(std::string_view id)
{
    static const std::map<std::string_view, Reader> readers{
        {"mxfp8_e4m3", readMx<e4m3>}, {"mxfp8_e5m2", readMx<e5m2>}, {"mxfp6_e3m2", readMx<e3m2>}, {"mxfp6_e2m3", readMx<e2m3>},
        {"mxfp4", readMx<e2m1>}, {"mxint8", readMxInt8}, {"nvfp4", readNvfp4}, {"nf4", readTable<nf4>}, {"fp4_bnb", readTable<fp4>},
        {"af4", readTable<af4>}, {"nf4_dq", readNested<nf4>}, {"fp4_bnb_dq", readNested<fp4>}, {"ternary", readTernary},
        {"binary", readBinary}, {"q4_0", readGguf<2>}, {"q4_1", readGguf<3>}, {"q5_0", readGguf<6>}, {"q5_1", readGguf<7>},
        {"q8_0", readGguf<8>}, {"q2_k", readGguf<10>}, {"q3_k", readGguf<11>}, {"q4_k", readGguf<12>}, {"q5_k", readGguf<13>},
        {"q6_k", readGguf<14>}, {"iq4_nl", readGguf<20>}, {"iq4_xs", readGguf<23>}, {"tq1_0", readGguf<34>}, {"tq2_0", readGguf<35>},
        {"mxfp4_ggml", readGguf<39>}, {"nvfp4_ggml", readGguf<40>}, {"q1_0", readGguf<41>}, {"q2_0", readGguf<42>}};
    const auto found = readers.find(id);
    return found == readers.end() ? nullptr : found->second;
}

std::vector<float> valuesCalled(const QString& name)
{
    const float nan = std::numeric_limits<float>::quiet_NaN(), infinity = std::numeric_limits<float>::infinity();
    if (name == u"one")
        return {0.3f};
    if (name == u"empty")
        return {};
    if (name == u"constant")
        return std::vector<float>(3 * 512, -0.37f);
    if (name == u"zero")
        return std::vector<float>(3 * 512, 0.0f);
    if (name == u"all NaN")
        return std::vector<float>(3 * 512, nan);
    auto values = syntheticValues({.distribution = "student", .count = 3 * 256 * 67, .seed = 1});
    if (name == u"holding NaN")
        for (std::size_t i = 0; i < values.size(); i += 37)
            values[i] = i % 3 == 0 ? nan : i % 3 == 1 ? infinity : -infinity;
    if (name == u"tiny")
        for (float& value : values)
            value *= 1e-30f;
    if (name == u"no whole block")
        values.resize(3 * 4999);
    return values;
}

}  // namespace

class TestBlockRoundTrip : public QObject {
    Q_OBJECT

private slots:
    void everyFormatHasAReaderHere()
    {
        for (const BlockFormat& format : blockFormats())
            QVERIFY2(readerOf(format.id), format.id.data());
    }

    void everyInstructionSetWritesTheSameBytes()
    {
        const auto values = syntheticValues({.distribution = "student", .count = 1 << 15, .seed = 9});
        const auto all = hwy::SupportedTargets();
        for (const BlockFormat& format : blockFormats()) {
            std::vector<std::byte> first;
            std::vector<float> firstValues;
            for (auto rest = all; rest != 0; rest &= rest - 1) {
                hwy::SetSupportedTargetsForTest(rest & -rest);
                hwy::GetChosenTarget().Update(hwy::SupportedTargets());
                std::vector<std::byte> codes(format.codeBytesOf(values.size())), scales(format.scaleBytesOf(values.size()));
                std::vector<float> stored(values.size());
                std::vector<std::uint16_t> levels(values.size());
                const BlockContext context{.tensorScale = 1e-3f};
                format.encode(values, context, codes.data(), scales.data());
                format.decode(codes.data(), scales.data(), context, stored, levels.data());
                codes.insert(codes.end(), scales.begin(), scales.end());
                if (first.empty()) {
                    first = codes;
                    firstValues = stored;
                }
                const bool isSame = codes == first && stored == firstValues;
                if (!isSame)
                    qWarning("%s with %s", format.id.data(), hwy::TargetName(rest & -rest));
                QVERIFY(isSame);
            }
        }
    }
    void cleanup()
    {
        hwy::SetSupportedTargetsForTest(0);
        hwy::GetChosenTarget().Update(hwy::SupportedTargets());
    }

    void errorReportedIsTheErrorOfThePackedBytes_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("name");
        for (const NamedScheme& named : namedSchemes())
            if (const auto scheme = parseScheme(named.text); scheme && scheme->kind == QuantizationScheme::Kind::Block)
                for (const char* name : {"random", "constant", "zero", "holding NaN", "all NaN", "tiny", "one", "empty", "no whole block"})
                    QTest::addRow("%s, %s", named.id.data(), name) << QString::fromLatin1(named.text.data()) << QString::fromLatin1(name);
    }
    void errorReportedIsTheErrorOfThePackedBytes()
    {
        QFETCH(QString, text);
        QFETCH(QString, name);
        const auto scheme = parseScheme(text.toStdString());
        const BlockFormat& format = *findBlockFormat(scheme->element);
        const auto x = valuesCalled(name);
        Packed packed;
        packed.shape = x.size() > 1 ? Shape{3, std::int64_t(x.size()) / 3} : Shape{std::int64_t(x.size())};
        const auto source = makeTensor("x", x, packed.shape);
        const auto append = [](std::vector<std::byte>& to) {
            return [&to](std::span<const std::byte> part) -> Result<void> { to.insert(to.end(), part.begin(), part.end()); return {}; };
        };
        std::vector<float> handedOut;
        const auto report = quantize(*source, source->tensors().front(), *scheme,
                                     {.values = [&](std::span<const float> part) -> Result<void> {
                                          handedOut.insert(handedOut.end(), part.begin(), part.end());
                                          return {};
                                      },
                                      .codes = append(packed.codes), .scales = append(packed.scales)});
        if (!format.isFlat && !x.empty() && packed.shape.back() % format.elements != 0) {
            QVERIFY(!report);
            QVERIFY2(report.error().message.find("cannot cut into blocks of") != std::string::npos, report.error().message.c_str());
            QVERIFY(report.error().message.ends_with('.'));
            return;
        }
        QVERIFY2(report.has_value(), report ? "" : report.error().message.c_str());
        QCOMPARE(handedOut.size(), x.size());
        if (!format.takesScaleRule)   // Those write a code a byte, whatever its bits.
            QCOMPARE(report->bytes, std::uint64_t(packed.codes.size() + packed.scales.size()));

        const auto read = [&](std::size_t i) { return readerOf(format.id)(packed, i, x.size()); };
        for (std::size_t i = 0; i < x.size(); ++i)
            if (const float y = read(i); y != handedOut[i] || !std::isfinite(y))
                QFAIL(qPrintable(QStringLiteral("value %1: read %2, handed out %3").arg(i).arg(double(y)).arg(double(handedOut[i]))));
        checkErrorOfStored(report->error, x, read);
        // Whoever asks for figures alone gets the same.
        const auto figures = quantize(*source, source->tensors().front(), *scheme);
        QCOMPARE(figures->error.meanSquaredError, report->error.meanSquaredError);
        QVERIFY(figures->error.perLevel == report->error.perLevel);
        double counted = 0;
        for (const double perLevel : report->error.perLevel)
            counted += perLevel;
        QCOMPARE(counted, report->error.count);
    }
};

QUANTOSCOPE_TEST(tst_block_round_trip, TestBlockRoundTrip)
#include "tst_block_round_trip.moc"
