// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/formats/number_format.h"
#include "core/formats/parse_code.h"
#include "core/formats/real_number.h"

#include <string>

namespace quantoscope {

/// A small number written for people: "2.78… × 10⁻⁸" is {"2.78", true, -8}.
struct ShortDecimal {
    std::string digits;    ///< With a leading "-" where negative.
    bool cut = false;      ///< Digits were left out: show "…". Exact text does not.
    int exponent = 0;      ///< Of ten; 0 means plain.
};
ShortDecimal shortDecimal(const RealNumber&, int digits);

/// Everything one row of the Numbers page and one line of `qscope number` say about a value in a format.
struct StoredNumber {
    Code code = 0;
    double value = 0;             ///< The stored value.
    std::string exact;            ///< All decimal digits of the stored value.
    std::string shortest;         ///< Shortest decimal text that reads back to the same code.
    double absoluteError = 0;     ///< stored − typed; NaN where there is none (typed NaN or infinity).
    double relativeError = 0;     ///< |stored − typed| / |typed|
    double ulpError = 0;          ///< |stored − typed| / ULP of the stored value
    RealNumber absoluteErrorExact;
    double ulp = 0;
    double previous = 0;
    double next = 0;
    std::string className;        ///< "normal", "subnormal", "zero", "infinity", "NaN", "integer", "level"
    int sign = 0;                 ///< 0 or 1, the sign bit.
    int exponent = 0;             ///< Unbiased (floats).
    std::uint64_t mantissa = 0;   ///< Stored fraction field (floats).
    double positionBetweenNeighbours = 0.5;   ///< Of the typed value on previous … next, 0 … 1.
    enum class Direction { Exact, Down, Up } direction = Direction::Exact;   ///< Which way it was rounded.
};

StoredNumber storeNumber(const NumberFormat&, const RealNumber& typed, const RoundingRule& = {});
/// The row for a code given directly, with its errors against a number it stands for.
StoredNumber describeStored(const NumberFormat&, Code, const RealNumber& meant);
/// The row for a code given directly, for example after a flipped bit: no error against anything.
StoredNumber describeCode(const NumberFormat&, Code);

/// All decimal digits of a finite double; "inf", "-inf", "nan", "0", "-0" otherwise.
std::string exactDecimal(double value);
/// Shortest decimal text that, read as a double, is the value: exact for a program that reads it, and
/// what `qscope decode` prints. "inf", "-inf", "nan", "0", "-0".
std::string valueText(double value);
/// Shortest text that reads back as the same value of this format, which may be shorter: FP16 needs
/// no more than "0.1" for 0.0999755859375.
std::string shortestText(const NumberFormat&, Code);

}  // namespace quantoscope
