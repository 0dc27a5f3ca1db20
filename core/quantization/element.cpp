// SPDX-License-Identifier: Apache-2.0
#include "core/quantization/element.h"

#include <fmt/format.h>

#include <algorithm>
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

double storedScale(const std::string& formatId, double step)
{
    if (formatId == "fp32")
        return double(float(step));
    const NumberFormat* const format = findNumberFormat(formatId);
    return format ? valueOf(*format, encode(*format, step, {.overflow = Overflow::Saturate})) : step;
}

}  // namespace

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

AffineScale scaleOf(const QuantizationScheme& scheme, const Element& element, double low, double high)
{
    if (element.kind == Element::Kind::Integer && scheme.symmetry == Symmetry::Asymmetric) {
        const CodeSpan codes = codesOf(scheme, element);
        const double bottom = std::min(0.0, low), top = std::max(0.0, high);
        if (bottom == top)
            return {1, 0};
        const double step = storedScale(scheme.scale, (top - bottom) / double(codes.highest - codes.lowest));
        if (step == 0)
            return {0, 0};
        const double zero = std::nearbyint(-bottom / step) + double(codes.lowest);
        return {step, std::int64_t(std::clamp(zero, double(codes.lowest), double(codes.highest)))};
    }
    double largest = 0;
    if (element.kind == Element::Kind::Integer)
        largest = double(codesOf(scheme, element).highest);
    else
        largest = largestValue(*element.format);
    const double range = element.isSigned ? std::max(std::abs(low), std::abs(high)) : std::max(0.0, high);
    return {range > 0 ? storedScale(scheme.scale, range / largest) : 1, 0};
}

}  // namespace quantoscope
