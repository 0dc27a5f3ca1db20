// SPDX-License-Identifier: Apache-2.0
#include "core/formats/arithmetic.h"

#include "core/formats/exact_value.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>

namespace quantoscope {

namespace {

constexpr std::array rows{
    OperationRow{Operation::Add, "add", "+", "Sum"},
    OperationRow{Operation::Subtract, "subtract", "\u2212", "Difference"},
    OperationRow{Operation::Multiply, "multiply", "×", "Product"},
    OperationRow{Operation::Divide, "divide", "÷", "Quotient"},
};

Value apply(Operation operation, const Value& a, const Value& b)
{
    switch (operation) {
    case Operation::Add: return sum(a, b);
    case Operation::Subtract: return sum(a, negated(b));
    case Operation::Multiply: return product(a, b);
    case Operation::Divide: return quotient(a, b);
    }
    return a;
}

/// Exponent of the last binary digit of a double that is not zero.
int lastBitExponent(double value)
{
    const Magnitude magnitude = magnitudeOf(std::abs(value));
    return magnitude.exponent + std::countr_zero(magnitude.significand);
}

/// Digits of `smaller` between its first one and its last one that lie below 2^lastKept.
int digitsBelow(double smaller, int lastKept)
{
    const int last = lastBitExponent(smaller);
    return std::max(0, std::min(lastKept, std::ilogb(smaller) + 1) - last);
}

void describeSum(double a, double b, const Value& exact, ArithmeticResult& result)
{
    if (a == 0 || b == 0 || !std::isfinite(a) || !std::isfinite(b) || !exact.isFinite())
        return;
    const double larger = std::max(std::abs(a), std::abs(b)), smaller = std::min(std::abs(a), std::abs(b));
    result.isAbsorbed = std::abs(result.stored.value) == larger && compare(exact.fraction.absolute(), Rational(larger)) != 0;
    if (result.stored.ulp > 0 && std::isfinite(result.stored.ulp))
        result.absorbedBits = digitsBelow(smaller, std::ilogb(result.stored.ulp));
    // Cancelled: the exponent fell from that of the larger operand to that of the result.
    if (exact.isZero())
        result.cancelledBits = std::ilogb(larger) - std::min(lastBitExponent(a), lastBitExponent(b)) + 1;
    else
        result.cancelledBits = std::max(0, std::ilogb(larger) - exact.fraction.leadingExponent());
}

ArithmeticResult rounded(const NumberFormat& format, const Value& exact, const RoundingRule& rule)
{
    ArithmeticResult result;
    result.exact = realNumber(exact);
    result.stored = storeNumber(format, result.exact, rule);
    return result;
}

}  // namespace

std::span<const OperationRow> operationRows()
{
    return rows;
}

ArithmeticResult compute(const NumberFormat& format, Operation operation, Code a, Code b, const RoundingRule& rule)
{
    const double left = valueOf(format, a), right = valueOf(format, b);
    const Value exact = apply(operation, exactValue(left), exactValue(right));
    ArithmeticResult result = rounded(format, exact, rule);
    if (operation == Operation::Add || operation == Operation::Subtract)
        describeSum(left, right, exact, result);
    return result;
}

ArithmeticResult fusedMultiplyAdd(const NumberFormat& format, Code a, Code b, Code c, const RoundingRule& rule)
{
    const Value exactProduct = product(exactValue(valueOf(format, a)), exactValue(valueOf(format, b)));
    return rounded(format, sum(exactProduct, exactValue(valueOf(format, c))), rule);
}

DotProduct dotProduct(const NumberFormat& format, std::span<const Code> a, std::span<const Code> b, const RoundingRule& rule)
{
    Value exact;
    RoundingRule drawn = rule;
    double fused = 0, everywhere = 0;
    const auto round = [&](const Value& value) {
        const double stored = valueOf(format, encode(format, realNumber(value), drawn));
        ++drawn.draw;
        return stored;
    };
    for (std::size_t i = 0; i < a.size(); ++i) {
        const Value term = product(exactValue(valueOf(format, a[i])), exactValue(valueOf(format, b[i])));
        exact = sum(exact, term);
        fused = round(sum(exactValue(fused), term));
        everywhere = round(sum(exactValue(everywhere), exactValue(round(term))));
    }
    // The chains' results are numbers of the format; their errors are those of the whole sum.
    DotProduct result;
    result.exact = realNumber(exact);
    result.roundedOnce = storeNumber(format, result.exact, rule);
    result.fused = describeStored(format, encode(format, fused), result.exact);
    result.roundedEverywhere = describeStored(format, encode(format, everywhere), result.exact);
    return result;
}

double sumToOdd(double a, double b)
{
    const double nearest = a + b;
    if (!std::isfinite(nearest))
        return nearest;
    // The exact error of the addition: Knuth, The Art of Computer Programming 2, section 4.2.2.
    const double ofB = nearest - a;
    const double error = (a - (nearest - ofB)) + (b - ofB);
    if (error == 0 || std::bit_cast<std::uint64_t>(nearest) % 2 == 1)
        return nearest;
    return std::nextafter(nearest, error > 0 ? HUGE_VAL : -HUGE_VAL);
}

}  // namespace quantoscope
