// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/pages/numbers/numbers_state.h"

#include <QFont>
#include <QString>

#include <vector>

class QPainter;

namespace quantoscope {

struct Theme;

/// Exact digits, cut off (not rounded) with "…" once they are longer than `most` characters; powers
/// of ten where plain digits would be mostly zeros.
QString exactText(double value, int most);
/// "3.08… × 10⁻⁴": the digits are cut, never rounded. "0" is exact.
QString shortText(double value, int digits);
/// The same, always with a power of ten: errors stand in one notation. "–" where there is none.
QString scientificText(double value, int digits);
/// "2⁻²²" for powers of two, else a short decimal.
QString stepText(double step);
QString codeString(const NumberFormat&, Code);
/// "0x1.92p+1": exact, as C99 and `qscope` read it.
QString hexadecimalText(double value);
/// Room for the name in front of a number written out in full, pixels.
inline constexpr double writtenNames = 88;

QString absoluteErrorText(const NumberRowContent&);   ///< With its sign.
QString relativeErrorText(const NumberRowContent&);
QString ulpErrorText(const NumberRowContent&);

/// What stands behind the bits: the digits that were dropped and which way the number was rounded.
BitTail bitTail(const NumberRowContent&, const NumbersContent&, const BitLayout&, int digitsThatFit);

/// A piece of a formula: text in a colour, perhaps raised, perhaps in the dashed box of the hidden bit.
struct FormulaPiece {
    QString text;
    QColor colour;
    bool raised = false;
    bool boxed = false;
};
using Formula = std::vector<FormulaPiece>;
/// "+1.5703125 × 2¹ = 3.140625", or words for codes that are no such product.
Formula rowFormula(const NumberRowContent&, const Theme&, int mostDigits);
double formulaWidth(const Formula&, const QFont&);
void paintFormula(QPainter&, const Formula&, const QFont&, QPointF baseline);

/// "quiet NaN, payload 0 (0x0 of 9 bits)"; empty for what is a number.
QString nanWords(const NumberRowContent&);

/// Words under the brackets: "128 − 127 = 1" and "1 hidden + 73/128"; empty where there is no field.
QString regimeNote(const NumberRowContent&);
QString exponentNote(const NumberRowContent&);
QString mantissaNote(const NumberRowContent&);
/// One sentence for a screen reader.
QString spokenRow(const NumberRowContent&);

}  // namespace quantoscope
