// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/formats/stored_number.h"
#include "core/result.h"
#include "core/quantization/quantization_scheme.h"
#include "widgets/bit_fields.h"
#include "widgets/number_line_scale.h"

#include <QJsonObject>
#include <QString>

#include <optional>
#include <span>
#include <vector>

namespace quantoscope {

/// One chosen row of the format table; integers carry the scale and zero point of this page.
struct ChosenFormat {
    QString id;
    double scale = 1;
    qint64 zeroPoint = 0;

    NumberFormat format() const;
    friend bool operator==(const ChosenFormat&, const ChosenFormat&) = default;
};

/// A code that a person gave directly: by flipping a bit, choosing a cell, typing 0x4248.
struct GivenCode {
    QString format;
    Code code = 0;
    friend bool operator==(const GivenCode&, const GivenCode&) = default;
};

/// What the running sums of the Arithmetic tab add up.
struct SumSettings {
    static constexpr int mostTerms = 16384;   ///< Five methods of exact arithmetic stay well under 200 ms.
    int terms = 4096;
    QString data = QStringLiteral("one");     ///< "one", "tenth" (0.1) or "random" (uniform on 0 … 1).
    quint64 seed = 1;
    friend bool operator==(const SumSettings&, const SumSettings&) = default;
};

/// One block of the Block tab: normally distributed values, the largest of them made larger.
struct BlockSettings {
    QString format = QStringLiteral("mxfp4");   ///< Id of a row of blockFormats().
    PowerOfTwoRule rule = PowerOfTwoRule::Floor;
    double factor = 1;
    quint64 seed = 1;
    int chosen = -1;          ///< The value that is looked at; −1: the largest.
    friend bool operator==(const BlockSettings&, const BlockSettings&) = default;
};

/// Ids as in schemes ("scale-rule=ceil").
struct BlockRuleRow {
    PowerOfTwoRule rule;
    const char* id;
    const char* sentence;
};
std::span<const BlockRuleRow> blockRules();
inline constexpr int mostShownElements = 256;   ///< As many as a picture has room for.

/// What becomes of numbers beyond the largest one; ids as in schemes and `qscope encode`.
struct OverflowRow {
    Overflow overflow;
    const char* id;
    const char* name;       ///< Translated by "NumbersPage".
    const char* sentence;
};
std::span<const OverflowRow> overflowRows();

/// All that decides what the Numbers page shows.
struct NumbersState {
    QString text = QStringLiteral("π");   ///< As typed. The exact value of the code where one is given.
    std::optional<GivenCode> given;
    std::vector<ChosenFormat> formats;
    Rounding rounding = Rounding::NearestEven;
    Overflow overflow = Overflow::Default;
    quint64 seed = 1;
    QString selected;                     ///< Id of the row that explains itself.
    QString tab = QStringLiteral("line");
    bool logarithmic = false;
    std::optional<NumberLineView> view;   ///< Empty: around the value.
    QString colouring = QStringLiteral("value");
    QString arrangement = QStringLiteral("binade");   ///< Of the grid: "binade" or "table" (by the digits of the code).
    QString stairs = QStringLiteral("value");         ///< What the staircase shows: "value", "range" or "overflow".
    bool allDigits = false;
    QString operation = QStringLiteral("add");   ///< Id of an operation, "fma" or "dot".
    QString second = QStringLiteral("0.01");     ///< Operand b, as typed; a is the page's value.
    QString third = QStringLiteral("1");         ///< Operand c of a fused multiply-add.
    QString left = QStringLiteral("256, 1, 1, -256");   ///< The factors of a dot product, as typed.
    QString right = QStringLiteral("1, 1, 1, 1");
    SumSettings sums;
    QString built = QStringLiteral("float:1.3.4:3:fn");   ///< What is being put together: a built format's id.
    BlockSettings block;
    QJsonObject weight;                   ///< The stored weight whose code is looked at (BorrowedWeight); empty: none.

    static NumbersState first();          ///< π in six formats.
    RoundingRule rule(quint64 draw = 0) const { return {rounding, overflow, seed, draw}; }
    QJsonObject toJson() const;
    static NumbersState fromJson(const QJsonObject&);
    int indexOf(const QString& id) const;
    friend bool operator==(const NumbersState&, const NumbersState&) = default;
};

/// The numbers of a typed list, separated by commas, semicolons or spaces; the error names the one that is none.
/// At most `mostFactors` of them.
inline constexpr int mostFactors = 64;
Result<std::vector<RealNumber>> parseNumberList(const QString& typed);

/// A fresh row: INT8 comes with a scale of 2⁻⁵, so that small numbers are more than 0, 1, 2, 3.
ChosenFormat chosenFormat(const QString& id);

/// One row, computed.
struct NumberRowContent {
    QString id, name, layout;    ///< "BF16", "1 · 8 · 7"
    NumberFormat format;
    StoredNumber stored;
    bool isGiven = false;        ///< This row holds the code itself: nothing was rounded.
};

/// What the state shows, computed from it alone.
struct NumbersContent {
    RealNumber typed;
    QString typedText;
    BinaryExpansion digits;
    std::vector<NumberRowContent> rows;
};
NumbersContent computeNumbers(const NumbersState&);

}  // namespace quantoscope
