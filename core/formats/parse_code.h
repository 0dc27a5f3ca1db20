// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/formats/number_format.h"
#include "core/result.h"

#include <string>
#include <string_view>

namespace quantoscope {

/// Whether a person means a code and not a number: `0x` and hexadecimal digits, or `0b` and binary
/// ones, without the point or the `p` of a hexadecimal float. 0x4248 is a code, 0x1.8p3 a number.
bool looksLikeCode(std::string_view text);

/// Reads a code of a format: `0x4248`, `4248` (hexadecimal too) or `0b0100001001001000`. The error
/// says what is wrong: a character, too many bits for the format, or a low bit that TF32 keeps at zero.
Result<Code> parseCode(const NumberFormat&, std::string_view text);

/// Bits that the digits of a code have room for: 16 for 0x4248, 4 for 0b0101.
int bitsWritten(std::string_view code);

/// "0x4248": upper case, as many digits as the format's codes need.
std::string codeText(const NumberFormat&, Code);

}  // namespace quantoscope
