// SPDX-License-Identifier: Apache-2.0
#include "core/formats/exact_value.h"

#include <cmath>

namespace quantoscope {

namespace {

Value finiteValue(Rational fraction, bool exact, bool zeroIsNegative)
{
    return {Value::Kind::Finite, std::move(fraction), zeroIsNegative, exact};
}

}  // namespace

Value specialValue(Value::Kind kind, bool negative)
{
    return {kind, {}, negative, true};
}

Value exactValue(double value)
{
    if (std::isnan(value))
        return specialValue(Value::Kind::NaN, std::signbit(value));
    if (std::isinf(value))
        return specialValue(Value::Kind::Infinite, std::signbit(value));
    return finiteValue(Rational(value), true, std::signbit(value));
}

Value negated(Value value)
{
    mpq_neg(value.fraction.get(), value.fraction.get());
    value.negative = !value.negative;
    return value;
}

Value sum(const Value& a, const Value& b)
{
    using enum Value::Kind;
    if (a.kind == NaN || b.kind == NaN || (!a.isFinite() && !b.isFinite() && a.negative != b.negative))
        return specialValue(NaN, false);
    if (!a.isFinite() || !b.isFinite())
        return specialValue(Infinite, a.isFinite() ? b.negative : a.negative);
    return finiteValue(a.fraction + b.fraction, a.exact && b.exact,
                       a.isZero() && b.isZero() && a.negative && b.negative);
}

Value product(const Value& a, const Value& b)
{
    using enum Value::Kind;
    const bool negative = a.signBit() != b.signBit();
    if (a.kind == NaN || b.kind == NaN || (!a.isFinite() && b.isZero()) || (a.isZero() && !b.isFinite()))
        return specialValue(NaN, false);
    if (!a.isFinite() || !b.isFinite())
        return specialValue(Infinite, negative);
    return finiteValue(a.fraction * b.fraction, a.exact && b.exact, negative);
}

Value quotient(const Value& a, const Value& b)
{
    using enum Value::Kind;
    const bool negative = a.signBit() != b.signBit();
    if (a.kind == NaN || b.kind == NaN || (!a.isFinite() && !b.isFinite()) || (a.isZero() && b.isZero()))
        return specialValue(NaN, false);
    if (!a.isFinite() || b.isZero())
        return specialValue(Infinite, negative);
    if (!b.isFinite())
        return finiteValue({}, true, negative);
    return finiteValue(a.fraction / b.fraction, a.exact && b.exact, negative);
}

RealNumber realNumber(const Value& value)
{
    auto held = std::make_shared<RealNumber::Implementation>();
    held->kind = value.isFinite() ? RealNumber::Implementation::Kind::Finite
        : value.kind == Value::Kind::Infinite ? RealNumber::Implementation::Kind::Infinite
                                              : RealNumber::Implementation::Kind::NaN;
    held->negative = value.signBit();
    held->exact = value.exact;
    held->value = value.fraction;
    return RealNumber(std::move(held));
}

}  // namespace quantoscope
