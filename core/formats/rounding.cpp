// SPDX-License-Identifier: Apache-2.0
#include "core/formats/rounding.h"

#include <array>

namespace quantoscope {

namespace {

constexpr std::array rows{
    RoundingRow{Rounding::NearestEven, "nearest-even", "Nearest even"},
    RoundingRow{Rounding::NearestAway, "nearest-away", "Nearest away"},
    RoundingRow{Rounding::TowardZero, "toward-zero", "Toward zero"},
    RoundingRow{Rounding::Up, "up", "Up"},
    RoundingRow{Rounding::Down, "down", "Down"},
    RoundingRow{Rounding::ToOdd, "to-odd", "To odd"},
    RoundingRow{Rounding::Stochastic, "stochastic", "Stochastic"},
};

}  // namespace

std::span<const RoundingRow> roundingRows()
{
    return rows;
}

std::optional<Rounding> findRounding(std::string_view id)
{
    for (const RoundingRow& row : rows)
        if (row.id == id)
            return row.rounding;
    return std::nullopt;
}

}  // namespace quantoscope
