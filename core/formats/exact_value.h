// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/formats/rational.h"

namespace quantoscope {

/// An exact fraction, an infinity or NaN, with IEEE 754's rules for what is not a number (inf - inf,
/// 0 · inf, 0 / 0, inf / inf) and for the signs of zeros (rounding to nearest).
struct Value {
    enum class Kind { Finite, Infinite, NaN } kind = Kind::Finite;
    Rational fraction;
    bool negative = false;   ///< Of zero, infinity and NaN; a fraction has its own sign.
    bool exact = true;       ///< False where the fraction stands for an irrational number.

    bool isFinite() const { return kind == Kind::Finite; }
    bool isZero() const { return isFinite() && fraction.sign() == 0; }
    bool signBit() const { return isFinite() && fraction.sign() != 0 ? fraction.sign() < 0 : negative; }
};

Value specialValue(Value::Kind kind, bool negative);
Value exactValue(double value);
Value negated(Value value);
Value sum(const Value& a, const Value& b);
Value product(const Value& a, const Value& b);
Value quotient(const Value& a, const Value& b);
RealNumber realNumber(const Value& value);

}  // namespace quantoscope
