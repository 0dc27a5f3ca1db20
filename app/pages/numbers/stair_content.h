// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/pages/numbers/numbers_state.h"
#include "core/formats/staircase.h"

namespace quantoscope {

/// x → Q(x) of one format under one rounding, between two numbers.
struct StairPicture {
    Rounding rounding = Rounding::NearestEven;
    double low = 0, high = 1;
    Staircase stairs;                 ///< Of a deterministic rounding; empty where it is too fine.
    std::vector<StairPoint> samples;  ///< Where it is too fine, and of stochastic rounding: one outcome a sample.
    std::vector<std::pair<double, RoundingOdds>> odds;   ///< Of stochastic rounding, at the same places.
};

/// What the Staircase tab shows.
struct StairContent {
    NumberFormat format;
    QString formatName;
    QString typedText;
    std::optional<double> typed;      ///< Finite, else empty.
    double stored = 0;
    StairPicture main;
    std::vector<StairPicture> small;  ///< The neighbourhood of the value under every rounding, in the order of roundingRows().
    RoundingOdds odds;                ///< Of the typed number.
    int draws = 0, drawnAbove = 0;    ///< Of stochastic rounding: as many draws of it with the page's seed.
    QString sentence;
};
StairContent computeStairs(const NumbersState&, const NumbersContent&);

}  // namespace quantoscope
