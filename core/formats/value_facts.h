// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/formats/number_format.h"

#include <cstddef>

namespace quantoscope {

/// What all values of a small format look like together.
struct ValueFacts {
    std::size_t codes = 0;
    std::size_t finite = 0;          ///< Different finite values: ±0 is one.
    std::size_t infinities = 0;      ///< Codes.
    std::size_t notNumbers = 0;      ///< Codes.
    double smallestGap = 0;          ///< Between neighbours.
    double largestGap = 0;
    std::size_t magnitudes = 0;      ///< Different finite values above 0 (where there are none: below).
    std::size_t aboveOne = 0;        ///< How many of those are greater than 1.
};

/// Of a format of at most 19 significant bits; all zero for a wider one.
ValueFacts valueFacts(const NumberFormat&);

}  // namespace quantoscope
