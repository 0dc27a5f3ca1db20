// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/formats/stored_number.h"

#include <span>
#include <string_view>

namespace quantoscope {

enum class Operation { Add, Subtract, Multiply, Divide };

struct OperationRow {
    Operation operation;
    std::string_view id;       ///< "add"
    std::string_view symbol;   ///< "+"
    std::string_view name;     ///< "Sum"
};
std::span<const OperationRow> operationRows();

/// One operation on stored numbers: what it is exactly, and what the format keeps of that.
struct ArithmeticResult {
    RealNumber exact;
    StoredNumber stored;   ///< The exact result, rounded once; its errors are against `exact`.
    /// Sums and differences: binary digits of the smaller operand that lie below the last digit of the
    /// stored result and are not zero. All of them: the operand is absorbed, the sum is the larger one.
    int absorbedBits = 0;
    bool isAbsorbed = false;
    /// Sums and differences: leading binary digits that the operands have in common and the result has lost.
    int cancelledBits = 0;
};
ArithmeticResult compute(const NumberFormat&, Operation, Code a, Code b, const RoundingRule& = {});
/// a · b + c with one rounding.
ArithmeticResult fusedMultiplyAdd(const NumberFormat&, Code a, Code b, Code c, const RoundingRule& = {});

/// Σ aᵢ·bᵢ in three ways; stored errors are against the exact sum. Spans of equal length.
struct DotProduct {
    RealNumber exact;
    StoredNumber roundedOnce;         ///< The exact sum, rounded at the end.
    StoredNumber fused;               ///< One fused multiply-add after the other.
    StoredNumber roundedEverywhere;   ///< Every product and every sum rounded.
};
DotProduct dotProduct(const NumberFormat&, std::span<const Code> a, std::span<const Code> b, const RoundingRule& = {});

/// a + b as the double next to it whose last bit is odd where the sum is not a double: rounding that to a
/// format of at most 50 bits, in any way, is rounding the exact sum once (Boldo and Melquiond, "Emulation of
/// FMA and correctly rounded sums", IEEE Transactions on Computers 57, 2008).
double sumToOdd(double a, double b);

}  // namespace quantoscope
