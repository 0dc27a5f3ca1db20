// SPDX-License-Identifier: Apache-2.0
// IEEE P3109 working group, interim report on binary floating-point formats for machine learning
// (an unapproved draft): one zero, one NaN, and a bias that puts 1 in the middle of the codes.
#include "core/formats/p3109_formats.h"

#include <deque>
#include <string>
#include <vector>

namespace quantoscope {

namespace {

struct Family {
    std::deque<std::string> texts;   ///< What the rows' string views point into; a deque never moves them.
    std::vector<NumberFormat> rows;

    std::string_view keep(std::string text) { return texts.emplace_back(std::move(text)); }
};

FloatFormat p3109Format(int bits, int precision, bool isSigned, bool extended)
{
    const int exponentBits = bits - precision + (isSigned ? 0 : 1);
    const SpecialCodes finite = isSigned ? SpecialCodes::NanAtNegativeZero : SpecialCodes::NanAtAllOnes;
    return {exponentBits, precision - 1, 1 << (exponentBits - 1), extended ? SpecialCodes::P3109Extended : finite,
            isSigned};
}

Family makeFamily()
{
    Family family;
    for (int bits = 3; bits <= 16; ++bits) {
        for (const bool isSigned : {true, false}) {
            for (int precision = 1; precision <= bits - int(isSigned); ++precision) {
                for (const bool extended : {true, false}) {
                    const FloatFormat format = p3109Format(bits, precision, isSigned, extended);
                    if (format.exponentBits > 11 || format.minExponent() - format.mantissaBits < -1074)
                        continue;
                    const std::string layout = std::to_string(bits) + 'p' + std::to_string(precision);
                    const std::string domain = std::string(isSigned ? "s" : "u") + (extended ? "e" : "f");
                    family.rows.push_back({family.keep("binary" + layout + domain),
                                           family.keep("P3109 " + layout + domain),
                                           family.keep("IEEE P3109 draft: " + std::to_string(bits) + " bits, precision "
                                                       + std::to_string(precision)
                                                       + (isSigned ? ", signed, " : ", unsigned, ")
                                                       + (extended ? "with infinities." : "finite.")),
                                           format, "p3109"});
                }
            }
        }
    }
    return family;
}

}  // namespace

std::span<const NumberFormat> p3109Formats()
{
    static const Family family = makeFamily();
    return family.rows;
}

}  // namespace quantoscope
