// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/formats/number_format.h"

#include <optional>
#include <string_view>

namespace quantoscope {

/// What the format table says about the values of a format; absent where the format has no such thing.
struct FormatLimits {
    std::string_view kind;       ///< "float", "integer", "levels", "posit"
    std::string_view specials;   ///< "ieee", "nan-at-all-ones", "nan-at-negative-zero", "none", "p3109-extended", "nar"
    double largest = 0;
    double lowest = 0;                         ///< The most negative value, or the smallest where none is negative.
    std::optional<double> smallestNormal;      ///< Positive.
    std::optional<double> smallestSubnormal;   ///< Positive.
    std::optional<double> epsilon;             ///< From 1 to the next value.
};
FormatLimits limitsOf(const NumberFormat&);

}  // namespace quantoscope
