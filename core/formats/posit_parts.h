// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/formats/number_format.h"

#include <optional>

namespace quantoscope {

/// A posit taken apart (Posit Standard 2022): ± 2^(regime · 2^es + exponent) · significand. Negative posits
/// are two's complements; the widths are those of the magnitude's code.
struct PositParts {
    bool negative = false;
    int regime = 0;            ///< What the run of equal bits counts.
    int exponent = 0;
    double significand = 1;    ///< In [1, 2).
    int regimeBits = 0, exponentBits = 0, fractionBits = 0;   ///< Sum: bits − 1. The run's end belongs to the regime.
};

/// Absent for zero and NaR.
std::optional<PositParts> positParts(const PositFormat&, Code);

}  // namespace quantoscope
