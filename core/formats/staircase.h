// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/formats/number_format.h"

#include <vector>

namespace quantoscope {

/// Every x strictly between `from` and `to` becomes `value`: finite, an infinity or NaN.
struct Tread {
    double from, to, value;
};

/// What exactly this x becomes: a number of the format, or the place where the result changes (a tie,
/// the beginning of overflow).
struct StairPoint {
    double x, value;
};

/// x → Q(x) between two numbers, found by asking encode(), not derived a second time.
struct Staircase {
    std::vector<Tread> treads;        ///< Ascending, side by side.
    std::vector<StairPoint> points;   ///< Ascending: between treads, and the ends.
    bool isTooFine = false;           ///< More numbers than were asked for: nothing was computed.
};

/// Deterministic roundings only: under stochastic rounding a number has odds, see roundingOdds().
/// `low` < `high`, both finite. At most `most` numbers of the format between them, else it is too fine.
Staircase staircase(const NumberFormat&, double low, double high, const RoundingRule&, std::size_t most = 256);

/// What stochastic rounding makes of x: one of two values.
struct RoundingOdds {
    double below = 0, above = 0;     ///< Equal where x is a number of the format, or lies beyond its ends.
    double probabilityAbove = 0;     ///< To 2^-52.
};
RoundingOdds roundingOdds(const NumberFormat&, double x, Overflow overflow = Overflow::Default);

}  // namespace quantoscope
