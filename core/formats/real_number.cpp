// SPDX-License-Identifier: Apache-2.0
#include "core/formats/real_number.h"

#include "core/formats/rational.h"

#include <algorithm>
#include <cmath>
#include <optional>

namespace quantoscope {

namespace {

/// The digits of a whole number in some base.
std::string digitsOf(mpz_srcptr number, int base)
{
    std::string text(mpz_sizeinbase(number, base) + 2, '\0');
    mpz_get_str(text.data(), base, number);
    text.resize(text.find('\0'));
    return text;
}

/// |value| · scale as a whole number, and whether a fraction was cut off.
std::string cutToWhole(const Rational& scaled, int base, bool& cut)
{
    mpz_t whole;
    mpz_init(whole);
    mpz_tdiv_q(whole, mpq_numref(scaled.get()), mpq_denref(scaled.get()));
    std::string text = digitsOf(whole, base);
    mpz_clear(whole);
    cut = mpz_cmp_ui(mpq_denref(scaled.get()), 1) != 0;
    return text;
}

std::string withPoint(std::string digits, int fractionDigits)
{
    if (fractionDigits <= 0)
        return digits;
    if (int(digits.size()) <= fractionDigits)
        digits.insert(0, std::size_t(fractionDigits) + 1 - digits.size(), '0');
    digits.insert(digits.size() - std::size_t(fractionDigits), ".");
    return digits;
}

void dropTrailingZeros(std::string& text)
{
    if (text.find('.') == text.npos)
        return;
    text.erase(text.find_last_not_of('0') + 1);
    if (text.back() == '.')
        text.pop_back();
}

std::optional<RealNumber::Digits> specialDigits(const RealNumber& number)
{
    const std::string sign = number.isNegative() ? "-" : "";
    if (number.isNaN())
        return RealNumber::Digits{"nan", false};
    if (number.isInfinite())
        return RealNumber::Digits{sign + "inf", false};
    if (number.isZero())
        return RealNumber::Digits{sign + "0", false};
    return std::nullopt;
}

}  // namespace

RealNumber::RealNumber() : m_implementation(std::make_shared<Implementation>()) {}

RealNumber::RealNumber(std::shared_ptr<const Implementation> implementation)
    : m_implementation(std::move(implementation))
{
}

RealNumber RealNumber::fromDouble(double value)
{
    auto implementation = std::make_shared<Implementation>();
    implementation->negative = std::signbit(value);
    if (std::isnan(value))
        implementation->kind = Implementation::Kind::NaN;
    else if (std::isinf(value))
        implementation->kind = Implementation::Kind::Infinite;
    else
        implementation->value = Rational(value);
    return RealNumber(std::move(implementation));
}

bool RealNumber::isNaN() const
{
    return m_implementation->kind == Implementation::Kind::NaN;
}

bool RealNumber::isInfinite() const
{
    return m_implementation->kind == Implementation::Kind::Infinite;
}

bool RealNumber::isNegative() const
{
    return m_implementation->negative;
}

bool RealNumber::isZero() const
{
    return m_implementation->kind == Implementation::Kind::Finite && m_implementation->value.sign() == 0;
}

bool RealNumber::isRational() const
{
    return m_implementation->exact;
}

double RealNumber::toDouble() const
{
    const FloatFormat fp64{11, 52, 1023};
    return decode(fp64, encode(fp64, signedMagnitudeOf(*this), {}, 0)).value;
}

RealNumber::Digits RealNumber::decimal(int digits) const
{
    if (auto special = specialDigits(*this))
        return *special;
    digits = std::max(digits, 1);
    const Rational magnitude = m_implementation->value.absolute();
    const int exponent = decimalExponent(magnitude);
    const int fractionDigits = std::max(digits - 1 - exponent, 0);
    Digits result;
    result.text = withPoint(cutToWhole(magnitude * powerOfTen(fractionDigits), 10, result.cut), fractionDigits);
    // A whole number longer than the digits asked for stays whole; shortDecimal takes powers of ten out first.
    if (!result.cut)
        dropTrailingZeros(result.text);
    result.cut |= !isRational();
    if (isNegative())
        result.text.insert(0, "-");
    return result;
}

RealNumber::Digits RealNumber::binary(int fractionBits) const
{
    if (auto special = specialDigits(*this))
        return *special;
    fractionBits = std::max(fractionBits, 0);
    Digits result;
    result.text = withPoint(cutToWhole(scaledByPowerOfTwo(m_implementation->value.absolute(), fractionBits), 2, result.cut),
                            fractionBits);
    result.cut |= !isRational();
    if (isNegative())
        result.text.insert(0, "-");
    return result;
}

}  // namespace quantoscope
