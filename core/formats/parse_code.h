// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/formats/number_format.h"
#include "core/result.h"

#include <string>
#include <string_view>

namespace quantoscope {

/// Whether a person means a code and not a number: `0x` and hexadecimal digits without the point or
/// the `p` of a hexadecimal float. 0x4248 is a code, 0x1.8p3 a number.
bool looksLikeCode(std::string_view text);

/// Reads a code of a format: `0x4248`, or `4248`, hexadecimal too. The error says what is wrong: a
/// character, too many bits for the format, or a low bit that TF32 keeps at zero.
Result<Code> parseCode(const NumberFormat&, std::string_view text);

/// Whose code a text is where nothing else says so: that of the usual format with as many bits as the
/// digits have room for (64 fp64, 32 fp32, 16 fp16, 8 e4m3, 4 e2m1); nullptr for any other length. Where
/// a format is chosen, on a page or by `--formats`, the code is that format's.
const NumberFormat* formatOfCode(std::string_view code);

/// "0x4248": upper case, as many digits as the format's codes need.
std::string codeText(const NumberFormat&, Code);

}  // namespace quantoscope
