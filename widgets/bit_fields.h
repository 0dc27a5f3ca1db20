// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/formats/number_format.h"
#include "core/formats/real_number.h"

#include <QColor>
#include <QRectF>
#include <QString>

#include <optional>
#include <string>
#include <vector>

namespace quantoscope {

struct Theme;

/// What a bit of a code means. Every field has its own colour, everywhere.
enum class BitField { Sign, Regime, Exponent, Mantissa, Integer, Level };

QString fieldName(BitField);   ///< "exponent", translated.
QColor fieldColour(const Theme&, BitField);
QColor fieldInk(const Theme&, BitField);

/// The bits a code spends on numbers, highest first: TF32 has 19, although its codes are 32 wide.
std::vector<int> shownBits(const NumberFormat&);
/// The fields of a posit have other widths in every code; of all other formats the code does not matter.
BitField fieldOfBit(const NumberFormat&, int bit, Code code);
QString bitName(const NumberFormat&, int bit, Code code);   ///< "Bit 30: exponent", for screen readers and undo.

/// The bit in front of the mantissa that no code stores; empty where there is none (integers,
/// infinities, NaN).
std::optional<int> hiddenBit(const NumberFormat&, Code);
/// Whether the bits behind the sign and exponent are digits of the value: then they can stand under
/// the powers of two they are worth. Not so for level tables and scales that are no power of two.
bool hasBinaryWeights(const NumberFormat&, Code);
/// The power of two that the first digit (the hidden bit, or an integer's highest bit) is worth.
int firstWeight(const NumberFormat&, Code);
/// Digits from the hidden bit to the last mantissa bit, or all bits of an integer.
int significandDigits(const NumberFormat&, Code);

/// A number's digits in base two by the power of two they are worth.
class BinaryExpansion {
public:
    BinaryExpansion() = default;
    explicit BinaryExpansion(const RealNumber&);

    bool isEmpty() const { return m_whole.empty(); }   ///< NaN and infinities have no digits.
    bool isNegative() const { return m_negative; }
    int leadingWeight() const { return m_leading; }    ///< Of the first 1; 0 for the number zero.
    int lastWeight() const { return m_last; }          ///< Of the last 1 that is known; 0 for the number zero.
    bool goesOn() const { return m_cut; }              ///< More digits follow than were computed.
    bool digit(int weight) const;
    bool isKnown(int weight) const;                    ///< False below the digits that were computed.
    bool hasDigitsBelow(int weight) const;             ///< Something other than zeros follows.

private:
    std::string m_whole, m_fraction;
    bool m_negative = false;
    bool m_cut = false;
    int m_leading = 0;
    int m_last = 0;   ///< Weight of the last 1 that is known.
};

/// The grid that all strips and the expansion above them share, in pixels of the strip's own widget.
struct BitColumns {
    double cell = 16;            ///< Distance from one bit to the next.
    double left = 0;             ///< Of the sign bit.
    double exponentRight = 0;    ///< Exponents end here, whatever their width.
    double significandLeft = 0;  ///< Of the column worth 2^topWeight.
    int topWeight = 1;
    int columns = 26;

    double columnX(int weight) const { return significandLeft + (topWeight - weight) * cell; }
    friend bool operator==(const BitColumns&, const BitColumns&) = default;
};

struct BitCell {
    int bit = 0;          ///< -1: the hidden bit.
    BitField field = BitField::Mantissa;
    QRectF rect;
};

/// Where the bits of one code stand.
struct BitLayout {
    std::vector<BitCell> cells;        ///< Highest bit first; the hidden bit after the exponent.
    std::optional<double> point;       ///< The binary point, where it lies on or beside the strip.
    double end = 0;                    ///< Right edge of the last cell.
    bool aligned = false;              ///< Every digit stands under its power of two.
    int lastWeight = 0;                ///< Of the last digit, where aligned.

    const BitCell* at(QPointF) const;
    const BitCell* ofBit(int bit) const;
    QRectF extent(BitField, bool withHidden = true) const;
};
BitLayout layoutBits(const NumberFormat&, Code, const BitColumns&, double top, double height);

/// What stands behind the last bit: digits of the typed number that did not fit, and where they went.
struct BitTail {
    QString digits;          ///< "1001"
    bool goesOn = false;     ///< More follow: "…"
    QString words;           ///< "↑ up"
    bool isWarning = false;  ///< The number is beyond the format's range.
    friend bool operator==(const BitTail&, const BitTail&) = default;
};

}  // namespace quantoscope
