// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/pages/numbers/numbers_state.h"
#include "core/formats/arithmetic.h"
#include "core/formats/running_sum.h"

#include <QStringList>

#include <memory>

namespace quantoscope {

/// The lines of the digit sheet: what was computed, and which digits have a fate of their own.
struct DigitLine {
    enum class Role { Operand, Exact, Stored };
    /// What happened to digits; said by a frame, hatching and a word, not by colour alone.
    enum class Fate { Absorbed, Cancelled, RoundedAway };
    struct Mark {
        Fate fate;
        int first, last;   ///< Weights, first ≥ last: powers of two.
        QString words;     ///< "5 digits absorbed"
    };
    Role role = Role::Operand;
    QString name;      ///< "a", "exact", "BF16"
    QString value;     ///< "3.140625", with "…" where digits were cut
    QString code;      ///< "0x4049"; of stored numbers only.
    double number = 0;
    BinaryExpansion digits;
    int leading = 0, last = 0;   ///< Weights of the first and the last digit that the number holds.
    bool isInteger = false;      ///< Its stored digits are those of an integer format.
    std::vector<Mark> marks;
};

/// a ∘ b in one format, ready to be shown.
struct ArithmeticContent {
    NumberFormat format;
    QString formatName;
    bool isFused = false;
    std::optional<DotProduct> dot;          ///< Σ aᵢ·bᵢ in place of one operation.
    std::size_t factors = 0;                ///< Of the dot product: pairs that were multiplied.
    QStringList operandTexts;               ///< As typed: "π", "0.01".
    std::vector<StoredNumber> operands;     ///< In the format.
    ArithmeticResult result;
    QString expression;                     ///< "a + b"
    QString operationName;                  ///< "Sum"
    std::vector<DigitLine> lines;
    QStringList sentences;                  ///< What happened, in words; the first is the main thing.
};
ArithmeticContent computeArithmetic(const NumbersState&, const NumbersContent&);

/// Running sums of the same terms by every method.
struct SumsContent {
    QString formatName;
    std::vector<std::pair<Summation, RunningSum>> sums;   ///< In the order of summationRows().
    const RunningSum& of(Summation) const;
};
SumsContent computeSums(const NumbersState&);

/// A sum that stopped growing, in words: "sticks at 2048 after 2048 terms"; empty where it did not.
QString stuckWords(const RunningSum&);

/// A real number as text, exact or cut with "…".
QString realText(const RealNumber&, int digits);

}  // namespace quantoscope
