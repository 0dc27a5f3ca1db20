// SPDX-License-Identifier: Apache-2.0
#include "core/formats/parse_code.h"

#include <algorithm>
#include <cctype>
#include <charconv>

namespace quantoscope {

namespace {

std::string_view trimmed(std::string_view text)
{
    while (!text.empty() && (text.front() == ' ' || text.front() == '\t'))
        text.remove_prefix(1);
    while (!text.empty() && (text.back() == ' ' || text.back() == '\t' || text.back() == '\r'))
        text.remove_suffix(1);
    return text;
}

/// Without the 0x. There is no 0b: 0b1 is a good hexadecimal code.
std::string_view digitsOf(std::string_view text)
{
    text = trimmed(text);
    return text.starts_with("0x") || text.starts_with("0X") ? text.substr(2) : text;
}

}  // namespace

bool looksLikeCode(std::string_view text)
{
    const std::string_view digits = digitsOf(text);
    return digits.size() + 2 == trimmed(text).size() && !digits.empty()
        && std::all_of(digits.begin(), digits.end(), [](unsigned char c) { return std::isxdigit(c) != 0; });
}

Result<Code> parseCode(const NumberFormat& format, std::string_view text)
{
    const std::string_view digits = digitsOf(text);
    const char* last = digits.data() + digits.size();
    Code code = 0;
    const auto [end, error] = std::from_chars(digits.data(), last, code, 16);
    const auto quoted = [&] { return '"' + std::string(trimmed(text).substr(0, 80)) + '"'; };
    if (error == std::errc::invalid_argument || (error == std::errc{} && end != last))
        return failure(Error::Kind::Usage, quoted() + " is not a code; write hexadecimal digits such as "
                       + codeText(format, Code{1} << unusedLowBitsOf(format)) + ".");
    const int bits = bitsOf(format);
    if (error == std::errc::result_out_of_range || (bits < 64 && code >> bits != 0))
        return failure(Error::Kind::Usage, quoted() + " does not fit: codes of " + std::string(format.name) + " have "
                       + std::to_string(bits) + " bits.");
    const int unused = unusedLowBitsOf(format);
    if ((code & ((Code{1} << unused) - 1)) != 0)
        return failure(Error::Kind::Usage, quoted() + " is no code of " + std::string(format.name) + ": its "
                       + std::to_string(unused) + " low bits must be zero.");
    return code;
}

const NumberFormat* formatOfCode(std::string_view code)
{
    switch (4 * digitsOf(code).size()) {
    case 64: return findNumberFormat("fp64");
    case 32: return findNumberFormat("fp32");
    case 16: return findNumberFormat("fp16");
    case 8: return findNumberFormat("e4m3");
    case 4: return findNumberFormat("e2m1");
    default: return nullptr;
    }
}

std::string codeText(const NumberFormat& format, Code code)
{
    const int digits = (bitsOf(format) + 3) / 4;
    std::string text = "0x";
    for (int i = digits - 1; i >= 0; --i)
        text += "0123456789ABCDEF"[code >> (4 * i) & 0xF];
    return text;
}

}  // namespace quantoscope
