// SPDX-License-Identifier: Apache-2.0
#include "core/formats/stored_number.h"

#include <charconv>
#include <cmath>

namespace quantoscope {

std::string valueText(double value)
{
    if (std::isnan(value))
        return "nan";
    if (std::isinf(value))
        return value > 0 ? "inf" : "-inf";
    char text[40];
    return {text, std::to_chars(text, text + sizeof text, value).ptr};
}

}  // namespace quantoscope
