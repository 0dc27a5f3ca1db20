// SPDX-License-Identifier: Apache-2.0
#include "core/formats/built_format.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <deque>
#include <map>
#include <mutex>

namespace quantoscope {

namespace {

constexpr std::string_view prefix = "float:";
constexpr std::size_t mostFormats = 4096;

constexpr std::array rows{
    SpecialCodesRow{SpecialCodes::Ieee, "ieee", "∞ and NaNs", "As IEEE 754: the highest exponent holds infinity and the NaNs."},
    SpecialCodesRow{SpecialCodes::NanAtAllOnes, "fn", "one NaN, no ∞", "As OCP E4M3: only the code of all ones is NaN; there is no infinity."},
    SpecialCodesRow{SpecialCodes::NanAtNegativeZero, "fnuz", "NaN in place of −0", "As the FNUZ formats: the code of −0 is NaN; there is no infinity and no −0."},
    SpecialCodesRow{SpecialCodes::P3109Extended, "extended", "∞, NaN in place of −0", "As the IEEE P3109 draft: one NaN, no −0, and the highest code is infinity."},
    SpecialCodesRow{SpecialCodes::None, "finite", "none", "As the OCP elements of 6 and 4 bits: every code is a finite number."},
};

tl::unexpected<Error> wrong(const std::string& sentence)
{
    return failure(Error::Kind::Usage, sentence);
}

/// Takes a whole number off the front of the text.
std::optional<int> takeNumber(std::string_view& text)
{
    int value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc())
        return {};
    text.remove_prefix(std::size_t(end - text.data()));
    return value;
}

bool take(std::string_view& text, char expected)
{
    if (text.empty() || text.front() != expected)
        return false;
    text.remove_prefix(1);
    return true;
}

/// The highest exponent field that a finite number has.
int highestField(const FloatFormat& format)
{
    return (1 << format.exponentBits) - 1 - int(format.specials == SpecialCodes::Ieee);
}

std::string nameOf(const FloatFormat& format)
{
    return (format.isSigned ? "E" : "UE") + std::to_string(format.exponentBits) + 'M' + std::to_string(format.mantissaBits)
        + " bias " + std::to_string(format.bias);
}

/// The rows made so far. A cache of a pure function of the id, not a setting: nothing depends on what is in it.
struct Cache {
    struct Entry {
        std::string id, name, sentence;
        NumberFormat format;
    };
    std::mutex mutex;
    std::deque<Entry> entries;   ///< Never moves what it holds: rows point into their own strings.
    std::map<std::string_view, const NumberFormat*> byId;
};

Cache& cache()
{
    static Cache cache;
    return cache;
}

}  // namespace

std::span<const SpecialCodesRow> specialCodesRows()
{
    return rows;
}

std::string builtFormatId(const FloatFormat& format)
{
    const auto row = std::find_if(rows.begin(), rows.end(), [&](const SpecialCodesRow& one) { return one.specials == format.specials; });
    return std::string(prefix) + (format.isSigned ? '1' : '0') + '.' + std::to_string(format.exponentBits) + '.'
        + std::to_string(format.mantissaBits) + ':' + std::to_string(format.bias) + ':' + std::string(row->id)
        + (format.hasSubnormals ? "" : ":nozero");
}

Result<void> checkBuiltFormat(const FloatFormat& format)
{
    if (format.exponentBits < 1 || format.exponentBits > 11)
        return wrong("A float has 1 to 11 exponent bits, not " + std::to_string(format.exponentBits) + '.');
    if (format.mantissaBits < 0 || format.mantissaBits > 52)
        return wrong("A float has 0 to 52 mantissa bits, not " + std::to_string(format.mantissaBits) + '.');
    if (format.unusedLowBits != 0)
        return wrong("A built format uses all its bits.");
    if (!format.hasSubnormals && format.isSigned)
        return wrong("Only an unsigned format can do without zero and subnormals: a sign would need a zero to turn over.");
    if (format.specials == SpecialCodes::NanAtNegativeZero && !format.isSigned)
        return wrong("An unsigned format has no code of −0 to spend on NaN; choose other special codes.");
    const int lowestBias = highestField(format) - 1023;
    if (format.bias < lowestBias)
        return wrong("With bias " + std::to_string(format.bias) + " the largest values lie beyond FP64; the bias must be at least "
                     + std::to_string(lowestBias) + '.');
    const int highestBias = 1074 - format.mantissaBits + int(format.hasSubnormals);
    if (format.bias > highestBias)
        return wrong("With bias " + std::to_string(format.bias) + " the smallest values lie below FP64's; the bias must be at most "
                     + std::to_string(highestBias) + '.');
    const Code highest = (Code{1} << (format.exponentBits + format.mantissaBits)) - 1;
    const Code largest = largestFiniteCode(format);
    if (largest > highest || (format.hasSubnormals && largest == 0))
        return wrong("These special codes leave no finite number but zero; give the format another bit.");
    return {};
}

