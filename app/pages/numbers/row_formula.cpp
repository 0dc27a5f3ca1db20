// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/pages/numbers/number_texts.h"
#include "core/formats/float_format.h"
#include "core/formats/nan_parts.h"
#include "core/formats/posit_parts.h"
#include "widgets/plot_text.h"
#include "widgets/theme.h"

#include <QCoreApplication>
#include <QFontMetricsF>
#include <QPainter>

#include <cmath>

namespace quantoscope {

namespace {

QString words(const char* text)
{
    return QCoreApplication::translate("NumbersPage", text);
}

QFont raisedFont(QFont font)
{
    font.setPixelSize(std::max(11, int(font.pixelSize() * 0.62)));
    font.setWeight(QFont::Medium);
    return font;
}

/// A number, its power of ten raised: a monospaced superscript would stand apart digit by digit.
void appendNumber(Formula& formula, const QString& text, const QColor& colour)
{
    static const QString raised = QStringLiteral("⁻⁰¹²³⁴⁵⁶⁷⁸⁹"), plain = QStringLiteral("−0123456789");
    qsizetype end = text.size();
    QString exponent;
    for (; end > 0 && raised.contains(text[end - 1]); --end)
        exponent.prepend(plain[raised.indexOf(text[end - 1])]);
    formula.push_back({text.left(end), colour});
    if (!exponent.isEmpty())
        formula.push_back({exponent, colour, true});
}

/// The significand in [0, 2): the hidden bit apart from the digits behind the point.
Formula productOf(const NumberRowContent& row, const FloatFormat& format, const FloatParts& parts, const Theme& theme, int mostDigits)
{
    const double significand = std::ldexp(double(parts.mantissa), -format.mantissaBits);
    const QString digits = exactText(significand, mostDigits + 2);
    Formula formula;
    if (format.isSigned)
        formula.push_back({parts.negative ? QStringLiteral("−") : QStringLiteral("+"), theme.signInk});
    if (digits.contains(QChar(0x00D7))) {
        // So many zeros behind the point that digits say nothing: the fraction of the mantissa does.
        formula.push_back({QStringLiteral("0"), theme.mantissaInk, false, true});
        formula.push_back({QStringLiteral(".0… = %1/2").arg(parts.mantissa), theme.mantissaInk});
        formula.push_back({QString::number(format.mantissaBits), theme.mantissaInk, true});
    } else {
        formula.push_back({digits.left(1), theme.mantissaInk, false, true});
        if (digits.size() > 1)
            formula.push_back({digits.mid(1), theme.mantissaInk});
    }
    formula.push_back({QStringLiteral(" × 2"), theme.text});
    formula.push_back({withRealMinus(QString::number(parts.exponent)), theme.exponentInk, true});
    appendNumber(formula, QStringLiteral(" = ") + exactText(row.stored.value, mostDigits + 6), theme.text);
    return formula;
}

Formula floatFormula(const NumberRowContent& row, const FloatFormat& format, const Theme& theme, int mostDigits)
{
    const FloatParts parts = decode(format, row.stored.code);
    const QString sign = parts.negative ? QStringLiteral("−") : QStringLiteral("+");
    switch (parts.kind) {
    case FloatClass::Normal:
    case FloatClass::Subnormal: return productOf(row, format, parts, theme, mostDigits);
    case FloatClass::Zero:
        return {{sign, theme.signInk}, {QStringLiteral("0"), theme.mantissaInk},
                {parts.negative ? words("  minus zero: equal to zero, the sign is kept") : words("  zero: exponent and mantissa are zero"), theme.text}};
    case FloatClass::Infinity:
        return {{sign, theme.signInk}, {QStringLiteral("∞"), theme.text}, {words("  infinity: larger than every number here"), theme.text}};
    case FloatClass::NaN:
        if (format.specials == SpecialCodes::Ieee)
            return {{sign, theme.signInk}, {nanWords(row), theme.text}};
        return {{QStringLiteral("NaN"), theme.text}, {QStringLiteral("  ") + nanWords(row), theme.text}};
    }
    return {};
}

Formula positFormula(const NumberRowContent& row, const PositFormat& format, const Theme& theme, int mostDigits)
{
    const auto parts = positParts(format, row.stored.code);
    if (!parts && row.stored.code == 0)
        return {{QStringLiteral("0"), theme.mantissaInk}, {words("  zero: every bit is zero"), theme.text}};
    if (!parts)
        return {{QStringLiteral("NaR"), theme.text}, {QStringLiteral("  ") + nanWords(row), theme.text}};
    Formula formula{{parts->negative ? QStringLiteral("−") : QStringLiteral("+"), theme.signInk},
            {QString::number(1 << (1 << format.exponentBits)), theme.text},
            {withRealMinus(QString::number(parts->regime)), theme.exponentInk, true},
            {QStringLiteral(" × 2"), theme.text},
            {QString::number(parts->exponent), theme.exponentInk, true},
            {QStringLiteral(" × "), theme.text},
            {exactText(parts->significand, mostDigits + 2), theme.mantissaInk}};
    appendNumber(formula, QStringLiteral(" = ") + exactText(row.stored.value, mostDigits + 6), theme.text);
    if (parts->negative)
        formula.push_back({words("  (bits: two’s complement)"), theme.muted});
    return formula;
}

}  // namespace

QString nanWords(const NumberRowContent& row)
{
    const auto parts = nanParts(row.format, row.stored.code);
    if (!parts)
        return {};
    if (parts->isOnly)
        return row.format.asPosit() ? words("not a real: the one code that is no number") : words("not a number: the only one of this format");
    if (!parts->isQuiet)
        return words("not a number: one code of each sign");
    const QString kind = *parts->isQuiet ? words("quiet NaN") : words("signalling NaN");
    if (parts->payloadBits == 0)
        return kind;
    return words("%1, payload %2 (0x%3 of %4 bits)").arg(kind).arg(parts->payload).arg(parts->payload, 0, 16).arg(parts->payloadBits);
}

Formula rowFormula(const NumberRowContent& row, const Theme& theme, int mostDigits)
{
    if (const PositFormat* format = row.format.asPosit())
        return positFormula(row, *format, theme, mostDigits);
    if (const FloatFormat* format = row.format.asFloat())
        return floatFormula(row, *format, theme, mostDigits);
    if (const IntegerFormat* format = row.format.asInteger()) {
        const std::int64_t whole = std::llround(row.stored.value / format->scale) + format->zeroPoint;
        const QString stored = withRealMinus(QString::number(whole));
        Formula formula;
        if (format->zeroPoint != 0) {
            formula.push_back({QStringLiteral("("), theme.text});
            formula.push_back({stored, theme.integerInk});
            formula.push_back({(format->zeroPoint < 0 ? QStringLiteral(" + ") : QStringLiteral(" − "))
                                   + QString::number(std::abs(format->zeroPoint)) + QStringLiteral(")"), theme.text});
        } else {
            formula.push_back({stored, theme.integerInk});
        }
        int exponent = 0;
        if (std::frexp(format->scale, &exponent) == 0.5) {
            formula.push_back({QStringLiteral(" × 2"), theme.text});
            formula.push_back({withRealMinus(QString::number(exponent - 1)), theme.text, true});
        } else {
            formula.push_back({QStringLiteral(" × ") + shortText(format->scale, 6), theme.text});
        }
        formula.push_back({QStringLiteral(" = ") + exactText(row.stored.value, mostDigits + 6), theme.text});
        return formula;
    }
    if (row.format.asLevels())
        return {{words("level %1").arg(row.stored.code), theme.text}, {words(" of the table = "), theme.muted},
                {exactText(row.stored.value, mostDigits + 6), theme.text}};
    return {{codeString(row.format, row.stored.code), theme.text}, {QStringLiteral(" = "), theme.muted},
            {exactText(row.stored.value, mostDigits + 6), theme.text}};
}

double formulaWidth(const Formula& formula, const QFont& font)
{
    const QFontMetricsF plain(font), raised(raisedFont(font));
    double width = 0;
    for (const FormulaPiece& piece : formula)
        width += (piece.raised ? raised : plain).horizontalAdvance(piece.text) + (piece.boxed ? 6 : 0);
    return width;
}

void paintFormula(QPainter& painter, const Formula& formula, const QFont& font, QPointF baseline)
{
    const QFontMetricsF plain(font);
    double x = baseline.x();
    painter.setRenderHint(QPainter::Antialiasing);
    for (const FormulaPiece& piece : formula) {
        painter.setFont(piece.raised ? raisedFont(font) : font);
        painter.setPen(piece.colour);
        if (piece.boxed) {
            const QRectF box(x + 1, baseline.y() - plain.capHeight() - 4, plain.horizontalAdvance(piece.text) + 4, plain.capHeight() + 8);
            QPen pen(piece.colour, 1.3);
            pen.setDashPattern({2, 1.5});
            painter.setPen(pen);
            painter.setBrush(Qt::NoBrush);
            painter.drawRoundedRect(box, 3, 3);
            painter.setPen(piece.colour);
            x += 3;
        }
        const double rise = piece.raised ? plain.capHeight() * 0.62 : 0;
        painter.drawText(QPointF(x, baseline.y() - rise), piece.text);
        x += QFontMetricsF(painter.font()).horizontalAdvance(piece.text) + (piece.boxed ? 3 : 0);
    }
}

}  // namespace quantoscope
