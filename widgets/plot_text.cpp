// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/plot_text.h"

#include <algorithm>
#include <cmath>

namespace quantoscope {

static constexpr QChar narrowSpace{0x202F};
static constexpr QChar minusSign{0x2212};
static constexpr QChar ellipsis{0x2026};

QString withRealMinus(QString text)
{
    return text.replace(u'-', minusSign);
}

static QString special(double value)
{
    if (std::isnan(value))
        return QStringLiteral("NaN");
    return value > 0 ? QStringLiteral("∞") : QStringLiteral("−∞");
}

/// Groups the digits before the point by three where there are five or more of them.
static QString grouped(QString digits)
{
    const bool negative = digits.startsWith(u'-');
    if (negative)
        digits.remove(0, 1);
    qsizetype end = digits.indexOf(u'.');
    if (end < 0)
        end = digits.size();
    if (end >= 5)
        for (qsizetype at = end - 3; at > 0; at -= 3)
            digits.insert(at, narrowSpace);
    return negative ? minusSign + digits : digits;
}

QString wholeNumber(double value)
{
    if (!std::isfinite(value))
        return special(value);
    QString digits = QString::number(value, 'f', 0);
    return digits == u"-0" ? QStringLiteral("0") : grouped(digits);
}

QString fixedNumber(double value, int decimals)
{
    if (!std::isfinite(value))
        return special(value);
    QString digits = QString::number(value, 'f', decimals);
    if (digits.startsWith(u'-') && digits.toDouble() == 0)
        digits.remove(0, 1);
    return grouped(digits);
}

QString superscript(int value)
{
    static const QString digits = QStringLiteral("⁰¹²³⁴⁵⁶⁷⁸⁹");
    QString text;
    for (const QChar c : QString::number(value))
        text += c == u'-' ? QChar(0x207B) : digits[c.digitValue()];
    return text;
}

QString roundedNumber(double value, int significantDigits)
{
    if (!std::isfinite(value))
        return special(value);
    if (value == 0)
        return QStringLiteral("0");
    // The exponent after rounding: 9.996 with three digits is 10.0.
    const QString scientific = QString::number(value, 'e', significantDigits - 1);
    const qsizetype split = scientific.indexOf(u'e');
    const int exponent = scientific.mid(split + 1).toInt();
    if (exponent < -4 || exponent >= 6) {
        return withRealMinus(scientific.left(split)) + narrowSpace + u'×' + narrowSpace + QStringLiteral("10")
             + superscript(exponent);
    }
    return fixedNumber(value, std::max(0, significantDigits - 1 - exponent));
}

QString cutNumber(double value, int decimals)
{
    if (!std::isfinite(value))
        return special(value);
    // Twenty more decimals than asked for hold every double of ordinary size exactly enough to tell
    // whether anything non-zero was cut.
    QString digits = QString::number(value, 'f', decimals + 20);
    const qsizetype cutAt = digits.size() - 20;
    const QStringView rest = QStringView(digits).mid(cutAt);
    const bool cut = std::any_of(rest.begin(), rest.end(), [](QChar c) { return c != u'0'; });
    digits.truncate(cutAt);
    if (!cut && digits.contains(u'.')) {
        while (digits.endsWith(u'0'))
            digits.chop(1);
        if (digits.endsWith(u'.'))
            digits.chop(1);
    }
    return grouped(digits) + (cut ? QString(ellipsis) : QString());
}

QString percentText(double share)
{
    if (!std::isfinite(share))
        return special(share);
    const double percent = share * 100;
    const QString number = std::abs(percent) >= 99.95 || percent == 0 ? fixedNumber(percent, 0)
                         : std::abs(percent) < 1e-4                  ? roundedNumber(percent, 2)
                                                                     : roundedNumber(percent, 3);
    return number + narrowSpace + u'%';
}

QString decibelText(double decibels, int decimals)
{
    return fixedNumber(decibels, decimals);
}

}  // namespace quantoscope
