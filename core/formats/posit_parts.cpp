// SPDX-License-Identifier: Apache-2.0
#include "core/formats/posit_parts.h"

#include <algorithm>
#include <bit>
#include <cmath>

namespace quantoscope {

std::optional<PositParts> positParts(const PositFormat& format, Code code)
{
    const Code notReal = Code{1} << (format.bits - 1);
    code &= (notReal << 1) - 1;
    if (code == 0 || code == notReal)
        return std::nullopt;
    PositParts parts;
    parts.negative = (code & notReal) != 0;
    if (parts.negative)
        code = (notReal << 1) - code;
    const int body = format.bits - 1;
    const Code aligned = code << (64 - body);
    const bool ones = aligned >> 63 != 0;
    const int run = std::min(ones ? std::countl_one(aligned) : std::countl_zero(aligned), body);
    parts.regime = ones ? run - 1 : -run;
    parts.regimeBits = std::min(run + 1, body);
    parts.exponentBits = std::min(format.exponentBits, body - parts.regimeBits);
    parts.fractionBits = body - parts.regimeBits - parts.exponentBits;
    const auto field = [&](int skipped, int width) { return width == 0 ? Code{0} : aligned << skipped >> (64 - width); };
    // Exponent bits that were cut off are zeros.
    parts.exponent = int(field(parts.regimeBits, parts.exponentBits) << (format.exponentBits - parts.exponentBits));
    parts.significand = 1 + std::ldexp(double(field(parts.regimeBits + parts.exponentBits, parts.fractionBits)), -parts.fractionBits);
    return parts;
}

}  // namespace quantoscope
