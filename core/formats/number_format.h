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
    std::span<const float> levels;
};

/// One row of the format table: whatever can be picked where a format can be picked.
struct NumberFormat {
    std::string_view id;         ///< As in `qscope formats`, links and lessons: "e4m3".
    std::string_view name;       ///< "FP8 E4M3"
    std::string_view sentence;   ///< What it is and who uses it, one plain sentence.
    std::variant<FloatFormat, IntegerFormat, LevelTable> kind;

    const FloatFormat* asFloat() const { return std::get_if<FloatFormat>(&kind); }
    const IntegerFormat* asInteger() const { return std::get_if<IntegerFormat>(&kind); }
    const LevelTable* asLevels() const { return std::get_if<LevelTable>(&kind); }
};

/// Every format the program knows. Pickers, help, tests and the command line walk this list.
std::span<const NumberFormat> numberFormats();
const NumberFormat* findNumberFormat(std::string_view id);   ///< nullptr where there is none.

int bitsOf(const NumberFormat&);
double valueOf(const NumberFormat&, Code);
Code encode(const NumberFormat&, double value, const RoundingRule& = {});
/// One rounding from the typed number itself, not from its double.
Code encode(const NumberFormat&, const RealNumber& value, const RoundingRule& = {});
double largestValue(const NumberFormat&);
/// Neighbours in value order; the code itself at the ends and for NaN.
Code previousCode(const NumberFormat&, Code);
Code nextCode(const NumberFormat&, Code);

/// Every finite value of a format of at most 16 bits, ascending, -0 left out. The number line draws these.
std::vector<double> finiteValues(const NumberFormat&);

}  // namespace quantoscope
