// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/formats/number_format.h"

#include <vector>

namespace quantoscope::test {

/// The formats of the table with at most so many significant bits, the IEEE P3109 family included.
inline std::vector<const NumberFormat*> formatsUpTo(int bits)
{
    std::vector<const NumberFormat*> formats;
    for (const FormatFamily& family : formatFamilies())
        for (const NumberFormat& format : formatsOf(family.id))
            if (significantBitsOf(format) <= bits)
                formats.push_back(&format);
    return formats;
}

}  // namespace quantoscope::test
