// SPDX-License-Identifier: Apache-2.0
#include "app/command_line/format_arguments.h"

#include <cmath>

namespace quantoscope {

void FormatArguments::addTo(CLI::App& command)
{
    command.add_option("FORMAT", id, "A format id, see qscope formats")->required();
    command.add_option("--scale", scale, "Of an integer format: value = scale * (code - zero)");
    command.add_option("--zero", zeroPoint, "The zero point of an integer format");
}

Result<NumberFormat> FormatArguments::format() const
{
    const auto found = findFormat(id);
    if (!found)
        return tl::unexpected(found.error());
    NumberFormat format = **found;
    if (!scale && !zeroPoint)
        return format;
    auto* integer = std::get_if<IntegerFormat>(&format.kind);
    if (!integer)
        return failure(Error::Kind::Usage, "--scale and --zero belong to integer formats; " + id + " is none.");
    if (scale && !(std::isfinite(*scale) && *scale > 0))
        return failure(Error::Kind::Usage, "--scale must be a number above zero.");
    // Beyond this, code - zero is no longer exact in double arithmetic.
    if (zeroPoint && std::abs(double(*zeroPoint)) > 0x1p52)
        return failure(Error::Kind::Usage, "--zero must lie within 2^52 of zero.");
    integer->scale = scale.value_or(integer->scale);
    integer->zeroPoint = zeroPoint.value_or(integer->zeroPoint);
    return format;
}

void RoundingArguments::addTo(CLI::App& command)
{
    std::string ids;
    for (const RoundingRow& row : roundingRows())
        ids += (ids.empty() ? "" : ", ") + std::string(row.id);
    command.add_option("--rounding", rounding, "One of " + ids + " (default nearest-even)");
    command.add_option("--overflow", overflow,
                       "saturate, or ieee: infinity, else NaN, else the largest value, as the format allows "
                       "(default: ieee where the format has an infinity)");
    command.add_option("--seed", seed, "For stochastic rounding");
}

Result<RoundingRule> RoundingArguments::rule() const
{
    RoundingRule rule;
    const auto found = findRounding(rounding);
    if (!found)
        return failure(Error::Kind::Usage, "There is no rounding \"" + rounding
                       + "\"; it is nearest-even, nearest-away, toward-zero, up, down, to-odd or stochastic.");
    rule.rounding = *found;
    rule.seed = seed;
    if (overflow == "saturate")
        rule.overflow = Overflow::Saturate;
    else if (overflow == "ieee")
        rule.overflow = Overflow::Ieee;
    else if (!overflow.empty())
        return failure(Error::Kind::Usage, "--overflow is saturate or ieee, not \"" + overflow + "\".");
    return rule;
}

Result<const NumberFormat*> findFormat(const std::string& id)
{
    if (const NumberFormat* row = findNumberFormat(id))
        return row;
    return failure(Error::Kind::Usage, "There is no format \"" + id + "\"; qscope formats lists them all.");
}

}  // namespace quantoscope
