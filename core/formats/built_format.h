// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/formats/number_format.h"
#include "core/result.h"

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace quantoscope {

// Floats that a person puts together. The id says everything, so that a link, a scheme or a command line
// with it means the same on every machine: float:S.E.M:BIAS:SPECIALS, followed by :nozero where field 0
// of the exponent holds normal numbers, as in the scale format E8M0. "float:1.4.3:7:fn" is E4M3.

/// What a built format may do with its last codes.
struct SpecialCodesRow {
    SpecialCodes specials;
    std::string_view id;         ///< "ieee", in ids
    std::string_view name;       ///< "Infinities and NaNs"
    std::string_view sentence;
};
std::span<const SpecialCodesRow> specialCodesRows();

/// The canonical id: there is only one for each format.
std::string builtFormatId(const FloatFormat&);
/// The error says which part of the id is wrong and what it may be, or why there can be no such format:
/// every value has to be a double, and at least one of them not zero.
Result<FloatFormat> parseBuiltFormat(std::string_view id);
Result<void> checkBuiltFormat(const FloatFormat&);

/// The row for an id, made when it is first asked for and kept: rows are pointed to everywhere. The same
/// id is the same row for every thread. nullptr for anything parseBuiltFormat refuses, and for the 4097th
/// format of a run: whoever reads ids from a file must not be able to fill the memory.
const NumberFormat* findBuiltFormat(std::string_view id);

/// The row of the format table that is the same format; nullptr where there is none.
const NumberFormat* sameInTable(const FloatFormat&);

/// How many of its codes are what.
struct CodeCensus {
    double finite = 0;      ///< Distinct values: −0 is not counted beside 0.
    double infinities = 0;
    double notNumbers = 0;
};
CodeCensus censusOf(const FloatFormat&);

}  // namespace quantoscope
