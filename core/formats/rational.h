// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/formats/real_number.h"
#include "core/formats/rounding_step.h"

#include <gmp.h>

#include <string>

// Only core/formats/*.cpp include this: GMP stays out of the public headers.

namespace quantoscope {

/// An exact fraction: GMP's mpq_t as a value.
class Rational {
public:
    Rational() { mpq_init(m_value); }
    explicit Rational(double value) : Rational() { mpq_set_d(m_value, value); }   ///< Exact; finite values only.
    Rational(const Rational& other) : Rational() { mpq_set(m_value, other.m_value); }
    Rational& operator=(const Rational& other)
    {
        mpq_set(m_value, other.m_value);
        return *this;
    }
    ~Rational() { mpq_clear(m_value); }

    mpq_ptr get() { return m_value; }
    mpq_srcptr get() const { return m_value; }
    int sign() const { return mpq_sgn(m_value); }
    Rational absolute() const;
    /// Of numerator and denominator, whichever is longer.
    std::size_t bits() const;
    /// floor(log2 |value|), for a value other than 0.
    int leadingExponent() const;
    double toDouble() const;   ///< Nearest even, to infinity beyond the largest double.

    friend Rational operator+(const Rational&, const Rational&);
    friend Rational operator-(const Rational&, const Rational&);
    friend Rational operator*(const Rational&, const Rational&);
    friend Rational operator/(const Rational&, const Rational&);   ///< The divisor must not be 0.
    friend int compare(const Rational& a, const Rational& b) { return mpq_cmp(a.m_value, b.m_value); }

private:
    mpq_t m_value;
};

/// value · 2^exponent, exactly.
Rational scaledByPowerOfTwo(const Rational& value, int exponent);
Rational powerOfTen(int exponent);
/// floor(log10 value), for a value above 0.
int decimalExponent(const Rational& value);

/// What a RealNumber holds. An irrational number is kept as a fraction too: 256 bits over a power of two.
struct RealNumber::Implementation {
    enum class Kind { Finite, Infinite, NaN } kind = Kind::Finite;
    Rational value;
    bool negative = false;   ///< The sign bit, also of -0, infinity and NaN.
    bool exact = true;
};

RealNumber realNumber(Rational value, bool exact = true);
RealNumber negated(const RealNumber&);
const Rational& rationalOf(const RealNumber&);   ///< 0 for NaN and infinities.

/// 64 leading bits, and whether anything follows.
SignedMagnitude signedMagnitudeOf(const RealNumber&);

}  // namespace quantoscope
