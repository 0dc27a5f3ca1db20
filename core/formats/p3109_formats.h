// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/formats/number_format.h"

namespace quantoscope {

/// The formats `binaryKpP[s|u][e|f]` of the IEEE P3109 draft: K bits (3 to 16), precision P (the
/// hidden bit included), signed or unsigned, extended (with infinities) or finite. Made by rule on
/// first use. Left out are those whose values a double cannot hold (exponents of more than 11 bits).
std::span<const NumberFormat> p3109Formats();

}  // namespace quantoscope
