// SPDX-License-Identifier: Apache-2.0
#include "core/formats/parse_code.h"

#include <algorithm>
#include <cctype>
#include <charconv>

namespace quantoscope {

namespace {

struct Digits {
    std::string_view text;
    int base = 16;
};

std::string_view trimmed(std::string_view text)
{
    while (!text.empty() && (text.front() == ' ' || text.front() == '\t'))
        text.remove_prefix(1);
    while (!text.empty() && (text.back() == ' ' || text.back() == '\t' || text.back() == '\r'))
        text.remove_suffix(1);
    return text;
}

Digits digitsOf(std::string_view text)
{
    text = trimmed(text);
    if (text.starts_with("0x") || text.starts_with("0X"))
        return {text.substr(2), 16};
    if (text.starts_with("0b") || text.starts_with("0B"))
        return {text.substr(2), 2};
    return {text, 16};
}

}  // namespace

bool looksLikeCode(std::string_view text)
{
    const Digits digits = digitsOf(text);
    return digits.text.size() + 2 == trimmed(text).size() && !digits.text.empty()
        && std::all_of(digits.text.begin(), digits.text.end(), [&](unsigned char c) {
               return digits.base == 16 ? std::isxdigit(c) != 0 : c == '0' || c == '1';
           });
}

Result<Code> parseCode(const NumberFormat& format, std::string_view text)
{
    const Digits digits = digitsOf(text);
    Code code = 0;
    const auto [end, error] = std::from_chars(digits.text.data(), digits.text.data() + digits.text.size(), code, digits.base);
    const std::string quoted = '"' + std::string(trimmed(text).substr(0, 80)) + '"';
    if (error == std::errc::invalid_argument || (error == std::errc{} && end != digits.text.data() + digits.text.size()))
        return failure(Error::Kind::Usage, quoted + " is not a code; write hexadecimal digits such as "
                       + codeText(format, 1) + ", or 0b and binary ones.");
    const int bits = bitsOf(format);
    if (error == std::errc::result_out_of_range || (bits < 64 && code >> bits != 0))
        return failure(Error::Kind::Usage, quoted + " does not fit: codes of " + std::string(format.name) + " have "
                       + std::to_string(bits) + " bits.");
    const int unused = unusedLowBitsOf(format);
    if ((code & ((Code{1} << unused) - 1)) != 0)
        return failure(Error::Kind::Usage, quoted + " is no code of " + std::string(format.name) + ": its "
                       + std::to_string(unused) + " low bits must be zero.");
    return code;
}

int bitsWritten(std::string_view code)
{
    const Digits digits = digitsOf(code);
    return int(std::min<std::size_t>(digits.text.size(), 64)) * (digits.base == 16 ? 4 : 1);
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
