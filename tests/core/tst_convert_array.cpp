// SPDX-License-Identifier: Apache-2.0
#include "core/formats/convert_array.h"
#include "core/formats/parse_code.h"
#include "core/random.h"

#include "tests/test_case.h"

#include <QFile>

#include <hwy/targets.h>

#include <bit>
#include <cstring>
#include <cmath>
#include <functional>

using namespace quantoscope;

namespace {

/// Every boundary of a format and its neighbours in FP32, special values, and random codes of FP32.
std::vector<float> hardInputs(const NumberFormat& format)
{
    std::vector<float> inputs{0.0f, -0.0f, HUGE_VALF, -HUGE_VALF, NAN, -NAN, 0x1p-149f, -0x1p-149f, 0x1.fffffep127f};
    const std::vector<double> values = finiteValues(format);
    for (std::size_t i = 0; i + 1 < values.size(); ++i) {
        for (const double x : {values[i], values[i] / 2 + values[i + 1] / 2}) {
            inputs.push_back(float(x));
            inputs.push_back(std::nextafter(float(x), HUGE_VALF));
            inputs.push_back(std::nextafter(float(x), -HUGE_VALF));
        }
    }
    const double top = values.back();
    for (const double factor : {1.0, 1.01, 1.03125, 1.0625, 1.125, 1.25, 1.5, 2.0, 4.0})
        inputs.push_back(float(top * factor));
    const RandomStream random(11);
    for (int i = 0; i < 20000; ++i)
        inputs.push_back(std::bit_cast<float>(std::uint32_t(random.bits(std::uint64_t(i)))));
    return inputs;
}

std::vector<const NumberFormat*> formatsOfUpTo16Bits()
{
    std::vector<const NumberFormat*> formats;
    for (const NumberFormat& format : numberFormats())
        if (bitsOf(format) <= 16)
            formats.push_back(&format);
    for (const char* id : {"binary8p3se", "binary8p4sf", "binary6p3se", "binary8p1se", "binary16p11se", "binary16p6ue"})
        formats.push_back(findNumberFormat(id));
    return formats;
}

}  // namespace

class TestConvertArray : public QObject {
    Q_OBJECT

    static void onEveryInstructionSet(const std::function<void()>& test)
    {
        const auto all = hwy::SupportedTargets();
        for (auto rest = all; rest != 0; rest &= rest - 1) {
            hwy::SetSupportedTargetsForTest(rest & -rest);
            hwy::GetChosenTarget().Update(hwy::SupportedTargets());
            test();
            if (QTest::currentTestFailed()) {
                qWarning("The set is %s.", hwy::TargetName(rest & -rest));
                break;
            }
        }
        hwy::SetSupportedTargetsForTest(0);
        hwy::GetChosenTarget().Update(hwy::SupportedTargets());
    }

    static void compareWithMlDtypes(const NumberFormat& source, const NumberFormat& format, Overflow overflow,
                                    const char* expected)
    {
        std::vector<std::uint16_t> inputs(65536);
        for (std::size_t i = 0; i < inputs.size(); ++i)
            inputs[i] = std::uint16_t(i);
        std::vector<float> values(inputs.size());
        std::vector<std::uint8_t> codes(inputs.size());
        decodeArray(source, std::span<const std::uint16_t>(inputs), values);
        encodeArray(format, values, std::span(codes), {.overflow = overflow});
        std::size_t compared = 0;
        for (std::size_t i = 0; i < inputs.size(); ++i) {
            const auto theirs = std::uint8_t(expected[i]);
            if (std::isnan(values[i])) {
                QVERIFY(!hasNaN(*format.asFloat()) || std::isnan(valueOf(format, codes[i])));
                continue;
            }
            if (std::isinf(values[i]) && overflow == Overflow::Saturate)
                continue;   // Theirs stays infinite.
            ++compared;
            if (codes[i] != theirs)
                QFAIL(qPrintable(QStringLiteral("%1 as %2: %3 not %4").arg(double(values[i]), 0, 'g', 9)
                                     .arg(QString::fromUtf8(format.id.data(), int(format.id.size())))
                                     .arg(codes[i], 0, 16).arg(theirs, 0, 16)));
        }
        QVERIFY(compared > 63000);
    }

private slots:
    void encodingAnArrayIsEncodingEachValue()
    {
        for (const NumberFormat* format : formatsOfUpTo16Bits()) {
            const std::vector<float> inputs = hardInputs(*format);
            for (const Overflow overflow : {Overflow::Default, Overflow::Saturate, Overflow::Ieee}) {
                const RoundingRule rule{.overflow = overflow};
                std::vector<std::uint16_t> codes(inputs.size());
                std::vector<std::uint8_t> bytes(inputs.size());
                encodeArray(*format, inputs, std::span(codes), rule);
                encodeArray(*format, inputs, std::span(bytes), rule);
                for (std::size_t i = 0; i < inputs.size(); ++i) {
                    const Code expected = encode(*format, double(inputs[i]), rule);
                    if (codes[i] != expected || (bitsOf(*format) <= 8 && bytes[i] != expected))
                        QFAIL(qPrintable(QStringLiteral("%1 %2 overflow %3: %4 not %5").arg(QString::fromUtf8(format->id.data(), int(format->id.size())))
                                         .arg(double(inputs[i]), 0, 'g', 9).arg(int(overflow)).arg(codes[i], 0, 16).arg(expected, 0, 16)));
                }
            }
        }
    }

