// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/result.h"

#include <memory>
#include <string>
#include <string_view>

namespace quantoscope {

/// A number as it was typed: π stays π, not its double. Rational input is kept exactly; irrational
/// input (pi, e, sqrt(2) …) as a 256-bit binary approximation. Value type, cheap to copy.
class RealNumber {
public:
    RealNumber();   ///< 0
    static RealNumber fromDouble(double value);   ///< Exact; NaN and infinities too.

    bool isNaN() const;
    bool isInfinite() const;
    bool isNegative() const;     ///< The sign bit: true for -0 too.
    bool isZero() const;
    bool isRational() const;     ///< Kept exactly.
    double toDouble() const;     ///< Nearest even.

    /// The text's digits in base 10 or 2, cut (not rounded) after `digits` significant ones; `cut`
    /// says whether digits were left out, so the caller appends "…".
    struct Digits {
        std::string text;
        bool cut = false;
    };
    Digits decimal(int digits) const;
    Digits binary(int fractionBits) const;   ///< "11.0010010000"

    struct Implementation;   ///< In real_number.cpp: GMP and MPFR stay out of this header.
    const Implementation& implementation() const { return *m_implementation; }
    explicit RealNumber(std::shared_ptr<const Implementation> implementation);

private:
    std::shared_ptr<const Implementation> m_implementation;
};

/// Reads what a person types into the value field: `pi`, `π`, `1/3`, `sqrt(2)`, `2^-24`, `0x1.8p3`,
/// `-inf`, `nan`, `0.1`, `1e-3`, products and sums with parentheses. A code such as `0x4248` is not a
/// number: see parseCode. The error says which character was not understood.
Result<RealNumber> parseNumber(std::string_view text);

}  // namespace quantoscope
