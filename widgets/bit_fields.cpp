// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/bit_fields.h"

#include "core/formats/posit_parts.h"
#include "widgets/theme.h"

#include <QCoreApplication>

#include <algorithm>
#include <cmath>

namespace quantoscope {

QString fieldName(BitField field)
{
    const auto name = [](const char* text) { return QCoreApplication::translate("BitField", text); };
    switch (field) {
    case BitField::Sign: return name("sign");
    case BitField::Regime: return name("regime");
    case BitField::Exponent: return name("exponent");
    case BitField::Mantissa: return name("mantissa");
    case BitField::Integer: return name("integer");
    case BitField::Level: return name("level number");
    }
    return {};
}

QColor fieldColour(const Theme& theme, BitField field)
{
    switch (field) {
    case BitField::Sign: return theme.sign;
    case BitField::Regime:   // It is the larger part of the exponent.
    case BitField::Exponent: return theme.exponent;
    case BitField::Mantissa: return theme.mantissa;
    case BitField::Integer: return theme.integer;
    case BitField::Level: return theme.original;
    }
    return {};
}

QColor fieldInk(const Theme& theme, BitField field)
{
    switch (field) {
    case BitField::Sign: return theme.signInk;
    case BitField::Regime:
    case BitField::Exponent: return theme.exponentInk;
    case BitField::Mantissa: return theme.mantissaInk;
    case BitField::Integer: return theme.integerInk;
    case BitField::Level: return theme.text;
    }
    return {};
}

std::vector<int> shownBits(const NumberFormat& format)
{
    const int unused = format.asFloat() ? format.asFloat()->unusedLowBits : 0;
    std::vector<int> bits;
    for (int bit = bitsOf(format) - 1; bit >= unused; --bit)
        bits.push_back(bit);
    return bits;
}

BitField fieldOfBit(const NumberFormat& format, int bit, Code code)
{
    const FloatFormat* floating = format.asFloat();
    if (const PositFormat* posit = format.asPosit()) {
        if (bit == posit->bits - 1)
            return BitField::Sign;
        const auto parts = positParts(*posit, code);
        if (!parts)
            return BitField::Regime;   // Zero and NaR: one run to the end.
        return bit < parts->fractionBits ? BitField::Mantissa : bit < parts->fractionBits + parts->exponentBits ? BitField::Exponent : BitField::Regime;
    }
    if (!floating)
        return format.asInteger() ? BitField::Integer : BitField::Level;
    const int firstExponentBit = floating->mantissaBits + floating->unusedLowBits;
    if (bit < firstExponentBit)
        return BitField::Mantissa;
    return bit < firstExponentBit + floating->exponentBits ? BitField::Exponent : BitField::Sign;
}

QString bitName(const NumberFormat& format, int bit, Code code)
{
    return QCoreApplication::translate("BitField", "Bit %1: %2").arg(bit).arg(fieldName(fieldOfBit(format, bit, code)));
}

std::optional<int> hiddenBit(const NumberFormat& format, Code code)
{
    const FloatFormat* floating = format.asFloat();
    if (!floating)
        return {};
    switch (decode(*floating, code).kind) {
    case FloatClass::Normal: return 1;
    case FloatClass::Subnormal:
    case FloatClass::Zero: return 0;
    default: return {};
    }
}

bool hasBinaryWeights(const NumberFormat& format, Code code)
{
    if (const FloatFormat* floating = format.asFloat()) {
        const FloatClass kind = decode(*floating, code).kind;
        return kind != FloatClass::Infinity && kind != FloatClass::NaN;
    }
    if (const IntegerFormat* integer = format.asInteger()) {
        int exponent = 0;
        return integer->zeroPoint == 0 && std::frexp(integer->scale, &exponent) == 0.5;
    }
    return false;
}

int firstWeight(const NumberFormat& format, Code code)
{
    if (const FloatFormat* floating = format.asFloat()) {
        const FloatParts parts = decode(*floating, code);
        return parts.kind == FloatClass::Normal ? parts.exponent : floating->minExponent();
    }
    if (const IntegerFormat* integer = format.asInteger())
        return integer->bits - 1 + std::ilogb(std::abs(integer->scale));
    return 0;
}

int significandDigits(const NumberFormat& format, Code code)
{
    if (const FloatFormat* floating = format.asFloat())
        return floating->mantissaBits + int(hiddenBit(format, code).has_value());
    return bitsOf(format);
}

BinaryExpansion::BinaryExpansion(const RealNumber& number)
{
    if (number.isNaN() || number.isInfinite())
        return;
    const double nearest = number.toDouble();
    // Enough digits to go past the last bit of the widest format, wherever the first one stands.
    const int exponent = nearest == 0 || std::isinf(nearest) ? 0 : std::ilogb(nearest);
    const int fractionBits = std::max(0, 72 - exponent);
    const RealNumber::Digits digits = number.binary(fractionBits);
    std::string text = digits.text;
    m_cut = digits.cut;
    m_negative = number.isNegative();
    if (!text.empty() && text.front() == '-')
        text.erase(0, 1);
    const auto point = text.find('.');
    m_whole = text.substr(0, point);
    if (point != std::string::npos)
        m_fraction = text.substr(point + 1);

    const std::string all = m_whole + m_fraction;
    const auto weightOf = [this](std::size_t index) { return int(m_whole.size()) - 1 - int(index); };
    if (const auto first = all.find('1'); first != std::string::npos) {
        m_leading = weightOf(first);
        m_last = weightOf(all.rfind('1'));
    }
}

bool BinaryExpansion::digit(int weight) const
{
    const auto at = [](const std::string& text, int index) {
        return index >= 0 && index < int(text.size()) && text[std::size_t(index)] == '1';
    };
    return weight >= 0 ? at(m_whole, int(m_whole.size()) - 1 - weight) : at(m_fraction, -1 - weight);
}

bool BinaryExpansion::isKnown(int weight) const
{
    return !m_cut || weight >= -int(m_fraction.size());
}

bool BinaryExpansion::hasDigitsBelow(int weight) const
{
    return m_cut || (m_last < weight && digit(m_last));
}

const BitCell* BitLayout::at(QPointF point) const
{
    for (const BitCell& cell : cells)
        if (cell.bit >= 0 && cell.rect.adjusted(-1, -3, 1, 3).contains(point))
            return &cell;
    return nullptr;
}

const BitCell* BitLayout::ofBit(int bit) const
{
    const auto found = std::find_if(cells.begin(), cells.end(), [bit](const BitCell& cell) { return cell.bit == bit; });
    return bit < 0 || found == cells.end() ? nullptr : &*found;   // −1 marks the hidden bit, which is no bit of the code.
}

QRectF BitLayout::extent(BitField field, bool withHidden) const
{
    QRectF all;
    for (const BitCell& cell : cells)
        if (cell.field == field && (cell.bit >= 0 || withHidden))
            all = all.united(cell.rect);
    return all;
}

BitLayout layoutBits(const NumberFormat& format, Code code, const BitColumns& columns, double top, double height)
{
    BitLayout layout;
    const double gap = std::clamp(columns.cell * 0.1, 1.0, 4.0);
    const auto cellAt = [&](double x) { return QRectF(x, top, columns.cell - gap, height); };

    const int digits = significandDigits(format, code);
    const int wanted = columns.topWeight - firstWeight(format, code);
    // What has no place among the powers of two (infinity, a table's level) stands at the left.
    const bool hasPlace = hasBinaryWeights(format, code) || format.asInteger();
    const int column = hasPlace ? std::clamp(wanted, 0, std::max(0, columns.columns - digits)) : 0;
    layout.aligned = hasBinaryWeights(format, code) && column == wanted;
    layout.lastWeight = columns.topWeight - column - digits + 1;

    double x = columns.significandLeft + column * columns.cell;
    const std::optional<int> hidden = hiddenBit(format, code);
    double exponentX = columns.exponentRight;
    if (const FloatFormat* floating = format.asFloat())
        exponentX -= floating->exponentBits * columns.cell;

    bool hiddenPlaced = false;
    const auto placeHidden = [&] {
        if (hidden && !hiddenPlaced) {
            layout.cells.push_back({-1, BitField::Mantissa, cellAt(x)});
            x += columns.cell;
        }
        hiddenPlaced = true;
    };
    for (const int bit : shownBits(format)) {
        const BitField field = fieldOfBit(format, bit, code);
        if (field == BitField::Sign) {
            layout.cells.push_back({bit, field, cellAt(columns.left)});
        } else if (field == BitField::Exponent && format.asFloat()) {
            layout.cells.push_back({bit, field, cellAt(exponentX)});
            exponentX += columns.cell;
        } else {
            placeHidden();
            // Regime and exponent have one colour: a gap says where one ends.
            if (format.asPosit() && !layout.cells.empty() && layout.cells.back().field != field && layout.cells.back().field != BitField::Sign)
                x += columns.cell * 0.4;
            layout.cells.push_back({bit, field, cellAt(x)});
            x += columns.cell;
        }
    }
    placeHidden();   // E8M0 has a hidden bit and no mantissa behind it.
    layout.end = x - gap;

    const int pointAfter = columns.topWeight + 1;   // columns left of the point
    // A strip that ends left of the point, or begins right of it, has none.
    const bool touches = layout.lastWeight <= 0 && columns.topWeight - column >= -1;
    if (layout.aligned && touches && pointAfter >= 0 && pointAfter <= columns.columns)
        layout.point = columns.significandLeft + pointAfter * columns.cell - gap / 2;
    return layout;
}

}  // namespace quantoscope