    void everyInstructionSetOfThisProcessorGivesTheSameResults()
    {
        onEveryInstructionSet([this] {
            encodingAnArrayIsEncodingEachValue();
            decodingAnArrayIsDecodingEachCode();
            everyLengthIsServed();
        });
    }

    /// All leading halves of FP32, with trailing halves on both sides of and on every place where a code
    /// can change: between those the code cannot, because rounding keeps the order.
    void everyStretchOfFp32BecomesTheCodeThatTheScalarEncoderGives_data()
    {
        QTest::addColumn<QByteArray>("id");
        for (const NumberFormat* format : formatsOfUpTo16Bits())
            if (format->asFloat() && format->asFloat()->isSigned)
                QTest::newRow(format->id.data()) << QByteArray(format->id.data(), int(format->id.size()));
    }
    void everyStretchOfFp32BecomesTheCodeThatTheScalarEncoderGives()
    {
        QFETCH(QByteArray, id);
        const NumberFormat& format = *findNumberFormat(id.toStdString());
        // Midpoints of neighbours have one bit more than the format's fraction, of 23.
        const std::uint32_t step = 1u << std::min(16, 23 - (format.asFloat()->mantissaBits + 1));
        std::vector<float> inputs;
        for (std::uint32_t leading = 0; leading < 65536; ++leading)
            for (std::uint32_t trailing = 0; trailing < 65536; trailing += step)
                for (const std::uint32_t beside : {0u, 1u, step - 1})
                    inputs.push_back(std::bit_cast<float>(leading << 16 | (trailing + beside)));
        std::vector<std::uint16_t> expected(inputs.size()), codes(inputs.size());
        const RoundingRule rule{.overflow = Overflow::Ieee};
        for (std::size_t i = 0; i < inputs.size(); ++i)
            expected[i] = std::uint16_t(encode(format, double(inputs[i]), rule));
        onEveryInstructionSet([&] {
            encodeArray(format, inputs, std::span(codes), rule);
            const auto wrong = std::mismatch(codes.begin(), codes.end(), expected.begin());
            if (wrong.first != codes.end())
                QFAIL(qPrintable(QStringLiteral("%1 becomes %2, not %3").arg(double(inputs[std::size_t(wrong.first - codes.begin())]), 0, 'g', 9)
                                     .arg(*wrong.first, 0, 16).arg(*wrong.second, 0, 16)));
        });
    }

    void fp16AndBf16TensorsBecomeTheCodesOfMlDtypes()
    {
        QFile file(QStringLiteral(TEST_DATA "/formats/encode16.qz"));
        QVERIFY(file.open(QIODevice::ReadOnly));
        const QByteArray codes = qUncompress(file.readAll());
        const char* const ids[] = {"e2m1", "e2m3", "e3m2", "e3m4", "e4m3_ieee", "e4m3b11fnuz", "e4m3", "e4m3fnuz", "e5m2", "e5m2fnuz"};
        QCOMPARE(codes.size(), int(std::size(ids) * 4 * 65536));
        const char* expected = codes.constData();
        for (const char* id : ids)
            for (const char* source : {"fp16", "bf16"})
                for (const Overflow overflow : {Overflow::Ieee, Overflow::Saturate}) {
                    compareWithMlDtypes(*findNumberFormat(source), *findNumberFormat(id), overflow, expected);
                    expected += 65536;
                }
    }