Result<FloatFormat> parseBuiltFormat(std::string_view id)
{
    std::string_view rest = id;
    if (!rest.starts_with(prefix))
        return wrong("A built format's id begins with \"float:\", as in float:1.4.3:7:fn.");
    rest.remove_prefix(prefix.size());
    const auto sign = takeNumber(rest);
    const bool afterSign = take(rest, '.');
    const auto exponent = takeNumber(rest);
    const bool afterExponent = take(rest, '.');
    const auto mantissa = takeNumber(rest);
    if (!sign || !exponent || !mantissa || !afterSign || !afterExponent || (*sign != 0 && *sign != 1))
        return wrong("After \"float:\" come the sign bit (0 or 1), exponent bits and mantissa bits with points between them, as in "
                     "float:1.4.3:7:fn.");
    const bool afterMantissa = take(rest, ':');
    const auto bias = takeNumber(rest);
    if (!afterMantissa || !bias || !take(rest, ':'))
        return wrong("After the bits come a colon, the bias and a colon, as in float:1.4.3:7:fn.");
    const std::string_view specials = rest.substr(0, rest.find(':'));
    rest.remove_prefix(specials.size());
    const auto row = std::find_if(rows.begin(), rows.end(), [&](const SpecialCodesRow& one) { return one.id == specials; });
    if (row == rows.end() || (!rest.empty() && rest != ":nozero"))
        return wrong("The special codes are ieee, fn, fnuz, extended or finite, perhaps with :nozero after them.");
    const FloatFormat format{*exponent, *mantissa, *bias, row->specials, *sign == 1, rest.empty()};
    if (const auto checked = checkBuiltFormat(format); !checked)
        return tl::unexpected(checked.error());
    // One id for one format: two rows of the same numbers would look like two formats.
    if (const std::string canonical = builtFormatId(format); canonical != id)
        return wrong("Numbers in a format's id have no leading zeros; this one is " + canonical + '.');
    return format;
}

const NumberFormat* findBuiltFormat(std::string_view id)
{
    const Result<FloatFormat> format = parseBuiltFormat(id);
    if (!format)
        return nullptr;
    Cache& known = cache();
    const std::lock_guard lock(known.mutex);
    if (const auto found = known.byId.find(id); found != known.byId.end())
        return found->second;
    if (known.entries.size() >= mostFormats)
        return nullptr;
    Cache::Entry& entry = known.entries.emplace_back();
    entry.id = id;
    entry.name = nameOf(*format);
    entry.sentence = "A float of " + std::to_string(format->bits()) + " bits that somebody put together.";
    if (const NumberFormat* same = sameInTable(*format))
        entry.sentence = "Put together by hand, and the same as " + std::string(same->name) + '.';
    entry.format = {entry.id, entry.name, entry.sentence, *format, "built"};
    known.byId.emplace(entry.id, &entry.format);
    return &entry.format;
}

const NumberFormat* sameInTable(const FloatFormat& format)
{
    for (const std::span<const NumberFormat> table : {numberFormats(), formatsOf("p3109")})
        for (const NumberFormat& row : table)
            if (const FloatFormat* other = row.asFloat(); other && *other == format)
                return &row;
    return nullptr;
}

CodeCensus censusOf(const FloatFormat& format)
{
    const double sides = format.isSigned ? 2 : 1;
    const double largest = double(largestFiniteCode(format) >> format.unusedLowBits);
    CodeCensus census;
    // Codes 0 … largest of each sign; the zeros are one value.
    census.finite = sides * (largest + 1) - (format.isSigned ? 1 : 0);
    census.infinities = hasInfinity(format) ? sides : 0;
    const double codes = std::ldexp(1.0, format.significantBits());
    const bool hasNegativeZero = format.isSigned
        && (format.specials == SpecialCodes::Ieee || format.specials == SpecialCodes::NanAtAllOnes || format.specials == SpecialCodes::None);
    census.notNumbers = codes - census.finite - census.infinities - (hasNegativeZero ? 1 : 0);
    return census;
}

}  // namespace quantoscope
