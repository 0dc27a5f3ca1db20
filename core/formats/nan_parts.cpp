// SPDX-License-Identifier: Apache-2.0
#include "core/formats/nan_parts.h"

#include <cmath>

namespace quantoscope {

std::optional<NanParts> nanParts(const NumberFormat& format, Code code)
{
    if (!std::isnan(valueOf(format, code)))
        return std::nullopt;
    NanParts parts;
    const FloatFormat* kind = format.asFloat();
    if (!kind) {
        parts.isOnly = true;
        return parts;
    }
    parts.isOnly = kind->specials != SpecialCodes::Ieee && !(kind->specials == SpecialCodes::NanAtAllOnes && kind->isSigned);
    // The one NaN in the place of −0 is no negative one.
    parts.negative = kind->isSigned && !parts.isOnly && (code >> (kind->bits() - 1) & 1);
    if (kind->specials == SpecialCodes::Ieee && kind->mantissaBits > 0) {
        const Code mantissa = code >> kind->unusedLowBits & ((Code{1} << kind->mantissaBits) - 1);
        parts.payloadBits = kind->mantissaBits - 1;
        parts.isQuiet = (mantissa >> parts.payloadBits & 1) != 0;
        parts.payload = mantissa & ((Code{1} << parts.payloadBits) - 1);
    }
    return parts;
}

}  // namespace quantoscope
