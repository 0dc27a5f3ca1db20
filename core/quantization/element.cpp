// SPDX-License-Identifier: Apache-2.0
#include "core/quantization/element.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <charconv>
#include <cmath>

namespace quantoscope {

namespace {

/// "int4" and "uint12": whole numbers of 2 to 16 bits need no row in the format table.
std::optional<Element> findInteger(std::string_view id)
{
    const bool isSigned = !id.starts_with('u');
    if (!isSigned)
        id.remove_prefix(1);
    if (!id.starts_with("int"))
        return {};
    id.remove_prefix(3);
    int bits = 0;
    const auto [end, error] = std::from_chars(id.data(), id.data() + id.size(), bits);
    if (error != std::errc() || end != id.data() + id.size() || bits < 2 || bits > 16 || id.starts_with('0'))
        return {};
    return Element{Element::Kind::Integer, bits, isSigned, nullptr};
}

}  // namespace

double largestMagnitude(const NumberFormat& format)
{
    if (!format.asLevels())
        return largestValue(format);
    double largest = 0;
    for (const float level : format.asLevels()->levels)
        largest = std::max(largest, std::abs(double(level)));
    return largest;
}

std::optional<Element> findElement(std::string_view id)
{
    if (const auto integer = findInteger(id))
        return integer;
    const NumberFormat* const format = findNumberFormat(id);
    if (!format || bitsOf(*format) > 16)
        return {};
    if (format->asLevels())
        return Element{Element::Kind::Levels, bitsOf(*format), true, format};
    if (const FloatFormat* const floating = format->asFloat(); floating && floating->isSigned)
        return Element{Element::Kind::Float, bitsOf(*format), true, format};
    return {};
}

bool isIntegerElement(std::string_view id)
{
    return findInteger(id).has_value();
}

int elementBits(std::string_view id)
{
    const auto element = findElement(id);
    return element ? element->bits : 0;
}

std::string elementName(std::string_view id)
{
    if (const auto integer = findInteger(id))
        return fmt::format("{}INT{}", integer->isSigned ? "" : "U", integer->bits);
    const NumberFormat* const format = findNumberFormat(id);
    return std::string(format ? format->name : id);
}

CodeSpan codesOf(const QuantizationScheme& scheme, const Element& element)
{
    const std::int64_t half = std::int64_t{1} << (element.bits - 1);
    if (!element.isSigned)
        return {0, 2 * half - 1};
    const bool full = scheme.symmetry == Symmetry::Asymmetric || scheme.range == CodeRange::Full;
    return {full ? -half : -half + 1, half - 1};
}

ScaleRule::ScaleRule(const QuantizationScheme& scheme, const Element& element)
    : m_codes(element.kind == Element::Kind::Integer ? codesOf(scheme, element) : CodeSpan{0, 0})
    , m_largest(element.kind == Element::Kind::Integer ? double(m_codes.highest) : largestMagnitude(*element.format))
    , m_asymmetric(element.kind == Element::Kind::Integer && scheme.symmetry == Symmetry::Asymmetric)
    , m_oneSided(!element.isSigned)
    , m_format(scheme.scale == "fp32" ? nullptr : findNumberFormat(scheme.scale))
{
}

double ScaleRule::stored(double step) const
{
    return m_format ? valueOf(*m_format, storedCode(step)) : double(float(step));
}

Code ScaleRule::storedCode(double step) const
{
    if (!m_format)
        return std::bit_cast<std::uint32_t>(float(step));
    return encode(*m_format, step, {.overflow = Overflow::Saturate});
}

int ScaleRule::storedBits() const
{
    return m_format ? bitsOf(*m_format) : 32;
}

AffineScale ScaleRule::operator()(double low, double high) const
{
    if (m_asymmetric) {
        const double bottom = std::min(0.0, low), top = std::max(0.0, high);
        if (bottom == top)
            return {1, 0};
        const double step = stored((top - bottom) / double(m_codes.highest - m_codes.lowest));
        if (step == 0)
            return {0, 0};
        const double zero = std::nearbyint(-bottom / step) + double(m_codes.lowest);
        return {step, std::int64_t(std::clamp(zero, double(m_codes.lowest), double(m_codes.highest)))};
    }
    const double range = m_oneSided ? std::max(0.0, high) : std::max(std::abs(low), std::abs(high));
    return {range > 0 ? stored(range / m_largest) : 1, 0};
}

}  // namespace quantoscope
