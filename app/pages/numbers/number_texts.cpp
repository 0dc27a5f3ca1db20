// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/pages/numbers/number_texts.h"

#include "core/formats/float_format.h"
#include "core/formats/nan_parts.h"
#include "core/formats/posit_parts.h"
#include "widgets/plot_text.h"

#include <QCoreApplication>

#include <algorithm>
#include <charconv>
#include <cmath>

namespace quantoscope {

namespace {

constexpr QChar narrowSpace{0x202F};

QString words(const char* text)
{
    return QCoreApplication::translate("NumbersPage", text);
}

/// Thin spaces between the thousands of "65504.5".
QString grouped(QString digits)
{
    qsizetype end = digits.indexOf(u'.');
    if (end < 0)
        end = digits.size();
    const qsizetype start = digits.startsWith(u'-') ? 1 : 0;
    if (end - start >= 5)
        for (qsizetype at = end - 3; at > start; at -= 3)
            digits.insert(at, narrowSpace);
    return withRealMinus(digits);
}

}  // namespace

QString shortText(double value, int digits)
{
    if (std::isnan(value))
        return QStringLiteral("NaN");
    if (std::isinf(value))
        return value > 0 ? QStringLiteral("∞") : QStringLiteral("−∞");
    const ShortDecimal decimal = shortDecimal(RealNumber::fromDouble(value), digits);
    QString text = withRealMinus(QString::fromStdString(decimal.digits));
    if (decimal.cut)
        text += u'…';
    if (decimal.exponent != 0)
        text += narrowSpace + QStringLiteral("×") + narrowSpace + QStringLiteral("10") + superscript(decimal.exponent);
    return text;
}

QString scientificText(double value, int digits)
{
    if (!std::isfinite(value))
        return QStringLiteral("–");
    if (value == 0)
        return QStringLiteral("0");
    const std::string exact = exactDecimal(std::abs(value));
    const auto point = exact.find('.');
    const int whole = int(point == std::string::npos ? exact.size() : point);
    std::string all = exact;
    std::erase(all, '.');
    const auto first = all.find_first_not_of('0');
    std::string kept = all.substr(first, std::size_t(digits));
    const bool cut = all.find_first_not_of('0', first + kept.size()) != std::string::npos;
    if (!cut)
        kept.erase(kept.find_last_not_of('0') + 1);
    if (kept.size() > 1)
        kept.insert(1, 1, '.');
    QString text = (value < 0 ? QStringLiteral("−") : QString()) + QString::fromStdString(kept);
    if (cut)
        text += u'…';
    const int exponent = whole - 1 - int(first);
    return exponent == 0 ? text : text + narrowSpace + u'×' + narrowSpace + QStringLiteral("10") + superscript(exponent);
}

QString exactText(double value, int most)
{
    if (!std::isfinite(value))
        return shortText(value, 3);
    const QString exact = QString::fromStdString(exactDecimal(value));
    if (exact.size() <= most)
        return grouped(exact);
    const double magnitude = std::abs(value);
    // Enough room for a sign, the point and some digits: then plain digits say more than a power.
    if (magnitude >= 1e-3 && magnitude < std::pow(10.0, most - 4)) {
        const qsizetype point = exact.indexOf(u'.');
        const QString cut = exact.left(std::max<qsizetype>(most, point < 0 ? most : point + 2));
        return grouped(cut) + u'…';
    }
    return scientificText(value, std::max(1, most - 8));
}

QString stepText(double step)
{
    int exponent = 0;
    if (step > 0 && std::isfinite(step) && std::frexp(step, &exponent) == 0.5)
        return QStringLiteral("2") + superscript(exponent - 1);
    return shortText(step, 4);
}

QString codeString(const NumberFormat& format, Code code)
{
    return QString::fromStdString(codeText(format, code));
}

QString hexadecimalText(double value)
{
    char digits[40];
    const auto end = std::to_chars(digits, digits + sizeof digits, std::abs(value), std::chars_format::hex).ptr;
    return (std::signbit(value) ? QStringLiteral("-0x") : QStringLiteral("0x")) + QString::fromLatin1(digits, end - digits);
}

QString absoluteErrorText(const NumberRowContent& row)
{
    const double error = row.isGiven ? 0 : row.stored.absoluteError;
    const bool isExact = row.isGiven || row.stored.direction == StoredNumber::Direction::Exact;
    if (error == 0 && !isExact)   // Next to the smallest FP64 numbers an error may be smaller than all of them.
        return words("below 2%1").arg(superscript(-1074));
    return (error > 0 ? QStringLiteral("+") : QString()) + scientificText(error, 3);
}

QString relativeErrorText(const NumberRowContent& row)
{
    const double error = row.stored.relativeError;
    if (std::isnan(row.stored.value) || (std::isnan(error) && !row.isGiven))
        return QStringLiteral("–");
    if (row.isGiven || row.stored.direction == StoredNumber::Direction::Exact)
        return words("exact");
    return std::isinf(error) && row.stored.value != 0 && std::isfinite(row.stored.value) ? words("> 10%1").arg(superscript(308)) : scientificText(error, 3);
}

QString ulpErrorText(const NumberRowContent& row)
{
    if (std::isnan(row.stored.value) || (std::isnan(row.stored.ulpError) && !row.isGiven))
        return QStringLiteral("–");
    if (row.isGiven || row.stored.direction == StoredNumber::Direction::Exact)
        return QStringLiteral("0 ULP");
    const double error = row.stored.ulpError;
    return std::isfinite(error) ? words("%1 ULP").arg(shortText(error, 3)) : QStringLiteral("–");
}

BitTail bitTail(const NumberRowContent& row, const NumbersContent& content, const BitLayout& layout, int digitsThatFit)
{
    BitTail tail;
    const StoredNumber& stored = row.stored;
    if (row.isGiven) {
        tail.words = words("set here");
        return tail;
    }
    if (content.typed.isNaN()) {
        tail.isWarning = !std::isnan(stored.value);
        tail.words = tail.isWarning ? words("has no NaN") : QString();
        return tail;
    }
    const double typed = content.typed.toDouble();
    const bool beyond = std::isfinite(stored.value) ? stored.next == stored.value && typed > stored.value : !content.typed.isInfinite();
    const bool below = std::isfinite(stored.value) && stored.previous == stored.value && typed < stored.value;
    if (std::isnan(stored.value)) {
        tail.isWarning = true;
        tail.words = words("no code for it: NaN");
    } else if (beyond || below) {
        tail.isWarning = true;
        tail.words = std::isinf(stored.value) ? words("too large: ∞") : words("clipped");
    } else if (stored.direction != StoredNumber::Direction::Exact) {
        const bool up = stored.direction == StoredNumber::Direction::Up;
        tail.words = up ? words("↑ up") : words("↓ down");
        if (stored.value == 0)
            tail.words = words("↓ to 0");
        // A two's complement of a negative number does not show the digits of its magnitude.
        const bool digitsContinue = layout.aligned && !(row.format.asInteger() && content.digits.isNegative());
        if (digitsContinue) {
            int weight = layout.lastWeight - 1;
            for (int i = 0; i < digitsThatFit && content.digits.hasDigitsBelow(weight + 1); ++i, --weight)
                tail.digits += content.digits.digit(weight) ? u'1' : u'0';
            tail.goesOn = content.digits.hasDigitsBelow(weight + 1);
        }
    }
    if (!layout.aligned && hasBinaryWeights(row.format, stored.code)) {
        const QString from = words("from 2%1").arg(superscript(firstWeight(row.format, stored.code)));
        tail.words += tail.words.isEmpty() ? from : QStringLiteral(" · ") + from;
    }
    return tail;
}

QString regimeNote(const NumberRowContent& row)
{
    const auto parts = row.format.asPosit() ? positParts(*row.format.asPosit(), row.stored.code) : std::nullopt;
    if (!parts)
        return {};
    return words("run of %1: %2").arg(parts->regime >= 0 ? parts->regime + 1 : -parts->regime).arg(withRealMinus(QString::number(parts->regime)));
}

QString exponentNote(const NumberRowContent& row)
{
    if (const PositFormat* posit = row.format.asPosit()) {
        const auto parts = positParts(*posit, row.stored.code);
        return parts ? QString::number(parts->exponent) : QString();
    }
    const FloatFormat* format = row.format.asFloat();
    if (!format || format->exponentBits == 0)
        return {};
    const FloatParts parts = decode(*format, row.stored.code);
    const int shift = format->mantissaBits + format->unusedLowBits;
    const Code field = row.stored.code >> shift & ((Code{1} << format->exponentBits) - 1);
    if (parts.kind == FloatClass::Infinity || parts.kind == FloatClass::NaN)
        return format->specials == SpecialCodes::Ieee ? words("all ones: special") : words("special code");
    const QString bias = QString::number(format->bias);
    if (parts.kind == FloatClass::Normal)
        return withRealMinus(QStringLiteral("%1 − %2 = %3").arg(field).arg(bias).arg(parts.exponent));
    return withRealMinus(words("0 counts as 1 − %1 = %2").arg(bias).arg(format->minExponent()));
}

QString mantissaNote(const NumberRowContent& row)
{
    if (const PositFormat* posit = row.format.asPosit()) {
        const auto parts = positParts(*posit, row.stored.code);
        const double whole = parts ? std::ldexp(1.0, parts->fractionBits) : 1;
        return parts ? words("1 hidden + %1/%2").arg((parts->significand - 1) * whole).arg(whole) : QString();
    }
    const FloatFormat* format = row.format.asFloat();
    if (!format || format->mantissaBits == 0)
        return {};
    const FloatParts parts = decode(*format, row.stored.code);
    const Code whole = Code{1} << format->mantissaBits;
    const QString fraction = QStringLiteral("%1/%2").arg(row.stored.mantissa).arg(whole);
    switch (parts.kind) {
    case FloatClass::Normal: return words("1 hidden + %1").arg(fraction);
    case FloatClass::Subnormal: return words("0 hidden + %1").arg(fraction);
    case FloatClass::Zero: return words("0 hidden + 0");
    case FloatClass::Infinity: return words("zero: infinity");
    case FloatClass::NaN: {
        const auto nan = nanParts(row.format, row.stored.code);
        if (!nan->isQuiet)
            return words("NaN");
        return (*nan->isQuiet ? words("1: quiet, payload %1") : words("0: signalling, payload %1")).arg(nan->payload);
    }
    }
    return {};
}

QString spokenRow(const NumberRowContent& row)
{
    const QString nan = nanWords(row);
    return words("%1: code %2, stored value %3, %4, relative error %5")
        .arg(row.name, codeString(row.format, row.stored.code), exactText(row.stored.value, 24),
             nan.isEmpty() ? QString::fromStdString(row.stored.className) : nan, relativeErrorText(row));
}

}  // namespace quantoscope
