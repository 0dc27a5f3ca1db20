// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/formats/rational.h"

namespace quantoscope {

/// Binary approximations by MPFR, 320 bits: enough that the 256 bits a typed number keeps are right
/// after a few operations on them.
inline constexpr int workingBits = 320;
inline constexpr int keptBits = 256;

Rational piApproximation();
Rational eApproximation();
Rational squareRootApproximation(const Rational& value);                       ///< value >= 0
Rational powerApproximation(const Rational& base, const Rational& exponent);   ///< base > 0, result of moderate size
/// Nearest number of that many significant bits.
Rational roundedToBits(const Rational&, int bits);

}  // namespace quantoscope
