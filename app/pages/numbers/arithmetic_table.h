// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/pages/numbers/arithmetic_content.h"

#include <QByteArray>
#include <QVariant>

namespace quantoscope {

// What others read off the Arithmetic tab.

/// exact, rounded, error, ulpError, absorbedBits, cancelledBits, isAbsorbed, resultCode; "naive.sum",
/// "naive.stuckAt", "naive.stuckAfter" for every method; exactSum, stuckAt and stuckAfter of naive.
QVariantMap readingsOf(const ArithmeticContent&, const SumsContent&);
/// CSV: one line an operand and result, then one line a point of every running sum.
QByteArray arithmeticTable(const ArithmeticContent&, const SumsContent&);

}  // namespace quantoscope
