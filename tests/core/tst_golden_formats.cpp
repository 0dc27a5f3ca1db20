// SPDX-License-Identifier: Apache-2.0
// Codes against other implementations and exact arithmetic: tests/data/formats/README.md.
#include "core/formats/parse_code.h"
#include "core/formats/rounding_step.h"

#include "tests/test_case.h"

#include <bit>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <sstream>

using namespace quantoscope;

namespace {

std::string readFile(const std::string& name)
{
    std::ifstream file(std::string(TEST_DATA "/formats/") + name, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

/// Lines that are not comments, split at spaces or commas.
std::vector<std::vector<std::string>> readRows(const std::string& name, char separator)
{
    std::istringstream text(readFile(name));
    std::vector<std::vector<std::string>> rows;
    for (std::string line; std::getline(text, line);) {
        if (line.starts_with('#'))
            continue;
        auto& row = rows.emplace_back();
        std::istringstream cells(line);
        for (std::string cell; std::getline(cells, cell, separator);)
            row.push_back(cell);
    }
    return rows;
}

template <class Integer>
Integer integerAt(const std::string& bytes, std::size_t offset)
{
    Integer value = 0;
    std::memcpy(&value, bytes.data() + offset, sizeof value);
    return value;
}

Code codeAt(const std::string& bytes, std::size_t offset, std::size_t width)
{
    Code code = 0;
    std::memcpy(&code, bytes.data() + offset, width);
    return code;
}

double hexFloat(const std::string& text)
{
    if (text == "nan")
        return std::nan("");
    const std::string digits = text.starts_with('-') ? text.substr(3) : text.substr(2);
    double value = 0;
    if (text.ends_with("inf"))
        value = HUGE_VAL;
    else
        std::from_chars(digits.data(), digits.data() + digits.size(), value, std::chars_format::hex);
    return text.starts_with('-') ? -value : value;
}

bool same(double a, double b)
{
    return std::isnan(a) ? std::isnan(b) : std::bit_cast<std::uint64_t>(a) == std::bit_cast<std::uint64_t>(b);
}

/// "x_rtp_sat", "rtp_sat", "rtp": a column's rounding and overflow.
RoundingRule ruleOf(std::string_view column)
{
    RoundingRule rule;
    rule.overflow = column.ends_with("_sat") ? Overflow::Saturate : Overflow::Ieee;
    const std::string_view mode = column.substr(column.starts_with("x_") ? 2 : 0, 3);
    rule.rounding = mode == "rne" ? Rounding::NearestEven : mode == "rna" ? Rounding::NearestAway
        : mode == "rtz" ? Rounding::TowardZero : mode == "rtp" ? Rounding::Up : mode == "rtn" ? Rounding::Down
                                                                                              : Rounding::ToOdd;
    return rule;
}

double fp32Value(const std::string& hex)
{
    return std::bit_cast<float>(std::uint32_t(std::stoul(hex, nullptr, 16)));
}

QByteArray mismatch(const NumberFormat& format, double input, Code code, Code expected)
{
    return QByteArray::fromStdString(std::string(format.id) + ": " + std::to_string(input) + " gave "
                                     + codeText(format, code) + ", not " + codeText(format, expected));
}

}  // namespace

class TestGoldenFormats : public QObject {
    Q_OBJECT

private slots:
    void everyColumnOfExactCodesIsReproduced_data()
    {
        QTest::addColumn<QStringList>("row");
        for (const auto& row : readRows("encode.txt", ' ')) {
            QStringList cells;
            for (const std::string& cell : row)
                cells << QString::fromStdString(cell);
            QTest::newRow(row[0].c_str()) << cells;
        }
    }
    void everyColumnOfExactCodesIsReproduced()
    {
        QFETCH(QStringList, row);
        const NumberFormat* format = findNumberFormat(row[1].toStdString());
        QVERIFY(format);
        const std::string bytes = readFile(row[0].toStdString());
        const std::size_t inputBytes = row[2] == QStringLiteral("f32") ? 4 : 8;
        const std::size_t count = row[3].toUInt(), codeBytes = row[4].toUInt();
        const std::size_t columns = std::size_t(row.size()) - 5;
        QVERIFY(columns >= 10);
        QCOMPARE(bytes.size(), count * (inputBytes + columns * codeBytes));
        for (std::size_t column = 0; column < columns; ++column) {
            const RoundingRule rule = ruleOf(row[int(column) + 5].toStdString());
            for (std::size_t i = 0; i < count; ++i) {
                const double input = inputBytes == 4
                    ? double(std::bit_cast<float>(integerAt<std::uint32_t>(bytes, 4 * i)))
                    : std::bit_cast<double>(integerAt<std::uint64_t>(bytes, 8 * i));
                const Code expected = codeAt(bytes, count * inputBytes + (column * count + i) * codeBytes, codeBytes);
                const Code code = encode(*format, input, rule);
                QVERIFY2(code == expected, mismatch(*format, input, code, expected) + " in " + row[int(column) + 5].toUtf8());
            }
        }
    }

    void everyCodeOfTheSmallFormatsHasItsValue()
    {
        int lines = 0;
        for (const char* file : {"decode_small.csv", "decode_p3109.csv"}) {
            for (const auto& row : readRows(file, ',')) {
                if (row[0] == "format")
                    continue;
                const NumberFormat* format = findNumberFormat(row[0]);
                QVERIFY2(format, row[0].c_str());
                const double value = valueOf(*format, std::stoul(row[1], nullptr, 16));
                QVERIFY2(same(value, hexFloat(row[2])), (row[0] + ' ' + row[1]).c_str());
                ++lines;
            }
        }
        QVERIFY(lines > 15000);
    }

    void everyFp16CodeHasItsFp32Value()
    {
        const std::string bytes = readFile("decode_fp16.u32.bin");
        QCOMPARE(bytes.size(), std::size_t(4 * 65536));
        const NumberFormat& fp16 = *findNumberFormat("fp16");
        for (Code code = 0; code < 65536; ++code)
            QVERIFY(same(valueOf(fp16, code), std::bit_cast<float>(integerAt<std::uint32_t>(bytes, 4 * code))));
    }

    void p3109RoundingAgreesWithGfloat()
    {
        const auto rows = readRows("encode_p3109.csv", ',');
        for (std::size_t i = 1; i < rows.size(); ++i) {
            const NumberFormat& format = *findNumberFormat(rows[i][0]);
            const double input = fp32Value(rows[i][1]);
            for (std::size_t column = 2; column < rows[0].size(); ++column) {
                const Code expected = std::stoul(rows[i][column], nullptr, 16);
                const Code code = encode(format, input, ruleOf(rows[0][column]));
                QVERIFY2(code == expected, mismatch(format, input, code, expected) + ' ' + rows[0][column].c_str());
            }
        }
        QVERIFY(rows.size() > 5000);
    }

    /// ml_dtypes differs from exact rounding in E8M0 (ties upwards, coarse below 2^-126), in NaNs of formats
    /// without one, and keeps infinities when it saturates: those are left out.
    void conversionBetweenSmallFormatsAgreesWithMlDtypes()
    {
        const std::string bytes = readFile("cross_format.bin");
        int compared = 0;
        for (const auto& row : readRows("cross_format.txt", ' ')) {
            const NumberFormat& from = *findNumberFormat(row[0]);
            const NumberFormat& to = *findNumberFormat(row[1]);
            if (row[1] == "e8m0")
                continue;
            const std::size_t offset = std::stoul(row[2]), count = std::stoul(row[3]);
            for (Code source = 0; source < count; ++source) {
                const double value = valueOf(from, source);
                if (std::isnan(value))
                    continue;
                const Code plain = codeAt(bytes, offset + source, 1), saturating = codeAt(bytes, offset + count + source, 1);
                const Code ieee = encode(to, value, {.overflow = Overflow::Ieee});
                QVERIFY2(ieee == plain, mismatch(to, value, ieee, plain) + " from " + row[0].c_str());
                ++compared;
                if (std::isinf(value))
                    continue;
                const Code saturated = encode(to, value, {.overflow = Overflow::Saturate});
                QVERIFY2(saturated == saturating, mismatch(to, value, saturated, saturating) + " saturating from " + row[0].c_str());
            }
        }
        QVERIFY(compared > 15000);
    }

    /// gfloat's "fastest" way adds the random bits to the first n bits of the fraction and takes the carry, as we
    /// do with 64; its "fast" way adds half of the last bit first; and its plain one first rounds the fraction to
    /// n bits, which is rounding to a format with n bits more.
    void stochasticRoundingAgreesWithGfloatForTheSameRandomBits()
    {
        int compared = 0;
        for (const auto& row : readRows("stochastic.csv", ',')) {
            const NumberFormat* format = findNumberFormat(row[0]);
            if (!format)
                continue;
            const int bits = std::stoi(row[2]);
            std::uint64_t random = std::stoull(row[3]) << (64 - bits);
            if (row[1] == "stochastic_fast")
                random += std::uint64_t{1} << (63 - bits);
            double input = fp32Value(row[4]);
            if (row[1] == "stochastic" && std::isfinite(input)) {
                FloatFormat finer = *format->asFloat();
                finer.mantissaBits += bits;
                ++finer.exponentBits;   // with the same bias: beyond the largest value the steps go on
                input = decode(finer, encode(finer, input)).value;
            }
            const RoundingRule rule{.rounding = Rounding::Stochastic, .overflow = Overflow::Saturate};
            const Code code = encode(*format->asFloat(), signedMagnitudeOf(input), rule, random);
            const Code expected = std::stoul(row[5], nullptr, 16);
            QVERIFY2(code == expected, mismatch(*format, input, code, expected) + ' ' + row[1].c_str() + ' ' + row[2].c_str());
            ++compared;
        }
        QCOMPARE(compared, 1920);
    }
};

QUANTOSCOPE_TEST(tst_golden_formats, TestGoldenFormats)
#include "tst_golden_formats.moc"
