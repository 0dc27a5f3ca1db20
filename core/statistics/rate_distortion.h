// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/statistics/value_counts.h"

#include <optional>

namespace quantoscope {

/// What one more bit gives: 20 log10(2).
inline constexpr double decibelsPerBit = 6.020599913279624;

/// The least error any quantizer of a given rate can have, as a line of SQNR against bits per weight.
/// For independent values of variance σ² a normal distribution reaches exactly 6.02 dB per bit (Shannon,
/// "Coding theorems for a discrete source with a fidelity criterion", 1959); every other distribution lies
/// above that by how much its entropy is smaller: the Shannon lower bound D(R) ≥ 2^(2h) / (2πe) · 2^(−2R).
struct RateBound {
    double entropyBits = 0;   ///< h, the differential entropy of the values, estimated from their quantiles.
    double offsetDb = 0;      ///< SQNR of the bound at 0 bits: 0 dB for a normal distribution around 0.

    double sqnrDb(double bitsPerWeight) const { return offsetDb + decibelsPerBit * bitsPerWeight; }
};

/// The bound of these values, taken as independent draws from one density, constant between neighbouring
/// quantiles. Empty where there is no density to speak of: few values, or many weights on one value.
std::optional<RateBound> shannonLowerBound(const ValueCounts&);

}  // namespace quantoscope
