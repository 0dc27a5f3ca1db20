// SPDX-License-Identifier: Apache-2.0
// The grammar of the value field:
//   sum      = product (("+" | "-") product)*
//   product  = signed (("*" | "/") signed | power-without-sign)*        2π and 3(1+2) multiply
//   signed   = ("+" | "-")* power
//   power    = primary (("^" | "**") signed)?                           -2^2 is -4, 2^-24 works
//   primary  = number | constant | "sqrt" primary | "(" sum ")"
// Time and memory are bounded: text, nesting and the length of every intermediate fraction are.
#include "core/formats/exact_value.h"
#include "core/formats/irrational.h"
#include "core/formats/parse_code.h"
#include "core/formats/rational.h"

#include <array>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <utility>

namespace quantoscope {

namespace {

constexpr std::size_t longestText = 1000;
constexpr int deepestNesting = 50;
constexpr int largestExponent = 16384;       ///< Of two; FP64 ends at 1024, posit16 at 56.
constexpr std::size_t mostBits = 40000;      ///< Of a numerator or denominator.

using Parsed = Result<Value>;

tl::unexpected<Error> misunderstood(std::string message)
{
    return failure(Error::Kind::Malformed, std::move(message));
}

tl::unexpected<Error> tooLarge()
{
    return failure(Error::Kind::Unsupported, "This number is beyond 2^16384 (about 10^4932) or below 2^-16384, or needs "
                                             "too many digits; every format ends long before that.");
}

Parsed finite(Rational fraction, bool exact, bool zeroIsNegative = false)
{
    if (!exact)
        fraction = roundedToBits(fraction, workingBits);
    if (fraction.bits() > mostBits || (fraction.sign() != 0 && std::abs(fraction.leadingExponent()) > largestExponent))
        return tooLarge();
    return Value{Value::Kind::Finite, std::move(fraction), zeroIsNegative, exact};
}

Parsed bounded(Value value)
{
    return value.isFinite() ? finite(std::move(value.fraction), value.exact, value.negative) : Parsed(std::move(value));
}

/// The q-th root where numerator and denominator both have a whole one.
std::optional<Rational> exactRoot(const Rational& value, unsigned long degree)
{
    Rational root;
    if (mpz_root(mpq_numref(root.get()), mpq_numref(value.get()), degree) != 0
        && mpz_root(mpq_denref(root.get()), mpq_denref(value.get()), degree) != 0)
        return root;
    return std::nullopt;
}

Parsed wholePower(const Value& base, long exponent)
{
    const bool odd = exponent % 2 != 0;
    if (base.isZero() && exponent < 0)
        return specialValue(Value::Kind::Infinite, odd && base.negative);
    // How many bits the result would have, before anything is computed: 9^9^9 must not be tried.
    const double bits = double(base.fraction.bits()) * std::abs(double(exponent));
    const bool isUnit = base.isZero() || compare(base.fraction.absolute(), Rational(1.0)) == 0;
    if (!isUnit && bits > double(mostBits)) {
        if (base.exact || std::abs(double(exponent)) > largestExponent)
            return tooLarge();
        const double size = std::abs(double(base.fraction.leadingExponent()) * double(exponent));
        if (size > largestExponent)
            return tooLarge();
        const Rational magnitude = powerApproximation(base.fraction.absolute(), Rational(double(exponent)));
        return finite(base.fraction.sign() < 0 && odd ? Rational() - magnitude : magnitude, false);
    }
    Rational power(1.0);
    const auto count = isUnit ? (unsigned long)(odd) : (unsigned long)(std::labs(exponent));
    mpz_pow_ui(mpq_numref(power.get()), mpq_numref(base.fraction.get()), count);
    mpz_pow_ui(mpq_denref(power.get()), mpq_denref(base.fraction.get()), count);
    if (base.isZero() && exponent != 0)
        power = Rational();
    else if (isUnit && !odd)
        power = Rational(1.0);
    if (exponent < 0)
        power = Rational(1.0) / power;
    return finite(std::move(power), base.exact, odd && base.negative);
}

Parsed power(const Value& base, const Value& exponent)
{
    if (!base.isFinite() || !exponent.isFinite())
        return misunderstood("Powers of infinity and NaN are not defined here; write inf or nan alone.");
    const bool whole = mpz_cmp_ui(mpq_denref(exponent.fraction.get()), 1) == 0;
    if (whole && exponent.exact) {
        if (!mpz_fits_slong_p(mpq_numref(exponent.fraction.get())))
            return tooLarge();
        return wholePower(base, mpz_get_si(mpq_numref(exponent.fraction.get())));
    }
    if (base.fraction.sign() < 0)
        return misunderstood("A negative number to a power that is not whole is not a real number.");
    if (base.isZero())
        return exponent.fraction.sign() > 0 ? Parsed(finite({}, true)) : Parsed(specialValue(Value::Kind::Infinite, false));
    const mpz_srcptr degree = mpq_denref(exponent.fraction.get());
    if (base.exact && exponent.exact && mpz_cmp_ui(degree, 64) <= 0) {
        const auto root = exactRoot(base.fraction, mpz_get_ui(degree));
        if (root && mpz_fits_slong_p(mpq_numref(exponent.fraction.get())))
            return wholePower({Value::Kind::Finite, *root, false, true}, mpz_get_si(mpq_numref(exponent.fraction.get())));
    }
    const double size = std::abs(double(base.fraction.leadingExponent()) + 1) * std::abs(exponent.fraction.toDouble());
    if (!(size < largestExponent))
        return tooLarge();
    return finite(powerApproximation(base.fraction, exponent.fraction), false);
}

Parsed squareRoot(const Value& value)
{
    if (value.kind == Value::Kind::NaN || value.isZero() || (!value.isFinite() && !value.negative))
        return value;
    if (value.signBit())
        return misunderstood("The square root of a negative number is not a real number.");
    if (value.exact)
        if (auto root = exactRoot(value.fraction, 2))
            return finite(*root, true);
    return finite(squareRootApproximation(value.fraction), false);
}

bool isDigit(char c, int base = 10)
{
    if (c >= '0' && c <= '9')
        return c - '0' < base;
    return base == 16 && ((c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'));
}

class Parser {
public:
    explicit Parser(std::string_view text) : m_text(text), m_rest(text) {}

    Parsed parse()
    {
        Parsed value = parseSum();
        skipSpaces();
        if (value && !m_rest.empty())
            return unexpectedCharacter();
        return value;
    }

private:
    void skipSpaces()
    {
        // Thin spaces too: the program itself writes them between thousands.
        for (bool skipped = true; skipped;)
            skipped = take(" ") || take("\t") || take("\r") || take("\n") || take("\u2009") || take("\u202F") || take("\u00A0");
    }

    bool take(std::string_view token)
    {
        if (!m_rest.starts_with(token))
            return false;
        m_rest.remove_prefix(token.size());
        return true;
    }

    bool takeAny(std::initializer_list<std::string_view> tokens)
    {
        skipSpaces();
        for (const std::string_view token : tokens)
            if (take(token))
                return true;
        return false;
    }

    bool takeWord(std::string_view word)
    {
        if (m_rest.size() < word.size())
            return false;
        for (std::size_t i = 0; i < word.size(); ++i)
            if ((m_rest[i] | 0x20) != word[i])
                return false;
        m_rest.remove_prefix(word.size());
        return true;
    }

    tl::unexpected<Error> unexpectedCharacter() const
    {
        if (m_rest.empty())
            return misunderstood("The number ends too early; something is missing after \"" + std::string(m_text) + "\".");
        std::size_t length = 1;
        while (length < m_rest.size() && (m_rest[length] & 0xC0) == 0x80)
            ++length;
        // Counted in characters as a person sees them, from 1.
        std::size_t position = 1;
        for (const char c : m_text.substr(0, m_text.size() - m_rest.size()))
            position += (c & 0xC0) != 0x80;
        std::string sentence = "Character " + std::to_string(position) + ", \"" + std::string(m_rest.substr(0, length))
            + "\", was not understood";
        sentence += m_rest[0] == ',' ? "; write a point for the decimals: 0.1."
                                     : "; write numbers such as 0.1, 1/3, pi, sqrt(2), 2^-24, 0x1.8p3, inf or nan.";
        return misunderstood(std::move(sentence));
    }

    Parsed parseSum()
    {
        if (++m_depth > deepestNesting)
            return misunderstood("There are too many parentheses inside one another; 50 are the limit.");
        Parsed value = parseProduct();
        while (value) {
            const bool plus = takeAny({"+"});
            if (!plus && !takeAny({"-", "\u2212"}))
                break;
            const Parsed right = parseProduct();
            if (!right)
                return right;
            value = bounded(sum(*value, plus ? *right : negated(*right)));
        }
        --m_depth;
        return value;
    }

    bool startsFactor()
    {
        skipSpaces();
        return !m_rest.empty() && (m_rest[0] == '(' || m_rest.starts_with("π") || m_rest.starts_with("√")
                                   || ((m_rest[0] | 0x20) >= 'a' && (m_rest[0] | 0x20) <= 'z'));
    }

    Parsed parseProduct()
    {
        Parsed value = parseSigned();
        while (value) {
            skipSpaces();
            const bool divide = m_rest.starts_with("/") || m_rest.starts_with("÷");
            const bool multiply = (m_rest.starts_with("*") && !m_rest.starts_with("**")) || m_rest.starts_with("×")
                || m_rest.starts_with("·");
            if (!divide && !multiply && !startsFactor())
                break;
            if (divide || multiply)
                takeAny({"/", "÷", "*", "×", "·"});
            const Parsed right = divide || multiply ? parseSigned() : parsePower();
            if (!right)
                return right;
            value = bounded(divide ? quotient(*value, *right) : product(*value, *right));
        }
        return value;
    }

    Parsed parseSigned()
    {
        bool negative = false;
        for (int signs = 0;; ++signs) {
            if (takeAny({"-", "\u2212"}))
                negative = !negative;
            else if (!takeAny({"+"}))
                break;
            if (signs > deepestNesting)
                return misunderstood("There are too many signs in a row.");
        }
        Parsed value = parsePower();
        return value && negative ? Parsed(negated(*value)) : value;
    }

    Parsed parsePower()
    {
        const Parsed base = parsePrimary();
        if (!base || !takeAny({"^", "**"}))
            return base;
        if (++m_depth > deepestNesting)
            return misunderstood("There are too many powers inside one another; 50 are the limit.");
        const Parsed exponent = parseSigned();
        --m_depth;
        return exponent ? power(*base, *exponent) : exponent;
    }

    Parsed parsePrimary()
    {
        skipSpaces();
        if (m_rest.empty())
            return unexpectedCharacter();
        if (isDigit(m_rest[0]) || m_rest[0] == '.')
            return parseLiteral();
        if (takeWord("sqrt") || take("√")) {
            if (++m_depth > deepestNesting)
                return misunderstood("There are too many roots inside one another; 50 are the limit.");
            const Parsed argument = parsePrimary();
            --m_depth;
            return argument ? squareRoot(*argument) : argument;
        }
        if (takeWord("pi") || take("π"))
            return finite(piApproximation(), false);
        if (takeWord("infinity") || takeWord("inf") || take("∞"))
            return specialValue(Value::Kind::Infinite, false);
        if (takeWord("nan"))
            return specialValue(Value::Kind::NaN, false);
        if (takeWord("e"))
            return finite(eApproximation(), false);
        if (take("(")) {
            const Parsed inside = parseSum();
            if (inside && !takeAny({")"}))
                return m_rest.empty() ? misunderstood("A closing parenthesis is missing.") : unexpectedCharacter();
            return inside;
        }
        return unexpectedCharacter();
    }

    /// Digits before and after the point of a decimal or hexadecimal literal; `_` may separate them.
    std::string takeDigits(int base)
    {
        std::string digits;
        while (!m_rest.empty()) {
            if (isDigit(m_rest[0], base))
                digits += m_rest[0];
            else if (!(m_rest[0] == '_' && m_rest.size() > 1 && isDigit(m_rest[1], base) && !digits.empty()))
                break;
            m_rest.remove_prefix(1);
        }
        return digits;
    }

    Parsed parseLiteral()
    {
        const std::string_view start = m_rest;
        const bool hexadecimal = m_rest.starts_with("0x") || m_rest.starts_with("0X");
        if (hexadecimal)
            m_rest.remove_prefix(2);
        const int base = hexadecimal ? 16 : 10;
        std::string digits = takeDigits(base);
        int fractionDigits = 0;
        const bool hasPoint = take(".");
        if (hasPoint) {
            const std::string fraction = takeDigits(base);
            fractionDigits = int(fraction.size());
            digits += fraction;
        }
        if (digits.empty()) {
            m_rest = start;
            return unexpectedCharacter();
        }
        const auto exponent = takeExponent(hexadecimal ? 'p' : 'e');
        if (!exponent)
            return tooLarge();
        if (hexadecimal && !hasPoint && !exponent->present)
            return misunderstood("\"" + std::string(start.substr(0, start.size() - m_rest.size()))
                                 + "\" is a code, not a number; as part of a number write "
                                 + std::string(start.substr(0, start.size() - m_rest.size())) + "p0.");
        Rational value;
        mpz_set_str(mpq_numref(value.get()), digits.c_str(), base);
        if (value.sign() == 0)
            return finite({}, true);
        if (hexadecimal)
            return finite(scaledByPowerOfTwo(value, exponent->value - 4 * fractionDigits), true);
        return finite(value * powerOfTen(exponent->value - fractionDigits), true);
    }

    struct Exponent {
        int value = 0;
        bool present = false;
    };

    /// `e-3`, `p10`; nothing where no digit follows, so that 2e is 2 · e. Null beyond any use.
    std::optional<Exponent> takeExponent(char letter)
    {
        if (m_rest.empty() || (m_rest[0] | 0x20) != letter)
            return Exponent{};
        const std::size_t digits = m_rest.size() > 1 && (m_rest[1] == '-' || m_rest[1] == '+') ? 2 : 1;
        if (m_rest.size() <= digits || !isDigit(m_rest[digits]))
            return Exponent{};
        m_rest.remove_prefix(digits == 2 && m_rest[1] == '-' ? 1 : digits);
        Exponent exponent{0, true};
        const auto [end, error] = std::from_chars(m_rest.data(), m_rest.data() + m_rest.size(), exponent.value);
        m_rest.remove_prefix(std::size_t(end - m_rest.data()));
        if (error != std::errc{} || std::abs(exponent.value) > largestExponent)
            return std::nullopt;
        return exponent;
    }

    std::string_view m_text;
    std::string_view m_rest;
    int m_depth = 0;
};

}  // namespace

Result<RealNumber> parseNumber(std::string_view text)
{
    if (text.find_first_not_of(" \t\r\n") == text.npos)
        return failure(Error::Kind::Malformed, "There is no number; write one such as 0.1, 1/3, pi or 2^-24.");
    if (text.size() > longestText)
        return failure(Error::Kind::Malformed, "The number is longer than 1000 characters; shorten it.");
    const Parsed value = Parser(text).parse();
    if (!value)
        return tl::unexpected(value.error());
    Value kept = *value;
    if (kept.isFinite() && !kept.exact)
        kept.fraction = roundedToBits(kept.fraction, keptBits);
    return realNumber(kept);
}

}  // namespace quantoscope
