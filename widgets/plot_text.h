// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

#include <cstdint>

namespace quantoscope {

// Numerals of the house: real minus signs, thin spaces between thousands, superscripts, and "…" only
// where exact digits were cut off. Nothing here asks the locale: the same number is the same text.

/// 65536 → "65 536" (narrow no-break spaces). Four digits stay together.
QString wholeNumber(double value);
/// Rounded to significant digits, plain between 10⁻⁴ and 10⁶, else "4.45 × 10⁻⁵". "∞" and "NaN" as such.
QString roundedNumber(double value, int significantDigits);
/// Rounded to a number of decimals: fixedNumber(-2.418, 1) is "−2.4"; a rounded zero has no sign.
QString fixedNumber(double value, int decimals);
/// Exact digits, cut off (not rounded) after `decimals`, with "…" only where something was cut.
QString cutNumber(double value, int decimals);
/// A share as percent with the digits that matter: "2.58 %", "0.0031 %", "0 %".
QString percentText(double share);
/// "−12" as superscript: "⁻¹²".
QString superscript(int value);
/// "SQNR" values: one decimal, "∞" where there is no error.
QString decibelText(double decibels, int decimals = 1);
/// ASCII minus → U+2212, in a text made by the standard library or by core.
QString withRealMinus(QString text);

}  // namespace quantoscope
