// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/formats/float_format.h"

#include <span>
#include <string_view>
#include <variant>
#include <vector>

namespace quantoscope {

class RealNumber;

/// Whole numbers in two's complement or unsigned: INT8, UINT4 … A value is scale · (code − zero).
struct IntegerFormat {
    int bits;
    bool isSigned = true;
    double scale = 1;
    std::int64_t zeroPoint = 0;

    constexpr std::int64_t lowest() const { return isSigned ? -(std::int64_t{1} << (bits - 1)) : 0; }
    constexpr std::int64_t highest() const { return (std::int64_t{1} << (bits - int(isSigned))) - 1; }
};

/// Values that follow no formula, listed by code: NF4 and its kin.
struct LevelTable {
    std::span<const float> levels;   ///< 2^n of them; in any order, and 0 may appear twice.
};

/// Posits (Posit Standard 2022): a run of equal bits, the regime, says how many bits the exponent
/// and the fraction have left, so that numbers near 1 are the most precise.
struct PositFormat {
    int bits;
    int exponentBits = 2;   ///< The standard fixes 2.

    friend constexpr bool operator==(const PositFormat&, const PositFormat&) = default;
};

/// One row of the format table: whatever can be picked where a format can be picked.
struct NumberFormat {
    std::string_view id;         ///< As in `qscope formats`, links and lessons: "e4m3".
    std::string_view name;       ///< "FP8 E4M3"
    std::string_view sentence;   ///< What it is and who uses it, one plain sentence.
    std::variant<FloatFormat, IntegerFormat, LevelTable, PositFormat> kind;
    std::string_view family = {};   ///< Id of its row in formatFamilies(): pickers group by it.

    const FloatFormat* asFloat() const { return std::get_if<FloatFormat>(&kind); }
    const IntegerFormat* asInteger() const { return std::get_if<IntegerFormat>(&kind); }
    const LevelTable* asLevels() const { return std::get_if<LevelTable>(&kind); }
    const PositFormat* asPosit() const { return std::get_if<PositFormat>(&kind); }
};

/// A heading of the format table.
struct FormatFamily {
    std::string_view id;         ///< "fp8"
    std::string_view name;       ///< "8-bit floats"
    std::string_view sentence;
    bool isListed = true;        ///< False for P3109: found by id or family, not in numberFormats().
};
std::span<const FormatFamily> formatFamilies();

/// The format table, in the order of formatFamilies(). Pickers, help, tests and the command line
/// walk this list; the hundreds of P3109 formats are behind formatsOf("p3109").
std::span<const NumberFormat> numberFormats();
std::span<const NumberFormat> formatsOf(std::string_view family);
const NumberFormat* findNumberFormat(std::string_view id);   ///< Of any family, built ones too (built_format.h); nullptr where there is none.

int bitsOf(const NumberFormat&);              ///< Width of a code: 32 for TF32.
int significantBitsOf(const NumberFormat&);   ///< Bits that can differ: 19 for TF32.
int unusedLowBitsOf(const NumberFormat&);     ///< Low bits of a code that are always zero: 13 for TF32.
double valueOf(const NumberFormat&, Code);
Code encode(const NumberFormat&, double value, const RoundingRule& = {});
/// One rounding from the typed number itself, not from its double.
Code encode(const NumberFormat&, const RealNumber& value, const RoundingRule& = {});
double largestValue(const NumberFormat&);
/// Neighbours in value order; the code itself at the ends and for NaN.
Code previousCode(const NumberFormat&, Code);
Code nextCode(const NumberFormat&, Code);

/// Every finite value of a format of at most 19 significant bits, ascending, -0 left out. The number line draws these.
std::vector<double> finiteValues(const NumberFormat&);

}  // namespace quantoscope
