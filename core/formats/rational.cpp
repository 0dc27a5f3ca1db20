// SPDX-License-Identifier: Apache-2.0
#include "core/formats/rational.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <limits>

namespace quantoscope {

Rational Rational::absolute() const
{
    Rational result;
    mpq_abs(result.m_value, m_value);
    return result;
}

std::size_t Rational::bits() const
{
    return std::max(mpz_sizeinbase(mpq_numref(m_value), 2), mpz_sizeinbase(mpq_denref(m_value), 2));
}

int Rational::leadingExponent() const
{
    const int guess = int(mpz_sizeinbase(mpq_numref(m_value), 2)) - int(mpz_sizeinbase(mpq_denref(m_value), 2));
    // The quotient of an n-bit and an m-bit number lies in (2^(n-m-1), 2^(n-m+1)).
    return compare(absolute(), scaledByPowerOfTwo(Rational(1.0), guess)) >= 0 ? guess : guess - 1;
}

double Rational::toDouble() const
{
    return decode(FloatFormat{11, 52, 1023},
                  encode(FloatFormat{11, 52, 1023}, signedMagnitudeOf(realNumber(*this)), {}, 0)).value;
}

Rational operator+(const Rational& a, const Rational& b)
{
    Rational result;
    mpq_add(result.m_value, a.m_value, b.m_value);
    return result;
}

Rational operator-(const Rational& a, const Rational& b)
{
    Rational result;
    mpq_sub(result.m_value, a.m_value, b.m_value);
    return result;
}

Rational operator*(const Rational& a, const Rational& b)
{
    Rational result;
    mpq_mul(result.m_value, a.m_value, b.m_value);
    return result;
}

Rational operator/(const Rational& a, const Rational& b)
{
    Rational result;
    mpq_div(result.m_value, a.m_value, b.m_value);
    return result;
}

Rational scaledByPowerOfTwo(const Rational& value, int exponent)
{
    Rational result;
    if (exponent >= 0)
        mpq_mul_2exp(result.get(), value.get(), mp_bitcnt_t(exponent));
    else
        mpq_div_2exp(result.get(), value.get(), mp_bitcnt_t(-exponent));
    return result;
}

Rational powerOfTen(int exponent)
{
    Rational result(1.0);
    mpz_ui_pow_ui(exponent >= 0 ? mpq_numref(result.get()) : mpq_denref(result.get()), 10, unsigned(std::abs(exponent)));
    return result;
}

int decimalExponent(const Rational& value)
{
    // The estimate from the binary exponent is at most one off.
    int exponent = int(std::floor(value.leadingExponent() * 0.30102999566398120));
    while (compare(value, powerOfTen(exponent)) < 0)
        --exponent;
    while (compare(value, powerOfTen(exponent + 1)) >= 0)
        ++exponent;
    return exponent;
}

RealNumber realNumber(Rational value, bool exact)
{
    auto implementation = std::make_shared<RealNumber::Implementation>();
    implementation->negative = value.sign() < 0;
    implementation->value = std::move(value);
    implementation->exact = exact;
    return RealNumber(std::move(implementation));
}

RealNumber negated(const RealNumber& number)
{
    auto implementation = std::make_shared<RealNumber::Implementation>(number.implementation());
    implementation->negative = !implementation->negative;
    mpq_neg(implementation->value.get(), implementation->value.get());
    return RealNumber(std::move(implementation));
}

const Rational& rationalOf(const RealNumber& number)
{
    return number.implementation().value;
}

SignedMagnitude signedMagnitudeOf(const RealNumber& number)
{
    using enum SignedMagnitude::Kind;
    const RealNumber::Implementation& held = number.implementation();
    SignedMagnitude result{{}, held.negative, Finite};
    if (held.kind == RealNumber::Implementation::Kind::NaN)
        result.kind = NaN;
    else if (held.kind == RealNumber::Implementation::Kind::Infinite)
        result.kind = Infinite;
    if (result.kind != Finite || held.value.sign() == 0)
        return result;

    const int exponent = held.value.leadingExponent() - 63;
    const Rational scaled = scaledByPowerOfTwo(held.value.absolute(), -exponent);   // in [2^63, 2^64)
    mpz_t whole;
    mpz_init(whole);
    mpz_tdiv_q(whole, mpq_numref(scaled.get()), mpq_denref(scaled.get()));
    result.magnitude.significand = mpz_get_ui(whole);
    mpz_clear(whole);
    result.magnitude.exponent = exponent;
    result.magnitude.sticky = mpz_cmp_ui(mpq_denref(scaled.get()), 1) != 0;
    return result;
}

}  // namespace quantoscope
