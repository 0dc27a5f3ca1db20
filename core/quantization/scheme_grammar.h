// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace quantoscope {

/// An option of parseScheme(), for help and pickers.
struct SchemeOption {
    std::string_view name;       ///< "clip"
    std::string_view accepted;   ///< "minmax, percentile:P, mse, kl, …", or "no value"
};
std::span<const SchemeOption> schemeOptions();

/// What a scheme may begin with, in one line: "intN and uintN of 1 to 16 bits, e4m3, …".
std::string schemeElementList();

}  // namespace quantoscope