    void decodingAnArrayIsDecodingEachCode()
    {
        for (const NumberFormat* format : formatsOfUpTo16Bits()) {
            std::vector<std::uint16_t> codes(std::size_t{1} << bitsOf(*format));
            for (std::size_t i = 0; i < codes.size(); ++i)
                codes[i] = std::uint16_t(i);
            std::vector<float> values(codes.size());
            decodeArray(*format, std::span<const std::uint16_t>(codes), values);
            for (std::size_t i = 0; i < codes.size(); ++i) {
                const float expected = float(valueOf(*format, codes[i]));
                const bool same = std::isnan(expected) ? std::isnan(values[i])
                    : std::bit_cast<std::uint32_t>(expected) == std::bit_cast<std::uint32_t>(values[i]);
                if (!same)
                    QFAIL(qPrintable(QStringLiteral("%1 code %2: %3").arg(QString::fromUtf8(format->id.data(), int(format->id.size())))
                                     .arg(i, 0, 16).arg(double(values[i]))));
            }
        }
    }

    void everyLengthIsServed()
    {
        const NumberFormat& e4m3 = *findNumberFormat("e4m3");
        for (std::size_t count = 0; count < 70; ++count) {
            std::vector<float> values(count);
            for (std::size_t i = 0; i < count; ++i)
                values[i] = float(i) * 0.37f - 9;
            std::vector<std::uint8_t> codes(count + 1, 0xAA);
            encodeArray(e4m3, values, std::span(codes).first(count));
            QCOMPARE(codes[count], std::uint8_t{0xAA});
            std::vector<float> back(count + 1, -1);
            decodeArray(e4m3, std::span<const std::uint8_t>(codes).first(count), std::span(back).first(count));
            QCOMPARE(back[count], -1.0f);
            for (std::size_t i = 0; i < count; ++i)
                QCOMPARE(double(back[i]), valueOf(e4m3, encode(e4m3, double(values[i]))));
        }
    }

    void conversionBetweenFormatsRoundsOnce()
    {
        const NumberFormat& from = *findNumberFormat("fp16");
        const NumberFormat& to = *findNumberFormat("posit8");
        std::vector<std::uint16_t> codes(65536), converted(65536);
        for (std::size_t i = 0; i < codes.size(); ++i)
            codes[i] = std::uint16_t(i);
        convertArray(from, codes, to, converted);
        for (std::size_t i = 0; i < codes.size(); ++i)
            QVERIFY(converted[i] == encode(to, valueOf(from, i)));
    }

    /// Any format to any other, codes of every kind among them, each as encode() alone would have it.
    void everyPairOfFormatsConverts()
    {
        const RandomStream random(3);
        for (const NumberFormat& from : numberFormats()) {
            const std::size_t read = storedBytesOf(from), count = bitsOf(from) <= 8 ? 700 : 300;
            std::vector<Code> codes(count);
            std::vector<std::byte> stored(count * read);
            for (std::size_t i = 0; i < count; ++i) {
                const Code bits = random.bits(i) >> (64 - significantBitsOf(from));
                // Few of a wide format's codes lie near 1, where most formats have their values.
                codes[i] = (i % 2 ? bits : encode(from, random.normal(i))) << (i % 2 ? unusedLowBitsOf(from) : 0);
                std::memcpy(stored.data() + i * read, &codes[i], read);
            }
            for (const NumberFormat& to : numberFormats()) {
                for (const RoundingRule rule : {RoundingRule{}, RoundingRule{Rounding::Down, Overflow::Saturate}, RoundingRule{Rounding::Stochastic, {}, 5, 9}}) {
                    const std::size_t written = storedBytesOf(to);
                    std::vector<std::byte> converted(count * written);
                    convertArray(from, stored, to, converted, rule);
                    RoundingRule drawn = rule;
                    for (std::size_t i = 0; i < count; ++i, ++drawn.draw) {
                        Code found = 0;
                        std::memcpy(&found, converted.data() + i * written, written);
                        const Code expected = encode(to, valueOf(from, codes[i]), drawn);
                        const bool bothNaN = std::isnan(valueOf(to, found)) && std::isnan(valueOf(to, expected));
                        QVERIFY2(found == expected || bothNaN, qPrintable(QStringLiteral("%1 %2 to %3: %4, not %5")
                            .arg(QString::fromUtf8(from.id.data(), qsizetype(from.id.size()))).arg(codes[i], 0, 16)
                            .arg(QString::fromUtf8(to.id.data(), qsizetype(to.id.size()))).arg(found, 0, 16).arg(expected, 0, 16)));
                    }
                }
            }
        }
    }
};

QUANTOSCOPE_TEST(tst_convert_array, TestConvertArray)
#include "tst_convert_array.moc"
