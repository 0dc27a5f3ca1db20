// SPDX-License-Identifier: Apache-2.0
#include "core/formats/irrational.h"

#include <mpfr.h>

namespace quantoscope {

namespace {

/// A binary number of MPFR for as long as one computation takes.
class Binary {
public:
    explicit Binary(int bits = workingBits) { mpfr_init2(m_value, bits); }
    explicit Binary(const Rational& value, int bits = workingBits) : Binary(bits)
    {
        mpfr_set_q(m_value, value.get(), MPFR_RNDN);
    }
    Binary(const Binary&) = delete;
    Binary& operator=(const Binary&) = delete;
    ~Binary() { mpfr_clear(m_value); }

    mpfr_ptr get() { return m_value; }
    Rational rational() const
    {
        Rational result;
        mpfr_get_q(result.get(), m_value);
        return result;
    }

private:
    mpfr_t m_value;
};

}  // namespace

Rational piApproximation()
{
    Binary pi;
    mpfr_const_pi(pi.get(), MPFR_RNDN);
    return pi.rational();
}

Rational eApproximation()
{
    Binary e(Rational(1.0));
    mpfr_exp(e.get(), e.get(), MPFR_RNDN);
    return e.rational();
}

Rational squareRootApproximation(const Rational& value)
{
    // 64 more bits first, so that the rounding of a long fraction to binary does not show.
    Binary argument(value, workingBits + 64);
    Binary root;
    mpfr_sqrt(root.get(), argument.get(), MPFR_RNDN);
    return root.rational();
}

Rational powerApproximation(const Rational& base, const Rational& exponent)
{
    Binary b(base, workingBits + 64), e(exponent, workingBits + 64), result;
    mpfr_pow(result.get(), b.get(), e.get(), MPFR_RNDN);
    return result.rational();
}

Rational roundedToBits(const Rational& value, int bits)
{
    return Binary(value, bits).rational();
}

}  // namespace quantoscope
