// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/formats/number_format.h"

#include <optional>

// What each kind of format can do; number_format.h is what the rest of the program calls.

namespace quantoscope {

std::int64_t integerOf(const IntegerFormat&, Code);      ///< The stored whole number, zero point not subtracted.
Code codeOfInteger(const IntegerFormat&, std::int64_t);  ///< Clamped to what the format holds.
double decodeInteger(const IntegerFormat&, Code);
/// NaN becomes the code of the value 0; whatever is too large saturates.
Code encodeInteger(const IntegerFormat&, double value, const RoundingRule&);

double decodeLevel(const LevelTable&, Code);
/// NaN becomes the level next to 0; whatever is too large saturates.
Code encodeLevel(const LevelTable&, double value, const RoundingRule&);
std::vector<Code> levelsInOrder(const LevelTable&);      ///< Ascending by value.

/// The levels on either side of a value, both the same where it is one of them; none beyond the ends.
struct LevelNeighbours {
    std::optional<Code> below;
    std::optional<Code> above;
};
LevelNeighbours levelNeighbours(const LevelTable&, double value);
/// Chooses between two neighbours. `fraction` is where the value lies between them, 0 to 1; `half` the
/// sign of its exact distance from their middle.
Code roundBetweenLevels(const LevelTable&, const LevelNeighbours&, double fraction, int half, bool negative,
                        const RoundingRule&);

double decodePosit(const PositFormat&, Code);            ///< NaN for NaR.
/// Where a positive posit and the next one divide what is rounded to nearest: the posit of one more bit
/// between them, which is not their middle where their exponents differ.
double positBoundary(const PositFormat&, Code);

}  // namespace quantoscope
