// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/pages/numbers/arithmetic_content.h"
#include "app/pages/numbers/block_content.h"

#include <QByteArray>
#include <QVariant>

namespace quantoscope {

// What others read off the tabs about one format.

/// exact, rounded, error, ulpError, absorbedBits, cancelledBits, isAbsorbed, resultCode; "naive.sum",
/// "naive.stuckAt", "naive.stuckAfter" for every method; exactSum, stuckAt and stuckAfter of naive.
QVariantMap readingsOf(const ArithmeticContent&, const SumsContent&);
/// CSV: one line an operand and result, then one line a point of every running sum.
QByteArray arithmeticTable(const ArithmeticContent&, const SumsContent&);
/// rmsError and zeros of all values but the largest, the same Without a larger one, bitsPerWeight, scaleCode.
QVariantMap readingsOf(const BlockContent&);
QByteArray blockTable(const BlockContent&);
/// largest, smallestNormal, smallest, epsilon, bits, finiteValues of a built format.
QVariantMap readingsOfBuilt(const QString& id);

}  // namespace quantoscope
