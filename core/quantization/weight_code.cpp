// SPDX-License-Identifier: Apache-2.0
#include "core/quantization/weight_code.h"

#include "core/quantization/block_format.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>

namespace quantoscope {

namespace {

constexpr double notThere = std::numeric_limits<double>::quiet_NaN();
constexpr int mostBits = 16;

std::int64_t signedCode(std::uint64_t code, int bits)
{
    return std::int64_t(code << (64 - bits)) >> (64 - bits);
}

double largestOf(std::span<const double> values)
{
    double largest = 0;
    for (const double value : values)
        if (std::isfinite(value))
            largest = std::max(largest, std::abs(value));
    return largest;
}

/// Blocks decode in FP32, so their levels lie on a line, or are multiples of a table, up to its rounding.
bool isSame(double a, double b, double largest)
{
    return a == b || (std::isnan(a) && std::isnan(b)) || std::abs(a - b) <= 1e-5 * largest;
}

/// values = scale · (q − zero) + offset for the integers q that the codes are.
bool isInteger(WeightCode& code, const NumberFormat& format, double largest)
{
    const bool isSigned = format.asInteger()->isSigned;
    const double first = code.values[0], step = code.values[1] - first;
    if (!(std::abs(step) > 0))
        return false;
    for (std::size_t i = 0; i < code.values.size(); ++i) {
        const double q = isSigned ? double(signedCode(i, code.bits)) : double(i);
        if (!isSame(code.values[i], first + step * q, largest))
            return false;
    }
    const double zero = -first / step, whole = std::nearbyint(zero);
    const bool hasZero = std::abs(zero - whole) < 1e-4 && std::abs(whole) < 65536;
    code.scale = step;
    code.zero = hasZero ? std::int64_t(whole) : 0;
    code.offset = hasZero ? 0 : first;
    return true;
}

bool isMultiple(WeightCode& code, const NumberFormat& format, double largest)
{
    std::vector<double> own(code.values.size());
    for (std::size_t i = 0; i < own.size(); ++i)
        own[i] = valueOf(format, Code(i));
    const double scale = largest / largestOf(own);
    for (const double sign : {1.0, -1.0}) {
        bool matches = true;
        for (std::size_t i = 0; i < own.size() && matches; ++i)
            matches = isSame(code.values[i], sign * scale * own[i], largest);
        code.scale = sign * scale;
        if (matches)
            return true;
    }
    return false;
}

/// Finds the format whose code a block's is by its values, so that no second table of formats is needed.
void nameFormat(WeightCode& code)
{
    const double largest = largestOf(code.values);
    if (!(largest > 0))
        return;
    for (const NumberFormat& format : numberFormats()) {
        if (bitsOf(format) != code.bits || significantBitsOf(format) != code.bits)
            continue;
        if (format.asInteger() ? isInteger(code, format, largest) : isMultiple(code, format, largest)) {
            code.format = format.id;
            return;
        }
    }
    code.scale = 1;
}

struct Place {
    std::size_t byte;
    std::byte mask;
    std::uint64_t worth = 0;   ///< What the bit adds to the code.
};

/// A block that can be decoded again and again with other bits in it.
class ProbedBlock {
public:
    ProbedBlock(const BlockFormat& format, const BlockContext& context, std::span<const std::byte> codes,
                std::span<const std::byte> scales, std::size_t count)
        : m_format(format)
        , m_context(context)
        , m_codes(codes.begin(), codes.end())
        , m_scales(scales)
        , m_values(count)
        , m_levels(count)
    {
        decode();
    }
    std::size_t bytes() const { return m_codes.size(); }
    const std::vector<float>& values() const { return m_values; }
    const std::vector<std::uint16_t>& levels() const { return m_levels; }
    void flip(std::size_t byte, std::byte mask) { m_codes[byte] ^= mask; }
    void set(const Place& place, bool on) { m_codes[place.byte] = on ? m_codes[place.byte] | place.mask : m_codes[place.byte] & ~place.mask; }
    bool isSet(const Place& place) const { return (m_codes[place.byte] & place.mask) != std::byte{0}; }
    void decode() { m_format.decode(m_codes.data(), m_scales.data(), m_context, m_values, m_levels.data()); }

private:
    const BlockFormat& m_format;
    const BlockContext& m_context;
    std::vector<std::byte> m_codes;
    std::span<const std::byte> m_scales;
    std::vector<float> m_values;
    std::vector<std::uint16_t> m_levels;
};

/// The bits that change the level of value `index`; none where one of them changes another's too.
std::vector<Place> ownBits(ProbedBlock& block, const BlockFormat& format, std::size_t index)
{
    const std::vector<std::uint16_t> before = block.levels();
    // Long blocks are flat: their codes lie in the order of the values.
    std::size_t first = 0, last = block.bytes();
    if (before.size() > 1024) {
        const std::size_t near = index * std::size_t(format.codeBytes) / std::size_t(format.elements);
        first = near > 0 ? near - 1 : 0;
        last = std::min(last, near + 2);
    }
    std::vector<Place> places;
    for (std::size_t byte = first; byte < last; ++byte) {
        for (int bit = 0; bit < 8; ++bit) {
            const std::byte mask = std::byte(1 << bit);
            block.flip(byte, mask);
            block.decode();
            const auto& after = block.levels();
            // A code that the format does not have (MX stores a code of four bits in a byte) is no code.
            const bool isOwn = after[index] != before[index] && after[index] < std::bit_ceil(unsigned(format.levels));
            bool isAlone = isOwn;
            for (std::size_t i = 0; i < before.size() && isAlone; ++i)
                isAlone = i == index || after[i] == before[i];
            if (isOwn && !isAlone)
                return {};
            if (isOwn)
                places.push_back({byte, mask, std::uint64_t(after[index] ^ before[index])});
            block.flip(byte, mask);
        }
    }
    block.decode();
    return places;
}

}  // namespace

WeightCode uniformCode(const Element& element, const AffineScale& scale, std::uint64_t code)
{
    WeightCode made;
    made.bits = element.bits;
    made.code = code;
    made.scale = scale.step;
    made.values.resize(std::size_t{1} << element.bits, notThere);
    for (std::size_t i = 0; i < made.values.size(); ++i) {
        double value = notThere;
        if (element.kind == Element::Kind::Integer)
            value = double((element.isSigned ? signedCode(i, element.bits) : std::int64_t(i)) - scale.zero);
        else if (element.format)
            value = valueOf(*element.format, Code(i));
        else if (i < element.table.size())
            value = element.table[i];
        made.values[i] = std::isnan(value) ? value : double(asFloat(value * scale.step));
    }
    if (element.kind == Element::Kind::Integer) {
        const std::string id = (element.isSigned ? "int" : "uint") + std::to_string(element.bits);
        made.zero = scale.zero;
        made.format = findNumberFormat(id) ? id : std::string();
    } else if (element.format) {
        made.format = element.format->id;
    }
    return made;
}

WeightCode codebookCode(std::span<const double> levels, int bits, std::uint64_t code)
{
    WeightCode made;
    made.bits = bits;
    made.code = code;
    made.values.resize(std::size_t{1} << bits, notThere);
    std::copy_n(levels.begin(), std::min(levels.size(), made.values.size()), made.values.begin());
    return made;
}

std::optional<WeightCode> blockCode(const BlockFormat& format, const BlockContext& context, std::span<const std::byte> codes,
                                    std::span<const std::byte> scales, std::size_t count, std::size_t index, double factor)
{
    ProbedBlock block(format, context, codes, scales, count);
    std::vector<Place> places = ownBits(block, format, index);
    if (places.empty() || int(places.size()) > mostBits)
        return {};
    std::stable_sort(places.begin(), places.end(), [](const Place& a, const Place& b) { return a.worth < b.worth; });
    // The format's own numbers of levels say which bit is worth what; else the bits count in the order they lie in.
    for (std::size_t i = 0; i < places.size(); ++i)
        places[i].worth = std::uint64_t{1} << i;
    WeightCode made;
    made.bits = int(places.size());
    for (const Place& place : places)
        made.code |= block.isSet(place) ? place.worth : 0;
    made.values.resize(std::size_t{1} << made.bits, notThere);
    for (std::size_t code = 0; code < made.values.size(); ++code) {
        for (const Place& place : places)
            block.set(place, code & place.worth);
        block.decode();
        made.values[code] = double(float(block.values()[index] * float(factor)));
    }
    nameFormat(made);
    return made;
}

}  // namespace quantoscope
