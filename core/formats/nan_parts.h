// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/formats/number_format.h"

#include <optional>

namespace quantoscope {

/// What a NaN's bits say. IEEE 754 (2008), 6.2.1: the first bit of the mantissa is 1 in a quiet NaN, and
/// the bits behind it, the payload, may carry a message. Formats with one NaN have neither.
struct NanParts {
    bool negative = false;
    std::optional<bool> isQuiet;   ///< Absent where the format knows no signalling NaNs.
    std::uint64_t payload = 0;
    int payloadBits = 0;
    bool isOnly = false;           ///< The one NaN of the format (NaR of a posit).
};

/// Absent where the code is no NaN.
std::optional<NanParts> nanParts(const NumberFormat&, Code);

}  // namespace quantoscope
